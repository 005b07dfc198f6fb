"""Application credentials in the database: `identity.records.Credentials`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select

from underlay.model.identity import ApplicationCredential, CredentialId, NameTaken, RoleName, UserId
from underlay.store.identity_shelf import OpenSession, Prepare
from underlay.store.identity_tables import application_credentials, projects, users
from underlay.store.statements import Row, Session


class CredentialStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Prepare) -> None:
        table = application_credentials
        of_user = table.c.user_id == bindparam("user_id")
        self.one: Final = prepare(select(table).where(table.c.id == bindparam("id")))
        self.of_user: Final = prepare(select(table).where(of_user).order_by(table.c.name, table.c.id))
        self.named: Final = prepare(select(table).where(of_user, table.c.name == bindparam("name")))
        self.add: Final = prepare(insert(table))
        self.delete: Final = prepare(delete(table).where(table.c.id == bindparam("id")))
        self.delete_of_user: Final = prepare(delete(table).where(of_user))
        self.user: Final = prepare(select(users.c.id).where(users.c.id == bindparam("id")))
        self.project: Final = prepare(select(projects.c.id).where(projects.c.id == bindparam("id")))


class SqlCredentials:
    """Part of `SqlIdentityStore`."""

    def __init__(self, openers: tuple[OpenSession, OpenSession], sql: CredentialStatements) -> None:
        self._writing, self._reading = openers
        self._sql = sql

    def get(self, credential_id: CredentialId) -> ApplicationCredential | None:
        """The one of that id."""
        with self._reading() as session:
            row = session.row(self._sql.one, {"id": credential_id})
        return None if row is None else _record(row)

    def find(self, user_id: UserId, name: str | None = None) -> Sequence[ApplicationCredential]:
        """The user's, or the one of exactly that name; sorted by (name, id)."""
        statement = self._sql.of_user if name is None else self._sql.named
        with self._reading() as session:
            return [_record(row) for row in session.rows(statement, {"user_id": user_id, "name": name})]

    def add(self, credential: ApplicationCredential) -> bool:
        """Insert; False when the user or the project does not exist. Raises NameTaken."""
        with self._writing() as session:
            if session.row(self._sql.user, {"id": credential.user_id}) is None:
                return False
            if session.row(self._sql.project, {"id": credential.project_id}) is None:
                return False
            if session.row(self._sql.named, {"user_id": credential.user_id, "name": credential.name}) is not None:
                raise NameTaken("application_credential", credential.name)
            session.run(self._sql.add, _row(credential))
            return True

    def delete(self, credential_id: CredentialId) -> bool:
        """Delete; False when there was none."""
        with self._writing() as session:
            return session.run(self._sql.delete, {"id": credential_id}) > 0


def void_of_user(session: Session, sql: CredentialStatements, user_id: UserId) -> None:
    """The user has none any more."""
    session.run(sql.delete_of_user, {"user_id": user_id})


def _row(record: ApplicationCredential) -> dict[str, Any]:
    expires_at = None if record.expires_at is None else record.expires_at.astimezone(UTC).isoformat()
    roles = msgspec.json.encode(record.roles).decode()
    return {**msgspec.structs.asdict(record), "roles": roles, "expires_at": expires_at}


def _record(row: Row) -> ApplicationCredential:
    record_id, user_id, project_id, name, secret_hash, roles, description, unrestricted, expires_at = row
    return ApplicationCredential(
        id=record_id,
        user_id=user_id,
        project_id=project_id,
        name=name,
        secret_hash=secret_hash,
        roles=msgspec.json.decode(roles, type=tuple[RoleName, ...]),
        description=description,
        unrestricted=bool(unrestricted),
        expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
    )
