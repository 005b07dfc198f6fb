"""The hosts that run servers, as Nova tells of them: services, hypervisors, availability zones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

import msgspec

from underlay.api.compute.microversion import Microversion
from underlay.api.compute.server_body import read
from underlay.api.exchange import Answer, Ask, Reading, Service, answer
from underlay.api.execute import execute
from underlay.commands.agent import UpdateAgent
from underlay.model.agent import COMPUTE_AGENT, Agent
from underlay.model.errors import HypervisorNotFound, ServerInvalid
from underlay.model.server import ON_HOST, Server
from underlay.rules import access, placement, schedule

BINARY = "nova-compute"
"""What clients look for; the program is `underlay-compute`."""


class _Toggle(msgspec.Struct, frozen=True):
    status: str | None = None


def list_services(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /os-services: for administrators."""
    access.require_always(ask.caller, "get_compute_host")
    query = dict(ask.query)
    with service.store.read() as reading:
        found = _agents(reading)
    shown = [_service(agent, heard, service, version) for agent, heard in found]
    wanted = {name: query[name] for name in ("host", "binary") if query.get(name)}
    return answer({"services": [each for each in shown if wanted.items() <= each.items()]})


def update_service(service: Service, ask: Ask, version: Microversion) -> Answer:
    """PUT /os-services/{id}, from version 2.53 on: enabled or disabled; disabled, it is given no more servers."""
    access.require_always(ask.caller, "update_compute_host")
    status = read(ask.body, _Toggle).status
    if status not in ("enabled", "disabled"):
        raise ServerInvalid("Invalid input for field/attribute status. It is enabled or disabled")
    with service.store.read() as reading:
        agent, heard = _agent(ask.path["id"], reading)
    after = execute(service, ask.caller, (UpdateAgent(agent.id, admin_state_up=status == "enabled"),))[0]
    return answer({"service": _service(after, heard, service, version)})


def list_hypervisors(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /os-hypervisors."""
    return _hypervisors(service, ask, version, detailed=False)


def list_hypervisors_in_detail(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /os-hypervisors/detail."""
    return _hypervisors(service, ask, version, detailed=True)


def show_hypervisor(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /os-hypervisors/{id}."""
    access.require_always(ask.caller, "get_compute_host")
    with service.store.read() as reading:
        agent, heard = _agent(ask.path["id"], reading)
        shown = _hypervisor(agent, heard, service, version, reading)
    return answer({"hypervisor": shown})


def show_statistics(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /os-hypervisors/statistics: sums; gone from version 2.88 on, in Nova."""
    access.require_always(ask.caller, "get_compute_host")
    with service.store.read() as reading:
        shown = [_hypervisor(agent, heard, service, Microversion(2, 1), reading) for agent, heard in _agents(reading)]
    sums = {name: sum(each[name] for each in shown) for name in (*_CAPACITIES, *_USES)}
    return answer({"hypervisor_statistics": {"count": len(shown), **sums}})


def list_zones(service: Service, ask: Ask, _: Microversion) -> Answer:
    """GET /os-availability-zone."""
    return answer({"availabilityZoneInfo": [{**each, "hosts": None} for each in _zones(service)]})


def list_zones_in_detail(service: Service, ask: Ask, _: Microversion) -> Answer:
    """GET /os-availability-zone/detail: with the hosts of each, for administrators."""
    access.require_always(ask.caller, "get_compute_host")
    return answer({"availabilityZoneInfo": _zones(service)})


def alive_hosts(reading: Reading, service: Service) -> frozenset[str]:
    """Those whose compute agent was heard lately."""
    return frozenset(agent.host for agent, heard in _agents(reading) if _is_alive(heard, service))


def _agents(reading: Reading) -> list[tuple[Agent, datetime]]:
    return sorted(reading.agents(COMPUTE_AGENT), key=lambda pair: pair[0].host)


def _agent(wanted: str, reading: Reading) -> tuple[Agent, datetime]:
    """By its id, or the number that stands for it before version 2.53."""
    for agent, heard in _agents(reading):
        if wanted in (agent.id, str(number_of(agent))):
            return agent, heard
    raise HypervisorNotFound(wanted)


def number_of(agent: Agent) -> int:
    """Old versions of the API name services and hypervisors by numbers: made from the id."""
    return crc32(agent.id.encode()) & 0x7FFFFFFF


def _is_alive(heard: datetime, service: Service) -> bool:
    return schedule.is_alive(heard, service.circumstances().now, service.regulations)


def _service(agent: Agent, heard: datetime, service: Service, version: Microversion) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": agent.id if version >= (2, 53) else number_of(agent),
        "binary": BINARY,
        "host": agent.host,
        "zone": agent.availability_zone,
        "status": "enabled" if agent.admin_state_up else "disabled",
        "state": "up" if _is_alive(heard, service) else "down",
        "updated_at": heard.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "disabled_reason": None,
    }
    return {**shown, "forced_down": False} if version >= (2, 11) else shown


_CAPACITIES: Mapping[str, str] = {"vcpus": "vcpus", "memory_mb": "ram_mb", "local_gb": "disk_gb"}
_USES = ("vcpus_used", "memory_mb_used", "local_gb_used", "free_ram_mb", "free_disk_gb", "running_vms")


def _hypervisors(service: Service, ask: Ask, version: Microversion, *, detailed: bool) -> Answer:
    access.require_always(ask.caller, "get_compute_host")
    pattern = dict(ask.query).get("hypervisor_hostname_pattern", "")
    with service.store.read() as reading:
        found = [pair for pair in _agents(reading) if pattern in pair[0].host]
        shown = [
            _hypervisor(agent, heard, service, version, reading)
            if detailed
            else _summary(agent, heard, service, version)
            for agent, heard in found
        ]
    return answer({"hypervisors": shown})


def _summary(agent: Agent, heard: datetime, service: Service, version: Microversion) -> dict[str, Any]:
    return {
        "id": agent.id if version >= (2, 53) else number_of(agent),
        "hypervisor_hostname": agent.host,
        "state": "up" if _is_alive(heard, service) else "down",
        "status": "enabled" if agent.admin_state_up else "disabled",
    }


def _hypervisor(
    agent: Agent, heard: datetime, service: Service, version: Microversion, reading: Reading
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        **_summary(agent, heard, service, version),
        "hypervisor_type": str(agent.configurations.get("hypervisor", "")).upper(),
        "hypervisor_version": 0,
        "host_ip": "",
        "service": {
            "id": agent.id if version >= (2, 53) else number_of(agent),
            "host": agent.host,
            "disabled_reason": None,
        },
    }
    if version >= (2, 88):
        return {**shown, "uptime": None, "servers": []} if version >= (2, 53) else shown
    servers = reading.linked(Server, ON_HOST, agent.host)
    has = {name: placement.capacity(agent, told) for name, told in _CAPACITIES.items()}
    used = {
        "vcpus_used": sum(each.flavor.vcpus for each in servers),
        "memory_mb_used": sum(each.flavor.ram_mb for each in servers),
        "local_gb_used": sum(each.flavor.disk_gb for each in servers),
        "running_vms": len(servers),
    }
    return {
        **shown,
        **has,
        **used,
        "free_ram_mb": has["memory_mb"] - used["memory_mb_used"],
        "free_disk_gb": has["local_gb"] - used["local_gb_used"],
        "disk_available_least": has["local_gb"] - used["local_gb_used"],
        "current_workload": 0,
        "cpu_info": {} if version >= (2, 28) else "{}",
    }


def _zones(service: Service) -> list[dict[str, Any]]:
    with service.store.read() as reading:
        agents = _agents(reading)
    zones: dict[str, dict[str, Any]] = {}
    for agent, heard in agents:
        state = {
            "available": agent.admin_state_up,
            "active": _is_alive(heard, service),
            "updated_at": heard.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        }
        zones.setdefault(agent.availability_zone, {})[agent.host] = {BINARY: state}
    return [
        {
            "zoneName": zone,
            "zoneState": {"available": any(each[BINARY]["available"] for each in hosts.values())},
            "hosts": hosts,
        }
        for zone, hosts in zones.items()
    ]
