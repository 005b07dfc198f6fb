"""Links of the current network namespace by rtnetlink(7) and the ethtool ioctl.

In and out: names, texts and numbers. Decides nothing. Every function acts in the namespace that the calling thread is
in (`netns.inside`).
"""

import array
import fcntl
import socket
import struct
from ipaddress import ip_address, ip_interface
from pathlib import Path
from typing import Any, Final

import msgspec
from pyroute2 import IPRoute

_SIOCETHTOOL: Final = 0x8946
_ETHTOOL_STXCSUM: Final = 0x17
_IFA_F_NODAD: Final = 0x02
_IFF_UP: Final = 0x1
_MAIN_TABLE: Final = 254
_MAX_ALIAS: Final = 255


class LinkFacts(msgspec.Struct, frozen=True):
    """A link as the kernel tells it.

    Attributes:
    addresses: `address/prefix` texts.
    gateway: next hop of the IPv4 default route through this link.
    """

    index: int
    name: str
    mac: str
    mtu: int
    up: bool
    alias: str = ""
    addresses: frozenset[str] = frozenset()
    gateway: str | None = None


def read_links() -> dict[str, LinkFacts]:
    """All links by name, with addresses and default routes."""
    with IPRoute() as ip:
        addresses: dict[int, set[str]] = {}
        for entry in ip.get_addr():
            text = f"{ip_address(entry.get_attr('IFA_ADDRESS'))}/{entry['prefixlen']}"
            addresses.setdefault(entry["index"], set()).add(text)
        gateways = {
            route.get_attr("RTA_OIF"): route.get_attr("RTA_GATEWAY")
            for route in ip.get_routes(family=socket.AF_INET)
            if route["dst_len"] == 0 and route.get_attr("RTA_TABLE") == _MAIN_TABLE
        }
        return {
            link.get_attr("IFLA_IFNAME"): LinkFacts(
                index=link["index"],
                name=link.get_attr("IFLA_IFNAME"),
                mac=link.get_attr("IFLA_ADDRESS") or "",
                mtu=link.get_attr("IFLA_MTU"),
                up=bool(link["flags"] & _IFF_UP),
                alias=link.get_attr("IFLA_IFALIAS") or "",
                addresses=frozenset(addresses.get(link["index"], ())),
                gateway=gateways.get(link["index"]),
            )
            for link in ip.get_links()
        }


def exists(name: str) -> bool:
    """Whether the namespace has a link of that name."""
    try:
        socket.if_nametoindex(name)
    except OSError:
        return False
    return True


def add_veth(name: str, peer: str, peer_netns: str, peer_mac: str) -> None:
    """A veth pair: `name` here, `peer` with its MAC in the named namespace; both down."""
    with IPRoute() as ip:
        ip.link("add", ifname=name, kind="veth", peer={"ifname": peer, "net_ns_fd": peer_netns, "address": peer_mac})


def set_up(name: str, *, mtu: int | None = None, alias: str | None = None) -> None:
    """Bring the link up, with what is given."""
    with IPRoute() as ip:
        _set_up(ip, name, {"mtu": mtu, "ifalias": alias and alias[:_MAX_ALIAS]})


def furnish(name: str, facts: LinkFacts, stale: frozenset[str]) -> None:
    """Bring the link up with MAC, MTU, addresses and gateway of `facts`, and take the stale addresses off."""
    index = socket.if_nametoindex(name)
    with IPRoute() as ip:
        _set_up(ip, name, {"mtu": facts.mtu, "address": facts.mac})
        for text in sorted(facts.addresses):
            interface = ip_interface(text)
            flag = {"flags": _IFA_F_NODAD} if interface.version == 6 else {}
            ip.addr("replace", index=index, address=str(interface.ip), prefixlen=interface.network.prefixlen, **flag)
        for text in sorted(stale):
            interface = ip_interface(text)
            ip.addr("del", index=index, address=str(interface.ip), prefixlen=interface.network.prefixlen)
        if facts.gateway is not None:
            ip.route("replace", dst="default", gateway=facts.gateway, oif=index, flags=["onlink"])
        elif any(route["dst_len"] == 0 for route in ip.get_routes(family=socket.AF_INET, oif=index)):
            ip.route("del", dst="default", oif=index)


def _set_up(ip: Any, name: str, wanted: dict[str, Any]) -> None:
    given = {key: value for key, value in wanted.items() if value is not None}
    ip.link("set", index=socket.if_nametoindex(name), state="up", **given)


def remove(name: str) -> None:
    """Delete the link, and with it its peer, unless it is gone."""
    if exists(name):
        with IPRoute() as ip:
            ip.link("del", index=socket.if_nametoindex(name))


def disable_checksum_offload(name: str) -> None:
    """Have the kernel finish the checksums of what leaves this end.

    A userspace datapath reads frames by AF_PACKET and passes unfinished ones on (Open vSwitch 3.1)."""
    value = array.array("I", [_ETHTOOL_STXCSUM, 0])
    request = struct.pack("16sP", name.encode(), value.buffer_info()[0])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCETHTOOL, request)


def refuse_router_advertisements() -> None:
    """Links made in this namespace from now on take no IPv6 routes or addresses from the network."""
    setting = Path("/proc/sys/net/ipv6/conf/default/accept_ra")
    if setting.exists():
        setting.write_text("0")
