"""Who may come in: the embedded identity, an existing Keystone, or everyone; and hosts by their keys in any case."""

import time
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import msgspec
import structlog
from starlette.routing import BaseRoute

from underlay.client.errors import ClientError
from underlay.client.exchange import Timeouts, Tls
from underlay.client.transport import Transport
from underlay.identity.errors import Unauthorized, Unavailable
from underlay.identity.keystone import Account, KeystoneReply, KeystoneTokens
from underlay.identity.lockout import Lockout
from underlay.identity.passwords import Passwords
from underlay.identity.records import IdentityStore
from underlay.identity.roles import ADMIN, MEMBER, READER
from underlay.identity.routes import identity_routes
from underlay.identity.service import Service
from underlay.identity.tokens import Tokens
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import ServerSettings
from underlay.model.caller import Caller
from underlay.model.ids import ProjectId

Verify = Callable[[str], Caller]

_TIMEOUTS: Final = Timeouts(connect=5.0, answer=10.0)
_ANYONE: Final = "admin"


class Entrance(msgspec.Struct, frozen=True):
    """What the API needs of it.

    Attributes:
    verify: token -> who sent it.
    identity_url: as `api.exchange.Service` has it.
    """

    verify: Verify
    routes: Sequence[BaseRoute]
    identity_url: str | None


def entrance(settings: ServerSettings, store: IdentityStore, key: bytes, *, has_compute: bool = False) -> Entrance:
    """As the setting `identity` says. Raises ConfigError."""
    tokens = Tokens(store, key, settings.token_lifetime_s, time.time)
    lockout = Lockout(settings.identity_lockout_failures, settings.identity_lockout_s, time.time)
    is_elsewhere = settings.identity != "embedded"
    service = Service(
        store,
        tokens,
        Passwords(),
        lockout,
        settings.public_url,
        hosts_only=is_elsewhere,
        has_compute=has_compute,
    )
    routes = identity_routes(service)
    match settings.identity:
        case "embedded":
            return Entrance(tokens.verify, routes, "")
        case "keystone":
            url = keystone_url(settings)
            return Entrance(hosts_and(tokens.verify, _keystone(settings, url).verify), routes, f"{url}/v3")
        case "none":
            check_reach(settings)
            structlog.get_logger().warning(
                "everyone_is_administrator",
                address=settings.listen_address,
                remedy='whoever reaches the port may do everything; [server] identity = "embedded" asks who it is',
            )
            return Entrance(hosts_and(tokens.verify, anyone), routes, None)


def check_reach(settings: ServerSettings) -> None:
    """Everyone who reaches the port is administrator: on another address than loopback only when a setting says so.
    Raises ConfigError."""
    if settings.open_to_everyone or is_loopback(settings.listen_address):
        return
    raise ConfigError(
        f'[server] identity = "none" would make everyone who reaches {settings.listen_address or "any address"} port '
        f'{settings.listen_port} administrator: set listen_address = "127.0.0.1", or identity = "embedded" or '
        '"keystone", or open_to_everyone = true if only an authenticating proxy gets at this port'
    )


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches it."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def hosts_and(ours: Verify, others: Verify) -> Verify:
    """Tokens that we made are good for hosts only; all others are for `others` to judge."""

    def verify(text: str) -> Caller:
        try:
            caller = ours(text)
        except Unauthorized:
            return others(text)
        if caller.host is None:
            raise Unauthorized
        return caller

    return verify


def anyone(text: str) -> Caller:
    """Administrator, whatever is sent; `USER:PROJECT` as token says in whose name, as other services without
    identity take it."""
    user, _, project = text.partition(":")
    return Caller(user or _ANYONE, ProjectId(project or _ANYONE), frozenset({ADMIN, MEMBER, READER}))


def keystone_url(settings: ServerSettings) -> str:
    """Without version and slash at the end. Raises ConfigError."""
    url = settings.keystone_url.rstrip("/").removesuffix("/v3")
    if not url.startswith(("http://", "https://")):
        raise ConfigError(
            f"[server] keystone_url = '{settings.keystone_url}': identity = \"keystone\" needs the URL of a Keystone, "
            "such as https://keystone.example.org:5000/v3"
        )
    return url


def _keystone(settings: ServerSettings, url: str) -> KeystoneTokens:
    path = Path(settings.keystone_password_file)
    try:
        password = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"[server] keystone_password_file: {path} cannot be read: {error.strerror}") from None
    account = Account(settings.keystone_username, settings.keystone_project, settings.keystone_domain, password)
    transport = Transport(_TIMEOUTS, Tls(settings.keystone_ca_file), attempts=2)

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> KeystoneReply:
        try:
            reply = transport.send(method, url + path, (), headers, body, True)
        except ClientError as error:
            structlog.get_logger().warning("keystone_unreachable", url=url, reason=str(error))
            raise Unavailable(str(error)) from error
        return KeystoneReply(reply.status, reply.headers, reply.body)

    return KeystoneTokens(ask, account, settings.keystone_cache_s, time.time)
