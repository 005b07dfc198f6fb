"""Where does a packet go, and what is it then? Follows one packet through the flows of one bridge of a HostState.

A packet is its fields by OpenFlow name, with `kind` (`tcp`, `udp6`, `arp` ...). Knows what the flows of the local
service use. What a switch would refuse, such as a field that the kind has not, never matches.
"""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from underlay.agent.state.host import FlowKey

Packet = dict[str, str | int]

_KINDS: Final = {
    "tcp": ("tcp", "ip"),
    "udp": ("udp", "ip"),
    "icmp": ("icmp", "ip"),
    "tcp6": ("tcp6", "ipv6"),
    "udp6": ("udp6", "ipv6"),
    "icmp6": ("icmp6", "ipv6"),
    "arp": ("arp",),
}
_NAMES: Final = {"ip_src": "nw_src", "ip_dst": "nw_dst", "icmpv6_type": "icmp_type"}
_HALF: Final = {"NXM_NX_IPV6_SRC[64..127]": "ipv6_src", "NXM_NX_IPV6_DST[64..127]": "ipv6_dst"}


def sent(flows: dict[FlowKey, str], packet: Packet, table: int = 0) -> tuple[str, Packet] | None:
    """`output:N`, `IN_PORT` or `NORMAL`, and the packet as it leaves; None when it is dropped."""
    for key, actions in sorted(flows.items(), key=lambda flow: -flow[0].priority):
        if key.table == table and _matches(key.match, packet):
            return _act(flows, packet, actions)
    return None


def _matches(match: str, packet: Packet) -> bool:
    return all(_fits(field, packet) for field in match.split(",") if field)


def _fits(field: str, packet: Packet) -> bool:
    name, separator, value = field.partition("=")
    if not separator:
        return name in _KINDS[str(packet["kind"])]
    known = packet.get(name)
    if name in ("nw_src", "nw_dst", "ipv6_src", "ipv6_dst") and known is not None:
        return ip_address(known) in ip_network(value)
    return str(known) == value


def _act(flows: dict[FlowKey, str], packet: Packet, actions: str) -> tuple[str, Packet] | None:
    left = dict(packet)
    for action in _split(actions):
        verb, _, rest = action.partition(":")
        value, _, field = rest.partition("->")
        match verb:
            case "drop":
                return None
            case "NORMAL" | "IN_PORT" | "output":
                return action, left
            case "set_field":
                left[_NAMES.get(field, field)] = value
            case "load" if field in _HALF:
                name = _HALF[field]
                lower = int(IPv6Address(str(left[name]))) & (1 << 64) - 1
                left[name] = str(IPv6Address(int(value, 0) << 64 | lower))
            case "load" | "move":
                pass
            case _ if verb.startswith("resubmit"):
                return sent(flows, left, int(verb.removeprefix("resubmit(,").removesuffix(")")))
            case _:
                raise ValueError(action)
    return None


def _split(actions: str) -> list[str]:
    """At commas outside of brackets."""
    joined: list[str] = []
    for part in actions.split(","):
        if joined and joined[-1].count("(") > joined[-1].count(")"):
            joined[-1] += f",{part}"
        else:
            joined.append(part)
    return joined
