"""The commands' `Session` over `underlay.client.http`."""

import json
from typing import Any, Final, TextIO

from underlay.cli.auth import Access, NoAuth, Password, Token
from underlay.cli.errors import CliError
from underlay.cli.session import Query, RefusedError
from underlay.client.credentials import Credentials
from underlay.client.errors import ClientError, LoginRefused, Refused, Unreachable
from underlay.client.exchange import Timeouts, Tls
from underlay.client.http import Session as ClientSession
from underlay.client.transport import Transport

API_VERSION: Final = "/v2.0"
UNAUTHORIZED: Final = 401


class HttpSession:
    """Sends nothing before the first call; then logs in, if the access says so.

    Args:
    trace: where each request is written, None for nowhere. Neither token nor password is.
    """

    def __init__(self, access: Access, trace: TextIO | None) -> None:
        self._session = _client(access)
        self._trace = trace

    def call(self, method: str, path: str, query: Query = (), body: Any = None) -> Any:
        """See `underlay.cli.session.Session`."""
        try:
            reply = self._session.request(method, API_VERSION + path, query, body)
        except LoginRefused as error:
            raise RefusedError(error.status, f"Unauthorized: {error.message}") from error
        except Refused as error:
            words = "\n".join(text for text in (error.message, error.detail) if text)
            raise RefusedError(error.status, words or f"The server answered {error.status}.") from error
        except Unreachable as error:
            raise CliError(
                f"{error}. Is underlay-server running there, and is OS_AUTH_URL (or OS_URL) right?"
            ) from error
        except ClientError as error:
            raise CliError(str(error)) from error
        if self._trace is not None:
            self._trace.write(f"{method} {API_VERSION}{path} {list(query)} {json.dumps(body)} -> {reply.status}\n")
        if not reply.body:
            return None
        try:
            return json.loads(reply.body)
        except ValueError:
            raise CliError(
                f"The answer to {method} {API_VERSION}{path} is not JSON: is that the network service?"
            ) from None


def _client(access: Access) -> ClientSession:
    transport = Transport(Timeouts(answer=access.timeout_s), Tls(access.cacert, access.insecure))
    match access.identity:
        case Password() as who:
            credentials = Credentials(
                password=who.password,
                username=who.username,
                project_name=who.scope.project_name,
                project_id=who.scope.project_id,
                user_domain=who.user_domain_id or _id_of_domain(who.user_domain_name),
                project_domain=who.scope.project_domain_id or _id_of_domain(who.scope.project_domain_name),
            )
            return ClientSession(who.auth_url, credentials, "", who.region_name, transport)
        case Token(url=url, token=token):
            return ClientSession("", token, _without_version(url), "", transport)
        case NoAuth(url=url):
            return ClientSession("", "noauth", _without_version(url), "", transport)


def _id_of_domain(name: str) -> str:
    """The default domain goes by this id everywhere (Keystone, "default domain")."""
    return "default" if name.lower() == "default" else name


def _without_version(url: str) -> str:
    return url.rstrip("/").removesuffix(API_VERSION)
