"""Every lookup that rules may ask for, on both stores."""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from msgspec.structs import replace

from fakes.records import HOST, NOW, PROJECT, dhcp_agent, dhcp_binding, dhcp_port, network, port, subnet, uuid_of
from underlay.model.address import AddressRange, Mac
from underlay.model.agent import DHCP_AGENT, OVS_AGENT
from underlay.model.change import Record, Ref, Writes
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, ProjectId, SubnetId, Vid
from underlay.model.instance import Instance
from underlay.model.network import Flat, Local
from underlay.model.port import DHCP_OWNER, Port
from underlay.model.quota import Quota
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
OTHER = ProjectId("other")
NET = network(1, subnets=2)
V4 = replace(subnet(NET), allocation_pools=(AddressRange(ip_address("10.0.0.2"), ip_address("10.0.0.254")),))
V6 = replace(
    subnet(NET, 1),
    cidr=ip_network("2001:db8::/64"),
    gateway_ip=ip_address("2001:db8::1"),
    allocation_pools=(AddressRange(ip_address("2001:db8::2"), ip_address("2001:db8::ffff:ffff:ffff:ffff")),),
)
PORT = port(1, NET, HOST, ((V4, "10.0.0.10"), (V6, "2001:db8::10")))
SERVER = dhcp_port(2, NET, ((V4, "10.0.0.2"),))
AGENT = dhcp_agent()
INSTANCE = Instance(id=InstanceId(uuid_of(4, 1)), project_id=PROJECT, name="vm", created_at=NOW, updated_at=NOW)
QUOTA = Quota(PROJECT, {"port": 7})
WORLD: tuple[Record, ...] = (NET, V4, V6, PORT, SERVER, AGENT, INSTANCE, QUOTA)


def put(store: AnyStore, *records: Record) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=records)))


def delete(store: AnyStore, *refs: Ref) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(deletes=refs)))


def ask(store: AnyStore, question: Callable[[Any], Any]) -> Any:
    """The answer, which must be the same inside a write transaction and outside."""
    with store.read() as reading:
        outside = question(reading)
    assert outside == store.write(question)
    return outside


def test_records_are_found_by_id(any_store: AnyStore) -> None:
    """What was put is found by its id, equal in every field; what was not put is None."""
    put(any_store, *WORLD)
    assert NET == ask(any_store, lambda moment: moment.network(NET.id))
    assert V6 == ask(any_store, lambda moment: moment.subnet(V6.id))
    assert PORT == ask(any_store, lambda moment: moment.port(PORT.id))
    assert AGENT == ask(any_store, lambda moment: moment.agent(AGENT.id))
    assert INSTANCE == ask(any_store, lambda moment: moment.instance(INSTANCE.id))
    assert QUOTA == ask(any_store, lambda moment: moment.quota(PROJECT))
    assert ask(any_store, lambda moment: moment.network(NetworkId("none"))) is None
    assert ask(any_store, lambda moment: moment.port(PortId("none"))) is None


def test_a_transaction_sees_what_it_wrote(any_store: AnyStore) -> None:
    """A lookup after commit_writes sees it, by id and by index, before the transaction is committed."""

    def work(moment: Any) -> None:
        assert moment.network(NET.id) is None
        moment.commit_writes(Writes(puts=(NET, V4, V6, PORT)))
        assert moment.network(NET.id) == NET
        assert moment.address_owner(V4.id, ip_address("10.0.0.10")) == PORT.id
        moment.commit_writes(Writes(deletes=(Ref("port", PORT.id),)))
        assert moment.port(PORT.id) is None
        assert moment.address_owner(V4.id, ip_address("10.0.0.10")) is None

    any_store.write(work)


def test_counts_follow_the_project(any_store: AnyStore) -> None:
    """A record counts for its project from put to delete, and moves when the project changes."""
    put(any_store, *WORLD)
    assert ask(any_store, lambda moment: moment.count("port", PROJECT)) == 2
    assert ask(any_store, lambda moment: moment.count("subnet", PROJECT)) == 2
    put(any_store, replace(PORT, project_id=OTHER))
    assert ask(any_store, lambda moment: (moment.count("port", PROJECT), moment.count("port", OTHER))) == (1, 1)
    delete(any_store, Ref("port", PORT.id))
    assert ask(any_store, lambda moment: (moment.count("port", PROJECT), moment.count("port", OTHER))) == (1, 0)


def test_what_is_on_a_network(any_store: AnyStore) -> None:
    """Subnets in order of creation; ports by owner; one port that is not of the owners named."""
    put(any_store, *WORLD)
    put(any_store, replace(V4, name="changed"))
    assert ask(any_store, lambda moment: [found.id for found in moment.subnets_of(NET.id)]) == [V4.id, V6.id]
    assert ask(any_store, lambda moment: list(moment.ports_of(NET.id, device_owner=DHCP_OWNER))) == [SERVER]
    assert ask(any_store, lambda moment: moment.some_port_of(NET.id, not_owned_by=[DHCP_OWNER])) == PORT
    assert ask(any_store, lambda moment: moment.some_port_of(NET.id, not_owned_by=[DHCP_OWNER, ""])) is None
    assert ask(any_store, lambda moment: moment.some_port_of(NET.id, not_owned_by=[])) is not None


def test_who_uses_a_subnet(any_store: AnyStore) -> None:
    """A port counts as using a subnet when it has an address of it."""
    put(any_store, *WORLD)
    assert ask(any_store, lambda moment: moment.some_port_using(V4.id, not_owned_by=[DHCP_OWNER])) == PORT
    assert ask(any_store, lambda moment: moment.some_port_using(V6.id, not_owned_by=[DHCP_OWNER, ""])) is None
    put(any_store, replace(PORT, fixed_ips=PORT.fixed_ips[:1]))
    assert ask(any_store, lambda moment: moment.some_port_using(V6.id, not_owned_by=[])) is None


@pytest.mark.parametrize("project", ["aaa", "zzz"])
def test_foreign_use(any_store: AnyStore, project: str) -> None:
    """Another project's port or subnet is foreign use, whatever its name sorts to; a DHCP port is not."""
    foreign = ProjectId(project)
    put(any_store, *WORLD)
    assert not ask(any_store, lambda moment: moment.some_foreign_use(NET.id, project_id=PROJECT))
    put(any_store, replace(SERVER, project_id=foreign))
    assert not ask(any_store, lambda moment: moment.some_foreign_use(NET.id, project_id=PROJECT))
    put(any_store, replace(PORT, project_id=foreign))
    assert ask(any_store, lambda moment: moment.some_foreign_use(NET.id, project_id=PROJECT))
    put(any_store, PORT, replace(V6, project_id=foreign))
    assert ask(any_store, lambda moment: moment.some_foreign_use(NET.id, project_id=PROJECT))


def test_segments(any_store: AnyStore) -> None:
    """A VLAN and a flat network are found by what they take; what a network leaves is free again."""
    flat = network(2, Flat("default"))
    put(any_store, NET, flat, network(3, Local()))
    assert ask(any_store, lambda moment: moment.network_with_segment("default", Vid(101))) == NET.id
    assert ask(any_store, lambda moment: moment.network_with_segment("default", None)) == flat.id
    assert ask(any_store, lambda moment: moment.network_with_segment("default", Vid(9))) is None
    assert ask(any_store, lambda moment: set(moment.vids_in_use("default"))) == {101}
    put(any_store, replace(NET, segment=replace(NET.segment, vid=Vid(200))))
    assert ask(any_store, lambda moment: set(moment.vids_in_use("default"))) == {200}
    delete(any_store, Ref("network", NET.id))
    assert ask(any_store, lambda moment: set(moment.vids_in_use("default"))) == set()
    assert ask(any_store, lambda moment: set(moment.vids_in_use("elsewhere"))) == set()


def test_address_and_mac_owners(any_store: AnyStore) -> None:
    """An address is owned within its subnet, of either version; a MAC within its network."""
    put(any_store, *WORLD)
    assert ask(any_store, lambda moment: moment.address_owner(V4.id, ip_address("10.0.0.10"))) == PORT.id
    assert ask(any_store, lambda moment: moment.address_owner(V6.id, ip_address("2001:db8::10"))) == PORT.id
    assert ask(any_store, lambda moment: moment.address_owner(V4.id, ip_address("10.0.0.11"))) is None
    assert ask(any_store, lambda moment: moment.address_owner(SubnetId("none"), ip_address("10.0.0.10"))) is None
    assert ask(any_store, lambda moment: moment.mac_owner(NET.id, PORT.mac_address)) == PORT.id
    assert ask(any_store, lambda moment: moment.mac_owner(NET.id, Mac(1))) is None
    assert ask(any_store, lambda moment: moment.mac_owner(NetworkId("none"), PORT.mac_address)) is None


def test_agents(any_store: AnyStore) -> None:
    """Agents with their heartbeat, which starts as their creation and changes nothing in the log."""
    later = NOW + timedelta(seconds=30)
    put(any_store, AGENT)
    assert ask(any_store, lambda moment: list(moment.agents(DHCP_AGENT))) == [(AGENT, NOW)]
    revision = ask(any_store, lambda moment: moment.revision())
    any_store.write(lambda moment: moment.touch_agents([AGENT.id], later))
    assert ask(any_store, lambda moment: list(moment.agents(DHCP_AGENT))) == [(AGENT, later)]
    assert ask(any_store, lambda moment: moment.heartbeat_of(AGENT.id)) == later
    assert ask(any_store, lambda moment: moment.heartbeats()) == {AGENT.id: later}
    assert ask(any_store, lambda moment: moment.revision()) == revision
    put(any_store, replace(AGENT, admin_state_up=False))
    assert ask(any_store, lambda moment: moment.heartbeat_of(AGENT.id)) == later
    assert ask(any_store, lambda moment: moment.agent_on(HOST, DHCP_AGENT).id) == AGENT.id
    assert ask(any_store, lambda moment: moment.agent_on(HOST, OVS_AGENT)) is None
    assert ask(any_store, lambda moment: moment.agent_on(HostName("none"), DHCP_AGENT)) is None
    delete(any_store, Ref("agent", AGENT.id))
    assert ask(any_store, lambda moment: moment.heartbeat_of(AGENT.id)) is None


def test_dhcp_scheduling(any_store: AnyStore) -> None:
    """Who serves what, how much each serves, and which networks with DHCP too few serve."""
    second = network(2, subnets=1)
    off = network(3, subnets=1)
    records = (NET, V4, V6, second, subnet(second), off, replace(subnet(off), enable_dhcp=False))
    put(any_store, *records, AGENT)
    assert ask(any_store, lambda moment: list(moment.underserved_networks(1))) == [NET.id, second.id]
    binding = dhcp_binding(NET)
    put(any_store, binding)
    assert ask(any_store, lambda moment: list(moment.underserved_networks(1))) == [second.id]
    assert ask(any_store, lambda moment: list(moment.dhcp_bindings_of(NET.id))) == [binding]
    assert ask(any_store, lambda moment: list(moment.dhcp_bindings_on(binding.agent_id))) == [binding]
    assert ask(any_store, lambda moment: list(moment.dhcp_bindings_on(AgentId("none")))) == []
    put(any_store, dhcp_binding(second))
    assert ask(any_store, lambda moment: list(moment.underserved_networks(1))) == []
    assert ask(any_store, lambda moment: list(moment.underserved_networks(2))) == [NET.id, second.id]
    assert ask(any_store, lambda moment: moment.dhcp_loads()) == {binding.agent_id: 2}
    delete(any_store, Ref("dhcp_binding", binding.id))
    assert ask(any_store, lambda moment: list(moment.underserved_networks(1))) == [NET.id]


def test_a_routed_network_may_lack_agents(any_store: AnyStore) -> None:
    """However many serve it: whether each segment has one is for the rules to say."""
    put(any_store, NET, replace(V4, segment_id="segment"), AGENT, dhcp_binding(NET))
    assert ask(any_store, lambda moment: list(moment.underserved_networks(1))) == [NET.id]


def test_a_moment_for_reading_does_not_write(any_store: AnyStore) -> None:
    """What `read` gives refuses to write, so that no write passes by the lock."""
    with any_store.read() as reading, pytest.raises(TypeError):
        reading.commit_writes(Writes(puts=(NET,)))


def test_a_moment_stays_as_it_is(any_store: AnyStore) -> None:
    """What is committed while a reader looks does not change what it sees."""
    put(any_store, NET, V4, V6)
    with any_store.read() as reading:
        assert reading.revision() == 3
        put(any_store, PORT)
        assert reading.some_port_of(NET.id, not_owned_by=[]) is None
        assert reading.revision() == 3
    assert isinstance(ask(any_store, lambda moment: moment.some_port_of(NET.id, not_owned_by=[])), Port)
