"""Kinds without a table of their own: found, listed, counted as those with one, on both stores."""

from typing import Any

import pytest

from fakes.records import NOW, PROJECT, uuid_of
from underlay.model.address_scope import AddressScope
from underlay.model.change import Ref, Writes
from underlay.model.ids import ProjectId
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
