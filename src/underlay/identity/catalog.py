"""/v3/services, /v3/endpoints, /v3/regions: the catalog, to be read. It follows from this server's URL.

And a collection that clients ask for and that is empty here: access rules.
"""

from underlay.identity import render
from underlay.identity.errors import NotFound
from underlay.identity.filters import filtered
from underlay.identity.service import Answer, Ask, Service


def list_services(service: Service, ask: Ask) -> Answer:
    """GET /v3/services, filtered by `name`, `type`."""
    found = filtered(_services(ask), ask.query, ("name", "type"))
    return Answer(body=render.collection("services", found, "/v3/services", ask.base))


def show_service(service: Service, ask: Ask) -> Answer:
    """GET /v3/services/{id}."""
    return Answer(body={"service": _of_id("service", _services(ask), ask.path["service_id"])})


def list_endpoints(service: Service, ask: Ask) -> Answer:
    """GET /v3/endpoints, filtered by `interface`, `service_id`, `region_id`."""
    found = filtered(_endpoints(ask), ask.query, ("interface", "service_id", "region_id", "region"))
    return Answer(body=render.collection("endpoints", found, "/v3/endpoints", ask.base))


def show_endpoint(service: Service, ask: Ask) -> Answer:
    """GET /v3/endpoints/{id}."""
    return Answer(body={"endpoint": _of_id("endpoint", _endpoints(ask), ask.path["endpoint_id"])})


def list_regions(service: Service, ask: Ask) -> Answer:
    """GET /v3/regions, filtered by `parent_region_id`: there is one, without a parent."""
    found = filtered([render.region(ask.base)], ask.query, ("parent_region_id",))
    return Answer(body=render.collection("regions", found, "/v3/regions", ask.base))


def show_region(service: Service, ask: Ask) -> Answer:
    """GET /v3/regions/{id}."""
    return Answer(body={"region": _of_id("region", [render.region(ask.base)], ask.path["region_id"])})


def list_access_rules(service: Service, ask: Ask) -> Answer:
    """GET /v3/users/{id}/access_rules: none; application credentials are limited by their roles."""
    ask.only_self_or_admin(ask.path["user_id"], "identity:list_access_rules")
    return Answer(body=render.collection("access_rules", (), ask.url_path, ask.base))


def _services(ask: Ask) -> list[render.Json]:
    return [render.service(kind, name, ask.base) for kind, name, _ in render.services(ask.base)]


def _endpoints(ask: Ask) -> list[render.Json]:
    return [
        render.endpoint(kind, interface, url, ask.base)
        for kind, _, url in render.services(ask.base)
        for interface in render.INTERFACES
    ]


def _of_id(kind: str, shown: list[render.Json], wanted: str) -> render.Json:
    for each in shown:
        if each["id"] == wanted:
            return each
    raise NotFound(kind, wanted)
