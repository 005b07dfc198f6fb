"""One suite for every `IdentityStore`: the database's and the fake that tests use."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import msgspec
import pytest

from fakes.identity_store import MemoryIdentityStore
from underlay.identity.records import IdentityStore
from underlay.model.identity import (
    DEFAULT_DOMAIN_ID,
    ApplicationCredential,
    Assignment,
    CatalogEndpoint,
    CatalogService,
    CredentialId,
    Domain,
    DomainId,
    EndpointId,
    Group,
    GroupAssignment,
    GroupId,
    Implication,
    NameTaken,
    OnDomain,
    OnProject,
    OnSystem,
    Project,
    Region,
    RegionId,
    Role,
    RoleId,
    RoleName,
    ServiceId,
    User,
    UserId,
)
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


def in_order(*assignments: Assignment) -> list[Assignment]:
    """As lists are sorted."""
    return sorted(assignments, key=lambda each: each.sort_key)


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
    store.projects.add(LAB)
    store.users.add(MARY)
    assert store.assignments.add(Assignment(MARY.id, OnProject(LAB.id), "member"))
    return store


def test_what_was_added_is_found_by_id_and_by_name(filled):
    """Whole, with every field; None or nothing otherwise."""
    assert (LAB, MARY) == (filled.projects.get(LAB.id), filled.users.get(MARY.id))
    assert ([LAB], [MARY]) == (list(filled.projects.find(name="lab")), list(filled.users.find(name="mary")))
    assert (None, None) == (filled.projects.get(ProjectId("no")), filled.users.get(UserId("no")))
    assert ([], []) == (list(filled.projects.find(name="LAB")), list(filled.users.find(name="mar")))


def test_lists_are_sorted_by_name(filled):
    """By (name, id)."""
    filled.projects.add(Project(id=ProjectId("p0"), name="zoo"))
    filled.users.add(User(id=UserId("u9"), name="anna"))
    assert ["lab", "zoo"] == [each.name for each in filled.projects.find()]
    assert ["anna", "mary"] == [each.name for each in filled.users.find()]


def test_a_name_is_taken_once(filled):
    """On add and on rename; and what was there is unchanged."""
    other_project, other_user = Project(id=ProjectId("p2"), name="zoo"), User(id=UserId("u2"), name="anna")
    filled.projects.add(other_project)
    filled.users.add(other_user)
    for attempt in (
        lambda: filled.projects.add(Project(id=ProjectId("p3"), name="lab")),
        lambda: filled.users.add(User(id=UserId("u3"), name="mary")),
        lambda: filled.projects.update(ProjectId("p2"), lambda each: msgspec.structs.replace(each, name="lab")),
        lambda: filled.users.update(UserId("u2"), lambda each: msgspec.structs.replace(each, name="mary")),
    ):
        with pytest.raises(NameTaken):
            attempt()
    assert ([LAB, other_project], [other_user, MARY]) == (list(filled.projects.find()), list(filled.users.find()))


def test_an_update_gives_the_new_record(filled):
    """And None when there is nothing to update."""
    expected = msgspec.structs.replace(MARY, enabled=False, generation=7, host=None)
    assert expected == filled.users.update(
        MARY.id, lambda each: msgspec.structs.replace(each, enabled=False, generation=7, host=None)
    )
    assert expected == filled.users.get(MARY.id)
    assert filled.users.update(UserId("no"), lambda each: each) is None
    assert filled.projects.update(ProjectId("no"), lambda each: each) is None


def test_what_a_change_raises_undoes_it_and_goes_through(filled):
    """The caller's own error, not one of the store's."""

    def refuse(_: User) -> User:
        raise LookupError("refused")

    with pytest.raises(LookupError, match="refused"):
        filled.users.update(MARY.id, refuse)
    assert MARY == filled.users.get(MARY.id)


def test_no_update_is_lost(filled):
    """Two threads that count up at the same time both count."""
    start = Barrier(2)

    def count() -> None:
        start.wait(10)
        for _ in range(20):
            filled.users.update(MARY.id, lambda each: msgspec.structs.replace(each, generation=each.generation + 1))

    threads = [Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found = filled.users.get(MARY.id)
    assert found is not None
    assert 40 == found.generation


def test_deleting_takes_assignments_along(filled):
    """A project also ceases to be anyone's default; False when there was nothing."""
    assert [True, False] == [filled.projects.delete(LAB.id) for _ in range(2)]
    assert [] == list(filled.assignments.find())
    assert msgspec.structs.replace(MARY, default_project_id=None) == filled.users.get(MARY.id)
    assert [True, False] == [filled.users.delete(MARY.id) for _ in range(2)]


def test_assignments_are_filtered_by_user_and_project(filled):
    """Every filter given must fit; sorted."""
    zoo, anna = Project(id=ProjectId("p0"), name="zoo"), User(id=UserId("u0"), name="anna")
    filled.projects.add(zoo)
    filled.users.add(anna)
    expected = [Assignment(anna.id, OnProject(LAB.id), "reader"), Assignment(MARY.id, OnProject(zoo.id), "admin")]
    assert [True, True] == [filled.assignments.add(each) for each in expected]
    mine = Assignment(MARY.id, OnProject(LAB.id), "member")
    assert in_order(*expected, mine) == list(filled.assignments.find())
    assert in_order(expected[1], mine) == list(filled.assignments.find(MARY.id))
    assert in_order(expected[0], mine) == list(filled.assignments.find(target=OnProject(LAB.id)))
    assert [mine] == list(filled.assignments.find(MARY.id, target=OnProject(LAB.id)))


def test_an_assignment_is_there_once_and_names_what_exists(filled):
    """Assigning twice is nothing new; a missing user or project gives False; so does taking away what is not there."""
    mine = Assignment(MARY.id, OnProject(LAB.id), "member")
    assert filled.assignments.add(mine)
    assert [mine] == list(filled.assignments.find())
    assert not filled.assignments.add(Assignment(UserId("no"), OnProject(LAB.id), "member"))
    assert not filled.assignments.add(Assignment(MARY.id, OnProject(ProjectId("no")), "member"))
    assert [True, False] == [filled.assignments.remove(mine) for _ in range(2)]


def test_a_revocation_is_kept_until_the_token_expires(filled):
    """Forgotten by a later one, so that the table does not grow; revoking twice is nothing new."""
    for _ in range(2):
        filled.revoke("a", NOW + timedelta(seconds=10), NOW)
    assert [True, False] == [filled.is_revoked(each) for each in "ab"]
    filled.revoke("b", NOW + timedelta(seconds=99), NOW + timedelta(seconds=9))
    assert [True, True] == [filled.is_revoked(each) for each in "ab"]
    filled.revoke("c", NOW + timedelta(seconds=99), NOW + timedelta(seconds=11))
    assert [False, True, True] == [filled.is_revoked(each) for each in "abc"]


OTHER = Domain(DomainId("d1"), "other", description="elsewhere")
AUDITOR = Role(RoleId("r1"), RoleName("auditor"))
ROBOT = ApplicationCredential(
    id=CredentialId("c1"),
    user_id=MARY.id,
    project_id=LAB.id,
    name="robot",
    secret_hash="$argon2id$y",
    roles=(RoleName("member"), RoleName("reader")),
    description="ci",
    unrestricted=True,
    expires_at=NOW,
)


def test_the_default_domain_is_there_from_the_start(store):
    """Once, enabled."""
    assert [(DEFAULT_DOMAIN_ID, "Default", True)] == [
        (each.id, each.name, each.enabled) for each in store.domains.find()
    ]


def test_a_name_is_taken_within_its_domain_only(filled):
    """The same name in another domain is another user; it is found there by name and domain."""
    filled.domains.add(OTHER)
    with pytest.raises(NameTaken):
        filled.domains.add(Domain(DomainId("d2"), "other"))
    twin = User(id=UserId("u7"), name="mary", domain_id=OTHER.id)
    filled.users.add(twin)
    assert [twin] == list(filled.users.find("mary", OTHER.id))
    assert [MARY, twin] == list(filled.users.find("mary"))
    assert [twin] == list(filled.users.find(domain_id=OTHER.id))


def test_deleting_a_domain_takes_all_of_it_along(filled):
    """Users, projects, and roles held there or by them; what is of other domains stays."""
    filled.domains.add(OTHER)
    twin, zoo = (
        User(id=UserId("u7"), name="mary", domain_id=OTHER.id),
        Project(ProjectId("p7"), "zoo", domain_id=OTHER.id),
    )
    filled.users.add(twin)
    filled.projects.add(zoo)
    reader = RoleName("reader")
    for held in ((twin.id, OnProject(LAB.id)), (MARY.id, OnProject(zoo.id)), (MARY.id, OnDomain(OTHER.id))):
        assert filled.assignments.add(Assignment(*held, reader))
    assert [True, False] == [filled.domains.delete(OTHER.id) for _ in range(2)]
    assert ([MARY], [LAB]) == (list(filled.users.find()), list(filled.projects.find()))
    assert [Assignment(MARY.id, OnProject(LAB.id), "member")] == list(filled.assignments.find())


def test_roles_are_held_on_projects_domains_and_the_system(filled):
    """Each apart; a domain that does not exist gives False."""
    held = [Assignment(MARY.id, target, RoleName("reader")) for target in (OnDomain(DEFAULT_DOMAIN_ID), OnSystem())]
    assert [True, True] == [filled.assignments.add(each) for each in held]
    assert not filled.assignments.add(Assignment(MARY.id, OnDomain(DomainId("no")), RoleName("reader")))
    for each in held:
        assert [each] == list(filled.assignments.find(target=each.target))
    assert in_order(*held, Assignment(MARY.id, OnProject(LAB.id), "member")) == list(filled.assignments.find(MARY.id))
    assert [True, False] == [filled.assignments.remove(held[1]) for _ in range(2)]


def test_deleting_a_role_takes_its_assignments_and_implications_along(filled):
    """Those of others stay."""
    filled.roles.add(AUDITOR)
    with pytest.raises(NameTaken):
        filled.roles.add(Role(RoleId("r2"), AUDITOR.name))
    kept, gone = Implication(RoleName("a"), RoleName("b")), Implication(AUDITOR.name, RoleName("reader"))
    for each in (kept, gone, gone):
        filled.implications.add(each)
    assert [kept, gone] == list(filled.implications.find())
    for target in (OnProject(LAB.id), OnDomain(DEFAULT_DOMAIN_ID), OnSystem()):
        assert filled.assignments.add(Assignment(MARY.id, target, AUDITOR.name))
    assert filled.roles.delete(AUDITOR.id)
    assert [kept] == list(filled.implications.find())
    assert [Assignment(MARY.id, OnProject(LAB.id), "member")] == list(filled.assignments.find())
    assert [True, False] == [filled.implications.remove(kept) for _ in range(2)]


def test_an_application_credential_is_kept_whole(filled):
    """Found by id and by the user's name for it; the name is taken once for the user."""
    assert filled.credentials.add(ROBOT)
    assert ROBOT == filled.credentials.get(ROBOT.id)
    assert [[ROBOT], [ROBOT], []] == [list(filled.credentials.find(MARY.id, name)) for name in (None, "robot", "x")]
    with pytest.raises(NameTaken):
        filled.credentials.add(msgspec.structs.replace(ROBOT, id=CredentialId("c2")))
    assert not filled.credentials.add(msgspec.structs.replace(ROBOT, name="n", project_id=ProjectId("no")))
    assert not filled.credentials.add(msgspec.structs.replace(ROBOT, name="n", user_id=UserId("no")))
    forever = msgspec.structs.replace(ROBOT, id=CredentialId("c3"), name="x", expires_at=None)
    assert filled.credentials.add(forever)
    assert forever == filled.credentials.get(forever.id)
    assert [True, False] == [filled.credentials.delete(ROBOT.id) for _ in range(2)]


@pytest.mark.parametrize("lost", ["role", "enabled", "user", "project"])
def test_an_application_credential_goes_with_what_it_stands_on(filled, lost):
    """A role on its project, the user being enabled, the user, the project; not with anything else."""
    zoo = Project(id=ProjectId("p0"), name="zoo")
    filled.projects.add(zoo)
    assert filled.credentials.add(ROBOT)
    filled.users.update(MARY.id, lambda each: msgspec.structs.replace(each, description="short"))
    other = Assignment(MARY.id, OnProject(zoo.id), RoleName("reader"))
    assert (True, True) == (filled.assignments.add(other), filled.assignments.remove(other))
    assert [ROBOT] == list(filled.credentials.find(MARY.id))
    match lost:
        case "role":
            filled.assignments.remove(Assignment(MARY.id, OnProject(LAB.id), "member"))
        case "enabled":
            filled.users.update(MARY.id, lambda each: msgspec.structs.replace(each, enabled=False))
        case "user":
            filled.users.delete(MARY.id)
        case "project":
            filled.projects.delete(LAB.id)
    assert [] == list(filled.credentials.find(MARY.id))


CREW = Group(GroupId("g1"), "crew", "who works")


def test_groups_have_members_and_roles(filled):
    """Found from both sides; only of groups and users that exist; given twice is given once."""
    filled.groups.add(CREW)
    assert (CREW, [CREW]) == (filled.groups.get(CREW.id), list(filled.groups.find("crew", DEFAULT_DOMAIN_ID)))
    assert [True, True] == [filled.memberships.add(CREW.id, MARY.id) for _ in range(2)]
    assert ([CREW.id], [MARY.id]) == (
        list(filled.memberships.of_user(MARY.id)),
        list(filled.memberships.of_group(CREW.id)),
    )
    assert not filled.memberships.add(GroupId("no"), MARY.id)
    assert not filled.memberships.add(CREW.id, UserId("no"))
    targets = (OnProject(LAB.id), OnDomain(DEFAULT_DOMAIN_ID), OnSystem())
    held = [GroupAssignment(CREW.id, target, RoleName("reader")) for target in targets]
    assert [True] * 6 == [filled.group_assignments.add(each) for each in (*held, *held)]
    assert sorted(held, key=lambda each: each.sort_key) == list(filled.group_assignments.find())
    for each in held:
        assert [each] == list(filled.group_assignments.find(CREW.id, each.target))
    assert not filled.group_assignments.add(GroupAssignment(GroupId("no"), OnSystem(), RoleName("reader")))
    assert [Assignment(MARY.id, OnProject(LAB.id), "member")] == list(filled.assignments.find())
    assert [True, False] == [filled.group_assignments.remove(held[0]) for _ in range(2)]
    assert [True, False] == [filled.memberships.remove(CREW.id, MARY.id) for _ in range(2)]


@pytest.mark.parametrize("deleted", ["group", "user", "project", "domain", "role"])
def test_what_a_group_had_goes_with_what_is_deleted(filled, deleted):
    """Members with the group or the user; roles with the group, the target or the role; nothing else."""
    there = DomainId("there")
    filled.domains.add(Domain(there, "there"))
    filled.roles.add(AUDITOR)
    crew = msgspec.structs.replace(CREW, domain_id=there)
    filled.groups.add(crew)
    assert filled.memberships.add(crew.id, MARY.id)
    assert filled.group_assignments.add(GroupAssignment(crew.id, OnProject(LAB.id), AUDITOR.name))
    delete = {
        "group": lambda: filled.groups.delete(crew.id),
        "user": lambda: filled.users.delete(MARY.id),
        "project": lambda: filled.projects.delete(LAB.id),
        "domain": lambda: filled.domains.delete(there),
        "role": lambda: filled.roles.delete(AUDITOR.id),
    }
    assert delete[deleted]()
    left = len(filled.memberships.of_group(crew.id)), len(filled.group_assignments.find())
    expected = {"group": (0, 0), "user": (0, 1), "project": (1, 0), "domain": (0, 0), "role": (1, 0)}
    assert expected[deleted] == left


def test_a_project_keeps_its_tags(filled):
    """As they were given."""
    tagged = msgspec.structs.replace(LAB, tags=("a", 'quote"', "ü"))
    assert tagged == filled.projects.update(LAB.id, lambda _: tagged)
    assert (tagged, [tagged]) == (filled.projects.get(LAB.id), list(filled.projects.find()))


def test_the_catalog_keeps_what_is_put(store):
    """By id; put again it is replaced; a service goes with its endpoints and no others."""
    north, nova = Region(RegionId("north"), "d"), CatalogService(ServiceId("nova"), "compute", enabled=False)
    cinder = msgspec.structs.replace(nova, id=ServiceId("cinder"), enabled=True)
    public = CatalogEndpoint(EndpointId("e2"), nova.id, "public", "http://x", north.id)
    other = CatalogEndpoint(EndpointId("e1"), cinder.id, "admin", "http://y")
    store.regions.put(north)
    for service in (nova, cinder):
        store.services.put(service)
    for endpoint in (public, other):
        store.endpoints.put(endpoint)
    assert ([north], [cinder, nova]) == (list(store.regions.find()), list(store.services.find()))
    assert [other, public] == list(store.endpoints.find())
    store.endpoints.put(msgspec.structs.replace(public, enabled=False))
    assert [True, False] == [each.enabled for each in store.endpoints.find()]
    assert [True, False] == [store.services.delete(nova.id) for _ in range(2)]
    assert ([cinder], [other]) == (list(store.services.find()), list(store.endpoints.find()))
    assert [True, False] == [store.regions.delete(north.id) for _ in range(2)]
