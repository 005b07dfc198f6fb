"""Quotas: `/v2.0/quotas`, and what is in use."""

from underlay.api import values
from underlay.api.attributes import standard
from underlay.api.attributes.quota import COUNTED, QUOTA
from underlay.api.exchange import Answer, Ask, Reading, Service, answer
from underlay.api.execute import execute_and_render, viewpoint
from underlay.api.parse import parse_json, parse_update
from underlay.api.render import render
from underlay.commands.quota import SetQuota
from underlay.model.caller import Caller
from underlay.model.errors import HTTPBadRequest
from underlay.model.ids import ProjectId
from underlay.model.quota import Quota
from underlay.rules import access
from underlay.store.contract import Query


def list_quotas(service: Service, ask: Ask) -> Answer:
    """`GET /quotas`: the projects that have a quota of their own."""
    access.require_always(ask.caller, "get_quota")
    with service.store.read() as reading:
        view = viewpoint(service, ask.caller, reading)
        return answer({"quotas": [render(QUOTA, each, view) for each in reading.list_records(Quota, Query())]})


def show_quota(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/{project}`: its own limits, and the server's where it has none."""
    with service.store.read() as reading:
        project_id = _visible(reading, ask)
        found = reading.quota(project_id) or Quota(project_id=project_id, limits={})
        return answer({"quota": render(QUOTA, found, viewpoint(service, ask.caller, reading))})


def show_default_quota(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/{project}/default`: the server's limits."""
    with service.store.read() as reading:
        project_id = _visible(reading, ask)
        view = viewpoint(service, ask.caller, reading)
        return answer({"quota": render(QUOTA, Quota(project_id=project_id, limits={}), view)})


def show_quota_usage(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/{project}/details`: limit and use of each resource; nothing is ever only reserved."""
    with service.store.read() as reading:
        project_id = _visible(reading, ask)
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


def update_quota(service: Service, ask: Ask) -> Answer:
    """`PUT /quotas/{project}`; with `check_limit`, limits below what is in use are refused."""
    try:
        project_id = standard.read_project(ask.path["id"])
    except ValueError as unfit:
        raise HTTPBadRequest(f"Invalid input for project_id. Reason: {unfit}.") from None
    command = parse_update(QUOTA, ask.body, project_id, None, ask.caller)
    sent = parse_json(ask.body)[QUOTA.name]
    if isinstance(command, SetQuota) and values.boolean(sent.get("check_limit", False)):
        _require_limits_above_use(service, command, ask.caller)
    return answer({"quota": execute_and_render(service, QUOTA, ask.caller, (command,))[0]})


def _require_limits_above_use(service: Service, command: SetQuota, caller: Caller) -> None:
    with service.store.read() as reading:
        access.require(caller, "update_quota", command, reading)
        for resource, limit in command.limits.items():
            used = reading.count(resource, command.project_id)
            if -1 < limit < used:
                raise HTTPBadRequest(
                    f"Quota limit {limit} for {resource} must be greater than or equal to already used {used}"
                )


def show_own_project(service: Service, ask: Ask) -> Answer:
    """`GET /quotas/tenant` and `/quotas/project`: who am I."""
    word = ask.url_path.rpartition("/")[2].removesuffix(".json")
    return answer({word: {f"{word}_id": ask.caller.project_id}})


def _visible(reading: Reading, ask: Ask) -> ProjectId:
    project_id = ProjectId(ask.path["id"])
    access.require(ask.caller, "get_quota", Quota(project_id=project_id, limits={}), reading)
    return project_id
