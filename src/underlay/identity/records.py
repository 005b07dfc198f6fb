"""What the identity endpoint asks of a database. `store` implements it by shape, so neither imports the other.

Every method is one short transaction and may be called from any thread. The records are `model.identity`'s.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from underlay.model.identity import (
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
    Project,
    Region,
    Role,
    RoleId,
    Target,
    User,
    UserId,
)
from underlay.model.ids import ProjectId

T = TypeVar("T")
K = TypeVar("K", contravariant=True)
A = TypeVar("A", Assignment, GroupAssignment)
H = TypeVar("H", UserId, GroupId, contravariant=True)


class Shelf(Protocol[T, K]):
    """One kind of named record."""

    def get(self, record_id: K) -> T | None:
        """The record of that id."""
        ...

    def find(self, name: str | None = None, domain_id: DomainId | None = None) -> Sequence[T]:
        """All, or those of exactly that name, or of that domain; sorted by (name, id)."""
        ...

    def add(self, record: T) -> None:
        """Insert. Raises NameTaken."""
        ...

    def update(self, record_id: K, change: Callable[[T], T]) -> T | None:
        """Read, change and write in one transaction; the new record, None when there is none. Raises NameTaken.

        `change` keeps the id, does nothing but compute, and what it raises undoes the transaction and goes through.
        A user who is not enabled any more loses all application credentials."""
        ...

    def delete(self, record_id: K) -> bool:
        """Delete it with all that belongs to it: assignments, application credentials, a domain's users and
        projects; a project ceases to be anyone's default. False when there was none."""
        ...


class Assignments(Protocol[A, H]):
    """Who has which role where: users, or groups."""

    def find(self, holder_id: H | None = None, target: Target | None = None) -> Sequence[A]:
        """All that fit every filter given; sorted."""
        ...

    def add(self, assignment: A) -> bool:
        """Insert, or leave it when it is there already; False when the holder or the target does not exist."""
        ...

    def remove(self, assignment: A) -> bool:
        """Delete, and with it a user's application credentials on that project; False when there was none."""
        ...


class Memberships(Protocol):
    """Which user is in which group."""

    def of_user(self, user_id: UserId) -> Sequence[GroupId]:
        """The groups that the user is in; sorted."""
        ...

    def of_group(self, group_id: GroupId) -> Sequence[UserId]:
        """The users in the group; sorted."""
        ...

    def add(self, group_id: GroupId, user_id: UserId) -> bool:
        """Insert, or leave it when it is there already; False when the group or the user does not exist."""
        ...

    def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        """Delete; False when there was none."""
        ...


class Implications(Protocol):
    """Which role implies which, besides those that always do."""

    def find(self) -> Sequence[Implication]:
        """All, sorted."""
        ...

    def add(self, implication: Implication) -> None:
        """Insert, or leave it when it is there already."""
        ...

    def remove(self, implication: Implication) -> bool:
        """Delete; False when there was none."""
        ...


class Credentials(Protocol):
    """Application credentials."""

    def get(self, credential_id: CredentialId) -> ApplicationCredential | None:
        """The one of that id."""
        ...

    def find(self, user_id: UserId, name: str | None = None) -> Sequence[ApplicationCredential]:
        """The user's, or the one of exactly that name; sorted by (name, id)."""
        ...

    def add(self, credential: ApplicationCredential) -> bool:
        """Insert; False when the user or the project does not exist. Raises NameTaken."""
        ...

    def delete(self, credential_id: CredentialId) -> bool:
        """Delete; False when there was none."""
        ...


class Drawer(Protocol[T]):
    """One kind of record of the catalog."""

    def find(self) -> Sequence[T]:
        """All, sorted by id."""
        ...

    def put(self, record: T) -> None:
        """Insert it, or replace the one of the same id."""
        ...

    def delete(self, record_id: str) -> bool:
        """Delete it, a service with its endpoints; False when there was none."""
        ...


class IdentityStore(Protocol):
    """All of them, and the tokens that were revoked."""

    @property
    def domains(self) -> Shelf[Domain, DomainId]:
        """Domains; the default one is there from the start."""
        ...

    @property
    def projects(self) -> Shelf[Project, ProjectId]:
        """Projects."""
        ...

    @property
    def users(self) -> Shelf[User, UserId]:
        """Users."""
        ...

    @property
    def roles(self) -> Shelf[Role, RoleId]:
        """Roles besides the fixed ones."""
        ...

    @property
    def groups(self) -> Shelf[Group, GroupId]:
        """Groups of users."""
        ...

    @property
    def memberships(self) -> Memberships:
        """Which user is in which group."""
        ...

    @property
    def assignments(self) -> Assignments[Assignment, UserId]:
        """Which user has which role where."""
        ...

    @property
    def group_assignments(self) -> Assignments[GroupAssignment, GroupId]:
        """Which group has which role where."""
        ...

    @property
    def implications(self) -> Implications:
        """Which role implies which."""
        ...

    @property
    def credentials(self) -> Credentials:
        """Application credentials."""
        ...

    @property
    def regions(self) -> Drawer[Region]:
        """Regions besides our own."""
        ...

    @property
    def services(self) -> Drawer[CatalogService]:
        """Services besides our own."""
        ...

    @property
    def endpoints(self) -> Drawer[CatalogEndpoint]:
        """Endpoints besides our own."""
        ...

    def revoke(self, audit_id: str, expires_at: datetime, now: datetime) -> None:
        """The token is void; remembered until it expires. Forgets those that have expired by `now`."""
        ...

    def is_revoked(self, audit_id: str) -> bool:
        """Whether the token of that audit id was revoked."""
        ...
