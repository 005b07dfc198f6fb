"""Users, projects and who has which role where, in the database: `identity.records.IdentityStore`, by shape.

Every method is one short transaction, and any thread may call it.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from underlay.model.identity import (
    Assignment,
    CatalogEndpoint,
    CatalogService,
    Domain,
    DomainId,
    Group,
    GroupAssignment,
    GroupId,
    Project,
    Region,
    Role,
    RoleId,
    User,
    UserId,
)
from underlay.model.ids import ProjectId
from underlay.store.identity_catalog import CatalogStatements, SqlDrawer, delete_endpoints
from underlay.store.identity_credentials import CredentialStatements, SqlCredentials, void_of_user
from underlay.store.identity_grants import (
    GrantStatements,
    SqlAssignments,
    SqlImplications,
    forget_role,
    void_on_project,
)
from underlay.store.identity_groups import MembershipStatements, SqlMemberships
from underlay.store.identity_shelf import OpenSession, Prepare, ShelfStatements, SqlShelf
from underlay.store.identity_tables import domains, groups, projects, revoked_tokens, roles, users
from underlay.store.statements import Session


class IdentityStatements:
    """The statements of identity, compiled."""

    def __init__(self, prepare: Prepare) -> None:
        self.domains: Final = ShelfStatements(prepare, domains)
        self.projects: Final = ShelfStatements(prepare, projects)
        self.users: Final = ShelfStatements(prepare, users)
        self.roles: Final = ShelfStatements(prepare, roles)
        self.groups: Final = ShelfStatements(prepare, groups)
        self.memberships: Final = MembershipStatements(prepare)
        self.grants: Final = GrantStatements(prepare)
        self.catalog: Final = CatalogStatements(prepare)
        self.credentials: Final = CredentialStatements(prepare)
        expiry = revoked_tokens.c.expires_at
        self.revoked: Final = prepare(select(expiry).where(revoked_tokens.c.audit_id == bindparam("audit_id")))
        self.revoke: Final = prepare(insert(revoked_tokens))
        self.forget_expired: Final = prepare(delete(revoked_tokens).where(expiry <= bindparam("now")))


class SqlIdentityStore:
    """Made by `Store.identity`."""

    def __init__(self, writing: OpenSession, reading: OpenSession, sql: IdentityStatements) -> None:
        self._writing = writing
        self._reading = reading
        self._sql = sql
        openers = (writing, reading)
        self.domains: Final = SqlShelf[Domain, DomainId](openers, sql.domains, ("domain", Domain))
        self.projects: Final = SqlShelf[Project, ProjectId](openers, sql.projects, ("project", Project))
        self.users: Final = SqlShelf[User, UserId](openers, sql.users, ("user", User), changed=self._user_changed)
        self.roles: Final = SqlShelf[Role, RoleId](openers, sql.roles, ("role", Role), deleted=self._role_deleted)
        self.groups: Final = SqlShelf[Group, GroupId](openers, sql.groups, ("group", Group))
        self.memberships: Final = SqlMemberships(openers, sql.memberships)
        self.assignments: Final = SqlAssignments[Assignment, UserId](
            openers, sql.grants.users, Assignment, removed=self._assignment_removed
        )
        self.group_assignments: Final = SqlAssignments[GroupAssignment, GroupId](
            openers, sql.grants.groups, GroupAssignment
        )
        self.implications: Final = SqlImplications(openers, sql.grants)
        self.credentials: Final = SqlCredentials(openers, sql.credentials)
        self.regions: Final = SqlDrawer[Region](openers, sql.catalog.regions, Region)
        self.services: Final = SqlDrawer[CatalogService](
            openers, sql.catalog.services, CatalogService, deleted=self._service_deleted
        )
        self.endpoints: Final = SqlDrawer[CatalogEndpoint](openers, sql.catalog.endpoints, CatalogEndpoint)

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

    def _user_changed(self, session: Session, user: User) -> None:
        if not user.enabled:
            void_of_user(session, self._sql.credentials, user.id)

    def _assignment_removed(self, session: Session, removed: Assignment) -> None:
        void_on_project(session, self._sql.grants, removed)

    def _service_deleted(self, session: Session, service_id: str) -> None:
        delete_endpoints(session, self._sql.catalog, service_id)

    def _role_deleted(self, session: Session, role: Role) -> None:
        forget_role(session, self._sql.grants, role.name)


def _sortable(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
