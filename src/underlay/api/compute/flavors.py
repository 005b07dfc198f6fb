"""`/v2.1/flavors`: read-only, from the settings."""

from typing import Any

from underlay.api.compute.microversion import Microversion
from underlay.api.compute.server_view import links_to
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.images.calls import compute_of
from underlay.model.errors import HTTPBadRequest
from underlay.model.server import Flavor


def list_flavors(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /flavors."""
    shown = [_summary(each, ask.base) for each in _found(service, ask)]
    if version >= (2, 55):
        shown = [{**each, "description": None} for each in shown]
    return answer({"flavors": shown})


def list_flavors_in_detail(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /flavors/detail."""
    return answer({"flavors": [_detail(each, ask.base, version) for each in _found(service, ask)]})


def show_flavor(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /flavors/{id}."""
    return answer({"flavor": _detail(compute_of(service).flavor(ask.path["id"]), ask.base, version)})


def show_extra_specs(service: Service, ask: Ask, _: Microversion) -> Answer:
    """GET /flavors/{id}/os-extra_specs: none."""
    compute_of(service).flavor(ask.path["id"])
    return answer({"extra_specs": {}})


def _found(service: Service, ask: Ask) -> list[Flavor]:
    query = dict(ask.query)
    flavors = list(compute_of(service).flavors)
    if query.get("is_public", "true").lower() in ("false", "f", "no", "0"):
        return []
    for name in ("minRam", "minDisk", "limit"):
        if not query.get(name, "0").isdecimal():
            raise HTTPBadRequest(f"Invalid {name} filter [{query[name][:40]}]")
    found = [
        each
        for each in flavors
        if each.ram_mb >= int(query.get("minRam", "0")) and each.disk_gb >= int(query.get("minDisk", "0"))
    ]
    if marker := query.get("marker"):
        ids = [each.id for each in found]
        if marker not in ids:
            raise HTTPBadRequest(f"marker [{marker}] not found")
        found = found[ids.index(marker) + 1 :]
    return found[: int(query["limit"])] if query.get("limit") else found


def _summary(flavor: Flavor, base: str) -> dict[str, Any]:
    return {"id": flavor.id, "name": flavor.name, "links": links_to(f"flavors/{flavor.id}", base)}


def _detail(flavor: Flavor, base: str, version: Microversion) -> dict[str, Any]:
    shown = {
        **_summary(flavor, base),
        "ram": flavor.ram_mb,
        "vcpus": flavor.vcpus,
        "disk": flavor.disk_gb,
        "swap": 0 if version >= (2, 75) else "",
        "rxtx_factor": 1.0,
        "OS-FLV-EXT-DATA:ephemeral": 0,
        "OS-FLV-DISABLED:disabled": False,
        "os-flavor-access:is_public": True,
    }
    if version >= (2, 55):
        shown["description"] = None
    if version >= (2, 61):
        shown["extra_specs"] = {}
    return shown
