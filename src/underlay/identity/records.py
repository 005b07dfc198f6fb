"""What the identity endpoint asks of a database. `store` implements it by shape, so neither imports the other.

Every method is one short transaction and may be called from any thread. The records are `model.identity`'s.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from underlay.model.identity import Assignment, Project, User, UserId
from underlay.model.ids import ProjectId


class IdentityStore(Protocol):
    """Users, projects, assignments, revoked tokens."""

    def project(self, project_id: ProjectId) -> Project | None:
        """The project of that id."""
        ...

    def projects(self, name: str | None = None) -> Sequence[Project]:
        """All, or the one of exactly that name; sorted by (name, id)."""
        ...

    def add_project(self, project: Project) -> None:
        """Insert. Raises NameTaken."""
        ...

    def update_project(self, project_id: ProjectId, change: Callable[[Project], Project]) -> Project | None:
        """Read, change and write in one transaction; the new record, None when there is none. Raises NameTaken.

        `change` keeps the id, does nothing but compute, and what it raises undoes the transaction and goes through."""
        ...

    def delete_project(self, project_id: ProjectId) -> bool:
        """Delete it with its assignments, and clear it where it is a user's default; False when there was none."""
        ...

    def user(self, user_id: UserId) -> User | None:
        """The user of that id."""
        ...

    def users(self, name: str | None = None) -> Sequence[User]:
        """All, or the one of exactly that name; sorted by (name, id)."""
        ...

    def add_user(self, user: User) -> None:
        """Insert. Raises NameTaken."""
        ...

    def update_user(self, user_id: UserId, change: Callable[[User], User]) -> User | None:
        """As `update_project`."""
        ...

    def delete_user(self, user_id: UserId) -> bool:
        """Delete it with its assignments; False when there was none."""
        ...

    def assignments(self, user_id: UserId | None = None, project_id: ProjectId | None = None) -> Sequence[Assignment]:
        """All that fit every filter given; sorted."""
        ...

    def assign(self, assignment: Assignment) -> bool:
        """Insert, or leave it when it is there already; False when the user or the project does not exist."""
        ...

    def unassign(self, assignment: Assignment) -> bool:
        """Delete; False when there was none."""
        ...

    def revoke(self, audit_id: str, expires_at: datetime, now: datetime) -> None:
        """The token is void; remembered until it expires. Forgets those that have expired by `now`."""
        ...

    def is_revoked(self, audit_id: str) -> bool:
        """Whether the token of that audit id was revoked."""
        ...
