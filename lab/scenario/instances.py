"""Steps: instances on both compute hosts, their addresses by real DHCP clients, who reaches whom, and the tags."""

import re
from typing import Any, Final
from uuid import NAMESPACE_DNS, uuid5

import msgspec

from lab import guest
from lab.scenario.networks import network_name
from lab.scenario.stage import Stage
from lab.topology import COMPUTE_HOSTS, SWITCH, VLANS, Vlan, host_named
from lab.wiring import trunk_link

BOOT_WITHIN_S: Final = 30.0


class Planned(msgspec.Struct, frozen=True):
    """An instance of the scenario."""

    name: str
    vid: int
    host: str
    client: guest.DhcpClient

    @property
    def device_id(self) -> str:
        """The id that Nova would give it; the same in every run."""
        return str(uuid5(NAMESPACE_DNS, self.name))


CMP1, CMP2 = COMPUTE_HOSTS
INSTANCES: Final = (
    Planned("vm100a", 100, CMP1, "dhclient"),
    Planned("vm100b", 100, CMP2, "udhcpc"),
    Planned("vm100c", 100, CMP1, "dhcpcd"),
    Planned("vm101a", 101, CMP1, "udhcpc"),
    Planned("vm101b", 101, CMP2, "dhcpcd"),
    Planned("vm200a", 200, CMP1, "dhcpcd"),
    Planned("vm200b", 200, CMP2, "dhclient"),
    Planned("vm201a", 201, CMP1, "dhclient"),
    Planned("vm201b", 201, CMP2, "udhcpc"),
)


def instances_boot(stage: Stage) -> None:
    """Ports of an ordinary user become ACTIVE where they are plugged; each guest gets its address by its own client."""
    plug(stage, INSTANCES)
    boot(stage, INSTANCES)


def plug(stage: Stage, planned: tuple[Planned, ...]) -> None:
    """Make the ports, plug the devices, and check that the ports become ACTIVE on the host where they are plugged."""
    for one in planned:
        names = f"--name {one.name} --device-id {one.device_id} pub{one.vid}"
        stage.quantum("alice", f"port-create {names} -c id -c mac_address -c fixed_ips")
    for one in planned:
        port = port_of(stage, one)
        guest.plug(stage.lab, guest.Guest(one.name, one.host, port["id"], port["mac_address"]))
        stage.tell(f"plugged tap{port['id'][:11]} into br-int of {one.host}, external_ids:iface-id={port['id']}")
    wanted = {one.name: (one.host, "ACTIVE") for one in planned}

    def wired() -> dict[str, tuple[str, str]]:
        ports = {port["name"]: port for port in stage.records("ports")}
        return {name: (str(ports[name].get("binding:host_id")), str(ports[name]["status"])) for name in wanted}

    if not stage.check_within(
        f"{len(planned)} ports ACTIVE on the host of their device", lambda: wired() == wanted, 15
    ):
        stage.check_equal("each port", wanted, wired())


def boot(stage: Stage, planned: tuple[Planned, ...]) -> None:
    """Start the guests' DHCP clients, and check that each gets its port's address."""
    for one in planned:
        port = port_of(stage, one)
        guest.boot(stage.lab, guest.Guest(one.name, one.host, port["id"], port["mac_address"]), one.client)
    wanted = {one: ([address_of(stage, one)], vlan_of(one).gateway) for one in planned}
    stage.wait(lambda: all(own(stage, one) == found for one, found in wanted.items()), BOOT_WITHIN_S)
    for one, (addresses, gateway) in wanted.items():
        title = f"{one.name} on {one.host}: {one.client} has {addresses[0]} and the gateway"
        stage.check_equal(title, (addresses, gateway), own(stage, one))


def reachable(stage: Stage) -> None:
    """Every guest reaches its physical gateway, and every other guest of its VLAN, on the same host or not."""
    for vlan in VLANS:
        here = [one for one in INSTANCES if one.vid == vlan.vid]
        for one in here:
            ping(stage, one, vlan.gateway, f"its gateway {vlan.gateway}")
        for one, other in zip(here, [*here[1:], here[0]], strict=True):
            ping(stage, one, address_of(stage, other), f"{other.name} on {other.host}")


def ping(stage: Stage, one: Planned, target: str, title: str) -> bool:
    """Check that a guest reaches an address."""
    said = stage.in_guest(one.name, one.host, f"ping -c 2 -i 0.2 -W 2 {target}", only="packets transmitted")
    return stage.check(f"{one.name} on {one.host} reaches {title}", said.code == 0, said.out + said.err)


def isolated(stage: Stage) -> None:
    """No guest reaches a guest of another VLAN, not even with an address of that VLAN's subnet on its own link."""
    one = first_on(VLANS[0], CMP1)
    neighbour = first_on(VLANS[0], CMP2)
    routed, on_link, frames = forge(stage, one, neighbour)
    tried = (routed, on_link, frames > 0)
    stage.check_equal(f"to see that the trick works at all: {one.name} reaches {neighbour.name}", (0, 0, True), tried)
    for vlan, other in zip(VLANS, [*VLANS[1:], VLANS[0]], strict=True):
        one = first_on(vlan, CMP1)
        for victim in (first_on(other, CMP1), first_on(other, CMP2)):
            routed, on_link, frames = forge(stage, one, victim)
            stage.check_equal(f"{one.name} does not reach {victim.name} by its gateway (ping ends with 1)", 1, routed)
            stage.check_equal(f"nor with {vlan_of(victim).prefix}.250 on its own link", 1, on_link)
            stage.check_equal(f"and frames of it that arrive at {victim.name} are", 0, frames)


def forge(stage: Stage, one: Planned, victim: Planned) -> tuple[int, int, int]:
    """Ping the victim as the routes say, then with an address of its subnet on one's own link.

    Returns: ping's two exit codes, and the frames from one's MAC that were heard on the victim's device.
    """
    target, forged = address_of(stage, victim), f"{vlan_of(victim).prefix}.250"
    mac = port_of(stage, one)["mac_address"]
    ear = stage.sniff(victim.host, "-i", "eth0", "ether", "src", mac, within=victim.name)
    ping = "ping -c 2 -i 0.2 -W 0.5"
    routed = stage.in_guest(one.name, one.host, f"{ping} {target}", only="packets transmitted")
    stage.quietly(one.host, *guest.inside(one.name, "ip", "addr", "add", f"{forged}/24", "dev", "eth0"))
    on_link = stage.in_guest(one.name, one.host, f"{ping} -I {forged} {target}", only="packets transmitted")
    stage.quietly(one.host, *guest.inside(one.name, "ip", "addr", "del", f"{forged}/24", "dev", "eth0"))
    return routed.code, on_link.code, len(stage.heard(ear))


def tags_on_the_trunk(stage: Stage) -> None:
    """On the cable from a compute host to the switch each VLAN's frames carry its tag, and no frame is without one."""
    for host in COMPUTE_HOSTS:
        ear = stage.sniff(SWITCH, "-i", trunk_link(host_named(host)))
        for vlan in VLANS:
            one = first_on(vlan, host)
            stage.in_guest(one.name, one.host, f"ping -c 2 -i 0.2 -W 1 {vlan.gateway}", only="packets transmitted")
        frames = stage.heard(ear)
        for vlan in VLANS:
            one = first_on(vlan, host)
            address = address_of(stage, one)
            mine = [line for line in frames if f" {address} > " in line and "ICMP echo request" in line]
            tags = {int(tag) for line in mine for tag in re.findall(r"vlan (\d+)", line)}
            for line in mine[:1]:
                stage.tell(f"  {line}")
            stage.check_equal(f"{host}: {one.name} ({address}) is tagged", {vlan.vid}, tags)
        untagged = [line for line in frames if "802.1Q" not in line]
        stage.check(f"{host}: nothing untagged among {len(frames)} frames", untagged == [], "\n".join(untagged[:5]))


def first_on(vlan: Vlan, host: str) -> Planned:
    """The scenario's first instance of a VLAN on a host."""
    return next(one for one in INSTANCES if (one.vid, one.host) == (vlan.vid, host))


def port_of(stage: Stage, one: Planned) -> dict[str, Any]:
    """The instance's port."""
    return stage.record("ports", name=one.name)


def address_of(stage: Stage, one: Planned) -> str:
    """The instance's address, as the API says."""
    return str(port_of(stage, one)["fixed_ips"][0]["ip_address"])


def own(stage: Stage, one: Planned) -> tuple[list[str], str]:
    """The instance's addresses and its default gateway, as its kernel says."""
    route = stage.quietly(one.host, *guest.inside(one.name, "ip", "-4", "route", "show", "default")).out
    words = route.split()
    return guest.addresses(stage.lab, one.host, one.name), words[2] if words[:2] == ["default", "via"] else ""


def vlan_of(one: Planned) -> Vlan:
    """The instance's VLAN."""
    return next(vlan for vlan in VLANS if network_name(vlan) == f"pub{one.vid}")
