"""Tokens: a signed claim of who logged in, for which project, until when; and what it is worth now.

A token is a JWT signed with HMAC-SHA256. It names user and project; whether both are still enabled, and the roles
and the host that the user has, are looked up when it is checked, so that taking away a role takes effect. What was
found is kept for `recheck_s`, so that an authenticated request costs a dictionary lookup; a change made through
this process is seen at once (`forget`), one made by another process within `recheck_s`.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import jwt
import msgspec

from underlay.identity.errors import Unauthorized
from underlay.identity.records import IdentityStore
from underlay.identity.roles import effective
from underlay.model.caller import Caller
from underlay.model.identity import Project, RoleName, User, UserId
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
    """

    sub: UserId
    jti: str
    iat: float
    exp: float
    methods: tuple[str, ...]
    gen: int = 0
    prj: ProjectId | None = None
    chain: str = ""


class Standing(msgspec.Struct, frozen=True):
    """What a token is worth: its claims, and user, project and roles as they are now.

    Attributes:
    project: None when the token is not scoped to a project; then there are no roles.
    roles: with all that are implied.
    """

    claims: Claims
    user: User
    project: Project | None
    roles: frozenset[RoleName]

    @property
    def is_admin(self) -> bool:
        """Whether the caller administers the cloud."""
        return "admin" in self.roles


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
        self, user: User, project: Project | None, methods: Sequence[str], parent: Claims | None = None
    ) -> tuple[str, Standing]:
        """A new token and what it is worth. One made from a parent expires with it. Raises Unauthorized when the
        user is disabled, or has no role on the project, or that is disabled."""
        now = self._clock()
        claims = Claims(
            sub=user.id,
            jti=secrets.token_urlsafe(16),
            iat=now,
            exp=parent.exp if parent else now + self._lifetime_s,
            methods=tuple(dict.fromkeys((*methods, *(parent.methods if parent else ())))),
            gen=user.generation,
            prj=project.id if project else None,
            chain=(parent.chain or parent.jti) if parent else "",
        )
        standing = self._standing(claims)
        return jwt.encode(msgspec.to_builtins(claims), self._key, algorithm=ALGORITHM), standing

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
        user = self._store.user(claims.sub)
        if user is None or not user.enabled or user.generation != claims.gen:
            raise Unauthorized
        if claims.prj is None:
            return Standing(claims, user, None, frozenset())
        project = self._store.project(claims.prj)
        roles = effective(each.role for each in self._store.assignments(user_id=user.id, project_id=claims.prj))
        if project is None or not project.enabled or not roles:
            raise Unauthorized
        return Standing(claims, user, project, roles)


def _caller(standing: Standing) -> Caller | None:
    if standing.project is None:
        return None
    host: HostName | None = standing.user.host if "host" in standing.roles else None
    return Caller(standing.user.id, standing.project.id, frozenset(standing.roles), host)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
