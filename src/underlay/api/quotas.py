"""Reading quotas: `/v2.0/quotas`. Writing them goes the way of all collections."""

from underlay.api.attributes.quota import COUNTED, QUOTA
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import viewpoint
from underlay.api.render import render
from underlay.model.errors import PolicyNotAuthorized
from underlay.model.ids import ProjectId
from underlay.model.quota import Quota
from underlay.rules import access
from underlay.store.contract import Query


def list_quotas(service: Service, ask: Ask) -> Answer:
    """`GET /quotas`: the projects that have a quota of their own."""
    access.require_admin(ask.caller, "get_quota")
    with service.store.read() as reading:
        view = viewpoint(service, ask.caller, reading)
        return answer({"quotas": [render(QUOTA, each, view) for each in reading.list_records(Quota, Query())]})


def show_quota(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/{project}`: its own limits, and the server's where it has none."""
    project_id = _visible(ask)
    with service.store.read() as reading:
        found = reading.quota(project_id) or Quota(project_id=project_id, limits={})
        return answer({"quota": render(QUOTA, found, viewpoint(service, ask.caller, reading))})


def show_default_quota(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/{project}/default`: the server's limits."""
    project_id = _visible(ask)
    with service.store.read() as reading:
        view = viewpoint(service, ask.caller, reading)
        return answer({"quota": render(QUOTA, Quota(project_id=project_id, limits={}), view)})


def show_quota_usage(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/{project}/details`: limit and use of each resource; nothing is ever only reserved."""
    project_id = _visible(ask)
    with service.store.read() as reading:
        own = reading.quota(project_id)
        limits = service.regulations.quota_defaults | (own.limits if own else {})
        usage = {
            resource: {
                "limit": limits.get(resource, -1),
                "used": reading.count(resource, project_id),
                "reserved": 0,
            }
            for resource in COUNTED
        }
    return answer({"quota": usage})


def show_own_project(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/tenant` and `/quotas/project`: who am I."""
    word = ask.url_path.rpartition("/")[2].removesuffix(".json")
    return answer({word: {f"{word}_id": ask.caller.project_id}})


def _visible(ask: Ask) -> ProjectId:
    project_id = ProjectId(ask.path["id"])
    if not access.may_see_quota(project_id, ask.caller):
        raise PolicyNotAuthorized(("get_quota",))
    return project_id
