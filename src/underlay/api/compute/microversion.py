"""Microversions: which form of a call the client speaks. Source: Compute API, "Microversions".

Served are all from 2.1 to `NEWEST`: what a version adds to the bodies and queries that are here at all, is there from
that version on.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from msgspec import structs

from underlay.api.exchange import Answer, Ask, Handler, Service
from underlay.model.errors import HTTPBadRequest, HTTPNotAcceptable


class Microversion(NamedTuple):
    """Compares as numbers do."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST: Final = Microversion(2, 1)
NEWEST: Final = Microversion(2, 96)

_HEADER: Final = "openstack-api-version"
_OLD_HEADER: Final = "x-openstack-nova-api-version"
_FORM: Final = re.compile(r"[1-9][0-9]{0,2}\.(0|[1-9][0-9]{0,3})")

Versioned = Callable[[Service, Ask, Microversion], Answer]


def read_microversion(headers: Mapping[str, str]) -> Microversion:
    """What the request asks for; 2.1 when it says nothing. Raises HTTPBadRequest, HTTPNotAcceptable."""
    text = headers.get(_OLD_HEADER, "")
    for part in headers.get(_HEADER, "").split(","):
        service, _, version = part.strip().partition(" ")
        if service.lower() == "compute":
            text = version.strip()
    if not text:
        return OLDEST
    if text.lower() == "latest":
        return NEWEST
    if not _FORM.fullmatch(text):
        raise HTTPBadRequest(
            f"API Version String {text[:80]} is of invalid format. Must be of format MajorNum.MinorNum."
        )
    major, minor = text.split(".")
    asked = Microversion(int(major), int(minor))
    if not OLDEST <= asked <= NEWEST:
        raise HTTPNotAcceptable(
            f"Version {asked} is not supported by the API. Minimum is {OLDEST} and maximum is {NEWEST}."
        )
    return asked


def versioned(handler: Versioned) -> Handler:
    """The handler, told the version; its answer tells it to the client."""

    def handle(service: Service, ask: Ask) -> Answer:
        version = read_microversion(ask.headers)
        given = handler(service, ask, version)
        said = ((_HEADER, f"compute {version}"), (_OLD_HEADER, str(version)), ("vary", f"{_HEADER}, {_OLD_HEADER}"))
        return structs.replace(given, headers=(*given.headers, *said))

    return handle
