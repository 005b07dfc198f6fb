"""Who is in which group, in the database: `identity.records.Memberships`."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from underlay.model.identity import GroupId, UserId
from underlay.store.identity_shelf import OpenSession, Prepare
from underlay.store.identity_tables import group_members, groups, users
from underlay.store.statements import Session


class MembershipStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Prepare) -> None:
        group_id, user_id = group_members.c.group_id, group_members.c.user_id
        same = (group_id == bindparam("group_id"), user_id == bindparam("user_id"))
        self.of_user: Final = prepare(select(group_id).where(same[1]).order_by(group_id))
        self.of_group: Final = prepare(select(user_id).where(same[0]).order_by(user_id))
        self.one: Final = prepare(select(group_id).where(*same))
        self.add: Final = prepare(insert(group_members))
        self.remove: Final = prepare(delete(group_members).where(*same))
        self.group: Final = prepare(select(groups.c.id).where(groups.c.id == bindparam("group_id")))
        self.user: Final = prepare(select(users.c.id).where(users.c.id == bindparam("user_id")))


class SqlMemberships:
    """Part of `SqlIdentityStore`."""

    def __init__(self, openers: tuple[OpenSession, OpenSession], sql: MembershipStatements) -> None:
        self._writing, self._reading = openers
        self._sql = sql

    def of_user(self, user_id: UserId) -> Sequence[GroupId]:
        """The groups that the user is in; sorted."""
        with self._reading() as session:
            return [GroupId(row[0]) for row in session.rows(self._sql.of_user, {"user_id": user_id})]

    def of_group(self, group_id: GroupId) -> Sequence[UserId]:
        """The users in the group; sorted."""
        with self._reading() as session:
            return [UserId(row[0]) for row in session.rows(self._sql.of_group, {"group_id": group_id})]

    def add(self, group_id: GroupId, user_id: UserId) -> bool:
        """Insert, or leave it when it is there already; False when the group or the user does not exist."""
        row = {"group_id": group_id, "user_id": user_id}
        with self._writing() as session:
            if not self._exist(session, row):
                return False
            if session.row(self._sql.one, row) is None:
                session.run(self._sql.add, row)
            return True

    def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        """Delete; False when there was none."""
        with self._writing() as session:
            return session.run(self._sql.remove, {"group_id": group_id, "user_id": user_id}) > 0

    def _exist(self, session: Session, row: dict[str, str]) -> bool:
        return all(session.row(statement, row) is not None for statement in (self._sql.group, self._sql.user))
