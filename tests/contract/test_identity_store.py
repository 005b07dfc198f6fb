"""One suite for every `IdentityStore`: the database's and the fake that tests use."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import msgspec
import pytest

from fakes.identity_store import MemoryIdentityStore
from underlay.identity.records import IdentityStore
from underlay.model.identity import Assignment, NameTaken, Project, User, UserId
from underlay.model.ids import HostName, ProjectId

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LAB = Project(id=ProjectId("p1"), name="lab", description="bench")
MARY = User(
    id=UserId("u1"),
    name="mary",
    password_hash="$argon2id$x",
    default_project_id=LAB.id,
    host=HostName("hv1"),
    description="tall",
    email="m@example.org",
)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IdentityStore]:
    """Each implementation, empty."""
    if request.param == "memory":
        yield MemoryIdentityStore()
        return
    from underlay.store.transaction import Store

    opened = Store(f"sqlite:///{tmp_path}/identity.sqlite")
    opened.migrate()
    yield opened.identity()
    opened.close()


@pytest.fixture
def filled(store: IdentityStore) -> IdentityStore:
    """With one project, one user, one assignment."""
    store.add_project(LAB)
    store.add_user(MARY)
    assert store.assign(Assignment(MARY.id, LAB.id, "member"))
    return store


def test_what_was_added_is_found_by_id_and_by_name(filled):
    """Whole, with every field; None or nothing otherwise."""
    assert (LAB, MARY) == (filled.project(LAB.id), filled.user(MARY.id))
    assert ([LAB], [MARY]) == (list(filled.projects(name="lab")), list(filled.users(name="mary")))
    assert (None, None) == (filled.project(ProjectId("no")), filled.user(UserId("no")))
    assert ([], []) == (list(filled.projects(name="LAB")), list(filled.users(name="mar")))


def test_lists_are_sorted_by_name(filled):
    """By (name, id)."""
    filled.add_project(Project(id=ProjectId("p0"), name="zoo"))
    filled.add_user(User(id=UserId("u9"), name="anna"))
    assert ["lab", "zoo"] == [each.name for each in filled.projects()]
    assert ["anna", "mary"] == [each.name for each in filled.users()]


def test_a_name_is_taken_once(filled):
    """On add and on rename; and what was there is unchanged."""
    other_project, other_user = Project(id=ProjectId("p2"), name="zoo"), User(id=UserId("u2"), name="anna")
    filled.add_project(other_project)
    filled.add_user(other_user)
    for attempt in (
        lambda: filled.add_project(Project(id=ProjectId("p3"), name="lab")),
        lambda: filled.add_user(User(id=UserId("u3"), name="mary")),
        lambda: filled.update_project(ProjectId("p2"), lambda each: msgspec.structs.replace(each, name="lab")),
        lambda: filled.update_user(UserId("u2"), lambda each: msgspec.structs.replace(each, name="mary")),
    ):
        with pytest.raises(NameTaken):
            attempt()
    assert ([LAB, other_project], [other_user, MARY]) == (list(filled.projects()), list(filled.users()))


def test_an_update_gives_the_new_record(filled):
    """And None when there is nothing to update."""
    expected = msgspec.structs.replace(MARY, enabled=False, generation=7, host=None)
    assert expected == filled.update_user(
        MARY.id, lambda each: msgspec.structs.replace(each, enabled=False, generation=7, host=None)
    )
    assert expected == filled.user(MARY.id)
    assert filled.update_user(UserId("no"), lambda each: each) is None
    assert filled.update_project(ProjectId("no"), lambda each: each) is None


def test_what_a_change_raises_undoes_it_and_goes_through(filled):
    """The caller's own error, not one of the store's."""

    def refuse(_: User) -> User:
        raise LookupError("refused")

    with pytest.raises(LookupError, match="refused"):
        filled.update_user(MARY.id, refuse)
    assert MARY == filled.user(MARY.id)


def test_no_update_is_lost(filled):
    """Two threads that count up at the same time both count."""
    start = Barrier(2)

    def count() -> None:
        start.wait(10)
        for _ in range(20):
            filled.update_user(MARY.id, lambda each: msgspec.structs.replace(each, generation=each.generation + 1))

    threads = [Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found = filled.user(MARY.id)
    assert found is not None
    assert 40 == found.generation


def test_deleting_takes_assignments_along(filled):
    """A project also ceases to be anyone's default; False when there was nothing."""
    assert [True, False] == [filled.delete_project(LAB.id) for _ in range(2)]
    assert [] == list(filled.assignments())
    assert msgspec.structs.replace(MARY, default_project_id=None) == filled.user(MARY.id)
    assert [True, False] == [filled.delete_user(MARY.id) for _ in range(2)]


def test_assignments_are_filtered_by_user_and_project(filled):
    """Every filter given must fit; sorted."""
    zoo, anna = Project(id=ProjectId("p0"), name="zoo"), User(id=UserId("u0"), name="anna")
    filled.add_project(zoo)
    filled.add_user(anna)
    expected = [Assignment(anna.id, LAB.id, "reader"), Assignment(MARY.id, zoo.id, "admin")]
    assert [True, True] == [filled.assign(each) for each in expected]
    mine = Assignment(MARY.id, LAB.id, "member")
    assert sorted([*expected, mine]) == list(filled.assignments())
    assert sorted([expected[1], mine]) == list(filled.assignments(user_id=MARY.id))
    assert sorted([expected[0], mine]) == list(filled.assignments(project_id=LAB.id))
    assert [mine] == list(filled.assignments(user_id=MARY.id, project_id=LAB.id))


def test_an_assignment_is_there_once_and_names_what_exists(filled):
    """Assigning twice is nothing new; a missing user or project gives False; so does taking away what is not there."""
    mine = Assignment(MARY.id, LAB.id, "member")
    assert filled.assign(mine)
    assert [mine] == list(filled.assignments())
    assert not filled.assign(Assignment(UserId("no"), LAB.id, "member"))
    assert not filled.assign(Assignment(MARY.id, ProjectId("no"), "member"))
    assert [True, False] == [filled.unassign(mine) for _ in range(2)]


def test_a_revocation_is_kept_until_the_token_expires(filled):
    """Forgotten by a later one, so that the table does not grow; revoking twice is nothing new."""
    for _ in range(2):
        filled.revoke("a", NOW + timedelta(seconds=10), NOW)
    assert [True, False] == [filled.is_revoked(each) for each in "ab"]
    filled.revoke("b", NOW + timedelta(seconds=99), NOW + timedelta(seconds=9))
    assert [True, True] == [filled.is_revoked(each) for each in "ab"]
    filled.revoke("c", NOW + timedelta(seconds=99), NOW + timedelta(seconds=11))
    assert [False, True, True] == [filled.is_revoked(each) for each in "abc"]
