"""Links of the current network namespace by rtnetlink(7) and the ethtool ioctl.

In and out: names, texts and numbers. Decides nothing. Every function acts in the namespace that the calling thread is
in (`netns.inside`), and raises OSError. Fixed parts of the messages are those of `linux/if_link.h`, `linux/if_addr.h`
and `linux/rtnetlink.h`.
"""

import array
import fcntl
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address, ip_interface, ip_network
from pathlib import Path
from typing import Final

import msgspec

from underlay.dataplane.netlink import CREATE, EXCLUSIVE, REPLACE, Request, Rtnetlink, attribute, attributes

_NEWLINK: Final = 16
_DELLINK: Final = 17
_GETLINK: Final = 18
_NEWADDR: Final = 20
_DELADDR: Final = 21
_GETADDR: Final = 22
_NEWROUTE: Final = 24
_DELROUTE: Final = 25
_GETROUTE: Final = 26
_NEWNEIGH: Final = 28
_GETNEIGH: Final = 30

_LINK: Final = struct.Struct("=BxHiII")
"""ifinfomsg: family, type, index, flags, which flags to change."""
_ADDRESS: Final = struct.Struct("=BBBBI")
"""ifaddrmsg: family, prefix length, flags, scope, index."""
_ROUTE: Final = struct.Struct("=8BI")
"""rtmsg: family, lengths of destination and source, tos, table, protocol, scope, type, flags."""
_NEIGHBOUR: Final = struct.Struct("=B3xiHBB")
"""ndmsg: family, index, state, flags, type."""
_NUMBER: Final = struct.Struct("=I")

_IFLA_ADDRESS: Final = 1
_IFLA_IFNAME: Final = 3
_IFLA_MTU: Final = 4
_IFLA_LINKINFO: Final = 18
_IFLA_INFO_KIND: Final = 1
_IFLA_INFO_DATA: Final = 2
_IFLA_IFALIAS: Final = 20
_IFLA_NET_NS_FD: Final = 28
_IFLA_EXT_MASK: Final = 29
_EXT_SKIP_STATISTICS: Final = 0x8
_VETH_INFO_PEER: Final = 1
_IFA_ADDRESS: Final = 1
_IFA_LOCAL: Final = 2
_RTA_DST: Final = 1
_RTA_OIF: Final = 4
_RTA_GATEWAY: Final = 5
_RTA_TABLE: Final = 15
_NDA_DST: Final = 1
_NDA_LLADDR: Final = 2
_NUD_PERMANENT: Final = 0x80

_SIOCETHTOOL: Final = 0x8946
_ETHTOOL_STXCSUM: Final = 0x17
_IFA_F_NODAD: Final = 0x02
_IFF_UP: Final = 0x1
_MAIN_TABLE: Final = 254
_STATIC: Final = 4
_UNICAST: Final = 1
_ONLINK: Final = 4
_MAX_ALIAS: Final = 255
_ANYWHERE: Final = "0.0.0.0/0"


class LinkFacts(msgspec.Struct, frozen=True):
    """A link as the kernel tells it.

    Attributes:
    addresses: `address/prefix` texts.
    gateway: next hop of the IPv4 default route through this link.
    routes: `destination next hop` texts of the other routes through this link that have a next hop.
    neighbours: `address MAC` texts of those that are for ever.
    """

    index: int
    name: str
    mac: str
    mtu: int
    up: bool
    alias: str = ""
    addresses: frozenset[str] = frozenset()
    gateway: str | None = None
    routes: frozenset[str] = frozenset()
    neighbours: frozenset[str] = frozenset()


def read_links() -> dict[str, LinkFacts]:
    """All links by name, with addresses, routes and neighbours."""
    with Rtnetlink() as kernel:
        addresses = _read_addresses(kernel)
        routes = _read_routes(kernel)
        neighbours = _read_neighbours(kernel)
        found: dict[str, LinkFacts] = {}
        mask = attribute(_IFLA_EXT_MASK, _NUMBER.pack(_EXT_SKIP_STATISTICS))
        for body in kernel.dump(_GETLINK, _LINK.pack(0, 0, 0, 0, 0) + mask):
            _, _, index, flags, _ = _LINK.unpack_from(body)
            values = attributes(body, _LINK.size)
            name = _text(values[_IFLA_IFNAME])
            found[name] = LinkFacts(
                index=index,
                name=name,
                mac=values.get(_IFLA_ADDRESS, b"").hex(":"),
                mtu=_number(values[_IFLA_MTU]),
                up=bool(flags & _IFF_UP),
                alias=_text(values.get(_IFLA_IFALIAS, b"")),
                addresses=frozenset(addresses.get(index, ())),
                gateway=routes.get(index, {}).get(_ANYWHERE),
                routes=frozenset(f"{to} {hop}" for to, hop in routes.get(index, {}).items() if to != _ANYWHERE),
                neighbours=frozenset(neighbours.get(index, ())),
            )
        return found


def _read_addresses(kernel: Rtnetlink) -> dict[int, set[str]]:
    """`address/prefix` texts by the link's index."""
    found: dict[int, set[str]] = {}
    for body in kernel.dump(_GETADDR, _ADDRESS.pack(0, 0, 0, 0, 0)):
        _, prefix, _, _, index = _ADDRESS.unpack_from(body)
        text = f"{ip_address(attributes(body, _ADDRESS.size)[_IFA_ADDRESS])}/{prefix}"
        found.setdefault(index, set()).add(text)
    return found


def _read_routes(kernel: Rtnetlink) -> dict[int, dict[str, str]]:
    """Destination -> next hop by the link's index; of the main table."""
    found: dict[int, dict[str, str]] = {}
    for body in kernel.dump(_GETROUTE, _ROUTE.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0, 0, 0, 0)):
        values = attributes(body, _ROUTE.size)
        if _number(values[_RTA_TABLE]) == _MAIN_TABLE and _RTA_OIF in values and _RTA_GATEWAY in values:
            hop = ip_address(values[_RTA_GATEWAY])
            to = ip_address(values.get(_RTA_DST, bytes(len(hop.packed))))
            found.setdefault(_number(values[_RTA_OIF]), {})[f"{to}/{body[1]}"] = str(hop)
    return found


def _read_neighbours(kernel: Rtnetlink) -> dict[int, set[str]]:
    """`address MAC` texts by the link's index."""
    found: dict[int, set[str]] = {}
    for body in kernel.dump(_GETNEIGH, _NEIGHBOUR.pack(socket.AF_UNSPEC, 0, 0, 0, 0)):
        _, index, state, _, _ = _NEIGHBOUR.unpack_from(body)
        values = attributes(body, _NEIGHBOUR.size)
        if state & _NUD_PERMANENT and _NDA_LLADDR in values:
            text = f"{ip_address(values[_NDA_DST])} {values[_NDA_LLADDR].hex(':')}"
            found.setdefault(index, set()).add(text)
    return found


def exists(name: str) -> bool:
    """Whether the namespace has a link of that name."""
    return _index(name) != 0


def add_veth(name: str, peer: str, peer_netns: int, peer_mac: str, mtu: int) -> None:
    """A veth pair: `name` here, up; `peer` with its MAC in the namespace of that open file, down.

    A peer cannot be born up: at that moment it has no other end (Linux 6.18, veth_open)."""
    inner = (
        _LINK.pack(0, 0, 0, 0, 0)
        + _described(name=peer, mac=peer_mac, mtu=mtu)
        + attribute(_IFLA_NET_NS_FD, _NUMBER.pack(peer_netns))
    )
    kind = attribute(_IFLA_INFO_KIND, b"veth") + attribute(_IFLA_INFO_DATA, attribute(_VETH_INFO_PEER, inner))
    outer = _LINK.pack(0, 0, 0, _IFF_UP, _IFF_UP) + _described(name=name, mtu=mtu) + attribute(_IFLA_LINKINFO, kind)
    _do(Request(_NEWLINK, outer, CREATE | EXCLUSIVE))


def set_up(name: str, *, mtu: int | None = None, alias: str | None = None) -> None:
    """Bring the link up, with what is given."""
    _do(_change(socket.if_nametoindex(name), mtu=mtu, alias=alias))


def furnish(name: str, facts: LinkFacts, stale: frozenset[str]) -> None:
    """Bring the link up with all that `facts` say, and take the stale addresses off."""
    index = socket.if_nametoindex(name)
    requests = [_change(index, mac=facts.mac, mtu=facts.mtu)]
    requests += [Request(_NEWADDR, _address(index, text), CREATE | REPLACE) for text in sorted(facts.addresses)]
    requests += [Request(_DELADDR, _address(index, text)) for text in sorted(stale)]
    requests += [Request(_NEWNEIGH, _neighbour(index, text), CREATE | REPLACE) for text in sorted(facts.neighbours)]
    default = frozenset() if facts.gateway is None else {f"{_ANYWHERE} {facts.gateway}"}
    requests += [
        Request(_NEWROUTE, _route(index, *text.split()), CREATE | REPLACE) for text in sorted(facts.routes | default)
    ]
    _do(*requests)
    if facts.gateway is None:
        with suppress(ProcessLookupError):  # ESRCH: there is none
            _do(Request(_DELROUTE, _route(index, _ANYWHERE)))


def remove(name: str) -> None:
    """Delete the link, and with it its peer, unless it is gone."""
    index = _index(name)
    if index:
        _do(Request(_DELLINK, _LINK.pack(0, 0, index, 0, 0)))


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


def _do(*requests: Request) -> None:
    with Rtnetlink() as kernel:
        kernel.do(*requests)


def _index(name: str) -> int:
    """0 when there is no such link."""
    try:
        return socket.if_nametoindex(name)
    except OSError:
        return 0


def _change(index: int, *, mac: str = "", mtu: int | None = None, alias: str | None = None) -> Request:
    return Request(_NEWLINK, _LINK.pack(0, 0, index, _IFF_UP, _IFF_UP) + _described(mac=mac, mtu=mtu, alias=alias))


def _described(*, name: str = "", mac: str = "", mtu: int | None = None, alias: str | None = None) -> bytes:
    """The attributes of a link for what is given."""
    given: Iterable[tuple[int, bytes]] = (
        (_IFLA_IFNAME, name.encode() + b"\0" if name else b""),
        (_IFLA_ADDRESS, bytes.fromhex(mac.replace(":", ""))),
        (_IFLA_MTU, b"" if mtu is None else _NUMBER.pack(mtu)),
        (_IFLA_IFALIAS, (alias or "").encode()[:_MAX_ALIAS]),
    )
    return b"".join(attribute(kind, value) for kind, value in given if value)


def _address(index: int, text: str) -> bytes:
    """Without duplicate address detection: the address is to be there at once, and is unique by record."""
    interface = ip_interface(text)
    packed = attribute(_IFA_LOCAL, interface.ip.packed) + attribute(_IFA_ADDRESS, interface.ip.packed)
    if interface.version == 4:
        return _ADDRESS.pack(socket.AF_INET, interface.network.prefixlen, 0, 0, index) + packed
    return _ADDRESS.pack(socket.AF_INET6, interface.network.prefixlen, _IFA_F_NODAD, 0, index) + packed


def _route(index: int, destination: str, gateway: str | None = None) -> bytes:
    """By this link; the next hop need not be in one of the link's networks."""
    network = ip_network(destination)
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    flags = 0 if gateway is None else _ONLINK
    fixed = _ROUTE.pack(family, network.prefixlen, 0, 0, _MAIN_TABLE, _STATIC, 0, _UNICAST, flags)
    to = attribute(_RTA_DST, network.network_address.packed) if network.prefixlen else b""
    hop = b"" if gateway is None else attribute(_RTA_GATEWAY, ip_address(gateway).packed)
    return fixed + to + attribute(_RTA_OIF, _NUMBER.pack(index)) + hop


def _neighbour(index: int, text: str) -> bytes:
    address, mac = text.split()
    parsed = ip_address(address)
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    fixed = _NEIGHBOUR.pack(family, index, _NUD_PERMANENT, 0, 0)
    return fixed + attribute(_NDA_DST, parsed.packed) + attribute(_NDA_LLADDR, bytes.fromhex(mac.replace(":", "")))


def _number(value: bytes) -> int:
    return int(_NUMBER.unpack(value)[0])


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode(errors="replace")
