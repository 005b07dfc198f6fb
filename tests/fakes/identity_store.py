"""An `IdentityStore` in memory. Keeps its state, behaves as the database does, and passes the same contract suite."""

# The rule of each method is told by IdentityStore.
# ruff: noqa: D102

import threading
from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from underlay.model.identity import (
    DEFAULT_DOMAIN_ID,
    DEFAULT_DOMAIN_NAME,
    ApplicationCredential,
    Assignment,
    CatalogEndpoint,
    CatalogService,
    CredentialId,
    Domain,
    DomainId,
    Group,
    GroupAssignment,
    GroupId,
    Implication,
    NameTaken,
    OnDomain,
    OnProject,
    Project,
    Region,
    Role,
    RoleId,
    Target,
    User,
    UserId,
)
from underlay.model.ids import ProjectId

T = TypeVar("T", bound=msgspec.Struct)
K = TypeVar("K", bound=str)
A = TypeVar("A", Assignment, GroupAssignment)
H = TypeVar("H", UserId, GroupId, contravariant=True)


class MemoryShelf(Generic[T, K]):
    """Records of one kind; `afterwards(before, after)` is what else a change does, `after` None for a deletion."""

    def __init__(self, lock: threading.RLock, kind: str, afterwards: Callable[[Any, Any], None]) -> None:
        self._lock = lock
        self._kind = kind
        self._afterwards = afterwards
        self.records: dict[str, Any] = {}

    def get(self, record_id: K) -> T | None:
        return self.records.get(record_id)

    def find(self, name: str | None = None, domain_id: DomainId | None = None) -> Sequence[T]:
        with self._lock:
            found = [
                each
                for each in self.records.values()
                if name in (None, each.name) and domain_id in (None, getattr(each, "domain_id", None))
            ]
        return sorted(found, key=lambda each: (each.name, each.id))

    def add(self, record: T) -> None:
        with self._lock:
            self._put(record)

    def update(self, record_id: K, change: Callable[[T], T]) -> T | None:
        with self._lock:
            before = self.records.get(record_id)
            if before is None:
                return None
            after = change(before)
            self._put(after)
            self._afterwards(before, after)
            return after

    def delete(self, record_id: K) -> bool:
        with self._lock:
            before = self.records.pop(record_id, None)
            if before is not None:
                self._afterwards(before, None)
            return before is not None

    def _put(self, record: Any) -> None:
        for each in self.records.values():
            is_near = getattr(each, "domain_id", None) == getattr(record, "domain_id", None)
            if each.name == record.name and each.id != record.id and is_near:
                raise NameTaken(self._kind, record.name)
        self.records[record.id] = record


class MemoryAssignments(Generic[A, H]):
    """A set."""

    def __init__(self, store: "MemoryIdentityStore", holders: Any) -> None:
        self._store = store
        self._holders = holders
        self.held: set[A] = set()

    def find(self, holder_id: H | None = None, target: Target | None = None) -> Sequence[A]:
        with self._store.lock:
            found = [
                each for each in self.held if holder_id in (None, holder_of(each)) and target in (None, each.target)
            ]
        return sorted(found, key=lambda each: each.sort_key)

    def add(self, assignment: A) -> bool:
        with self._store.lock:
            shelves = {OnProject: self._store.projects, OnDomain: self._store.domains}
            shelf: Any = shelves.get(type(assignment.target))
            if self._holders.get(holder_of(assignment)) is None:
                return False
            if shelf is not None and shelf.get(assignment.target.id) is None:
                return False
            self.held.add(assignment)
            return True

    def remove(self, assignment: A) -> bool:
        with self._store.lock:
            was_there = assignment in self.held
            self.held.discard(assignment)
            if was_there and isinstance(assignment, Assignment) and isinstance(assignment.target, OnProject):
                self._store.credentials.void(assignment.user_id, assignment.target.id)
            return was_there


def holder_of(assignment: Assignment | GroupAssignment) -> str:
    """The id of the user or group."""
    return assignment.user_id if isinstance(assignment, Assignment) else assignment.group_id


class MemoryMemberships:
    """A set of pairs."""

    def __init__(self, store: "MemoryIdentityStore") -> None:
        self._store = store
        self.held: set[tuple[GroupId, UserId]] = set()

    def of_user(self, user_id: UserId) -> Sequence[GroupId]:
        return sorted(group_id for group_id, member in self.held if member == user_id)

    def of_group(self, group_id: GroupId) -> Sequence[UserId]:
        return sorted(member for of_group, member in self.held if of_group == group_id)

    def add(self, group_id: GroupId, user_id: UserId) -> bool:
        with self._store.lock:
            if self._store.groups.get(group_id) is None or self._store.users.get(user_id) is None:
                return False
            self.held.add((group_id, user_id))
            return True

    def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        with self._store.lock:
            was_there = (group_id, user_id) in self.held
            self.held.discard((group_id, user_id))
            return was_there


class MemoryImplications:
    """A set."""

    def __init__(self) -> None:
        self.held: set[Implication] = set()

    def find(self) -> Sequence[Implication]:
        return sorted(self.held)

    def add(self, implication: Implication) -> None:
        self.held.add(implication)

    def remove(self, implication: Implication) -> bool:
        was_there = implication in self.held
        self.held.discard(implication)
        return was_there


class MemoryCredentials:
    """By id."""

    def __init__(self, store: "MemoryIdentityStore") -> None:
        self._store = store
        self.held: dict[CredentialId, ApplicationCredential] = {}

    def get(self, credential_id: CredentialId) -> ApplicationCredential | None:
        return self.held.get(credential_id)

    def find(self, user_id: UserId, name: str | None = None) -> Sequence[ApplicationCredential]:
        found = [each for each in self.held.values() if each.user_id == user_id and name in (None, each.name)]
        return sorted(found, key=lambda each: (each.name, each.id))

    def add(self, credential: ApplicationCredential) -> bool:
        with self._store.lock:
            if self._store.users.get(credential.user_id) is None:
                return False
            if self._store.projects.get(credential.project_id) is None:
                return False
            if self.find(credential.user_id, credential.name):
                raise NameTaken("application_credential", credential.name)
            self.held[credential.id] = credential
            return True

    def delete(self, credential_id: CredentialId) -> bool:
        return self.held.pop(credential_id, None) is not None

    def void(self, user_id: UserId | None, project_id: ProjectId | None) -> None:
        """Those of that user, on that project; None is any."""
        for each in list(self.held.values()):
            if user_id in (None, each.user_id) and project_id in (None, each.project_id):
                del self.held[each.id]


class MemoryDrawer(Generic[T]):
    """By id; `deleted` is what else a deletion does."""

    def __init__(self, deleted: Callable[[str], None] = lambda _: None) -> None:
        self.records: dict[str, Any] = {}
        self._deleted = deleted

    def find(self) -> Sequence[T]:
        return [self.records[each] for each in sorted(self.records)]

    def put(self, record: T) -> None:
        self.records[getattr(record, "id")] = record  # noqa: B009 - every record of the catalog has one

    def delete(self, record_id: str) -> bool:
        was_there = self.records.pop(record_id, None) is not None
        if was_there:
            self._deleted(record_id)
        return was_there


class MemoryIdentityStore:
    """One lock is the transaction."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.domains: MemoryShelf[Domain, DomainId] = MemoryShelf(self.lock, "domain", self._domain_changed)
        self.projects: MemoryShelf[Project, ProjectId] = MemoryShelf(self.lock, "project", self._project_changed)
        self.users: MemoryShelf[User, UserId] = MemoryShelf(self.lock, "user", self._user_changed)
        self.roles: MemoryShelf[Role, RoleId] = MemoryShelf(self.lock, "role", self._role_changed)
        self.groups: MemoryShelf[Group, GroupId] = MemoryShelf(self.lock, "group", self._group_changed)
        self.memberships = MemoryMemberships(self)
        self.assignments = MemoryAssignments[Assignment, UserId](self, self.users)
        self.group_assignments = MemoryAssignments[GroupAssignment, GroupId](self, self.groups)
        self.implications = MemoryImplications()
        self.credentials = MemoryCredentials(self)
        self.regions: MemoryDrawer[Region] = MemoryDrawer()
        self.endpoints: MemoryDrawer[CatalogEndpoint] = MemoryDrawer()
        self.services: MemoryDrawer[CatalogService] = MemoryDrawer(self._service_deleted)
        self._revoked: dict[str, datetime] = {}
        self.domains.add(Domain(DEFAULT_DOMAIN_ID, DEFAULT_DOMAIN_NAME, description="The default domain"))

    def everything(self) -> dict[str, Any]:
        """A copy of all that is kept, to be compared with a later one."""
        shelves = {name: vars(each) for name, each in vars(self).items() if name != "lock" and name[0] != "_"}
        kept = {name: copy(fields["records" if "records" in fields else "held"]) for name, fields in shelves.items()}
        return {**kept, "revoked": copy(self._revoked)}

    def revoke(self, audit_id: str, expires_at: datetime, now: datetime) -> None:
        with self.lock:
            self._revoked = {key: until for key, until in self._revoked.items() if until > now}
            self._revoked[audit_id] = expires_at

    def is_revoked(self, audit_id: str) -> bool:
        return audit_id in self._revoked

    def _domain_changed(self, before: Domain, after: Domain | None) -> None:
        if after is None:
            for shelf in (self.users, self.projects, self.groups):
                for each in shelf.find(domain_id=before.id):
                    shelf.delete(each.id)
            self._drop(lambda each: each.target == OnDomain(before.id))

    def _project_changed(self, before: Project, after: Project | None) -> None:
        if after is None:
            self.credentials.void(None, before.id)
            self._drop(lambda each: each.target == OnProject(before.id))
            for user in list(self.users.records.values()):
                if user.default_project_id == before.id:
                    self.users.records[user.id] = msgspec.structs.replace(user, default_project_id=None)

    def _user_changed(self, before: User, after: User | None) -> None:
        if after is None or not after.enabled:
            self.credentials.void(before.id, None)
        if after is None:
            self._drop(lambda each: holder_of(each) == before.id)
            self.memberships.held = {each for each in self.memberships.held if each[1] != before.id}

    def _group_changed(self, before: Group, after: Group | None) -> None:
        if after is None:
            self._drop(lambda each: holder_of(each) == before.id)
            self.memberships.held = {each for each in self.memberships.held if each[0] != before.id}

    def _service_deleted(self, service_id: str) -> None:
        for each in self.endpoints.find():
            if each.service_id == service_id:
                self.endpoints.delete(each.id)

    def _role_changed(self, before: Role, after: Role | None) -> None:
        if after is None:
            self._drop(lambda each: each.role == before.name)
            left = {each for each in self.implications.held if before.name not in (each.prior, each.implied)}
            self.implications.held = left

    def _drop(self, is_void: Callable[[Assignment | GroupAssignment], bool]) -> None:
        self.assignments.held = {each for each in self.assignments.held if not is_void(each)}
        self.group_assignments.held = {each for each in self.group_assignments.held if not is_void(each)}
