"""The flows by which a port's DHCP and metadata requests go to the host's own namespace, and the answers back.

Pure. The texts are as `ovs-ofctl dump-flows` prints them. Every flow names the port that it is for: what a guest says
of itself is never believed. DEVICE is the port's, LOCAL the namespace's OpenFlow port number:

    br-int 62  DHCP of DEVICE from an address of its own    -> source 100.96/11 + identity, to LOCAL
           61  DHCP of DEVICE from any address              -> source 100.64/11 + identity, to LOCAL
           61  DHCPv6 of DEVICE to ff02::1:2                -> source fd00:a9fe:0:<number>::/64, to LOCAL
           61  TCP to 169.254.169.254:80 from its address   -> source 100.64/11 + identity, to LOCAL
           61  TCP to [fe80::a9fe:a9fe]:80                  -> source fd00:a9fe:0:<number>::/64, to LOCAL
           61  from LOCAL to one of these addresses         -> the port's own address and MAC, to DEVICE
           60  ARP and ND for the two addresses             -> answered (table 60, 61)
           60  anything else from LOCAL                     drop
           50  anything else to or as the two addresses     drop
           50  what only a DHCP server or router says       drop, with port security
           70  from the wire, to the two addresses          drop, unless a DHCP agent here answers it
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from underlay.agent.desired.local_service import PEER_MAC, SERVER_MAC, LocalPort
from underlay.agent.state.host import FlowKey
from underlay.model.address import IpAddress
from underlay.wire.identity_address import ADDRESSES, Peer, ipv4_of, prefix_of

Flow = tuple[FlowKey, str]

V4: Final = "169.254.169.254"
V6: Final = "fe80::a9fe:a9fe"
_WIRE: Final = 70
_OWN_ADDRESS: Final = 62
_SERVED: Final = 61
_ANSWERED: Final = 60
_GUARD: Final = 50
_ANSWER_TABLE: Final = 60
_ADVERTISE_TABLE: Final = 61
"""`nd_tll` can be set only where the match says that it is an advertisement."""

_TO_SERVER: Final = f"set_field:{PEER_MAC}->eth_src,set_field:{SERVER_MAC}->eth_dst,output:"
_SERVER_MAC_NUMBER: Final = f"{int(SERVER_MAC.replace(':', ''), 16):#x}"
_V4_NUMBER: Final = f"{int(IPv4Address(V4)):#x}"
_SOLICITED_AND_OVERRIDE: Final = 0x60000000
_LINK_LOCAL_HALF: Final = "load:0xfe80000000000000->NXM_NX_IPV6_DST[64..127]"


def shared(local: int) -> Iterator[Flow]:
    """Once on a host. Args: local: the OpenFlow port number of the namespace."""
    yield FlowKey(0, _ANSWERED, f"in_port={local}"), "drop"
    yield (
        FlowKey(_ANSWER_TABLE, _ANSWERED, "arp"),
        f"move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:{SERVER_MAC}->eth_src,load:0x2->NXM_OF_ARP_OP[],"
        "move:NXM_NX_ARP_SHA[]->NXM_NX_ARP_THA[],move:NXM_OF_ARP_SPA[]->NXM_OF_ARP_TPA[],"
        f"load:{_SERVER_MAC_NUMBER}->NXM_NX_ARP_SHA[],load:{_V4_NUMBER}->NXM_OF_ARP_SPA[],IN_PORT",
    )
    yield (
        FlowKey(_ANSWER_TABLE, _ANSWERED, "icmp6,icmp_type=135,icmp_code=0"),
        f"move:NXM_OF_ETH_SRC[]->NXM_OF_ETH_DST[],set_field:{SERVER_MAC}->eth_src,"
        f"move:NXM_NX_IPV6_SRC[]->NXM_NX_IPV6_DST[],set_field:{V6}->ipv6_src,"
        f"set_field:136->icmpv6_type,set_field:2->nd_options_type,resubmit(,{_ADVERTISE_TABLE})",
    )
    yield (
        FlowKey(_ADVERTISE_TABLE, _ANSWERED, "icmp6,icmp_type=136,icmp_code=0"),
        f"set_field:{_SOLICITED_AND_OVERRIDE}->nd_reserved,set_field:{SERVER_MAC}->nd_tll,IN_PORT",
    )


def from_the_wire(patch: int, vlan: str) -> Iterator[Flow]:
    """Nobody outside reaches the two addresses. Args: vlan: which frames are the network's, as a match."""
    for kind, field in (
        ("arp", f"arp_tpa={V4}"),
        ("ip", f"nw_dst={V4}"),
        ("icmp6", f"icmp_type=135,nd_target={V6}"),
        ("ipv6", f"ipv6_dst={V6}"),
    ):
        yield FlowKey(0, _WIRE, f"{kind},in_port={patch},{vlan},{field}"), "drop"


def of_port(one: LocalPort, device: int, local: int) -> Iterator[Flow]:
    """All flows of one port."""
    yield from _answered(device)
    yield from _guarded(one, device)
    addresses = own_addresses(one)
    back = f"set_field:{one.port.mac_address}->eth_dst,output:{device}"
    if one.metadata:
        for index, address in enumerate(addresses):
            yield from _metadata_v4(Peer(one.number, index), address, (device, local), back)
        yield from _metadata_v6(one.number, (device, local), back)
    if one.dhcp and any(subnet.ip_version == 4 for subnet in one.dhcp_subnets):
        yield from _dhcp(Peer(one.number), None, (device, local), back)
        for index, address in enumerate(addresses):
            yield from _dhcp(Peer(one.number, index, renewing=True), address, (device, local), back)
    if one.dhcp and one.dhcp6_subnets:
        yield from _dhcp6(one.number, (device, local), back)


def own_addresses(one: LocalPort) -> tuple[IPv4Address, ...]:
    """The port's IPv4 addresses in the order of their index."""
    found = (fixed.ip_address for fixed in one.port.fixed_ips)
    return tuple(address for address in found if isinstance(address, IPv4Address))[:ADDRESSES]


def _answered(device: int) -> Iterator[Flow]:
    resubmit = f"resubmit(,{_ANSWER_TABLE})"
    yield FlowKey(0, _ANSWERED, f"arp,in_port={device},arp_tpa={V4},arp_op=1"), resubmit
    yield FlowKey(0, _ANSWERED, f"icmp6,in_port={device},icmp_type=135,icmp_code=0,nd_target={V6}"), resubmit


def _guarded(one: LocalPort, device: int) -> Iterator[Flow]:
    for match in (
        f"arp,in_port={device},arp_spa={V4}",
        f"ip,in_port={device},nw_dst={V4}",
        f"ipv6,in_port={device},ipv6_dst={V6}",
    ):
        yield FlowKey(0, _GUARD, match), "drop"
    if one.port.port_security_enabled:
        for match in (
            f"udp,in_port={device},tp_src=67,tp_dst=68",
            f"udp6,in_port={device},tp_src=547,tp_dst=546",
            f"icmp6,in_port={device},icmp_type=134",
        ):
            yield FlowKey(0, _GUARD, match), "drop"


def _metadata_v4(peer: Peer, address: IpAddress, ports: tuple[int, int], back: str) -> Iterator[Flow]:
    device, local = ports
    identity = ipv4_of(peer)
    yield (
        FlowKey(0, _SERVED, f"tcp,in_port={device},nw_src={address},nw_dst={V4},tp_dst=80"),
        f"set_field:{identity}->ip_src,{_TO_SERVER}{local}",
    )
    yield (
        FlowKey(0, _SERVED, f"tcp,in_port={local},nw_dst={identity},tp_src=80"),
        f"set_field:{address}->ip_dst,{back}",
    )


def _metadata_v6(number: int, ports: tuple[int, int], back: str) -> Iterator[Flow]:
    device, local = ports
    yield (
        FlowKey(0, _SERVED, f"tcp6,in_port={device},ipv6_src=fe80::/64,ipv6_dst={V6},tp_dst=80"),
        f"{_identity_half(number)},{_TO_SERVER}{local}",
    )
    yield (
        FlowKey(0, _SERVED, f"tcp6,in_port={local},ipv6_dst={prefix_of(number)},tp_src=80"),
        f"{_LINK_LOCAL_HALF},{back}",
    )


def _dhcp(peer: Peer, address: IPv4Address | None, ports: tuple[int, int], back: str) -> Iterator[Flow]:
    """`address`: that the client has already, and is answered at; None: whatever it is."""
    device, local = ports
    identity = ipv4_of(peer)
    source, priority = ("", _SERVED) if address is None else (f"nw_src={address},", _OWN_ADDRESS)
    yield (
        FlowKey(0, priority, f"udp,in_port={device},{source}tp_src=68,tp_dst=67"),
        f"set_field:{identity}->ip_src,set_field:{V4}->ip_dst,{_TO_SERVER}{local}",
    )
    yield (
        FlowKey(0, _SERVED, f"udp,in_port={local},nw_dst={identity},tp_src=67"),
        f"set_field:{address or '255.255.255.255'}->ip_dst,{back}",
    )


def _dhcp6(number: int, ports: tuple[int, int], back: str) -> Iterator[Flow]:
    device, local = ports
    match = f"udp6,in_port={device},ipv6_src=fe80::/64,ipv6_dst=ff02::1:2,tp_src=546,tp_dst=547"
    yield FlowKey(0, _SERVED, match), f"{_identity_half(number)},set_field:{V6}->ipv6_dst,{_TO_SERVER}{local}"
    yield (
        FlowKey(0, _SERVED, f"udp6,in_port={local},ipv6_dst={prefix_of(number)},tp_src=547,tp_dst=546"),
        f"{_LINK_LOCAL_HALF},{back}",
    )


def _identity_half(number: int) -> str:
    return f"load:{int(IPv6Address(prefix_of(number).network_address)) >> 64:#x}->NXM_NX_IPV6_SRC[64..127]"
