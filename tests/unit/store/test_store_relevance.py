"""Which host needs which change."""

from collections.abc import Sequence
from typing import Any

import pytest

from underlay.model.change import Kind
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, Revision
from underlay.store.contract import ChangeRow, Place
from underlay.store.relevance import Delivery, Opening, Topology

NET, OTHER = NetworkId("net"), NetworkId("other")
H1, H2, DHCP = HostName("h1"), HostName("h2"), HostName("dhcp")
VM = InstanceId("vm")


def place(port: str = "port", host: HostName | None = H1, device: str = "", network: NetworkId = NET) -> Place:
    """Where a port is."""
    return Place(PortId(port), network, host, InstanceId(device))


def change(kind: Kind, record_id: str, network: NetworkId | None = NET, hosts: Sequence[HostName] = ()) -> ChangeRow:
    """A row of the log; what it says of the record is given beside it."""
    return ChangeRow(Revision(1), kind, record_id, network, tuple(hosts), b"{}")


def move(topology: Topology, new: Place | None, port: str = "port") -> Delivery:
    """The port is put where `new` says; None: deleted."""
    return topology.apply(change("port", port), new, None)


def serve(topology: Topology, host: HostName | None, agent: str = "agent", network: NetworkId = NET) -> Delivery:
    """The DHCP binding is put; None: deleted."""
    hosts = [] if host is None else [host]
    return topology.apply(change("dhcp_binding", f"{network}/{agent}", network, hosts), None, host)


def test_a_port_is_for_its_host_and_for_who_serves_its_network() -> None:
    """And for nobody else."""
    topology = Topology([], [(NET, AgentId("agent"), DHCP)])
    assert frozenset({H1, DHCP}) == move(topology, place()).to
    assert frozenset({DHCP}) == move(topology, place("unbound", None), "unbound").to
    assert Delivery(frozenset({H2}), openings=(Opening(H2, OTHER),)) == move(
        topology, place("far", H2, network=OTHER), "far"
    )


def test_the_first_port_opens_the_network_once() -> None:
    """The host is sent network and subnets before the first port of a network, not before the second."""
    topology = Topology()
    assert (Opening(H1, NET),) == move(topology, place()).openings
    assert () == move(topology, place("second"), "second").openings
    assert () == move(topology, place()).openings


def test_the_network_is_opened_again_after_the_last_port_left() -> None:
    """What has come out of view, and may have been pruned, is sent again."""
    topology = Topology([place()])
    assert Delivery(frozenset(), frozenset({H1})) == move(topology, place(host=None))
    assert frozenset() == topology.needing(NET)
    assert (Opening(H1, NET),) == move(topology, place()).openings


def test_a_port_that_moves_is_gone_for_the_old_host() -> None:
    """The new host gets it, the old one a deletion; who serves the network just the change."""
    topology = Topology([place()], [(NET, AgentId("agent"), DHCP)])
    assert Delivery(frozenset({H2, DHCP}), frozenset({H1}), (Opening(H2, NET),)) == move(topology, place(host=H2))


def test_a_deleted_port_is_told_to_who_had_it() -> None:
    """And one that was never known to nobody."""
    topology = Topology([place()], [(NET, AgentId("agent"), DHCP)])
    assert Delivery(frozenset({H1, DHCP})) == move(topology, None)
    assert Delivery() == move(topology, None)


def test_serving_opens_the_whole_network() -> None:
    """With its ports and their instances; a second agent of the host opens nothing; the end is told to the host."""
    topology = Topology([place(device=VM), place("plain", H2)])
    expected = Delivery(frozenset({DHCP}), openings=(Opening(DHCP, NET, whole=True, instance_ids=frozenset({VM})),))
    assert expected == serve(topology, DHCP)
    assert Delivery(frozenset({DHCP})) == serve(topology, DHCP, "second")
    removal = change("dhcp_binding", f"{NET}/agent", NET, [DHCP])
    assert Delivery(frozenset({DHCP})) == topology.apply(removal, None, None)
    assert frozenset({DHCP}) == topology.serving(NET)


def test_networks_and_subnets_are_for_all_who_need_them() -> None:
    """Hosts with a port of the network, and those that serve it."""
    topology = Topology([place(), place("far", H2, network=OTHER)], [(NET, AgentId("agent"), DHCP)])
    assert Delivery(frozenset({H1, DHCP})) == topology.apply(change("network", NET), None, None)
    assert Delivery(frozenset({H2})) == topology.apply(change("subnet", "sub", OTHER), None, None)
    assert Delivery() == topology.apply(change("network", "none", NetworkId("none")), None, None)


def test_instances_are_for_who_sees_a_port_of_theirs() -> None:
    """By the ports' device_id."""
    topology = Topology([place(device=VM), place("second", H2, VM, OTHER)], [(NET, AgentId("agent"), DHCP)])
    assert Delivery(frozenset({H1, H2, DHCP})) == topology.apply(change("instance", VM, None), None, None)
    move(topology, None)
    assert Delivery(frozenset({H2})) == topology.apply(change("instance", VM, None), None, None)


def test_a_port_that_gets_a_device_opens_its_instance() -> None:
    """For every host that sees the port; again when it is another device, and not for the same."""
    topology = Topology([place()], [(NET, AgentId("agent"), DHCP)])
    vm = frozenset({VM})
    assert (Opening(DHCP, instance_ids=vm), Opening(H1, instance_ids=vm)) == move(topology, place(device=VM)).openings
    assert () == move(topology, place(device=VM)).openings
    assert (Opening(H2, NET, instance_ids=vm),) == move(topology, place(host=H2, device=VM)).openings


@pytest.mark.parametrize(("kind", "expected"), [("agent", frozenset({H1})), ("quota", frozenset())])
def test_agents_are_for_their_host_and_quotas_for_none(kind: Any, expected: frozenset[HostName]) -> None:
    """An agent's change names its host."""
    assert Delivery(expected) == Topology().apply(change(kind, "x", None, [H1]), None, None)
