"""What is sent to get a token, and who that is. Source: Identity API v3, "Authentication and token management".

Body: `{"auth": {"identity": {"methods": [...], "password"|"token": {...}}, "scope": {"project": {...}}}}`.
"""

import msgspec

from underlay.identity.errors import BadRequest, Unauthorized
from underlay.identity.passwords import Passwords
from underlay.identity.records import IdentityStore
from underlay.identity.roles import effective
from underlay.identity.tokens import Claims, Standing, Tokens
from underlay.model.identity import DEFAULT_DOMAIN_ID, DEFAULT_DOMAIN_NAME, Project, User, UserId
from underlay.model.ids import ProjectId


class DomainRef(msgspec.Struct, frozen=True):
    """A domain by id or name. There is only one, so it may be left out, which Keystone would refuse."""

    id: str | None = None
    name: str | None = None

    @property
    def is_default(self) -> bool:
        """Whether it is the one that exists."""
        return self.id in (None, DEFAULT_DOMAIN_ID) and self.name in (None, DEFAULT_DOMAIN_NAME)


class UserRef(msgspec.Struct, frozen=True):
    """A user by id or name, with the password."""

    password: str
    id: str | None = None
    name: str | None = None
    domain: DomainRef = DomainRef()


class ProjectRef(msgspec.Struct, frozen=True):
    """A project by id or name."""

    id: str | None = None
    name: str | None = None
    domain: DomainRef = DomainRef()


class PasswordMethod(msgspec.Struct, frozen=True):
    """`identity.password`."""

    user: UserRef


class TokenMethod(msgspec.Struct, frozen=True):
    """`identity.token`."""

    id: str


class Identity(msgspec.Struct, frozen=True):
    """How the user proves to be who they are; every method named has its part."""

    methods: tuple[str, ...]
    password: PasswordMethod | None = None
    token: TokenMethod | None = None


class Scope(msgspec.Struct, frozen=True):
    """What the token is for; at most one of them."""

    project: ProjectRef | None = None
    unscoped: dict[str, str] | None = None
    domain: DomainRef | None = None
    system: dict[str, bool] | None = None


class Auth(msgspec.Struct, frozen=True):
    """`auth`; scope None: the user's default project where there is one."""

    identity: Identity
    scope: Scope | str | None = None


def log_in(auth: Auth, store: IdentityStore, passwords: Passwords, tokens: Tokens) -> tuple[str, Standing]:
    """A token and what it is worth. Takes as long as hashing a password. Raises BadRequest, Unauthorized."""
    user, parent = _who(auth.identity, store, passwords, tokens)
    return tokens.issue(user, _project(auth.scope, user, store), auth.identity.methods, parent)


def password_user(ref: UserRef, store: IdentityStore, passwords: Passwords) -> User:
    """The user whose password this is; a user that does not exist takes as long to refuse as a wrong password."""
    user = _named_user(ref, store)
    if not passwords.fits(ref.password, user.password_hash if user else "") or user is None:
        raise Unauthorized
    return user


def default_project(user: User, store: IdentityStore) -> Project | None:
    """The user's default project, when it is enabled and the user has a role there."""
    if user.default_project_id is None:
        return None
    project = store.project(user.default_project_id)
    if project is None or not project.enabled:
        return None
    assigned = store.assignments(user_id=user.id, project_id=project.id)
    return project if effective(each.role for each in assigned) else None


def _who(identity: Identity, store: IdentityStore, passwords: Passwords, tokens: Tokens) -> tuple[User, Claims | None]:
    found: list[User] = []
    parent: Claims | None = None
    for method in dict.fromkeys(identity.methods):
        match method:
            case "password" if identity.password is not None:
                found.append(password_user(identity.password.user, store, passwords))
            case "token" if identity.token is not None:
                standing = tokens.check(identity.token.id)
                found.append(standing.user)
                parent = standing.claims
            case "password" | "token":
                raise BadRequest(f"Expecting to find {method} in identity.")
            case _:
                raise Unauthorized("The method must be password or token.")
    if not found or any(user.id != found[0].id for user in found):
        raise Unauthorized
    return found[0], parent


def _named_user(ref: UserRef, store: IdentityStore) -> User | None:
    if ref.id is not None:
        return store.user(UserId(ref.id))
    if ref.name is None:
        raise BadRequest("Expecting to find id or name in user.")
    return next(iter(store.users(name=ref.name)), None) if ref.domain.is_default else None


def _project(scope: Scope | str | None, user: User, store: IdentityStore) -> Project | None:
    match scope:
        case None:
            return default_project(user, store)
        case "unscoped" | Scope(unscoped=dict()):
            return None
        case Scope(project=ProjectRef() as ref):
            project = _named_project(ref, store)
            if project is None:
                raise Unauthorized
            return project
        case Scope(domain=None, system=None) | str():
            raise BadRequest("Expecting to find project in scope.")
        case Scope():
            raise Unauthorized("Tokens are for a project; there are none for a domain or the system.")


def _named_project(ref: ProjectRef, store: IdentityStore) -> Project | None:
    if ref.id is not None:
        return store.project(ProjectId(ref.id))
    if ref.name is None:
        raise BadRequest("Expecting to find id or name in project.")
    return next(iter(store.projects(name=ref.name)), None) if ref.domain.is_default else None
