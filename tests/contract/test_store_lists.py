"""Lists on both stores: filters, visibility, order, pages."""

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fakes.records import HOST, PROJECT, dhcp_agent, dhcp_binding, network, port, subnet
from underlay.model.address import AddressRange
from underlay.model.agent import Agent, DhcpBinding
from underlay.model.change import KINDS, Ref, Writes
from underlay.model.errors import Conflict
from underlay.model.ids import NetworkId, ProjectId
from underlay.model.instance import Instance
from underlay.model.network import Flat, Local, Network
from underlay.model.port import Port
from underlay.model.rbac_policy import EVERYBODY, RbacPolicy
from underlay.model.subnet import Subnet
from underlay.store.contract import FILTERS, SORTS, MarkerNotFound, Query
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
MINE = ProjectId("mine")
NET = network(1, subnets=1)
SUB = replace(subnet(NET), allocation_pools=(AddressRange(ip_address("10.0.0.2"), ip_address("10.0.0.254")),))
PORTS = [port(number, NET, HOST if number % 2 else None, ((SUB, f"10.0.0.{10 + number}"),)) for number in range(6)]
TAGS: tuple[tuple[str, ...], ...] = (("red",), ("red", "blue"), (), ("blue",), (), ("green",))
NAMED = [replace(found, name=name, tags=tags) for found, name, tags in zip(PORTS, "cabbac", TAGS, strict=True)]


@pytest.fixture
def store(any_store: AnyStore) -> AnyStore:
    """With six ports."""
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=(NET, SUB, *NAMED))))
    return any_store


def names(store: AnyStore, query: Query) -> str:
    """Of the ports listed."""
    with store.read() as reading:
        return "".join(found.name for found in reading.list_records(Port, query))


def numbers(store: AnyStore, query: Query) -> list[int]:
    """The ports listed, by their number."""
    with store.read() as reading:
        return [NAMED.index(found) for found in reading.list_records(Port, query)]


def test_without_a_wish_all_come_in_order_of_creation(store: AnyStore) -> None:
    """An update does not change a record's place."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=(replace(NAMED[0], name="z"),))))
    assert names(store, Query()) == "zabbac"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": ("a",)}, [1, 4]),
        ({"name": ("a", "c")}, [0, 1, 4, 5]),
        ({"name": ("a", "c"), "binding:host_id": (HOST,)}, [1, 5]),
        ({"binding:host_id": (None,)}, [0, 2, 4]),
        ({"binding:host_id": ("",)}, [0, 2, 4]),
        ({"name": ()}, []),
        ({"id": (NAMED[3].id, "none")}, [3]),
        ({"mac_address": (str(NAMED[2].mac_address),)}, [2]),
        ({"fixed_ips:ip_address": ("10.0.0.12", "10.0.0.14", "1.1.1.1")}, [2, 4]),
        ({"fixed_ips:ip_address": ("no address",)}, []),
        ({"fixed_ips:subnet_id": (SUB.id,), "name": ("b",)}, [2, 3]),
        ({"fixed_ips:subnet_id": ("none",)}, []),
        ({"tags": ("red",)}, [0, 1]),
        ({"tags": ("red", "blue")}, [1]),
        ({"tags-any": ("green", "blue")}, [1, 3, 5]),
        ({"not-tags": ("red", "blue")}, [0, 2, 3, 4, 5]),
        ({"not-tags-any": ("red", "blue"), "name": ("c",)}, [5]),
        ({"admin_state_up": (True,)}, [0, 1, 2, 3, 4, 5]),
        ({"admin_state_up": (False,)}, []),
        ({"status": ("DOWN",), "device_owner": ("",), "network_id": (NET.id,)}, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_filters(store: AnyStore, filters: dict[str, Any], expected: list[int]) -> None:
    """One of the values of each name must fit; addresses are looked for in all fixed_ips."""
    assert expected == numbers(store, Query(filters=filters))


def test_segments_are_filtered_by_the_names_of_the_api(any_store: AnyStore) -> None:
    """Provider attributes find networks; one that has no number is found by None."""
    networks = (network(1), network(2, Flat("p2")), network(3, Local()))
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=networks)))

    def found(name: str, value: str | int | None) -> list[str]:
        with any_store.read() as reading:
            return [each.name for each in reading.list_records(Network, Query(filters={name: (value,)}))]

    assert ["net1"] == found("provider:segmentation_id", 101)
    assert ["net2", "net3"] == found("provider:segmentation_id", None)
    assert ["net2"] == found("provider:physical_network", "p2")
    assert ["net3"] == found("provider:network_type", "local")


@pytest.mark.parametrize("record_type", list(KINDS))
def test_every_name_of_filters_and_sorts_works(any_store: AnyStore, record_type: Any) -> None:
    """What FILTERS and SORTS promise is a column; what they do not is a KeyError."""
    kind = KINDS[record_type]
    with any_store.read() as reading:
        for name in FILTERS[kind]:
            assert reading.list_records(record_type, Query(filters={name: (None, "x")})) == []
        for name in SORTS[kind]:
            assert reading.list_records(record_type, Query(sort=((name, False),))) == []
        with pytest.raises(KeyError):
            reading.list_records(record_type, Query(filters={"no_such": ("x",)}))
        with pytest.raises(KeyError):
            reading.list_records(record_type, Query(sort=(("no_such", True),)))


ORDERS = st.lists(st.tuples(st.sampled_from(["name", "binding:host_id", "id"]), st.booleans()), max_size=2)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(sort=ORDERS, limit=st.integers(1, 4), reverse=st.booleans())
def test_pages_put_together_are_the_list(
    store: AnyStore, sort: list[tuple[str, bool]], limit: int, reverse: bool
) -> None:
    """Page after page by markers, forwards or backwards, gives every record once, in the list's order."""
    whole = numbers(store, Query(sort=tuple(sort)))
    pages: list[list[int]] = []
    marker = None
    while page := numbers(store, Query(sort=tuple(sort), limit=limit, marker=marker, page_reverse=reverse)):
        assert len(page) <= limit
        pages.append(page)
        marker = NAMED[page[0] if reverse else page[-1]].id
    ordered = pages[::-1] if reverse else pages
    assert whole == [number for page in ordered for number in page]


def test_a_marker_that_is_not_there(store: AnyStore) -> None:
    """MarkerNotFound, with the marker."""
    with store.read() as reading, pytest.raises(MarkerNotFound) as raised:
        reading.list_records(Port, Query(marker="none"))
    assert raised.value.args == ("none",)


def test_who_sees_what(any_store: AnyStore) -> None:
    """A project sees its own; networks that are shared and their subnets; subnets and ports on networks of its own."""
    foreign, shared = network(1, subnets=1), replace(network(2, subnets=1), shared=True)
    mine = replace(network(3, subnets=1), project_id=MINE)
    nets = (foreign, shared, mine)
    subs = [subnet(net) for net in nets]
    ports = [port(number, net) for number, net in enumerate(nets)]
    own = replace(port(7, foreign), project_id=MINE)
    vm = Instance(
        id=ports[0].device_id, project_id=PROJECT, name="", created_at=SUB.created_at, updated_at=SUB.updated_at
    )
    to_all = RbacPolicy("r1", PROJECT, "network", shared.id, "access_as_shared", EVERYBODY)
    puts = (*nets, *subs, *ports, own, dhcp_agent(), dhcp_binding(mine), vm, to_all)
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=puts)))
    with any_store.read() as reading:
        assert [shared, mine] == reading.list_records(Network, Query(visible_to=MINE))
        assert subs[1:] == reading.list_records(Subnet, Query(visible_to=MINE))
        assert [ports[2], own] == reading.list_records(Port, Query(visible_to=MINE))
        assert [own] == reading.list_records(Port, Query(visible_to=MINE, filters={"id": (ports[1].id, own.id)}))
        assert [] == reading.list_records(Instance, Query(visible_to=MINE))
        assert [vm] == reading.list_records(Instance, Query(visible_to=PROJECT))
        assert [] == reading.list_records(Agent, Query(visible_to=MINE))
        assert [] == reading.list_records(DhcpBinding, Query(visible_to=MINE))
        assert 4 == len(reading.list_records(Port, Query()))


def test_a_project_sees_what_is_granted_to_it(any_store: AnyStore) -> None:
    """Shared with it by name: the network and its subnets; external: the network only; and no longer when withdrawn."""
    nets = [network(number, subnets=1) for number in (1, 2, 3)]
    subs = [subnet(net) for net in nets]
    shared = RbacPolicy("r1", PROJECT, "network", nets[0].id, "access_as_shared", MINE)
    external = RbacPolicy("r2", PROJECT, "network", nets[1].id, "access_as_external", EVERYBODY)
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=(*nets, *subs, shared, external))))
    with any_store.read() as reading:
        assert nets[:2] == reading.list_records(Network, Query(visible_to=MINE))
        assert subs[:1] == reading.list_records(Subnet, Query(visible_to=MINE))
        assert [nets[0]] == reading.list_records(Network, Query(asked_by=MINE, filters={"shared": (True,)}))
        assert nets[1:] == reading.list_records(Network, Query(asked_by=MINE, filters={"shared": (False,)}))
        assert nets == reading.list_records(Network, Query(asked_by=PROJECT, filters={"shared": (False,)}))
        assert [True, True, False] == [reading.is_granted(net.id, MINE) for net in nets]
        assert [False, True, False] == [reading.is_granted(net.id, PROJECT) for net in nets]
        assert {nets[0].id} == set(reading.granted_to(MINE, "access_as_shared"))
        assert [shared] == reading.linked(RbacPolicy, "object", nets[0].id)
    any_store.write(lambda moment: moment.commit_writes(Writes(deletes=(Ref("rbac_policy", "r1"),))))
    with any_store.read() as reading:
        assert [nets[1]] == reading.list_records(Network, Query(visible_to=MINE))


def test_an_object_is_granted_once(any_store: AnyStore) -> None:
    """A second policy of the same object, action and target is a lost race."""
    first, second = (RbacPolicy(name, PROJECT, "network", NET.id, "access_as_shared", MINE) for name in ("r1", "r2"))
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=(first,))))
    with pytest.raises(Conflict):
        any_store.write(lambda moment: moment.commit_writes(Writes(puts=(second,))))


def test_a_list_as_text_has_the_same_records(store: AnyStore) -> None:
    """In the same order, by the same query; addresses and times as JSON has them."""
    query = Query(filters={"name": ("a", "c")}, sort=(("name", False),), limit=3)
    with store.read() as reading:
        records, texts = reading.list_records(Port, query), reading.list_as_text(Port, query)
    for record, text in zip(records, texts, strict=True):
        assert (record.id, str(record.mac_address), record.binding.host) == (
            text.id,
            text.mac_address,
            text.binding.host,
        )
        assert [str(fixed.ip_address) for fixed in record.fixed_ips] == [each.ip_address for each in text.fixed_ips]
        assert record.created_at.isoformat()[:19] == text.created_at[:19]


def test_many_values_of_one_filter(store: AnyStore) -> None:
    """A thousand ids in one filter are one list like any other."""
    ids = tuple(f"id{number}" for number in range(1000))
    assert [5] == numbers(store, Query(filters={"id": (*ids, NAMED[5].id), "network_id": (NetworkId(NET.id),)}))
