"""A session with a server: logs in when needed, sends and receives JSON, raises `Refused` for the server's errors.

Used by the agent and the command line; reads no environment. Source: Identity API v3, Networking API v2.0.
"""

import threading
from http import HTTPStatus
from typing import Any, Final, TypeVar

import msgspec

from underlay.client.credentials import Credentials, login_body, tokens_url
from underlay.client.errors import LoginRefused, NotUnderstood, Refused
from underlay.client.exchange import Query, Reply
from underlay.client.stream import Stream
from underlay.client.transport import REPEATABLE, Transport

T = TypeVar("T")


class Endpoint(msgspec.Struct, frozen=True):
    """One endpoint of a token's catalog."""

    interface: str
    url: str
    region_id: str | None = None
    region: str | None = None


class CatalogService(msgspec.Struct, frozen=True):
    """One service of a token's catalog."""

    type: str
    endpoints: tuple[Endpoint, ...] = ()


class Token(msgspec.Struct, frozen=True):
    """What our programs read of a token's body."""

    user: dict[str, Any] = {}
    project: dict[str, Any] | None = None
    roles: tuple[dict[str, Any], ...] = ()
    catalog: tuple[CatalogService, ...] = ()


class TokenBody(msgspec.Struct, frozen=True):
    """Body of the answer to a login."""

    token: Token


class Wanted(msgspec.Struct, frozen=True):
    """Which endpoint of a catalog.

    Attributes:
    service: its type; of another than `network` the URL stays as it is there.
    region: empty: the first that there is.
    interface: also as in 2013, `publicURL`.
    """

    service: str = "network"
    region: str = ""
    interface: str = "public"


NETWORK: Final = Wanted()


class Session:
    """Safe to use from several threads.

    Args:
    auth_url: where to log in; with or without /v3 at its end.
    credentials: a user's; or a token that is there already, which cannot be renewed.
    endpoint: URL of the service without the API's version; empty: from the catalog.
    wanted: which of the catalog's endpoints.
    """

    def __init__(
        self,
        auth_url: str,
        credentials: Credentials | str,
        endpoint: str = "",
        wanted: Wanted = NETWORK,
        transport: Transport | None = None,
    ) -> None:
        self._auth_url = auth_url
        self._credentials = credentials
        self._endpoint = endpoint.rstrip("/")
        self._wanted = wanted
        self._transport = transport or Transport()
        self._token = credentials if isinstance(credentials, str) else ""
        self._login = Token()
        self._lock = threading.Lock()

    def get(self, path: str, query: Query = ()) -> Any:
        """The JSON at the path, as plain values."""
        return self._json(self.request("GET", path, query), path)

    def post(self, path: str, body: object) -> Any:
        """Create; the answer's JSON, None for an empty answer."""
        return self._json(self.request("POST", path, body=body), path)

    def put(self, path: str, body: object) -> Any:
        """Replace or update; the answer's JSON, None for an empty answer."""
        return self._json(self.request("PUT", path, body=body), path)

    def delete(self, path: str) -> None:
        """Delete."""
        self.request("DELETE", path)

    def fetch(self, method: str, path: str, expected: type[T], body: object = None, repeatable: bool = False) -> T:
        """The answer's JSON as a value of that type. Raises NotUnderstood when it is not one.

        Args:
        repeatable: for a POST that may be sent twice, so that it is repeated when the connection breaks.
        """
        reply = self.request(method, path, body=body, repeatable=repeatable)
        try:
            return msgspec.json.decode(reply.body, type=expected)
        except msgspec.DecodeError as error:
            raise NotUnderstood(path, str(error)) from error

    def put_bytes(self, path: str, content: bytes) -> None:
        """Replace what is no JSON."""
        self._exchange("PUT", path, (), content, "application/octet-stream", may_repeat=True)

    def request(
        self, method: str, path: str, query: Query = (), body: object = None, repeatable: bool = False
    ) -> Reply:
        """Any request, with a token that is renewed once if it is no longer accepted.

        Args:
        path: from the endpoint on; for the Networking API with the version: `/v2.0/networks`.
        body: what msgspec can turn into JSON, or bytes that are JSON; None for none.

        Raises: Unreachable, NotUnderstood, Refused.
        """
        content = body if isinstance(body, bytes) or body is None else msgspec.json.encode(body)
        return self._exchange(method, path, query, content, "application/json", repeatable or method in REPEATABLE)

    def _exchange(
        self, method: str, path: str, query: Query, content: bytes | None, content_type: str, may_repeat: bool
    ) -> Reply:
        headers = {"Accept": "application/json"}
        if content is not None:
            headers["Content-Type"] = content_type
        token = self.token()
        url = self.endpoint() + path
        reply = self._transport.send(method, url, query, {**headers, "X-Auth-Token": token}, content, may_repeat)
        if reply.status == HTTPStatus.UNAUTHORIZED and (renewed := self.renew(token)) is not None:
            reply = self._transport.send(method, url, query, {**headers, "X-Auth-Token": renewed}, content, may_repeat)
        return checked(reply)

    def stream(self, path: str, query: Query, silence_s: float) -> Stream:
        """A GET whose answer is read as it comes; open it with the token in its headers. May have to log in."""
        return self._transport.stream(self.endpoint() + path, query, silence_s)

    def token(self) -> str:
        """The token in use; logs in when there is none. Raises as `request`."""
        with self._lock:
            if not self._token and isinstance(self._credentials, Credentials):
                self._log_in(self._credentials)
            return self._token

    def renew(self, refused: str) -> str | None:
        """Another token than the one refused; None when that was given, not got here. Raises as `request`."""
        if isinstance(self._credentials, str):
            return None
        with self._lock:
            return self._token if self._token != refused else self._log_in(self._credentials)

    def endpoint(self) -> str:
        """URL of the service, without the Networking API's version."""
        if not self._endpoint:
            self.token()
        if not self._endpoint:
            raise NotUnderstood(self._auth_url, "with a token that is given, the server's URL is needed as well")
        return self._endpoint

    def login(self) -> Token:
        """What the login told: user, project, roles; nothing when the token was given."""
        self.token()
        return self._login

    def close(self) -> None:
        """Close the connections kept; the token lives on until it expires."""
        self._transport.close()

    def _log_in(self, credentials: Credentials) -> str:
        url = tokens_url(self._auth_url)
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        body = msgspec.json.encode(login_body(credentials))
        reply = self._transport.send("POST", url, (), headers, body, repeatable=True)
        if reply.status == HTTPStatus.UNAUTHORIZED:
            told = refusal(reply)
            raise LoginRefused(told.status, told.type, told.message)
        checked(reply)
        token = reply.headers.get("x-subject-token", "")
        try:
            login = msgspec.json.decode(reply.body, type=TokenBody).token
        except msgspec.DecodeError as error:
            raise NotUnderstood(url, str(error)) from error
        if not token:
            raise NotUnderstood(url, "no X-Subject-Token in the answer; is it an identity endpoint of version 3?")
        if not self._endpoint:
            self._endpoint = self._service_url(login, url)
        self._token, self._login = token, login
        return token

    def _json(self, reply: Reply, path: str) -> Any:
        if not reply.body:
            return None
        try:
            return msgspec.json.decode(reply.body)
        except msgspec.DecodeError as error:
            raise NotUnderstood(path, str(error)) from error

    def _service_url(self, login: Token, url: str) -> str:
        wanted = self._wanted
        for service in login.catalog:
            for endpoint in service.endpoints if service.type == wanted.service else ():
                is_there = not wanted.region or wanted.region in (endpoint.region_id, endpoint.region)
                if is_there and endpoint.interface == wanted.interface.removesuffix("URL"):
                    return endpoint.url.rstrip("/").removesuffix("/v2.0")
        where = f" in region {wanted.region}" if wanted.region else ""
        raise NotUnderstood(
            url,
            f"the catalog names no {wanted.interface} endpoint of a {wanted.service} service{where}; "
            "log in to a project",
        )


def checked(reply: Reply) -> Reply:
    """The reply, when it is no error. Raises Refused."""
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise refusal(reply)
    return reply


class _NeutronError(msgspec.Struct, frozen=True):
    type: str = ""
    message: str = ""
    detail: str = ""


class _KeystoneError(msgspec.Struct, frozen=True):
    title: str = ""
    message: str = ""


class _NovaError(msgspec.Struct, frozen=True):
    message: str


class _ErrorBody(msgspec.Struct, frozen=True):
    neutron: _NeutronError | str | None = msgspec.field(default=None, name="NeutronError")
    quantum: str | None = msgspec.field(default=None, name="QuantumError")
    keystone: _KeystoneError | None = msgspec.field(default=None, name="error")


def refusal(reply: Reply) -> Refused:
    """The server's error, from whichever of the forms of Neutron, Quantum, Keystone and Nova it has."""
    try:
        body = msgspec.json.decode(reply.body, type=_ErrorBody)
    except msgspec.DecodeError:
        body = _ErrorBody()
    match body:
        case _ErrorBody(neutron=_NeutronError(type=type_, message=message, detail=detail)):
            return Refused(reply.status, type_, message, detail)
        case _ErrorBody(neutron=str(message)) | _ErrorBody(quantum=str(message)):
            return Refused(reply.status, "", message)
        case _ErrorBody(keystone=_KeystoneError(title=title, message=message)):
            return Refused(reply.status, title, message)
    try:
        ((type_, told),) = msgspec.json.decode(reply.body, type=dict[str, _NovaError]).items()
        return Refused(reply.status, type_, told.message)
    except (msgspec.DecodeError, ValueError):
        text = reply.body.decode(errors="replace").strip()
    return Refused(reply.status, "", text or HTTPStatus(reply.status).phrase)
