"""Guests: namespaces inside a compute host, plugged into br-int as a hypervisor does it, with real DHCP clients.

A guest is known from what is there: namespaces inside the host whose OVS port carries `external_ids:lab-guest`.
The port's `iface-id` names the API's port; everything else is the agent's work.
"""

import json
from typing import Final, Literal, get_args

import msgspec

from lab import container
from lab.service import Service
from lab.topology import COMPUTE_HOSTS, Lab
from lab.wiring import vsctl

INTEGRATION_BRIDGE: Final = "br-int"
DhcpClient = Literal["dhclient", "udhcpc", "dhcpcd"]
DHCP_CLIENTS: Final = get_args(DhcpClient)


class Guest(msgspec.Struct, frozen=True):
    """One guest.

    Attributes:
    name: of its namespace; unique in the lab.
    port_id: the API's port that its device is.
    """

    name: str
    host: str
    port_id: str
    mac: str

    @property
    def tap(self) -> str:
        """The device on the integration bridge, named as Nova names it."""
        return f"tap{self.port_id[:11]}"


def plug(lab: Lab, guest: Guest) -> None:
    """Make the guest's namespace and device, and plug it in; nothing where it is there already."""
    host = guest.host
    if guest.name not in container.do(lab, host, ["ip", "netns", "list"]).split():
        container.do(lab, host, ["ip", "netns", "add", guest.name])
        pair = ["ip", "link", "add", guest.tap, "type", "veth", "peer", "name", "eth0", "netns", guest.name]
        container.do(lab, host, pair)
        inside = ["link set lo up", f"link set eth0 address {guest.mac} up"]
        container.do(lab, host, ["ip", "-netns", guest.name, "-batch", "-"], text_in="\n".join(inside) + "\n")
        container.do(lab, host, ["ip", "netns", "exec", guest.name, "ethtool", "-K", "eth0", "tx", "off"])
        container.do(lab, host, ["ethtool", "-K", guest.tap, "tx", "off"])
        container.do(lab, host, ["ip", "link", "set", guest.tap, "up"])
    ids = {"iface-id": guest.port_id, "attached-mac": guest.mac, "iface-status": "active", "lab-guest": guest.name}
    values = [f'external_ids:{key}="{value}"' for key, value in ids.items()]
    argv = ["--may-exist", "add-port", INTEGRATION_BRIDGE, guest.tap, "--", "set", "Interface", guest.tap, *values]
    vsctl(lab, host, argv)


def boot(lab: Lab, guest: Guest, client: DhcpClient) -> None:
    """Start the guest's DHCP client. As with Nova, a guest boots after its port is plugged."""
    script = str(lab.root / "lab" / "guest.script")
    argv = ("ip", "netns", "exec", guest.name, "unshare", "--uts", script, guest.name, client)
    container.change_services(lab, guest.host, {client_service(guest.name): Service(argv)})


def client_service(name: str) -> str:
    """The guest's DHCP client among its host's services."""
    return f"guest-{name}"


def delete(lab: Lab, host: str, name: str) -> None:
    """Unplug the guest and end it; nothing where it is gone already."""
    container.change_services(lab, host, {}, [client_service(name)])
    for tap in taps(lab, host, name):
        vsctl(lab, host, ["--if-exists", "del-port", INTEGRATION_BRIDGE, tap])
        container.run(lab, host, ["ip", "link", "delete", tap])  # its inner end goes at once, before the namespace
    if name in container.do(lab, host, ["ip", "netns", "list"]).split():
        container.do(lab, host, ["ip", "netns", "delete", name])


def taps(lab: Lab, host: str, name: str) -> list[str]:
    """Devices on the host's bridge that belong to the guest of that name."""
    found = vsctl(lab, host, ["--bare", "--columns=name", "find", "Interface", f"external_ids:lab-guest={name}"])
    return found.split()


def guests_of(lab: Lab, host: str) -> list[Guest]:
    """All guests that are plugged into the host, by name."""
    text = vsctl(lab, host, ["--format=json", "--columns=external_ids", "list", "Interface"])
    rows = [dict(row[0][1]) for row in json.loads(text)["data"]]
    guests = [Guest(ids["lab-guest"], host, ids["iface-id"], ids["attached-mac"]) for ids in rows if "lab-guest" in ids]
    return sorted(guests, key=lambda guest: guest.name)


def inside(guest_name: str, *argv: str) -> list[str]:
    """The command that runs `argv` in the guest, to be run in its host."""
    return ["ip", "netns", "exec", guest_name, *argv]


def host_of(lab: Lab, name: str) -> str:
    """The compute host that has the guest; raises ContainerError when none has."""
    for host in COMPUTE_HOSTS:
        if any(guest.name == name for guest in guests_of(lab, host)):
            return host
    raise container.ContainerError(f"no guest named {name} on {' or '.join(COMPUTE_HOSTS)}")


def addresses(lab: Lab, host: str, name: str) -> list[str]:
    """IPv4 addresses on the guest's eth0."""
    text = container.do(lab, host, inside(name, "ip", "-json", "-4", "addr", "show", "dev", "eth0"))
    return [address["local"] for link in json.loads(text or "[]") for address in link.get("addr_info", [])]
