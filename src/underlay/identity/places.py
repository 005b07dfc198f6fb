"""Where services are: this server's own, which follow from its URL, and what the administrator added."""

import re
from collections.abc import Mapping
from typing import Final
from uuid import NAMESPACE_DNS, uuid5

import msgspec

from underlay.identity.records import IdentityStore
from underlay.identity.tokens import Standing
from underlay.model.identity import (
    CatalogEndpoint,
    CatalogService,
    EndpointId,
    Interface,
    Region,
    RegionId,
    ServiceId,
)

REGION: Final = RegionId("RegionOne")
NETWORKING: Final = "/networking"
"""Where the catalog says that the Networking API is: its versions are listed there without Identity's, as at `/`."""

COMPUTE: Final = "/compute"
IMAGE: Final = "/image"

_NAMES: Final = {"identity": "keystone", "network": "neutron", "compute": "nova", "image": "glance"}
"""What each service is called in OpenStack."""

INTERFACES: Final[tuple[Interface, ...]] = ("public", "internal", "admin")

_PLACEHOLDER: Final = re.compile(r"[$%]\((\w+)\)s")


class Catalog(msgspec.Struct, frozen=True):
    """All of it at a moment; our own first."""

    regions: tuple[Region, ...]
    services: tuple[CatalogService, ...]
    endpoints: tuple[CatalogEndpoint, ...]

    def of_service(self, service_id: str) -> tuple[CatalogEndpoint, ...]:
        """The endpoints of that service."""
        return tuple(each for each in self.endpoints if each.service_id == service_id)


def own_catalog(base: str, *, has_compute: bool = False) -> Catalog:
    """What this server serves at that URL."""
    urls = {"identity": f"{base}/v3", "network": f"{base}{NETWORKING}"}
    if has_compute:
        urls |= {"compute": f"{base}{COMPUTE}/v2.1", "image": f"{base}{IMAGE}"}
    return Catalog(
        regions=(Region(REGION),),
        services=tuple(
            CatalogService(ServiceId(id_of(kind)), kind, name) for kind, name in _NAMES.items() if kind in urls
        ),
        endpoints=tuple(
            CatalogEndpoint(EndpointId(id_of(f"{interface}.{kind}")), ServiceId(id_of(kind)), interface, url, REGION)
            for kind, url in urls.items()
            for interface in INTERFACES
        ),
    )


def read_catalog(store: IdentityStore, base: str, *, has_compute: bool = False) -> Catalog:
    """Our own services and those that were added."""
    own = own_catalog(base, has_compute=has_compute)
    return Catalog(
        regions=(*own.regions, *store.regions.find()),
        services=(*own.services, *store.services.find()),
        endpoints=(*own.endpoints, *store.endpoints.find()),
    )


def open_to(standing: Standing, catalog: Catalog) -> Catalog:
    """What is enabled, with the token's ids filled in; without the URLs that need an id which the token has not."""
    values = {"user_id": str(standing.user.id)}
    if standing.project is not None:
        values |= {"project_id": standing.project.id, "tenant_id": standing.project.id}
    return Catalog(
        regions=catalog.regions,
        services=tuple(each for each in catalog.services if each.enabled),
        endpoints=tuple(
            msgspec.structs.replace(each, url=url)
            for each in catalog.endpoints
            if each.enabled and (url := filled(each.url, values)) is not None
        ),
    )


def filled(url: str, values: Mapping[str, str]) -> str | None:
    """With the values in the place of `$(name)s`; None when there is none for one of them."""
    if not all(name in values for name in _PLACEHOLDER.findall(url)):
        return None
    return _PLACEHOLDER.sub(lambda found: values[found[1]], url)


def id_of(name: str) -> str:
    """The id of a service or an endpoint of our own: the same on every server."""
    return uuid5(NAMESPACE_DNS, f"{name}.underlay").hex
