"""Tokens of an existing Keystone: who sent a request, asked there and kept for a while.

A token is asked about with GET /v3/auth/tokens (Identity API v3, "Validate and show information for token"), by a
user of our own there. What was found is kept for `cache_s`, at most until the token expires; so a token that was
revoked works that long. That a token is worth nothing is kept too, but never longer than `REFUSED_S`.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from underlay.identity.errors import Unauthorized, Unavailable
from underlay.identity.roles import HOST
from underlay.model.caller import Caller
from underlay.model.ids import HostName, ProjectId

MAX_TOKEN_LENGTH: Final = 8192
MAX_CACHED: Final = 10_000
REFUSED_S: Final = 10.0
RENEW_S: Final = 60.0
"""Our own token is renewed that long before it expires."""


class KeystoneReply(msgspec.Struct, frozen=True):
    """Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Ask = Callable[[str, str, Mapping[str, str], bytes | None], KeystoneReply]
"""(method, path below Keystone's URL, headers, body) -> reply. Raises Unavailable."""


class Account(msgspec.Struct, frozen=True):
    """Our own user in Keystone. Attributes: domain: by name, of user and project."""

    username: str
    project: str
    domain: str
    password: str


class _Named(msgspec.Struct, frozen=True):
    name: str
    id: str = ""


class _Token(msgspec.Struct, frozen=True):
    expires_at: str
    user: _Named
    project: _Named | None = None
    roles: tuple[_Named, ...] = ()


class _TokenBody(msgspec.Struct, frozen=True):
    token: _Token


class _Seen(msgspec.Struct, frozen=True):
    """Attributes: caller: or why there is none."""

    caller: Caller | Unauthorized
    fresh_until: float


class KeystoneTokens:
    """Safe to use from several threads.

    Args:
    clock: seconds since 1970.
    """

    def __init__(self, ask: Ask, account: Account, cache_s: float, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._account = account
        self._cache_s = cache_s
        self._clock = clock
        self._lock = threading.Lock()
        self._own = ""
        self._own_until = 0.0
        self._seen: dict[bytes, _Seen] = {}

    def verify(self, text: str) -> Caller:
        """Who sent a request with this token. Raises Unauthorized, also for a token without a project; Unavailable."""
        if not text or len(text) > MAX_TOKEN_LENGTH or not text.isascii() or not text.isprintable():
            raise Unauthorized
        key = sha256(text.encode()).digest()
        seen = self._seen.get(key)
        if seen is None or self._clock() >= seen.fresh_until:
            seen = self._look(text)
            with self._lock:
                if len(self._seen) >= MAX_CACHED:
                    self._seen.clear()
                self._seen[key] = seen
        if isinstance(seen.caller, Unauthorized):
            raise Unauthorized(seen.caller.message)
        return seen.caller

    def _look(self, text: str) -> _Seen:
        asked_at = self._clock()
        reply = self._show(text)
        if reply.status == 404:
            return _Seen(Unauthorized(), asked_at + min(self._cache_s, REFUSED_S))
        if reply.status != 200:
            raise Unavailable(f"it answers {reply.status} when asked about a token")
        token = _token_of(reply)
        fresh_until = min(asked_at + self._cache_s, _seconds(token.expires_at))
        if token.project is None:
            return _Seen(Unauthorized("The token is not scoped to a project; log in with a project."), fresh_until)
        return _Seen(_caller(token, token.project), fresh_until)

    def _show(self, text: str) -> KeystoneReply:
        """Keystone's answer about the token; with a new token of our own when the old one is not taken any more."""
        for _ in range(2):
            own = self._own_token()
            headers = {"X-Auth-Token": own, "X-Subject-Token": text}
            reply = self._ask("GET", "/v3/auth/tokens?nocatalog", headers, None)
            if reply.status != 401:
                return reply
            with self._lock:
                if self._own == own:
                    self._own = ""
        return reply

    def _own_token(self) -> str:
        with self._lock:
            if not self._own or self._clock() >= self._own_until:
                reply = self._ask(
                    "POST", "/v3/auth/tokens?nocatalog", {"Content-Type": "application/json"}, _login(self._account)
                )
                if reply.status != 201 or "x-subject-token" not in reply.headers:
                    raise Unavailable(f"it answers {reply.status} to the login of '{self._account.username}'")
                self._own_until = _seconds(_token_of(reply).expires_at) - RENEW_S
                self._own = reply.headers["x-subject-token"]
            return self._own


def _login(account: Account) -> bytes:
    domain = {"name": account.domain}
    user = {"name": account.username, "domain": domain, "password": account.password}
    auth = {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"name": account.project, "domain": domain}},
    }
    return msgspec.json.encode({"auth": auth})


def _token_of(reply: KeystoneReply) -> _Token:
    try:
        return msgspec.json.decode(reply.body, type=_TokenBody).token
    except msgspec.DecodeError as error:
        raise Unavailable(f"its answer is not understood: {error}") from error


def _seconds(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise Unavailable(f"its answer is not understood: expires_at is '{text}'") from error


def _caller(token: _Token, project: _Named) -> Caller:
    """With role `host` the user speaks for the host of its name."""
    roles = frozenset(role.name for role in token.roles)
    return Caller(token.user.id, ProjectId(project.id), roles, HostName(token.user.name) if HOST in roles else None)
