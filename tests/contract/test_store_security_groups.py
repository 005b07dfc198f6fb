"""Security groups on both stores: who sees rules, what names a group, one default group a project."""

from typing import Any

import pytest
from msgspec import structs

from fakes.records import NOW, PROJECT, network, port, uuid_of
from underlay.model.change import Record, Writes
from underlay.model.errors import Conflict
from underlay.model.ids import ProjectId
from underlay.model.port import Port
from underlay.model.security_group import SecurityGroup, SecurityGroupRule, SecurityGroupTemplate, Traffic
from underlay.store.contract import LINK, Query
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
OTHER = ProjectId("other")


def group(number: int, project_id: ProjectId = PROJECT, **fields: Any) -> SecurityGroup:
    """Group `number`."""
    return SecurityGroup(uuid_of(8, number), project_id, f"group{number}", NOW, NOW, **fields)


def rule(number: int, of: SecurityGroup, project_id: ProjectId = PROJECT, **traffic: Any) -> SecurityGroupRule:
    """Rule `number`."""
    return SecurityGroupRule(uuid_of(9, number), project_id, of.id, Traffic("ingress", **traffic), NOW, NOW)


MINE, THEIRS = group(1), group(2, OTHER)


def put(store: AnyStore, *records: Record) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=records)))


def test_rules_are_seen_by_the_owner_of_their_group(any_store: AnyStore) -> None:
    """Whoever made the rule; an administrator sees all."""
    mine, by_admin, theirs = rule(1, MINE), rule(2, MINE, ProjectId("admin")), rule(3, THEIRS)
    put(any_store, MINE, THEIRS, mine, by_admin, theirs)
    with any_store.read() as reading:

        def seen(project_id: ProjectId | None) -> list[SecurityGroupRule]:
            return reading.list_records(SecurityGroupRule, Query(visible_to=project_id))

        assert [mine, by_admin] == seen(PROJECT)
        assert [theirs] == seen(OTHER)
        assert [] == seen(ProjectId("admin"))
        assert [mine, by_admin, theirs] == seen(None)


def test_what_names_a_group(any_store: AnyStore) -> None:
    """Its rules, of one group or of several at once; rules whose other end it is; ports, also as a filter."""
    own, remote = rule(1, MINE), rule(2, THEIRS, remote_group_id=MINE.id, remote_address_group_id=None)
    in_group = structs.replace(port(1, network(1)), security_group_ids=(MINE.id,))
    put(any_store, network(1), MINE, THEIRS, own, remote, in_group)
    with any_store.read() as reading:
        assert [own] == reading.linked(SecurityGroupRule, "security_group", MINE.id)
        both = reading.linked_to(SecurityGroupRule, "security_group", (MINE.id, THEIRS.id))
        assert [own, remote] == list(both)
        assert [] == list(reading.linked_to(SecurityGroupRule, "security_group", ()))
        assert [remote] == reading.linked(SecurityGroupRule, "remote_group", MINE.id)
        assert (True, False) == tuple(
            reading.is_linked(one.id, relations=("port_security_group",)) for one in (MINE, THEIRS)
        )
        found = reading.list_records(Port, Query(filters={f"{LINK}port_security_group": (MINE.id,)}))
        assert [in_group] == found
    put(any_store, structs.replace(in_group, security_group_ids=()))
    with any_store.read() as reading:
        assert not reading.is_linked(MINE.id, relations=("port_security_group",))


def test_a_project_has_one_default_group(any_store: AnyStore) -> None:
    """The second is refused by its key; another project has its own."""
    first = group(3, is_default=True)
    put(any_store, first, group(4, OTHER, is_default=True))
    with pytest.raises(Conflict):
        put(any_store, group(5, is_default=True))
    with any_store.read() as reading:
        assert first == reading.with_unique_key(SecurityGroup, PROJECT)


def test_the_template_is_one_record(any_store: AnyStore) -> None:
    """Found by its fixed id; it belongs to nobody."""
    put(any_store, SecurityGroupTemplate(()))
    with any_store.read() as reading:
        assert SecurityGroupTemplate(()) == reading.record(SecurityGroupTemplate, "template")
        assert 0 == reading.count("security_group_template", PROJECT)
