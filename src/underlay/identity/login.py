"""What is sent to get a token, and who that is. Source: Identity API v3, "Authentication and token management".

Body: `{"auth": {"identity": {"methods": [...], "password"|"token"|"application_credential": {...}}, "scope": ...}}`.
"""

import msgspec

from underlay.identity.domains import NAME_LENGTH
from underlay.identity.errors import BadRequest, Unauthorized
from underlay.identity.holdings import held_by
from underlay.identity.lockout import Subject
from underlay.identity.records import IdentityStore
from underlay.identity.service import Service
from underlay.identity.tokens import Claims, Standing
from underlay.model.identity import (
    DEFAULT_DOMAIN_ID,
    ApplicationCredential,
    CredentialId,
    DomainId,
    OnDomain,
    OnProject,
    OnSystem,
    Project,
    Target,
    User,
    UserId,
)
from underlay.model.ids import ProjectId


class DomainRef(msgspec.Struct, frozen=True):
    """A domain by id or name; neither: the default one, where Keystone would refuse."""

    id: str | None = None
    name: str | None = None


class UserRef(msgspec.Struct, frozen=True):
    """A user by id or name, with the password."""

    password: str
    id: str | None = None
    name: str | None = None
    domain: DomainRef = DomainRef()


class OwnerRef(msgspec.Struct, frozen=True):
    """The user that an application credential belongs to."""

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


class CredentialMethod(msgspec.Struct, frozen=True):
    """`identity.application_credential`: by id, or by name and user."""

    secret: str
    id: str | None = None
    name: str | None = None
    user: OwnerRef | None = None


class Identity(msgspec.Struct, frozen=True):
    """How the user proves to be who they are; every method named has its part."""

    methods: tuple[str, ...]
    password: PasswordMethod | None = None
    token: TokenMethod | None = None
    application_credential: CredentialMethod | None = None


class Wish(msgspec.Struct, frozen=True):
    """`scope`: what the token is for; at most one of them."""

    project: ProjectRef | None = None
    unscoped: dict[str, str] | None = None
    domain: DomainRef | None = None
    system: dict[str, bool] | None = None


class Auth(msgspec.Struct, frozen=True):
    """`auth`; scope None: the user's default project where there is one."""

    identity: Identity
    scope: Wish | str | None = None


class _Proof(msgspec.Struct, frozen=True):
    """Who was proven to log in, and by what besides a password."""

    user: User
    parent: Claims | None = None
    credential: ApplicationCredential | None = None


def log_in(auth: Auth, service: Service) -> tuple[str, Standing]:
    """A token and what it is worth. As slow as hashing a password. Raises BadRequest, Unauthorized with its `user`."""
    try:
        proof = _proof(auth.identity, service)
        if service.hosts_only and proof.user.host is None:
            raise Unauthorized
        target = _target(auth.scope, proof, service.store)
        return service.tokens.issue(proof.user, target, auth.identity.methods, proof.parent, proof.credential)
    except Unauthorized as refused:
        refused.user = _said(auth.identity)
        raise


def check_password(user: User | None, subject: Subject, password: str, service: Service) -> None:
    """Raises Unauthorized unless this is the user's password and nobody is locked out. A user that does not exist,
    is disabled or locked out takes as long to refuse as a wrong password.

    A host is never locked out: its key is 144 random bits that nobody guesses, and whoever sent wrong ones under its
    name could keep its agent from its records."""
    fits = service.passwords.fits(password, user.password_hash if user and user.enabled else "")
    _settle(subject, fits, service, is_exempt=user is not None and user.host is not None)


def default_project(user: User, store: IdentityStore) -> Project | None:
    """The user's default project, when it is enabled and the user has a role there."""
    if user.default_project_id is None:
        return None
    project = store.projects.get(user.default_project_id)
    if project is None or not project.enabled:
        return None
    domain = store.domains.get(project.domain_id)
    assigned = held_by(user.id, store, OnProject(project.id))
    return project if assigned and domain is not None and domain.enabled else None


def _settle(subject: Subject, fits: bool, service: Service, *, is_exempt: bool = False) -> None:
    """Count the outcome. Raises Unauthorized when it does not fit or the subject is locked out."""
    if service.lockout.is_locked(subject) and not is_exempt:
        raise Unauthorized
    if not fits:
        service.lockout.failed(subject)
        raise Unauthorized
    service.lockout.passed(subject)


def _proof(identity: Identity, service: Service) -> _Proof:
    found: list[_Proof] = []
    for method in dict.fromkeys(identity.methods):
        match method:
            case "password" if identity.password is not None:
                found.append(_Proof(_password_user(identity.password.user, service)))
            case "token" if identity.token is not None:
                standing = service.tokens.check(identity.token.id)
                found.append(_Proof(standing.user, standing.claims, standing.credential))
            case "application_credential" if identity.application_credential is not None:
                found.append(_credential_proof(identity.application_credential, service))
            case "password" | "token" | "application_credential":
                raise BadRequest(f"Expecting to find {method} in identity.")
            case _:
                raise Unauthorized("The method must be password, token or application_credential.")
    if not found or any(each.user.id != found[0].user.id for each in found):
        raise Unauthorized
    parents = [each.parent for each in found if each.parent is not None]
    credentials = {each.credential.id: each.credential for each in found if each.credential is not None}
    if len(credentials) > 1:
        raise Unauthorized
    return _Proof(found[0].user, next(iter(parents), None), next(iter(credentials.values()), None))


def _said(identity: Identity) -> str:
    """Who the sender says to be."""
    sent = identity.password.user if identity.password is not None else identity.application_credential
    return "" if sent is None else (sent.name or sent.id or "")[:NAME_LENGTH]


def _password_user(ref: UserRef, service: Service) -> User:
    user = _named_user(ref.id, ref.name, ref.domain, service.store)
    check_password(user, _subject(user, ref.id, ref.name, ref.domain), ref.password, service)
    if user is None:
        raise Unauthorized
    return user


def _credential_proof(sent: CredentialMethod, service: Service) -> _Proof:
    store = service.store
    credential: ApplicationCredential | None = None
    if sent.id is not None:
        credential = store.credentials.get(CredentialId(sent.id))
    elif sent.name is not None and sent.user is not None:
        owner = _named_user(sent.user.id, sent.user.name, sent.user.domain, store)
        if owner is not None:
            credential = next(iter(store.credentials.find(owner.id, sent.name)), None)
    else:
        raise BadRequest("Expecting to find id, or name and user, in application_credential.")
    key = ("credential", credential.id if credential else sent.id or repr((sent.name, sent.user)))
    fits = service.passwords.fits(sent.secret, credential.secret_hash if credential else "")
    _settle(Subject(key, credential is not None), fits, service)
    user = store.users.get(credential.user_id) if credential is not None else None
    if user is None:
        raise Unauthorized
    return _Proof(user, None, credential)


def _named_user(user_id: str | None, name: str | None, domain: DomainRef, store: IdentityStore) -> User | None:
    if user_id is not None:
        return store.users.get(UserId(user_id))
    if name is None:
        raise BadRequest("Expecting to find id or name in user.")
    domain_id = _domain_id(domain, store)
    return None if domain_id is None else next(iter(store.users.find(name, domain_id)), None)


def _subject(user: User | None, user_id: str | None, name: str | None, domain: DomainRef) -> Subject:
    """One and the same for a user, whether by id or by name."""
    if user is not None:
        return Subject(("user", user.id), exists=True)
    return Subject(("user", user_id or "", name or "", domain.id or "", domain.name or ""), exists=False)


def _domain_id(ref: DomainRef, store: IdentityStore) -> DomainId | None:
    if ref.id is not None:
        return DomainId(ref.id)
    if ref.name is None:
        return DEFAULT_DOMAIN_ID
    found = next(iter(store.domains.find(ref.name)), None)
    return found.id if found else None


def _target(scope: Wish | str | None, proof: _Proof, store: IdentityStore) -> Target | None:
    """What the token is to be for. Raises Unauthorized for what does not exist."""
    if proof.credential is not None:
        return _target_of_credential(scope, proof.credential, store)
    match scope:
        case None:
            project = default_project(proof.user, store)
            return None if project is None else OnProject(project.id)
        case "unscoped" | Wish(unscoped=dict()):
            return None
    return _named_target(scope, store)


def _target_of_credential(scope: Wish | str | None, credential: ApplicationCredential, store: IdentityStore) -> Target:
    """It is for its project, and its token makes none for anything else."""
    own = OnProject(credential.project_id)
    if scope is not None and _named_target(scope, store) != own:
        raise Unauthorized("Application credentials cannot request a scope.")
    return own


def _named_target(scope: Wish | str, store: IdentityStore) -> Target:
    found: Target | None = None
    match scope:
        case Wish(project=ProjectRef() as ref):
            project = _named_project(ref, store)
            found = None if project is None else OnProject(project.id)
        case Wish(domain=DomainRef(id=None, name=None)):
            raise BadRequest("Expecting to find id or name in domain.")
        case Wish(domain=DomainRef() as domain):
            domain_id = _domain_id(domain, store)
            found = None if domain_id is None else OnDomain(domain_id)
        case Wish(system=dict() as system):
            if not system.get("all"):
                raise BadRequest("Expecting to find all in system.")
            found = OnSystem()
        case _:
            raise BadRequest("Expecting to find project, domain or system in scope.")
    if found is None:
        raise Unauthorized
    return found


def _named_project(ref: ProjectRef, store: IdentityStore) -> Project | None:
    if ref.id is not None:
        return store.projects.get(ProjectId(ref.id))
    if ref.name is None:
        raise BadRequest("Expecting to find id or name in project.")
    domain_id = _domain_id(ref.domain, store)
    return None if domain_id is None else next(iter(store.projects.find(ref.name, domain_id)), None)
