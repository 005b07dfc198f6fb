"""Who has which role where, and which role implies which, in the database: `identity.records.Assignments` and
`Implications`. A table a kind of target, so that foreign keys clear up behind what is deleted.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import Table, bindparam, delete, insert, select

from underlay.model.identity import (
    Assignment,
    GroupAssignment,
    GroupId,
    Implication,
    OnProject,
    RoleName,
    Target,
    UserId,
    place_of,
    target_at,
)
from underlay.store.identity_shelf import OpenSession, Prepare, nothing_more
from underlay.store.identity_tables import (
    application_credentials,
    assignments,
    domain_assignments,
    domains,
    group_assignments,
    group_domain_assignments,
    group_system_assignments,
    groups,
    implications,
    projects,
    system_assignments,
    users,
)
from underlay.store.statements import Session

AnyAssignment = Assignment | GroupAssignment
A = TypeVar("A", Assignment, GroupAssignment)
H = TypeVar("H", UserId, GroupId, contravariant=True)


class _TableStatements:
    """For one table of assignments: its holder's column, its target's if it has one, the role."""

    def __init__(self, prepare: Prepare, table: Table, targets: Table | None) -> None:
        self.table: Final = table
        self.holder: Final = table.c[0]
        self.column: Final = None if targets is None else table.c[1]
        same = [each == bindparam(each.name) for each in table.c]
        self.one: Final = prepare(select(table).where(*same))
        self.add: Final = prepare(insert(table))
        self.delete: Final = prepare(delete(table).where(*same))
        self.delete_role: Final = prepare(delete(table).where(table.c.role == bindparam("role")))
        self.target: Final = (
            None if targets is None else prepare(select(targets.c.id).where(targets.c.id == bindparam("id")))
        )

    def row(self, assignment: AnyAssignment) -> dict[str, str]:
        """The columns' values."""
        holder_id, target, role = msgspec.structs.astuple(assignment)
        values = {self.holder.name: holder_id, "role": role}
        if self.column is not None:
            values[self.column.name] = place_of(target)[1]
        return values


class HolderStatements:
    """For what one kind of holder has: a table a kind of target."""

    def __init__(self, prepare: Prepare, holders: Table, tables: tuple[Table, Table, Table]) -> None:
        on_project, on_domain, on_system = tables
        self.tables: Final = {
            "project": _TableStatements(prepare, on_project, projects),
            "domain": _TableStatements(prepare, on_domain, domains),
            "system": _TableStatements(prepare, on_system, None),
        }
        self.holder: Final = prepare(select(holders.c.id).where(holders.c.id == bindparam("id")))


class GrantStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Prepare) -> None:
        self.users: Final = HolderStatements(prepare, users, (assignments, domain_assignments, system_assignments))
        self.groups: Final = HolderStatements(
            prepare, groups, (group_assignments, group_domain_assignments, group_system_assignments)
        )
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


class SqlAssignments(Generic[A, H]):
    """Part of `SqlIdentityStore`: what users have, or what groups have.

    Args:
    removed: called in the transaction with the assignment that was deleted.
    """

    def __init__(
        self,
        openers: tuple[OpenSession, OpenSession],
        sql: HolderStatements,
        made: type[A],
        removed: Callable[[Session, A], None] = nothing_more,
    ) -> None:
        self._writing, self._reading = openers
        self._sql = sql
        self._made: Callable[[Any, Target, Any], A] = made
        self._removed: Callable[[Session, A], None] = removed

    def find(self, holder_id: H | None = None, target: Target | None = None) -> Sequence[A]:
        """All that fit every filter given; sorted."""
        found: list[A] = []
        with self._reading() as session:
            for kind, of_kind in self._sql.tables.items():
                if target is None or place_of(target)[0] == kind:
                    found += self._found(session, kind, of_kind, holder_id, target)
        return sorted(found, key=lambda each: each.sort_key)

    def add(self, assignment: A) -> bool:
        """Insert, or leave it when it is there already; False when the holder or the target does not exist."""
        of_kind = self._sql.tables[place_of(assignment.target)[0]]
        row = of_kind.row(assignment)
        with self._writing() as session:
            if session.row(self._sql.holder, {"id": row[of_kind.holder.name]}) is None:
                return False
            if of_kind.target and session.row(of_kind.target, {"id": place_of(assignment.target)[1]}) is None:
                return False
            if session.row(of_kind.one, row) is None:
                session.run(of_kind.add, row)
            return True

    def remove(self, assignment: A) -> bool:
        """Delete; False when there was none."""
        of_kind = self._sql.tables[place_of(assignment.target)[0]]
        with self._writing() as session:
            if not session.run(of_kind.delete, of_kind.row(assignment)):
                return False
            self._removed(session, assignment)
            return True

    def _found(
        self, session: Session, kind: str, of_kind: _TableStatements, holder_id: H | None, target: Target | None
    ) -> list[A]:
        statement = select(of_kind.table)
        if holder_id is not None:
            statement = statement.where(of_kind.holder == holder_id)
        if target is not None and of_kind.column is not None:
            statement = statement.where(of_kind.column == place_of(target)[1])
        return [
            self._made(row[0], target_at(kind, row[1] if of_kind.column is not None else "all"), row[-1])
            for row in session.select(statement)
        ]


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


def void_on_project(session: Session, sql: GrantStatements, removed: Assignment) -> None:
    """The user's application credentials on that project are gone with the role."""
    if isinstance(removed.target, OnProject):
        session.run(sql.void, {"user_id": removed.user_id, "project_id": removed.target.id})


def forget_role(session: Session, sql: GrantStatements, role: RoleName) -> None:
    """Nobody has the role any more, and nothing implies it or is implied by it."""
    for of_kind in (*sql.users.tables.values(), *sql.groups.tables.values()):
        session.run(of_kind.delete_role, {"role": role})
    session.run(sql.forget_role, {"role": role})
