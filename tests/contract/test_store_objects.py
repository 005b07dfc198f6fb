"""Kinds without a table of their own: found, listed, counted as those with one, on both stores."""

from typing import Any

import pytest
from msgspec import structs

from fakes.records import NOW, PROJECT, network, port, uuid_of
from underlay.model.address_scope import AddressScope
from underlay.model.change import Ref, Writes
from underlay.model.ids import ProjectId, Vid
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.qos import DscpMarking, QosPolicy
from underlay.model.trunk import SubPort, Trunk, port_key
from underlay.store.contract import LINK, MarkerNotFound, Query
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
OTHER = ProjectId("other")


def scope(number: int, project_id: ProjectId = PROJECT, **fields: Any) -> AddressScope:
    """Scope `number`."""
    return AddressScope(uuid_of(6, number), project_id, f"scope{number}", 4, NOW, NOW, **fields)


MINE, SHARED, THEIRS = scope(1), scope(2, OTHER, shared=True), scope(3, OTHER)


def put(store: AnyStore, *records: AddressScope) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=records)))


def test_records_are_put_found_changed_and_deleted(any_store: AnyStore) -> None:
    """By type and id; the newest state is what is found."""
    put(any_store, MINE, THEIRS)
    put(any_store, scope(1, shared=True))
    with any_store.read() as reading:
        assert (scope(1, shared=True), THEIRS) == (
            reading.record(AddressScope, MINE.id),
            reading.record(AddressScope, THEIRS.id),
        )
    any_store.write(lambda moment: moment.commit_writes(Writes(deletes=(Ref("address_scope", THEIRS.id),))))
    with any_store.read() as reading:
        assert (None, [scope(1, shared=True)]) == (
            reading.record(AddressScope, THEIRS.id),
            reading.records_of(AddressScope),
        )


def test_lists_filter_sort_and_page(any_store: AnyStore) -> None:
    """By id, project, name and shared; a project sees its own and the shared ones."""
    put(any_store, MINE, SHARED, THEIRS)
    with any_store.read() as reading:

        def found(**query: Any) -> list[AddressScope]:
            return reading.list_records(AddressScope, Query(**query))

        assert [MINE, SHARED, THEIRS] == found()
        assert [MINE, SHARED] == found(visible_to=PROJECT)
        assert [SHARED] == found(filters={"shared": (True,)})
        assert [THEIRS] == found(filters={"project_id": (OTHER,), "name": ("scope3", "scope1")})
        assert [THEIRS, SHARED] == found(sort=(("name", False),), limit=2)
        assert [SHARED, THEIRS] == found(marker=MINE.id, limit=5)
        assert [] == found(filters={f"{LINK}nothing": (MINE.id,)})
        with pytest.raises(MarkerNotFound):
            found(marker="none")


def test_a_projects_records_are_counted(any_store: AnyStore) -> None:
    """By kind and project, up and down."""
    put(any_store, MINE, SHARED, THEIRS)
    any_store.write(lambda moment: moment.commit_writes(Writes(deletes=(Ref("address_scope", THEIRS.id),))))
    with any_store.read() as reading:
        assert (1, 1, 0) == (
            reading.count("address_scope", PROJECT),
            reading.count("address_scope", OTHER),
            reading.count("network", OTHER),
        )
        assert [SHARED] == reading.records_of(AddressScope, OTHER)


def test_nothing_names_what_nobody_names(any_store: AnyStore) -> None:
    """No link, no key: nothing is found."""
    put(any_store, MINE)
    with any_store.read() as reading:
        assert (False, [], None) == (
            reading.is_linked(MINE.id),
            reading.linked(AddressScope, "nothing", MINE.id),
            reading.with_unique_key(AddressScope, "nothing"),
        )


def test_what_names_what(any_store: AnyStore) -> None:
    """From the named to who names it, from who names to the named, and all that are in a relation."""
    policy = QosPolicy(uuid_of(7, 1), PROJECT, "gold", NOW, NOW, rules=(DscpMarking("r1", 26),))
    plain, marked = network(1), structs.replace(network(2), qos_policy_id=policy.id)
    parent, one, two = (port(number, marked) for number in (1, 2, 3))
    sub_ports = (SubPort(one.id, Vid(5)), SubPort(two.id, Vid(6)))
    trunk = Trunk(uuid_of(8, 1), PROJECT, "", parent.id, NOW, NOW, sub_ports=sub_ports)
    records = (policy, plain, marked, parent, one, two, trunk)
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=records)))
    with any_store.read() as reading:
        assert Ref("network", marked.id) == reading.some_linker(policy.id, "qos_policy")
        assert (None, None) == (
            reading.some_linker(policy.id, "trunk_parent"),
            reading.some_linker(plain.id, "qos_policy"),
        )
        assert [policy] == reading.linked(QosPolicy, "qos_rule", "r1")
        assert ([marked], []) == (reading.naming(Network, "qos_policy"), reading.naming(Network, "trunk_parent"))
        assert [one, two] == reading.named_by("trunk", trunk.id, "trunk_sub_port", Port)
        assert [one, two] == reading.named_by("trunk", None, "trunk_sub_port", Port)
        assert [] == reading.named_by("trunk", "none", "trunk_sub_port", Port)
        assert [trunk] * 3 == [reading.with_unique_key(Trunk, port_key(each.id)) for each in (parent, one, two)]
