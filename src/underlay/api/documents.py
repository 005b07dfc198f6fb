"""What the API says of itself: versions, the layout of v2.0, and the OpenAPI document."""

from typing import Any

from underlay.api.attributes import NETWORK, PORT, SUBNET
from underlay.api.exchange import Answer, answer
from underlay.api.openapi import document
from underlay.identity.places import NETWORKING
from underlay.identity.render import version as identity_version


def show_versions(base: str, *, has_identity: bool = True) -> Answer:
    """`GET /`: the Networking API, and identity beside it when it is served here."""
    networking = _networking_version(base)
    return answer({"versions": [networking, identity_version(base)] if has_identity else [networking]})


def show_networking_versions(base: str) -> Answer:
    """`GET /networking`: the Networking API alone, as Neutron lists it."""
    return answer({"versions": [_networking_version(f"{base}{NETWORKING}")]})


def show_layout(base: str) -> Answer:
    """`GET /v2.0`: the collections."""
    layout = [
        {
            "name": resource.name,
            "collection": resource.collection,
            "links": [{"rel": "self", "href": f"{base}/v2.0/{resource.url}"}],
        }
        for resource in (NETWORK, SUBNET, PORT)
    ]
    return answer({"resources": layout})


def show_openapi(_: str) -> Answer:
    """`GET /v2.0/openapi.json`: the same for everybody, and made once."""
    return Answer(body=document.render())


def _networking_version(base: str) -> dict[str, Any]:
    return {"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": f"{base}/v2.0/"}]}
