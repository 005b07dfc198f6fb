"""Users, projects and who has which role where, in the database: `identity.records.IdentityStore`, by shape.

Every method is one short transaction, and any thread may call it.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import BindParameter, ClauseElement, Table, bindparam, delete, insert, select, update

from underlay.model.identity import Assignment, NameTaken, Project, User, UserId
from underlay.model.ids import ProjectId
from underlay.store.identity_tables import assignments, projects, revoked_tokens, users
from underlay.store.statements import Prepared, Row, Session

OpenSession = Callable[[], AbstractContextManager[Session]]


class IdentityStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Callable[[ClauseElement], Prepared]) -> None:
        self.project: Final = prepare(select(projects).where(projects.c.id == bindparam("id")))
        self.projects: Final = prepare(select(projects).order_by(projects.c.name, projects.c.id))
        self.project_named: Final = prepare(select(projects).where(projects.c.name == bindparam("name")))
        self.add_project: Final = prepare(insert(projects))
        self.change_project: Final = prepare(_change(projects))
        self.delete_project: Final = prepare(delete(projects).where(projects.c.id == bindparam("id")))
        self.user: Final = prepare(select(users).where(users.c.id == bindparam("id")))
        self.users: Final = prepare(select(users).order_by(users.c.name, users.c.id))
        self.user_named: Final = prepare(select(users).where(users.c.name == bindparam("name")))
        self.add_user: Final = prepare(insert(users))
        self.change_user: Final = prepare(_change(users))
        self.delete_user: Final = prepare(delete(users).where(users.c.id == bindparam("id")))
        same = [column == bindparam(column.name) for column in assignments.c]
        self.assignment: Final = prepare(select(assignments).where(*same))
        self.assign: Final = prepare(insert(assignments))
        self.unassign: Final = prepare(delete(assignments).where(*same))
        expiry = revoked_tokens.c.expires_at
        self.revoked: Final = prepare(select(expiry).where(revoked_tokens.c.audit_id == bindparam("audit_id")))
        self.revoke: Final = prepare(insert(revoked_tokens))
        self.forget_expired: Final = prepare(delete(revoked_tokens).where(expiry <= bindparam("now")))


def _change(table: Table) -> ClauseElement:
    values: dict[str, BindParameter[Any]] = {
        column.name: bindparam(column.name) for column in table.c if column.name != "id"
    }
    return update(table).where(table.c.id == bindparam("of_id")).values(values)


class SqlIdentityStore:
    """Made by `Store.identity`."""

    def __init__(self, writing: OpenSession, reading: OpenSession, sql: IdentityStatements) -> None:
        self._writing = writing
        self._reading = reading
        self._sql = sql

    def project(self, project_id: ProjectId) -> Project | None:
        """The project of that id."""
        with self._reading() as session:
            return _project(session.row(self._sql.project, {"id": project_id}))

    def projects(self, name: str | None = None) -> Sequence[Project]:
        """All, or the one of exactly that name; sorted by (name, id)."""
        statement = self._sql.projects if name is None else self._sql.project_named
        with self._reading() as session:
            return [_project_of(row) for row in session.rows(statement, {"name": name})]

    def add_project(self, project: Project) -> None:
        """Insert. Raises NameTaken."""
        with self._writing() as session:
            self._refuse_taken(session, "project", project)
            session.run(self._sql.add_project, _row(project))

    def update_project(self, project_id: ProjectId, change: Callable[[Project], Project]) -> Project | None:
        """Read, change and write in one transaction; the new record, None when there is none. Raises NameTaken."""
        with self._writing() as session:
            old = _project(session.row(self._sql.project, {"id": project_id}))
            if old is None:
                return None
            new = change(old)
            self._refuse_taken(session, "project", new)
            session.run(self._sql.change_project, {**_row(new), "of_id": project_id})
            return new

    def delete_project(self, project_id: ProjectId) -> bool:
        """Delete it with its assignments, and clear it where it is a user's default; False when there was none."""
        with self._writing() as session:
            return session.run(self._sql.delete_project, {"id": project_id}) > 0

    def user(self, user_id: UserId) -> User | None:
        """The user of that id."""
        with self._reading() as session:
            return _user(session.row(self._sql.user, {"id": user_id}))

    def users(self, name: str | None = None) -> Sequence[User]:
        """All, or the one of exactly that name; sorted by (name, id)."""
        statement = self._sql.users if name is None else self._sql.user_named
        with self._reading() as session:
            return [_user_of(row) for row in session.rows(statement, {"name": name})]

    def add_user(self, user: User) -> None:
        """Insert. Raises NameTaken."""
        with self._writing() as session:
            self._refuse_taken(session, "user", user)
            session.run(self._sql.add_user, _row(user))

    def update_user(self, user_id: UserId, change: Callable[[User], User]) -> User | None:
        """As `update_project`."""
        with self._writing() as session:
            old = _user(session.row(self._sql.user, {"id": user_id}))
            if old is None:
                return None
            new = change(old)
            self._refuse_taken(session, "user", new)
            session.run(self._sql.change_user, {**_row(new), "of_id": user_id})
            return new

    def delete_user(self, user_id: UserId) -> bool:
        """Delete it with its assignments; False when there was none."""
        with self._writing() as session:
            return session.run(self._sql.delete_user, {"id": user_id}) > 0

    def assignments(self, user_id: UserId | None = None, project_id: ProjectId | None = None) -> Sequence[Assignment]:
        """All that fit every filter given; sorted."""
        statement = select(assignments)
        if user_id is not None:
            statement = statement.where(assignments.c.user_id == user_id)
        if project_id is not None:
            statement = statement.where(assignments.c.project_id == project_id)
        with self._reading() as session:
            return sorted(Assignment(*row) for row in session.select(statement))

    def assign(self, assignment: Assignment) -> bool:
        """Insert, or leave it when it is there already; False when the user or the project does not exist."""
        with self._writing() as session:
            user = session.row(self._sql.user, {"id": assignment.user_id})
            project = session.row(self._sql.project, {"id": assignment.project_id})
            if user is None or project is None:
                return False
            if session.row(self._sql.assignment, _row(assignment)) is None:
                session.run(self._sql.assign, _row(assignment))
            return True

    def unassign(self, assignment: Assignment) -> bool:
        """Delete; False when there was none."""
        with self._writing() as session:
            return session.run(self._sql.unassign, _row(assignment)) > 0

    def revoke(self, audit_id: str, expires_at: datetime, now: datetime) -> None:
        """The token is void; remembered until it expires. Forgets those that have expired by `now`."""
        with self._writing() as session:
            session.run(self._sql.forget_expired, {"now": _sortable(now)})
            if session.row(self._sql.revoked, {"audit_id": audit_id}) is None:
                session.run(self._sql.revoke, {"audit_id": audit_id, "expires_at": _sortable(expires_at)})

    def is_revoked(self, audit_id: str) -> bool:
        """Whether the token of that audit id was revoked."""
        with self._reading() as session:
            return session.row(self._sql.revoked, {"audit_id": audit_id}) is not None

    def _refuse_taken(self, session: Session, kind: Literal["project", "user"], record: Project | User) -> None:
        """Within the transaction that will write it; the unique index stands behind."""
        statement = self._sql.project_named if kind == "project" else self._sql.user_named
        found = session.row(statement, {"name": record.name})
        if found is not None and found[0] != record.id:
            raise NameTaken(kind, record.name)


def _row(record: Project | User | Assignment) -> dict[str, Any]:
    return msgspec.structs.asdict(record)


def _project(row: Row | None) -> Project | None:
    return None if row is None else _project_of(row)


def _project_of(row: Row) -> Project:
    return Project(*_flags(row, Project))


def _user(row: Row | None) -> User | None:
    return None if row is None else _user_of(row)


def _user_of(row: Row) -> User:
    return User(*_flags(row, User))


def _flags(row: Row, record_type: type[Project] | type[User]) -> list[Any]:
    """The row with its one truth value, `enabled`, as such: SQLite has only numbers."""
    position = record_type.__struct_fields__.index("enabled")
    return [bool(value) if index == position else value for index, value in enumerate(row)]


def _sortable(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
