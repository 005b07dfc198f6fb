"""The host's own ports, answered here: where their packets go, what the pumps are told, who is served and who not."""

from collections.abc import Sequence
from ipaddress import ip_address

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.packets import Packet, sent
from fakes.records import HOST, dhcp_binding, dhcp_port, network, port, subnet
from underlay.agent.desired.host import desired
from underlay.agent.desired.identities import allocate
from underlay.agent.desired.local_service import OUTER, PEER_MAC, SERVER_MAC
from underlay.agent.plan.diff import diff
from underlay.agent.state.host import DEAD_TAG, FlowKey, HostState
from underlay.agent.state.present import Device, Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.dhcp.scope import PortScope
from underlay.metadata.directory import PortDirectory
from underlay.model.codec import decode
from underlay.model.ids import PortId
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.subnet import Subnet
from underlay.wire.identity_address import HIGHEST_NUMBER, Peer, ipv4_of, peer_of

SITE = Site(HOST, bridge_mappings={"default": "br-eth1"})
LOCAL, PATCH, FIRST = 5, 1, 10
PUMPS = frozenset({"dhcp", "metadata"})
V4, V6 = "169.254.169.254", "fe80::a9fe:a9fe"
A, B, DUAL = network(1, subnets=1), network(2, subnets=1), network(3, subnets=2)
A4, B4 = subnet(A), subnet(B)
D4, D6 = subnet(DUAL, gateway=None), subnet(DUAL, 1, "2001:db8::/64", "2001:db8::1")
ONE = port(1, A, addresses=((A4, "10.0.0.5"),))
SAME = msgspec.structs.replace(port(2, B, addresses=((B4, "10.0.0.5"),)), mac_address=ONE.mac_address)
TWO_ADDRESSES = port(3, A, addresses=((A4, "10.0.0.7"), (A4, "10.0.0.8")))
V6_ONLY = port(4, DUAL, addresses=((D6, "2001:db8::5"),))
NO_GATEWAY = port(5, DUAL, addresses=((D4, "10.0.0.9"),))
PORTS = (ONE, SAME, TWO_ADDRESSES, V6_ONLY, NO_GATEWAY)


def _records(
    *ports: Port, networks: Sequence[Network] = (A, B, DUAL), subnets: Sequence[Subnet] = (A4, B4, D4, D6)
) -> Records:
    return Records(
        networks={one.id: one for one in networks},
        subnets={one.id: one for one in subnets},
        ports={one.id: one for one in ports},
    )


def _present(*ports: Port, pumps: frozenset[str] = PUMPS) -> Present:
    devices = tuple(Device(f"tap{index}", one.id, FIRST + index) for index, one in enumerate(ports))
    ofports = {"int-br-eth1": PATCH, "phy-br-eth1": PATCH, OUTER: LOCAL}
    return Present(devices, ofports | {device.name: device.ofport or 0 for device in devices}, pumps=pumps)


def _host(*ports: Port, site: Site = SITE, pumps: frozenset[str] = PUMPS) -> HostState:
    return desired(_records(*ports), site, _present(*ports, pumps=pumps))


def _flows(*ports: Port) -> dict[FlowKey, str]:
    return _host(*ports).flows["br-int"]


def _packet(kind: str, device: int, source: str, target: str, ports: tuple[int, int]) -> Packet:
    prefix = "ipv6" if kind.endswith("6") else "nw"
    return {
        "kind": kind,
        "in_port": device,
        f"{prefix}_src": source,
        f"{prefix}_dst": target,
        "tp_src": ports[0],
        "tp_dst": ports[1],
    }


def _answer(packet: Packet, request: Packet) -> Packet:
    """What the pump sends back."""
    prefix = "ipv6" if "ipv6_src" in packet else "nw"
    return _packet(
        str(packet["kind"]),
        LOCAL,
        str(packet[f"{prefix}_dst"]),
        str(packet[f"{prefix}_src"]),
        (int(request["tp_dst"]), int(request["tp_src"])),
    )


def _there_and_back(flows: dict[FlowKey, str], request: Packet) -> tuple[Packet, tuple[str, Packet] | None]:
    """The packet as the pump gets it, and its answer as it leaves."""
    found = sent(flows, request)
    assert found is not None
    where, arrived = found
    assert f"output:{LOCAL}" == where
    assert (PEER_MAC, SERVER_MAC) == (arrived["eth_src"], arrived["eth_dst"])
    return arrived, sent(flows, _answer(arrived, request))


def test_metadata_requests_come_with_their_ports_identity_and_go_back_to_it() -> None:
    """Two ports with the same address and MAC: each has its own identity address, and gets its own answer."""
    flows = _flows(*PORTS)
    peers = []
    for index, one in enumerate((ONE, SAME)):
        request = _packet("tcp", FIRST + index, "10.0.0.5", V4, (40000, 80))
        arrived, back = _there_and_back(flows, request)
        assert back is not None
        assert f"output:{FIRST + index}" == back[0]
        assert ("10.0.0.5", str(one.mac_address)) == (back[1]["nw_dst"], back[1]["eth_dst"])
        peers.append(peer_of(ip_address(str(arrived["nw_src"]))))
    numbers = {one.identity for one in _host(*PORTS).ports.values() if one.port_id in (ONE.id, SAME.id)}
    assert numbers == {peer.number for peer in peers if peer}
    assert 2 == len(numbers)


def test_each_address_of_a_port_is_answered_at_itself() -> None:
    """The identity says which one it was."""
    flows = _flows(TWO_ADDRESSES)
    for address in ("10.0.0.7", "10.0.0.8"):
        _, back = _there_and_back(flows, _packet("tcp", FIRST, address, V4, (40000, 80)))
        assert back is not None
        assert address == back[1]["nw_dst"]


def test_ipv6_keeps_the_guests_own_half() -> None:
    """Whatever link-local address the guest has chosen, also on a port with IPv6 alone or without any address."""
    for one in (V6_ONLY, msgspec.structs.replace(ONE, fixed_ips=())):
        flows = _flows(one)
        arrived, back = _there_and_back(flows, _packet("tcp6", FIRST, "fe80::dead:beef", V6, (40000, 80)))
        assert str(arrived["ipv6_src"]).endswith("::dead:beef")
        assert back is not None
        assert (f"output:{FIRST}", "fe80::dead:beef") == (back[0], back[1]["ipv6_dst"])


def test_dhcp_is_answered_by_broadcast_or_at_the_address_that_the_client_has() -> None:
    """From 0.0.0.0 or an address that is not the port's: to everybody, in a frame to its MAC. From its own: there."""
    flows = _flows(ONE)
    for source, target, answered in (
        ("0.0.0.0", "255.255.255.255", "255.255.255.255"),
        ("10.0.0.77", "10.0.0.2", "255.255.255.255"),
        ("10.0.0.5", "169.254.169.254", "10.0.0.5"),
        ("10.0.0.5", "255.255.255.255", "10.0.0.5"),
    ):
        arrived, back = _there_and_back(flows, _packet("udp", FIRST, source, target, (68, 67)))
        assert V4 == arrived["nw_dst"]
        assert back is not None
        assert (f"output:{FIRST}", answered, V4) == (
            back[0],
            back[1]["nw_dst"],
            back[1]["nw_src"],
        )
        assert str(ONE.mac_address) == back[1]["eth_dst"]


def test_dhcpv6_is_caught_where_a_subnet_says_so() -> None:
    """Tables tell the addresses that it gives, none where it only tells of the network; elsewhere it is switched."""
    request = _packet("udp6", FIRST, "fe80::9", "ff02::1:2", (546, 547))
    for mode, expected in (("dhcpv6-stateful", ["2001:db8::5"]), ("dhcpv6-stateless", [])):
        managed = msgspec.structs.replace(D6, ipv6_address_mode=mode, ipv6_ra_mode=mode)
        state = desired(_records(V6_ONLY, subnets=(D4, managed)), SITE, _present(V6_ONLY))
        arrived, back = _there_and_back(state.flows["br-int"], request)
        assert V6 == arrived["ipv6_dst"]
        assert back is not None
        assert (f"output:{FIRST}", "fe80::9") == (back[0], back[1]["ipv6_dst"])
        table = decode(state.tables[f"dhcp/ports/{V6_ONLY.id}.json"], PortScope)
        assert table.scope6 is not None
        assert expected == [str(address) for address in table.scope6.addresses]
    assert ("NORMAL", request) == sent(_flows(V6_ONLY), request)


def test_nothing_else_reaches_the_addresses_or_comes_from_them() -> None:
    """Other ports, other sources, other protocols: dropped; and so is all that the namespace sends unasked."""
    flows = _flows(*PORTS)
    for packet in (
        _packet("tcp", FIRST, "10.0.0.6", V4, (40000, 80)),
        _packet("tcp", FIRST, "100.64.0.1", V4, (40000, 80)),
        _packet("tcp", FIRST, "10.0.0.5", V4, (40000, 443)),
        _packet("icmp", FIRST, "10.0.0.5", V4, (0, 0)),
        _packet("tcp6", FIRST, "2001:db8::5", V6, (40000, 80)),
        _packet("udp6", FIRST, "fe80::1", V6, (5353, 5353)),
        _packet("tcp", LOCAL, V4, "100.64.255.1", (80, 40000)),
        _packet("tcp", LOCAL, V4, "10.0.0.5", (80, 40000)),
        {"kind": "arp", "in_port": LOCAL, "arp_op": 1, "arp_tpa": "10.0.0.5"},
        {"kind": "arp", "in_port": FIRST, "arp_op": 2, "arp_spa": V4, "arp_tpa": "10.0.0.6"},
    ):
        assert sent(flows, packet) is None, packet


def test_arp_and_neighbour_discovery_are_answered_at_the_port() -> None:
    """For the two addresses only; any other question is switched."""
    flows = _flows(ONE)
    arp: Packet = {"kind": "arp", "in_port": FIRST, "arp_op": 1, "arp_tpa": V4, "arp_spa": "10.0.0.5"}
    found = sent(flows, arp)
    assert found is not None
    assert "IN_PORT" == found[0]
    assert ("NORMAL", arp | {"arp_tpa": "10.0.0.1"}) == sent(flows, arp | {"arp_tpa": "10.0.0.1"})
    solicited = {"kind": "icmp6", "in_port": FIRST, "icmp_type": 135, "icmp_code": 0, "nd_target": V6}
    found = sent(flows, solicited | {"ipv6_src": "fe80::9", "ipv6_dst": "ff02::1:fffe:a9fe"})
    assert found is not None
    assert ("IN_PORT", V6) == (found[0], found[1]["ipv6_src"])


def test_the_wire_does_not_reach_the_addresses() -> None:
    """Of a network with ports that are answered here; where a DHCP agent here answers the wire, it does."""
    frame: Packet = {"kind": "arp", "in_port": PATCH, "dl_vlan": 101, "arp_op": 1, "arp_tpa": V4}
    web: Packet = {"kind": "tcp", "in_port": PATCH, "dl_vlan": 101, "nw_dst": V4, "nw_src": "10.0.0.6", "tp_dst": 80}
    for packet in (frame, web):
        assert sent(_flows(ONE), packet) is None
    server = dhcp_port(9, A, ((A4, "10.0.0.2"),))
    records = msgspec.structs.replace(_records(ONE, server), dhcp_bindings={"b": dhcp_binding(A)})
    served = desired(records, msgspec.structs.replace(SITE, dhcp_agent=True), _present(ONE)).flows["br-int"]
    for packet in (frame, web):
        found = sent(served, packet)
        assert found is not None
        assert "NORMAL" == found[0]


def test_a_guest_is_no_dhcp_server_or_router_with_port_security() -> None:
    """Offers and router advertisements of a guest go nowhere; without port security they do."""
    said = (
        _packet("udp", FIRST, "10.0.0.5", "255.255.255.255", (67, 68)),
        _packet("udp6", FIRST, "fe80::5", "ff02::1", (547, 546)),
        {"kind": "icmp6", "in_port": FIRST, "icmp_type": 134, "ipv6_src": "fe80::5", "ipv6_dst": "ff02::1"},
    )
    free = msgspec.structs.replace(ONE, port_security_enabled=False)
    assert [None] * 3 == [sent(_flows(ONE), packet) for packet in said]
    assert ["NORMAL"] * 3 == [(sent(_flows(free), packet) or ("",))[0] for packet in said]


def test_who_is_not_answered_here() -> None:
    """A network of agents, the setting off, no pump here yet, a router's or DHCP's port: their packets are switched."""
    request = _packet("udp", FIRST, "0.0.0.0", "255.255.255.255", (68, 67))
    of_agents = _records(ONE, networks=(msgspec.structs.replace(A, dhcp_served_by="agents"),))
    router = msgspec.structs.replace(ONE, device_owner="network:router_interface")
    for state in (
        desired(of_agents, SITE, _present(ONE)),
        _host(ONE, site=msgspec.structs.replace(SITE, local_service=False)),
        _host(ONE, pumps=frozenset()),
        _host(router),
    ):
        assert ("NORMAL", request) == sent(state.flows["br-int"], request)
        assert {} == state.tables
        assert [None] == [one.identity for one in state.ports.values() if one.port_id]


def test_each_service_needs_its_own_pump_and_its_own_setting() -> None:
    """Without DHCP in the subnet somebody else may answer; without metadata the address leads nowhere all the same."""
    asks, gets = (
        _packet("udp", FIRST, "0.0.0.0", "255.255.255.255", (68, 67)),
        _packet("tcp", FIRST, "10.0.0.5", V4, (9, 80)),
    )
    no_dhcp = _records(ONE, subnets=(msgspec.structs.replace(A4, enable_dhcp=False),))
    for state, expected in (
        (desired(no_dhcp, SITE, _present(ONE)), ("NORMAL", f"output:{LOCAL}")),
        (_host(ONE, pumps=frozenset({"metadata"})), ("NORMAL", f"output:{LOCAL}")),
        (_host(ONE, pumps=frozenset({"dhcp"})), (f"output:{LOCAL}", "")),
        (_host(ONE, site=msgspec.structs.replace(SITE, isolated_metadata=False)), (f"output:{LOCAL}", "")),
    ):
        flows = state.flows["br-int"]
        assert expected == tuple((sent(flows, packet) or ("",))[0] for packet in (asks, gets))


def test_the_namespace_is_in_no_network() -> None:
    """Its device has the dead tag: only flows lead to it."""
    state = _host(ONE)
    assert (DEAD_TAG, None) == (state.ports[OUTER].tag, state.ports[OUTER].mark)
    assert {"underlay-local"} == state.namespaces.keys()


def test_a_table_a_port_and_a_change_of_one_port_rewrites_its_own_alone() -> None:
    """What the machine is told, by a server that has no address in its subnet."""
    state = _host(ONE, SAME)
    table = decode(state.tables[f"dhcp/ports/{ONE.id}.json"], PortScope)
    (scope,), (reservation,) = table.scope.subnets, table.scope.reservations
    assert ("169.254.169.254", "10.0.0.5") == (str(scope.server_address), str(reservation.address))
    number = state.ports["tap0"].identity
    assert number == table.number == decode(state.tables[f"metadata/ports/{ONE.id}.json"], PortDirectory).number
    assert not {name for name in state.tables if ONE.id not in name and SAME.id not in name}
    renamed = _host(msgspec.structs.replace(ONE, dns_name="web"), SAME)
    assert {f"dhcp/ports/{ONE.id}.json"} == {
        name for name in state.tables if state.tables[name] != renamed.tables[name]
    }


def test_a_route_to_metadata_is_told_where_one_is_needed() -> None:
    """auto: without a gateway, on the link. always: by the gateway, else on the link. never: none."""

    def told(one: Port, choice: str) -> str | None:
        site = msgspec.structs.replace(SITE, metadata_route=choice)
        (scope,) = decode(_host(one, site=site).tables[f"dhcp/ports/{one.id}.json"], PortScope).scope.subnets
        return None if scope.metadata_nexthop is None else str(scope.metadata_nexthop)

    choices = ("auto", "always", "never")
    assert [None, "10.0.0.1", None] == [told(ONE, choice) for choice in choices]
    assert ["0.0.0.0", "0.0.0.0", None] == [told(NO_GATEWAY, choice) for choice in choices]


def test_an_instances_other_ports_are_in_its_table_and_nobody_elses() -> None:
    """Its own entries first; only of its project."""
    sibling = msgspec.structs.replace(port(6, A, addresses=((A4, "10.0.0.20"),)), device_id=ONE.device_id)
    other = msgspec.structs.replace(port(7, A, addresses=((A4, "10.0.0.21"),)), device_id=ONE.device_id, project_id="x")
    table = decode(_host(sibling, ONE, other).tables[f"metadata/ports/{ONE.id}.json"], PortDirectory)
    assert [ONE.id, sibling.id] == [entry.port_id for entry in table.directory.entries]


port_ids = st.integers(0, 300).map(lambda number: PortId(f"port-{number}"))


@settings(max_examples=80)
@given(st.sets(port_ids), st.dictionaries(port_ids, st.integers(1, HIGHEST_NUMBER)))
def test_numbers_are_kept_and_never_given_twice(wanted: set[PortId], used: dict[PortId, int]) -> None:
    """A number in use stays; new ones are free, in range, and the same whoever asks."""
    identities = {key: number for number, key in {number: key for key, number in used.items()}.items()}
    present = Present(identities=identities)
    found = allocate(wanted, present)
    assert wanted == found.keys()
    assert len(found) == len(set(found.values()))
    assert all(0 < number <= HIGHEST_NUMBER for number in found.values())
    assert {key: identities[key] for key in wanted & identities.keys()} == {
        key: found[key] for key in wanted & identities.keys()
    }
    assert not {found[key] for key in wanted - identities.keys()} & set(identities.values())


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PORTS), unique_by=lambda one: one.id), st.integers(0, 4), st.data())
def test_no_packet_of_a_port_is_ever_answered_to_another(chosen: list[Port], at: int, data: st.DataObject) -> None:
    """Whatever a guest sends to the namespace, the answer leaves by the guest's own port or not at all."""
    if not chosen:
        return
    flows = _flows(*chosen)
    device = FIRST + at % len(chosen)
    sources = ["0.0.0.0", "10.0.0.5", "10.0.0.7", "10.0.0.9", "100.64.0.1", "100.96.0.1", V4]
    kind, ports = data.draw(st.sampled_from((("tcp", (4000, 80)), ("udp", (68, 67)), ("udp", (67, 67)))))
    request = _packet(
        kind, device, data.draw(st.sampled_from(sources)), data.draw(st.sampled_from((V4, "255.255.255.255"))), ports
    )
    found = sent(flows, request)
    if found is not None and found[0] == f"output:{LOCAL}":
        back = sent(flows, _answer(found[1], request))
        assert back is None or f"output:{device}" == back[0]


def test_nothing_is_left_to_do_when_it_is_done() -> None:
    """What an agent without memory reads back from the OVS ports gives the same host again."""
    first = _host(*PORTS)
    kept = {PortId(one.port_id): one.identity for one in first.ports.values() if one.identity}
    again = desired(_records(*PORTS), SITE, msgspec.structs.replace(_present(*PORTS), identities=kept))
    assert () == diff(again, first)


def test_identity_addresses_are_read_back() -> None:
    """Each tells its number and index; addresses of others tell nobody."""
    for number in (1, 77, HIGHEST_NUMBER):
        for index in (0, 31):
            for renewing in (False, True):
                peer = Peer(number, index, renewing)
                assert peer == peer_of(ipv4_of(peer))
    for other in ("10.0.0.1", "100.63.255.255", "100.128.0.0", "fe80::1", "fd00:a9fe:1::1", "fd00:a9ff::1"):
        assert peer_of(ip_address(other)) is None
