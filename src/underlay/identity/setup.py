"""What `underlay-server init`, `host-add` and `user-add` do: the first admin, users, hosts.

A password that is made here is told once, in the answer; only its hash is kept.
"""

import secrets
from typing import Final
from uuid import uuid4

import msgspec

from underlay.identity import roles
from underlay.identity.passwords import Passwords
from underlay.identity.records import IdentityStore
from underlay.model.identity import (
    DEFAULT_DOMAIN_ID,
    Assignment,
    NameTaken,
    OnProject,
    OnSystem,
    Project,
    RoleName,
    User,
    UserId,
)
from underlay.model.ids import HostName, ProjectId

ADMIN: Final = "admin"
HOSTS_PROJECT: Final = "service"
PASSWORD_BYTES: Final = 18


class Credentials(msgspec.Struct, frozen=True):
    """What the user needs to log in; shown once."""

    username: str
    project: str
    password: str


def bootstrap(store: IdentityStore, passwords: Passwords, password: str | None = None) -> Credentials | None:
    """The first admin, on the project of the same name; None when there is one already, which keeps its
    password, and gets its role back should an earlier `init` have been cut short."""
    project = ensure_project(store, ADMIN)
    ensure_project(store, HOSTS_PROJECT)
    is_new = _named(store, ADMIN) is None
    made = add_user(store, passwords, ADMIN, project.name, roles.ADMIN, password) if is_new else None
    admin = _named(store, ADMIN)
    if admin is not None:
        store.assignments.add(Assignment(admin.id, OnProject(project.id), roles.ADMIN))
        store.assignments.add(Assignment(admin.id, OnSystem(), roles.ADMIN))
    return made


def add_user(
    store: IdentityStore,
    passwords: Passwords,
    name: str,
    project_name: str,
    role: RoleName = roles.MEMBER,
    password: str | None = None,
) -> Credentials:
    """A user with a role on a project, which is made if missing. Raises NameTaken when the user exists."""
    return _add(store, passwords, User(id=UserId(uuid4().hex), name=name), project_name, role, password)


def add_host(store: IdentityStore, passwords: Passwords, host: HostName, password: str | None = None) -> Credentials:
    """The user by which that host's agent logs in: named as the host, and allowed to speak for it only.
    Raises NameTaken when a user of that name exists."""
    user = User(id=UserId(uuid4().hex), name=host, host=host, description=f"agent on {host}")
    return _add(store, passwords, user, HOSTS_PROJECT, roles.HOST, password)


def reset_password(
    store: IdentityStore, passwords: Passwords, name: str, password: str | None = None
) -> Credentials | None:
    """A new password or host key; voids the user's tokens. None when there is no such user."""
    found = _named(store, name)
    if found is None:
        return None
    secret = password or make_password()
    encoded = passwords.hash(secret)
    changed = store.users.update(
        found.id,
        lambda user: msgspec.structs.replace(user, password_hash=encoded, generation=user.generation + 1),
    )
    project = store.projects.get(found.default_project_id) if found.default_project_id else None
    return Credentials(name, project.name if project else "", secret) if changed else None


def ensure_project(store: IdentityStore, name: str) -> Project:
    """The project of that name, made if missing; also when another process makes it at the same time."""
    try:
        found = next(iter(store.projects.find(name, DEFAULT_DOMAIN_ID)), None)
        if found is None:
            found = Project(id=ProjectId(uuid4().hex), name=name)
            store.projects.add(found)
    except NameTaken:
        found = store.projects.find(name, DEFAULT_DOMAIN_ID)[0]
    return found


def make_password() -> str:
    """144 random bits as 24 characters."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def _named(store: IdentityStore, name: str) -> User | None:
    return next(iter(store.users.find(name, DEFAULT_DOMAIN_ID)), None)


def _add(
    store: IdentityStore,
    passwords: Passwords,
    user: User,
    project_name: str,
    role: RoleName,
    password: str | None,
) -> Credentials:
    project = ensure_project(store, project_name)
    secret = password or make_password()
    store.users.add(msgspec.structs.replace(user, password_hash=passwords.hash(secret), default_project_id=project.id))
    store.assignments.add(Assignment(user.id, OnProject(project.id), role))
    return Credentials(user.name, project.name, secret)
