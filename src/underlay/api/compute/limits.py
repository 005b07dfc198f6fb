"""`/v2.1/limits` and `/v2.1/os-quota-sets`: how many servers a project may have. Other things are not limited here."""

from typing import Any, Final

from underlay.api.compute.microversion import Microversion
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.model.ids import ProjectId
from underlay.model.quota import Quota
from underlay.model.server import Server
from underlay.rules import access
from underlay.store.contract import Query

_UNLIMITED: Final = -1


def show_limits(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /limits, of one's own project or, for administrators, `tenant_id`'s."""
    project_id = ProjectId(dict(ask.query).get("tenant_id") or ask.caller.project_id)
    with service.store.read() as reading:
        access.require(ask.caller, "get_limits", Quota(project_id, {}), reading)
        servers = reading.list_records(Server, Query(filters={"project_id": (project_id,)}))
    absolute: dict[str, Any] = {
        "maxTotalInstances": service.regulations.max_servers,
        "maxTotalCores": _UNLIMITED,
        "maxTotalRAMSize": _UNLIMITED,
        "maxTotalKeypairs": _UNLIMITED,
        "maxServerMeta": 128,
        "maxServerGroups": 0,
        "maxServerGroupMembers": 0,
        "totalInstancesUsed": len(servers),
        "totalCoresUsed": sum(each.flavor.vcpus for each in servers),
        "totalRAMUsed": sum(each.flavor.ram_mb for each in servers),
        "totalServerGroupsUsed": 0,
    }
    if version < (2, 57):
        absolute |= {"maxPersonality": 0, "maxPersonalitySize": 0}
    if version < (2, 39):
        absolute["maxImageMeta"] = 0
    if version < (2, 36):
        unlimited = ("maxSecurityGroups", "maxSecurityGroupRules", "maxTotalFloatingIps")
        absolute |= dict.fromkeys(unlimited, _UNLIMITED)
        absolute |= {"totalSecurityGroupsUsed": 0, "totalFloatingIpsUsed": 0}
    return answer({"limits": {"rate": [], "absolute": absolute}})


def show_quotas(service: Service, ask: Ask, _: Microversion) -> Answer:
    """GET /os-quota-sets/{project_id}, .../defaults."""
    project_id = ProjectId(ask.path["project_id"])
    with service.store.read() as reading:
        access.require(ask.caller, "get_limits", Quota(project_id, {}), reading)
    unlimited = dict.fromkeys(("cores", "ram", "key_pairs", "metadata_items"), _UNLIMITED)
    none = dict.fromkeys(("server_groups", "server_group_members"), 0)
    return answer({"quota_set": {"id": project_id, "instances": service.regulations.max_servers, **unlimited, **none}})
