"""Links between containers, and what hangs on them: the trunk switch, the gateways, the management network.

Every function looks first and makes only what is missing, so all may be repeated at any time, after any crash.
Checksum offload is off on both ends of every pair: Open vSwitch in userspace reads frames with AF_PACKET and would
pass on checksums that nobody has finished (ping works, DHCP and TCP do not).
"""

import json
import subprocess
from collections.abc import Sequence

import msgspec

from lab import container
from lab.topology import HOSTS, MANAGEMENT_PREFIX_LENGTH, SWITCH, VLANS, Host, Lab

MANAGEMENT_BRIDGE = "mgmt"
TRUNK_BRIDGE = "br-phys"


class Wire(msgspec.Struct, frozen=True):
    """A cable: a veth pair whose ends lie in two containers."""

    container: str
    link: str
    far_container: str
    far_link: str


def wires() -> tuple[Wire, ...]:
    """All cables of the data centre: eth0 of each host to the management switch, eth1 to the trunk switch."""
    management = [Wire(host.name, "eth0", SWITCH, f"mg-{host.name}") for host in HOSTS]
    trunks = [Wire(host.name, "eth1", SWITCH, trunk_link(host)) for host in HOSTS if host.trunked]
    return (*management, *trunks)


def trunk_link(host: Host) -> str:
    """The switch's end of the host's eth1."""
    return f"to-{host.name}"


def links_of(lab: Lab, pids: dict[str, int]) -> dict[str, frozenset[str]]:
    """Container -> names of the links in it."""
    found = {}
    for name, pid in pids.items():
        shown = subprocess.run(
            ["nsenter", "--target", str(pid), "--net", "ip", "-json", "link"],
            capture_output=True,
            check=True,
            env=container.environment(lab),
        )
        found[name] = frozenset(link["ifname"] for link in json.loads(shown.stdout or "[]"))
    return found


def connect(lab: Lab) -> int:
    """Lay the cables that are missing; returns how many. A cable that lost one end has lost both."""
    pids = container.running(lab)
    there = links_of(lab, pids)
    missing = [w for w in wires() if w.link not in there[w.container] or w.far_link not in there[w.far_container]]
    for wire in missing:
        near, far = str(pids[wire.container]), str(pids[wire.far_container])
        pair = ["type", "veth", "peer", "name", wire.far_link, "netns", far]
        subprocess.run(
            ["ip", "link", "add", wire.link, "netns", near, *pair], check=True, env=container.environment(lab)
        )
        for name, link in ((wire.container, wire.link), (wire.far_container, wire.far_link)):
            container.do(lab, name, ["ethtool", "-K", link, "tx", "off"])
            container.do(lab, name, ["ip", "link", "set", link, "up"])
    return len(missing)


def build_management(lab: Lab) -> None:
    """The management switch, a kernel bridge, and the hosts' addresses on it."""
    if MANAGEMENT_BRIDGE not in links_of(lab, {SWITCH: container.pid_of(lab, SWITCH)})[SWITCH]:
        container.do(lab, SWITCH, ["ip", "link", "add", MANAGEMENT_BRIDGE, "type", "bridge"])
    lines = [
        f"link set {MANAGEMENT_BRIDGE} up",
        *(f"link set mg-{host.name} master {MANAGEMENT_BRIDGE}" for host in HOSTS),
    ]
    batch(lab, SWITCH, lines)
    for host in HOSTS:
        container.do(
            lab, host.name, ["ip", "addr", "replace", f"{host.address}/{MANAGEMENT_PREFIX_LENGTH}", "dev", "eth0"]
        )


def build_gateways(lab: Lab) -> None:
    """The physical routers: one namespace a VLAN, so that none routes to another."""
    there = container.do(lab, SWITCH, ["ip", "netns", "list"]).split()
    for vlan in VLANS:
        if vlan.router in there:
            continue
        access = f"acc{vlan.vid}"
        container.do(lab, SWITCH, ["ip", "netns", "add", vlan.router])
        batch(
            lab,
            SWITCH,
            [
                f"link add {access} type veth peer name eth0 netns {vlan.router}",
                f"link set {access} up",
            ],
        )
        container.do(lab, SWITCH, ["ethtool", "-K", access, "tx", "off"])
        container.do(lab, SWITCH, ["ip", "netns", "exec", vlan.router, "ethtool", "-K", "eth0", "tx", "off"])
        lines = [
            "link set lo up",
            f"link set eth0 address {vlan.gateway_mac} up",
            f"addr add {vlan.gateway}/24 dev eth0",
        ]
        container.do(lab, SWITCH, ["ip", "-netns", vlan.router, "-batch", "-"], text_in="\n".join(lines) + "\n")


def build_trunk_switch(lab: Lab) -> None:
    """The physical switch: an access port for each gateway, a trunk with the four tags for each host."""
    tags = ",".join(str(vlan.vid) for vlan in VLANS)
    argv = ["--may-exist", "add-br", TRUNK_BRIDGE, "--", "set", "Bridge", TRUNK_BRIDGE, "datapath_type=netdev"]
    for vlan in VLANS:
        argv += ["--", "--may-exist", "add-port", TRUNK_BRIDGE, f"acc{vlan.vid}", f"tag={vlan.vid}"]
    for host in HOSTS:
        if host.trunked:
            argv += [
                "--",
                "--may-exist",
                "add-port",
                TRUNK_BRIDGE,
                trunk_link(host),
                f"trunks={tags}",
                "vlan_mode=trunk",
            ]
    vsctl(lab, SWITCH, argv)


def vsctl(lab: Lab, name: str, argv: Sequence[str]) -> str:
    """ovs-vsctl in a container; waits until its Open vSwitch runs and has done it."""
    return container.do(lab, name, ["ovs-vsctl", "--retry", "--timeout=30", *argv])


def batch(lab: Lab, name: str, lines: Sequence[str]) -> None:
    """Several commands of ip(8) in one go."""
    container.do(lab, name, ["ip", "-batch", "-"], text_in="\n".join(lines) + "\n")
