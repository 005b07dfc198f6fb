"""The extensions that work here, under Neutron's aliases where it has them; `/v2.0/extensions` tells them."""

from typing import Final

from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.extensions.extension import Extension
from underlay.api.extensions.networks import NETWORKS
from underlay.api.extensions.operation import OPERATION
from underlay.api.extensions.ports import PORTS
from underlay.api.extensions.qos import QOS
from underlay.api.extensions.requests import REQUESTS
from underlay.api.extensions.security import SECURITY
from underlay.api.extensions.subnets import SUBNETS
from underlay.model.errors import HTTPNotFound

EXTENSIONS: Final = tuple(
    sorted(
        (*NETWORKS, *SUBNETS, *PORTS, *SECURITY, *QOS, *OPERATION, *REQUESTS),
        key=lambda extension: extension.alias,
    )
)
"""By alias."""


def list_extensions(service: Service, ask: Ask) -> Answer:
    """`GET /extensions`."""
    return answer({"extensions": [_shown(extension) for extension in EXTENSIONS]})


def show_extension(service: Service, ask: Ask) -> Answer:
    """`GET /extensions/{alias}`."""
    alias = ask.path["alias"]
    for extension in EXTENSIONS:
        if extension.alias == alias:
            return answer({"extension": _shown(extension)})
    raise HTTPNotFound(f"Extension with alias {alias} does not exist")


def _shown(extension: Extension) -> dict[str, object]:
    told = (extension.alias, extension.name, extension.description, extension.updated)
    return {**dict(zip(("alias", "name", "description", "updated"), told, strict=True)), "links": []}
