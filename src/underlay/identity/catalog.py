"""/v3/services, /v3/endpoints, /v3/regions: the catalog. Our own part follows from this server's URL, and stays.

And a collection that clients ask for and that is empty here: access rules.
"""

from http import HTTPStatus
from typing import Final, TypeVar
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.domains import checked_name
from underlay.identity.errors import BadRequest, Forbidden, NotFound, Taken
from underlay.identity.filters import filtered
from underlay.identity.places import own_catalog, read_catalog
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.model.identity import (
    CatalogEndpoint,
    CatalogService,
    EndpointId,
    Interface,
    Region,
    RegionId,
    ServiceId,
)

R = TypeVar("R", Region, CatalogService, CatalogEndpoint)

LONGEST_URL: Final = 2048


class RegionWish(msgspec.Struct, frozen=True):
    """What is sent to create or update one."""

    id: str | None = None
    description: str | None | UnsetType = UNSET
    parent_region_id: str | None | UnsetType = UNSET


class ServiceWish(msgspec.Struct, frozen=True):
    """What is sent to create or update one."""

    type: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class EndpointWish(msgspec.Struct, frozen=True):
    """What is sent to create or update one. Attributes: region: as region_id; made when there is none."""

    service_id: str | UnsetType = UNSET
    interface: Interface | UnsetType = UNSET
    url: str | UnsetType = UNSET
    region_id: str | None | UnsetType = UNSET
    region: str | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class RegionBody(msgspec.Struct, frozen=True):
    """Body of POST and PATCH."""

    region: RegionWish


class ServiceBody(msgspec.Struct, frozen=True):
    """Body of POST and PATCH."""

    service: ServiceWish


class EndpointBody(msgspec.Struct, frozen=True):
    """Body of POST and PATCH."""

    endpoint: EndpointWish


def list_regions(service: Service, ask: Ask) -> Answer:
    """GET /v3/regions, filtered by `parent_region_id`."""
    shown = [
        render.region(each, ask.base)
        for each in read_catalog(service.store, ask.base, has_compute=service.has_compute).regions
    ]
    return Answer(
        body=render.collection("regions", filtered(shown, ask.query, ("parent_region_id",)), "/v3/regions", ask.base)
    )


def show_region(service: Service, ask: Ask) -> Answer:
    """GET /v3/regions/{id}."""
    return Answer(body={"region": render.region(_region(service, ask, ask.path["region_id"]), ask.base)})


def create_region(service: Service, ask: Ask) -> Answer:
    """POST /v3/regions, with an id of the sender's choice or without; PUT /v3/regions/{id}."""
    wish = ask.read(RegionBody).region
    chosen = ask.path.get("region_id") or wish.id
    record = Region(RegionId(checked_name(chosen) if chosen else uuid4().hex))
    if any(
        each.id == record.id for each in read_catalog(service.store, ask.base, has_compute=service.has_compute).regions
    ):
        raise Taken("region", record.id)
    return Answer(status=HTTPStatus.CREATED, body={"region": _put_region(service, ask, record, wish)})


def update_region(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/regions/{id}."""
    record = _region(service, ask, ask.path["region_id"])
    _refuse_own(record, own_catalog(ask.base, has_compute=service.has_compute).regions)
    return Answer(body={"region": _put_region(service, ask, record, ask.read(RegionBody).region)})


def delete_region(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/regions/{id}: when no endpoint and no other region is in it."""
    catalog = read_catalog(service.store, ask.base, has_compute=service.has_compute)
    record = _of_id("region", catalog.regions, ask.path["region_id"])
    _refuse_own(record, own_catalog(ask.base, has_compute=service.has_compute).regions)
    inside = [each for each in catalog.endpoints if each.region_id == record.id]
    if inside or any(each.parent_region_id == record.id for each in catalog.regions):
        raise Forbidden(f"delete the region {record.id}, which has endpoints or regions in it")
    service.store.regions.delete(record.id)
    return NO_CONTENT


def list_services(service: Service, ask: Ask) -> Answer:
    """GET /v3/services, filtered by `name`, `type`."""
    shown = [
        render.service(each, ask.base)
        for each in read_catalog(service.store, ask.base, has_compute=service.has_compute).services
    ]
    return Answer(
        body=render.collection("services", filtered(shown, ask.query, ("name", "type")), "/v3/services", ask.base)
    )


def show_service(service: Service, ask: Ask) -> Answer:
    """GET /v3/services/{id}."""
    return Answer(body={"service": render.service(_service(service, ask, ask.path["service_id"]), ask.base)})


def create_service(service: Service, ask: Ask) -> Answer:
    """POST /v3/services."""
    wish = ask.read(ServiceBody).service
    if wish.type is UNSET:
        raise BadRequest("Expecting to find type in service.")
    record = CatalogService(ServiceId(uuid4().hex), wish.type)
    return Answer(status=HTTPStatus.CREATED, body={"service": _put_service(service, ask, record, wish)})


def update_service(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/services/{id}. Disabled, it is in no token's catalog."""
    record = _service(service, ask, ask.path["service_id"])
    _refuse_own(record, own_catalog(ask.base, has_compute=service.has_compute).services)
    return Answer(body={"service": _put_service(service, ask, record, ask.read(ServiceBody).service)})


def delete_service(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/services/{id}: with its endpoints."""
    record = _service(service, ask, ask.path["service_id"])
    _refuse_own(record, own_catalog(ask.base, has_compute=service.has_compute).services)
    service.store.services.delete(record.id)
    return NO_CONTENT


def list_endpoints(service: Service, ask: Ask) -> Answer:
    """GET /v3/endpoints, filtered by `interface`, `service_id`, `region_id`."""
    shown = [
        render.endpoint(each, ask.base)
        for each in read_catalog(service.store, ask.base, has_compute=service.has_compute).endpoints
    ]
    found = filtered(shown, ask.query, ("interface", "service_id", "region_id", "region"))
    return Answer(body=render.collection("endpoints", found, "/v3/endpoints", ask.base))


def show_endpoint(service: Service, ask: Ask) -> Answer:
    """GET /v3/endpoints/{id}."""
    return Answer(body={"endpoint": render.endpoint(_endpoint(service, ask), ask.base)})


def create_endpoint(service: Service, ask: Ask) -> Answer:
    """POST /v3/endpoints: of a service that is there."""
    wish = ask.read(EndpointBody).endpoint
    for name in ("service_id", "interface", "url"):
        if getattr(wish, name) is UNSET:
            raise BadRequest(f"Expecting to find {name} in endpoint.")
    record = CatalogEndpoint(EndpointId(uuid4().hex), ServiceId(""), "public", "")
    return Answer(status=HTTPStatus.CREATED, body={"endpoint": _put_endpoint(service, ask, record, wish)})


def update_endpoint(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/endpoints/{id}."""
    record = _endpoint(service, ask)
    _refuse_own(record, own_catalog(ask.base, has_compute=service.has_compute).endpoints)
    return Answer(body={"endpoint": _put_endpoint(service, ask, record, ask.read(EndpointBody).endpoint)})


def delete_endpoint(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/endpoints/{id}."""
    record = _endpoint(service, ask)
    _refuse_own(record, own_catalog(ask.base, has_compute=service.has_compute).endpoints)
    service.store.endpoints.delete(record.id)
    return NO_CONTENT


def list_access_rules(service: Service, ask: Ask) -> Answer:
    """GET /v3/users/{id}/access_rules: none; application credentials are limited by their roles."""
    ask.only_self_or_admin(ask.path["user_id"], "identity:list_access_rules")
    return Answer(body=render.collection("access_rules", (), ask.url_path, ask.base))


def _put_region(service: Service, ask: Ask, before: Region, wish: RegionWish) -> render.Json:
    parent_id = before.parent_region_id
    if wish.parent_region_id is not UNSET:
        parent_id = _region(service, ask, wish.parent_region_id).id if wish.parent_region_id else None
    if parent_id == before.id:
        raise BadRequest("A region is not in itself.")
    description = before.description if wish.description is UNSET else wish.description or ""
    record = msgspec.structs.replace(before, description=description, parent_region_id=parent_id)
    service.store.regions.put(record)
    return render.region(record, ask.base)


def _put_service(service: Service, ask: Ask, before: CatalogService, wish: ServiceWish) -> render.Json:
    record = msgspec.structs.replace(
        before,
        type=checked_name(before.type if wish.type is UNSET else wish.type),
        name=before.name if wish.name is UNSET else wish.name,
        description=before.description if wish.description is UNSET else wish.description or "",
        enabled=before.enabled if wish.enabled is UNSET else wish.enabled,
    )
    service.store.services.put(record)
    return render.service(record, ask.base)


def _put_endpoint(service: Service, ask: Ask, before: CatalogEndpoint, wish: EndpointWish) -> render.Json:
    catalog = read_catalog(service.store, ask.base, has_compute=service.has_compute)
    service_id = before.service_id if wish.service_id is UNSET else ServiceId(wish.service_id)
    if not any(each.id == service_id for each in catalog.services):
        raise BadRequest(f"Could not find service: {service_id}.")
    url = before.url if wish.url is UNSET else wish.url
    if not 0 < len(url) <= LONGEST_URL or not url.isprintable():
        raise BadRequest(f"Invalid input for field 'url': it must have 1 to {LONGEST_URL} printable characters.")
    region_id = before.region_id
    if wish.region_id is not UNSET:
        region_id = RegionId(wish.region_id) if wish.region_id else None
        if region_id is not None and not any(each.id == region_id for each in catalog.regions):
            raise BadRequest(f"Could not find region: {region_id}.")
    elif wish.region is not UNSET:
        region_id = RegionId(checked_name(wish.region)) if wish.region else None
        if region_id is not None and not any(each.id == region_id for each in catalog.regions):
            service.store.regions.put(Region(region_id))
    record = CatalogEndpoint(
        id=before.id,
        service_id=service_id,
        interface=before.interface if wish.interface is UNSET else wish.interface,
        url=url,
        region_id=region_id,
        enabled=before.enabled if wish.enabled is UNSET else wish.enabled,
    )
    service.store.endpoints.put(record)
    return render.endpoint(record, ask.base)


def _region(service: Service, ask: Ask, region_id: str) -> Region:
    return _of_id("region", read_catalog(service.store, ask.base, has_compute=service.has_compute).regions, region_id)


def _service(service: Service, ask: Ask, service_id: str) -> CatalogService:
    return _of_id(
        "service", read_catalog(service.store, ask.base, has_compute=service.has_compute).services, service_id
    )


def _endpoint(service: Service, ask: Ask) -> CatalogEndpoint:
    return _of_id(
        "endpoint",
        read_catalog(service.store, ask.base, has_compute=service.has_compute).endpoints,
        ask.path["endpoint_id"],
    )


def _of_id(kind: str, records: tuple[R, ...], wanted: str) -> R:
    for each in records:
        if each.id == wanted:
            return each
    raise NotFound(kind, wanted)


def _refuse_own(record: R, own: tuple[R, ...]) -> None:
    if any(each.id == record.id for each in own):
        raise Forbidden(f"change {record.id}, which follows from the server's URL")
