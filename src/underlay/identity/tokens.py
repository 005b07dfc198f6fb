"""Tokens: a signed claim of who logged in, for what, until when; and what it is worth now.

A token is a JWT signed with HMAC-SHA256. It names the user and the project, domain or system; whether these are still
enabled, and the roles and the host that the user has, are looked up when it is checked, so that taking away a role
takes effect. What was found is kept for `recheck_s`, so that an authenticated request costs a dictionary lookup; a
change made through this process is seen at once (`forget`), one made by another process within `recheck_s`.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import jwt
import msgspec

from underlay.identity.errors import Unauthorized
from underlay.identity.holdings import held_by
from underlay.identity.records import IdentityStore
from underlay.identity.roles import ADMIN, HOST, read_roles
from underlay.model.caller import Caller
from underlay.model.identity import (
    ApplicationCredential,
    CredentialId,
    Domain,
    DomainId,
    OnDomain,
    OnProject,
    OnSystem,
    Project,
    RoleName,
    Target,
    User,
    UserId,
)
from underlay.model.ids import HostName, ProjectId

ALGORITHM: Final = "HS256"
MAX_TOKEN_LENGTH: Final = 2048
MAX_CACHED: Final = 10_000


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the token says. Times are seconds since 1970.

    Attributes:
    jti: the audit id, by which it is revoked.
    chain: the audit id of the first of the tokens that were made from one another; empty for the first.
    gen: the user's generation when it was made; a higher one since voids it.
    prj, dom, sys: what it is for; at most one of them.
    app: the application credential that it was made with.
    """

    sub: UserId
    jti: str
    iat: float
    exp: float
    methods: tuple[str, ...]
    gen: int = 0
    prj: ProjectId | None = None
    dom: DomainId | None = None
    sys: bool = False
    app: CredentialId | None = None
    chain: str = ""

    @property
    def target(self) -> Target | None:
        """What it is for; None: for nothing but getting another."""
        if self.prj is not None:
            return OnProject(self.prj)
        if self.dom is not None:
            return OnDomain(self.dom)
        return OnSystem() if self.sys else None


class ForProject(msgspec.Struct, frozen=True):
    """The token is for a project, of that domain."""

    project: Project
    domain: Domain


class ForDomain(msgspec.Struct, frozen=True):
    """The token is for the domain itself."""

    domain: Domain


class ForSystem(msgspec.Struct, frozen=True):
    """The token is for the whole cloud."""


Scope = ForProject | ForDomain | ForSystem


class Standing(msgspec.Struct, frozen=True):
    """What a token is worth: its claims, and user, scope and roles as they are now.

    Attributes:
    domain: the user's.
    scope: None when the token is not scoped; then there are no roles.
    roles: with all that are implied.
    credential: the application credential that it was made with.
    """

    claims: Claims
    user: User
    domain: Domain
    scope: Scope | None
    roles: frozenset[RoleName]
    credential: ApplicationCredential | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the caller administers the cloud: by role admin, on whatever it is."""
        return ADMIN in self.roles

    @property
    def project(self) -> Project | None:
        """The project that the token is for."""
        return self.scope.project if isinstance(self.scope, ForProject) else None


class _Seen(msgspec.Struct, frozen=True):
    standing: Standing
    caller: Caller | None
    fresh_until: float


class Tokens:
    """Makes, checks and revokes tokens; safe to use from several threads.

    Args:
    key: at least 32 random bytes.
    clock: seconds since 1970.
    """

    def __init__(
        self, store: IdentityStore, key: bytes, lifetime_s: float, clock: Callable[[], float], recheck_s: float = 5.0
    ) -> None:
        self._store = store
        self._key = key
        self._lifetime_s = lifetime_s
        self._clock = clock
        self._recheck_s = recheck_s
        self._seen: dict[str, _Seen] = {}
        self._forgotten = 0
        self._lock = threading.Lock()

    def issue(
        self,
        user: User,
        target: Target | None,
        methods: Sequence[str],
        parent: Claims | None = None,
        credential: ApplicationCredential | None = None,
    ) -> tuple[str, Standing]:
        """A new token, and what it is worth. Raises Unauthorized when the user has no role there.

        Args:
        parent: claims of the token that this one is made from; it expires with that one, and is of the same
            application credential.
        credential: the application credential that was shown; the token expires with it at the latest.
        """
        now = self._clock()
        expiry = now + self._lifetime_s if parent is None else parent.exp
        if credential is not None and credential.expires_at is not None:
            expiry = min(expiry, credential.expires_at.timestamp())
        used = methods if parent is None else dict.fromkeys((*methods, *parent.methods))
        app = credential.id if credential is not None else parent.app if parent is not None else None
        claims = Claims(
            sub=user.id,
            jti=secrets.token_urlsafe(16),
            iat=now,
            exp=expiry,
            methods=tuple(used),
            gen=user.generation,
            prj=target.id if isinstance(target, OnProject) else None,
            dom=target.id if isinstance(target, OnDomain) else None,
            sys=isinstance(target, OnSystem),
            app=app,
            chain="" if parent is None else parent.chain or parent.jti,
        )
        standing = self._standing(claims)
        return jwt.encode(msgspec.to_builtins(claims), self._key, algorithm=ALGORITHM), standing

    def now(self) -> float:
        """The time that expiry is judged by, in seconds since 1970."""
        return self._clock()

    def check(self, text: str) -> Standing:
        """What the token is worth now; raises Unauthorized when it is worth nothing."""
        return self._look(text).standing

    def verify(self, text: str) -> Caller:
        """Who sent a request with this token. Raises Unauthorized, also for a token without a project."""
        caller = self._look(text).caller
        if caller is None:
            raise Unauthorized("The token is not scoped to a project; log in with a project.")
        return caller

    def revoke(self, standing: Standing) -> None:
        """The token is void from now on."""
        claims = standing.claims
        self._store.revoke(claims.jti, _moment(claims.exp), _moment(self._clock()))
        self.forget()

    def forget(self) -> None:
        """Look everything up again: users, projects or assignments have changed."""
        with self._lock:
            self._forgotten += 1
            self._seen.clear()

    def _look(self, text: str) -> _Seen:
        seen = self._seen.get(text)
        now = self._clock()
        if seen is not None and now < seen.fresh_until:
            return seen
        forgotten = self._forgotten
        claims = self._decode(text)
        if now >= claims.exp or self._store.is_revoked(claims.jti):
            raise Unauthorized
        standing = self._standing(claims)
        seen = _Seen(standing, _caller(standing), min(now + self._recheck_s, claims.exp))
        with self._lock:
            if len(self._seen) >= MAX_CACHED:
                self._seen.clear()
            if forgotten == self._forgotten:
                self._seen[text] = seen
        return seen

    def _decode(self, text: str) -> Claims:
        if len(text) > MAX_TOKEN_LENGTH:
            raise Unauthorized
        try:
            payload = jwt.decode(
                text, self._key, algorithms=[ALGORITHM], options={"verify_exp": False, "verify_iat": False}
            )
            return msgspec.convert(payload, Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError) as error:
            raise Unauthorized from error

    def _standing(self, claims: Claims) -> Standing:
        user = self._store.users.get(claims.sub)
        if user is None or not user.enabled or user.generation != claims.gen:
            raise Unauthorized
        domain = self._enabled_domain(user.domain_id)
        target = claims.target
        if target is None:
            return Standing(claims, user, domain, None, frozenset())
        scope = self._scope(target)
        book = read_roles(self._store)
        roles = book.effective(each.role for each in held_by(user.id, self._store, target))
        credential = None
        if claims.app is not None:
            credential = self._store.credentials.get(claims.app)
            if credential is None or not is_good(credential, self._clock()) or not roles.issuperset(credential.roles):
                raise Unauthorized
            if credential.user_id != user.id or target != OnProject(credential.project_id):
                raise Unauthorized
            roles = book.effective(credential.roles)
        if not roles:
            raise Unauthorized
        return Standing(claims, user, domain, scope, roles, credential)

    def _scope(self, target: Target) -> Scope:
        match target:
            case OnProject(project_id):
                project = self._store.projects.get(project_id)
                if project is None or not project.enabled:
                    raise Unauthorized
                return ForProject(project, self._enabled_domain(project.domain_id))
            case OnDomain(domain_id):
                return ForDomain(self._enabled_domain(domain_id))
            case OnSystem():
                return ForSystem()

    def _enabled_domain(self, domain_id: DomainId) -> Domain:
        domain = self._store.domains.get(domain_id)
        if domain is None or not domain.enabled:
            raise Unauthorized
        return domain


def is_good(credential: ApplicationCredential, now: float) -> bool:
    """Whether it has not expired."""
    return credential.expires_at is None or now < credential.expires_at.timestamp()


def _caller(standing: Standing) -> Caller | None:
    if standing.project is None:
        return None
    host: HostName | None = standing.user.host if HOST in standing.roles else None
    return Caller(standing.user.id, standing.project.id, frozenset(standing.roles), host)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
