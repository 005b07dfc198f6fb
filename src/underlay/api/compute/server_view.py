"""Servers as Nova shows them, in the form of each microversion."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha224
from typing import Any, Final

import msgspec

from underlay.api.compute.microversion import Microversion
from underlay.api.exchange import Reading
from underlay.api.images.directory import Image
from underlay.identity.places import COMPUTE
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.security_group import SecurityGroup
from underlay.model.server import Flavor, Server
from underlay.rules.server import VM_STATES
from underlay.rules.server_ports import host_name
from underlay.store.contract import Query

_POWER: Final = {"BUILD": 0, "ACTIVE": 1, "SHUTOFF": 4, "ERROR": 0}
_FAULT_CODE: Final = 500


class Scene(msgspec.Struct, frozen=True):
    """What showing servers needs: read at once for all of them.

    Attributes:
    ports, networks, groups, instances: by id.
    images: by id; only when `shows_hosts`.
    shows_hosts: whether the caller is told where servers run.
    hosts_up: hosts whose compute agent is alive.
    """

    version: Microversion
    base: str
    images: Mapping[str, Image]
    ports: Mapping[str, Port]
    networks: Mapping[str, Network]
    groups: Mapping[str, SecurityGroup]
    instances: Mapping[str, Instance]
    shows_hosts: bool
    hosts_up: frozenset[str]


def surroundings_of(servers: Sequence[Server], reading: Reading) -> Mapping[str, Any]:
    """The records that they name; a fixed number of questions."""
    ids = tuple(port_id for server in servers for port_id in server.port_ids)
    ports = {port.id: port for port in reading.list_records(Port, Query(filters={"id": ids}))} if ids else {}
    networks = tuple({port.network_id for port in ports.values()})
    groups = tuple({group_id for port in ports.values() for group_id in port.security_group_ids})
    owners = tuple(server.id for server in servers)
    return {
        "ports": ports,
        "networks": {one.id: one for one in reading.list_records(Network, Query(filters={"id": networks}))},
        "groups": {one.id: one for one in reading.list_records(SecurityGroup, Query(filters={"id": groups}))},
        "instances": {one.id: one for one in reading.list_records(Instance, Query(filters={"id": owners}))},
    }


def summary(server: Server, scene: Scene) -> dict[str, Any]:
    """As `GET /servers` lists it."""
    return {"id": server.id, "name": server.name, "links": links_to(f"servers/{server.id}", scene.base)}


def detail(server: Server, scene: Scene) -> dict[str, Any]:
    """As `GET /servers/{id}` shows it."""
    version = scene.version
    shown: dict[str, Any] = {
        **summary(server, scene),
        "status": server.status,
        "tenant_id": server.project_id,
        "user_id": server.user_id,
        "metadata": server.metadata,
        "hostId": sha224(f"{server.project_id}{server.host}".encode()).hexdigest(),
        "image": {"id": server.image_id, "links": bookmark(f"images/{server.image_id}", scene.base)},
        "flavor": _flavor(server.flavor, scene),
        "created": moment(server.created_at),
        "updated": moment(server.updated_at),
        "addresses": addresses(server, scene),
        "accessIPv4": "",
        "accessIPv6": "",
        "OS-DCF:diskConfig": "MANUAL",
        "OS-EXT-AZ:availability_zone": server.availability_zone,
        "config_drive": "",
        "key_name": server.key_name or None,
        "OS-SRV-USG:launched_at": _plain(server.launched_at),
        "OS-SRV-USG:terminated_at": None,
        "os-extended-volumes:volumes_attached": [],
        "security_groups": [{"name": name} for name in _group_names(server, scene)],
        **_state(server),
    }
    if version >= (2, 9):
        shown["locked"] = False
    if version >= (2, 19):
        shown["description"] = server.description or None
    if version >= (2, 26):
        shown["tags"] = []
    if version >= (2, 63):
        shown["trusted_image_certificates"] = None
    if version >= (2, 71):
        shown["server_groups"] = []
    if version >= (2, 73):
        shown["locked_reason"] = None
    if version >= (2, 90):
        shown["OS-EXT-SRV-ATTR:hostname"] = host_name(server.name)
    if version >= (2, 96):
        shown["pinned_availability_zone"] = None
    return shown | (_for_administrators(server, scene) if scene.shows_hosts else {})


def addresses(server: Server, scene: Scene) -> dict[str, list[dict[str, Any]]]:
    """By network name, in the order of the server's devices."""
    found: dict[str, list[dict[str, Any]]] = {}
    for port in _ports(server, scene):
        network = scene.networks.get(port.network_id)
        of_network = found.setdefault(network.name if network else port.network_id, [])
        of_network.extend(
            {
                "version": fixed_ip.ip_address.version,
                "addr": str(fixed_ip.ip_address),
                "OS-EXT-IPS:type": "fixed",
                "OS-EXT-IPS-MAC:mac_addr": str(port.mac_address),
            }
            for fixed_ip in port.fixed_ips
        )
    return found


def links_to(path: str, base: str) -> list[dict[str, str]]:
    """With and without the version, as Nova links what it shows."""
    return [{"rel": "self", "href": f"{base}{COMPUTE}/v2.1/{path}"}, *bookmark(path, base)]


def bookmark(path: str, base: str) -> list[dict[str, str]]:
    """Without the version."""
    return [{"rel": "bookmark", "href": f"{base}{COMPUTE}/{path}"}]


def moment(when: datetime) -> str:
    """To the second."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def flavor_inside(flavor: Flavor) -> dict[str, Any]:
    """As servers carry it from version 2.47 on."""
    return {
        "vcpus": flavor.vcpus,
        "ram": flavor.ram_mb,
        "disk": flavor.disk_gb,
        "ephemeral": 0,
        "swap": 0,
        "original_name": flavor.name,
        "extra_specs": {},
    }


def _ports(server: Server, scene: Scene) -> Iterable[Port]:
    there = (scene.ports.get(port_id) for port_id in server.port_ids)
    return [port for port in there if port is not None and port.device_id == server.id]


def _group_names(server: Server, scene: Scene) -> list[str]:
    named = [group_id for port in _ports(server, scene) for group_id in port.security_group_ids]
    return [scene.groups[each].name for each in dict.fromkeys(named) if each in scene.groups]


def _flavor(flavor: Flavor, scene: Scene) -> dict[str, Any]:
    if scene.version >= (2, 47):
        return flavor_inside(flavor)
    return {"id": flavor.id, "links": bookmark(f"flavors/{flavor.id}", scene.base)}


def _state(server: Server) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "OS-EXT-STS:vm_state": VM_STATES[server.status],
        "OS-EXT-STS:task_state": task_state(server),
        "OS-EXT-STS:power_state": _POWER[server.status],
    }
    if server.status in ("ACTIVE", "BUILD"):
        shown["progress"] = 0
    if server.status == "ERROR":
        shown["fault"] = {"code": _FAULT_CODE, "created": moment(server.updated_at), "message": server.fault}
    return shown


def task_state(server: Server) -> str | None:
    """What its host has still to do; None for nothing."""
    match server.status, server.wanted:
        case "BUILD", _:
            return "spawning"
        case "ACTIVE", "stopped":
            return "powering-off"
        case "SHUTOFF", "running":
            return "powering-on"
        case _:
            return None


def _for_administrators(server: Server, scene: Scene) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "OS-EXT-SRV-ATTR:host": server.host,
        "OS-EXT-SRV-ATTR:hypervisor_hostname": server.host,
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{server.id[:8]}",
    }
    if scene.version >= (2, 3):
        told = scene.instances.get(server.id)
        shown |= {
            "OS-EXT-SRV-ATTR:hostname": host_name(server.name),
            "OS-EXT-SRV-ATTR:reservation_id": f"r-{server.id[:8]}",
            "OS-EXT-SRV-ATTR:launch_index": 0,
            "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
            "OS-EXT-SRV-ATTR:user_data": (told.user_data if told else "") or None,
            **_boot_images(server, scene),
        }
    if scene.version >= (2, 16):
        shown["host_status"] = "UP" if server.host in scene.hosts_up else "DOWN"
    return shown


def _boot_images(server: Server, scene: Scene) -> dict[str, str]:
    image = scene.images.get(server.image_id)
    properties = image.properties if image else {}
    return {f"OS-EXT-SRV-ATTR:{name}": properties.get(name, "") for name in ("kernel_id", "ramdisk_id")}


def _plain(when: datetime | None) -> str | None:
    return None if when is None else when.strftime("%Y-%m-%dT%H:%M:%S.%f")
