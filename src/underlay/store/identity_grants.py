"""Who has which role where, and which role implies which, in the database: `identity.records.Assignments` and
`Implications`. A table a kind of target, so that foreign keys clear up behind what is deleted.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, Table, bindparam, delete, insert, select

from underlay.model.identity import Assignment, Implication, OnProject, RoleName, Target, UserId, place_of, target_at
from underlay.store.identity_shelf import OpenSession, Prepare
from underlay.store.identity_tables import (
    application_credentials,
    assignments,
    domain_assignments,
    domains,
    implications,
    projects,
    system_assignments,
    users,
)
from underlay.store.statements import Session


class _TableStatements:
    """For one of the three tables of assignments."""

    def __init__(self, prepare: Prepare, table: Table, column: Column[Any] | None, targets: Table | None) -> None:
        self.table: Final = table
        self.column: Final = column
        same = [each == bindparam(each.name) for each in table.c]
        self.one: Final = prepare(select(table).where(*same))
        self.add: Final = prepare(insert(table))
        self.delete: Final = prepare(delete(table).where(*same))
        self.delete_role: Final = prepare(delete(table).where(table.c.role == bindparam("role")))
        self.target: Final = (
            None if targets is None else prepare(select(targets.c.id).where(targets.c.id == bindparam("id")))
        )

    def row(self, assignment: Assignment) -> dict[str, str]:
        """The columns' values."""
        values = {"user_id": assignment.user_id, "role": assignment.role}
        if self.column is not None:
            values[self.column.name] = place_of(assignment.target)[1]
        return values


class GrantStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Prepare) -> None:
        self.tables: Final = {
            "project": _TableStatements(prepare, assignments, assignments.c.project_id, projects),
            "domain": _TableStatements(prepare, domain_assignments, domain_assignments.c.domain_id, domains),
            "system": _TableStatements(prepare, system_assignments, None, None),
        }
        self.user: Final = prepare(select(users.c.id).where(users.c.id == bindparam("id")))
        same = [each == bindparam(each.name) for each in implications.c]
        self.implications: Final = prepare(select(implications))
        self.implication: Final = prepare(select(implications).where(*same))
        self.imply: Final = prepare(insert(implications))
        self.unimply: Final = prepare(delete(implications).where(*same))
        self.forget_role: Final = prepare(
            delete(implications).where(
                (implications.c.prior == bindparam("role")) | (implications.c.implied == bindparam("role"))
            )
        )
        self.void: Final = prepare(
            delete(application_credentials).where(
                application_credentials.c.user_id == bindparam("user_id"),
                application_credentials.c.project_id == bindparam("project_id"),
            )
        )


class SqlAssignments:
    """Part of `SqlIdentityStore`."""

    def __init__(self, openers: tuple[OpenSession, OpenSession], sql: GrantStatements) -> None:
        self._writing, self._reading = openers
        self._sql = sql

    def find(self, user_id: UserId | None = None, target: Target | None = None) -> Sequence[Assignment]:
        """All that fit every filter given; sorted."""
        found: list[Assignment] = []
        with self._reading() as session:
            for kind, of_kind in self._sql.tables.items():
                if target is None or place_of(target)[0] == kind:
                    found += _found(session, kind, of_kind, user_id, target)
        return sorted(found, key=lambda each: each.sort_key)

    def add(self, assignment: Assignment) -> bool:
        """Insert, or leave it when it is there already; False when the user or the target does not exist."""
        of_kind = self._sql.tables[place_of(assignment.target)[0]]
        with self._writing() as session:
            if session.row(self._sql.user, {"id": assignment.user_id}) is None:
                return False
            if of_kind.target and session.row(of_kind.target, {"id": place_of(assignment.target)[1]}) is None:
                return False
            if session.row(of_kind.one, of_kind.row(assignment)) is None:
                session.run(of_kind.add, of_kind.row(assignment))
            return True

    def remove(self, assignment: Assignment) -> bool:
        """Delete, and with it the user's application credentials on that project; False when there was none."""
        of_kind = self._sql.tables[place_of(assignment.target)[0]]
        with self._writing() as session:
            if not session.run(of_kind.delete, of_kind.row(assignment)):
                return False
            if isinstance(assignment.target, OnProject):
                session.run(self._sql.void, {"user_id": assignment.user_id, "project_id": assignment.target.id})
            return True


class SqlImplications:
    """Part of `SqlIdentityStore`."""

    def __init__(self, openers: tuple[OpenSession, OpenSession], sql: GrantStatements) -> None:
        self._writing, self._reading = openers
        self._sql = sql

    def find(self) -> Sequence[Implication]:
        """All, sorted."""
        with self._reading() as session:
            return sorted(
                Implication(RoleName(prior), RoleName(implied))
                for prior, implied in session.rows(self._sql.implications, {})
            )

    def add(self, implication: Implication) -> None:
        """Insert, or leave it when it is there already."""
        row = {"prior": implication.prior, "implied": implication.implied}
        with self._writing() as session:
            if session.row(self._sql.implication, row) is None:
                session.run(self._sql.imply, row)

    def remove(self, implication: Implication) -> bool:
        """Delete; False when there was none."""
        with self._writing() as session:
            row = {"prior": implication.prior, "implied": implication.implied}
            return session.run(self._sql.unimply, row) > 0


def forget_role(session: Session, sql: GrantStatements, role: RoleName) -> None:
    """Nobody has the role any more, and nothing implies it or is implied by it."""
    for of_kind in sql.tables.values():
        session.run(of_kind.delete_role, {"role": role})
    session.run(sql.forget_role, {"role": role})


def _found(
    session: Session, kind: str, of_kind: _TableStatements, user_id: UserId | None, target: Target | None
) -> list[Assignment]:
    statement = select(of_kind.table)
    if user_id is not None:
        statement = statement.where(of_kind.table.c.user_id == user_id)
    if target is not None and of_kind.column is not None:
        statement = statement.where(of_kind.column == place_of(target)[1])
    return [
        Assignment(UserId(row[0]), target_at(kind, row[1] if of_kind.column is not None else "all"), RoleName(row[-1]))
        for row in session.select(statement)
    ]
