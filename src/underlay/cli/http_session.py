"""The commands' `Session` over `underlay.client.http`."""

import json
import re
from typing import Any, Final, TextIO
from urllib.parse import urlencode

from underlay.cli.auth import Access, NoAuth, Password, Token
from underlay.cli.errors import CliError
from underlay.cli.session import Query, RefusedError
from underlay.client.credentials import Credentials
from underlay.client.errors import ClientError, LoginRefused, Refused, Unreachable
from underlay.client.exchange import Timeouts, Tls
from underlay.client.http import Session as ClientSession
from underlay.client.http import Wanted
from underlay.client.transport import Transport

API_VERSION: Final = "/v2.0"
_WARN_TEXT: Final = re.compile(r'299 [^ ]+ "([^"]*)"')


class HttpSession:
    """Sends nothing before the first call; then logs in, if the access says so.

    Args:
    warnings: takes what the server warns of (`Warning` header, RFC 7234 section 5.5); None for nowhere.
    trace: takes each request with its status; None for nowhere. It is never told a token or password.
    """

    def __init__(self, access: Access, warnings: TextIO | None, trace: TextIO | None) -> None:
        self._session = _client(access)
        self._warnings = warnings
        self._trace = trace

    def call(self, method: str, path: str, query: Query = (), body: Any = None) -> Any:
        """See `underlay.cli.session.Session`."""
        try:
            reply = self._session.request(method, API_VERSION + path, query, body)
        except LoginRefused as error:
            self._note(method, path, query, body, error.status)
            raise RefusedError(
                error.status, f"Unauthorized: {error.message} Check user, password and project."
            ) from error
        except Refused as error:
            self._note(method, path, query, body, error.status)
            words = "\n".join(text for text in (error.message, error.detail) if text)
            raise RefusedError(error.status, words or f"The server answered {error.status}.") from error
        except Unreachable as error:
            raise CliError(
                f"{error}. Is underlay-server running there, and is OS_AUTH_URL (or OS_URL) right?"
            ) from error
        except ClientError as error:
            raise CliError(str(error)) from error
        self._note(method, path, query, body, reply.status)
        if self._warnings is not None:
            self._warnings.writelines(
                f"Warning: {text}\n" for text in _WARN_TEXT.findall(reply.headers.get("warning", ""))
            )
        if not reply.body:
            return None
        try:
            return json.loads(reply.body)
        except ValueError:
            raise CliError(
                f"The answer to {method} {API_VERSION}{path} is not JSON: is that the network service?"
            ) from None

    def _note(self, method: str, path: str, query: Query, body: Any, status: int) -> None:
        if self._trace is None:
            return
        asked = f"{API_VERSION}{path}" + (f"?{urlencode(query)}" if query else "")
        sent = "" if body is None else f" {json.dumps(body)}"
        self._trace.write(f"{method} {asked}{sent} -> {status}\n")


def _client(access: Access) -> ClientSession:
    transport = Transport(Timeouts(answer=access.timeout_s), Tls(access.cacert, access.insecure))
    match access.identity:
        case Password() as who:
            credentials = Credentials(
                password=who.password,
                username=who.username,
                project_name=who.scope.project_name,
                project_id=who.scope.project_id,
                user_domain=who.user_domain_id,
                user_domain_name=who.user_domain_name,
                project_domain=who.scope.project_domain_id,
                project_domain_name=who.scope.project_domain_name,
            )
            wanted = Wanted(region=who.region_name, interface=who.interface)
            return ClientSession(who.auth_url, credentials, wanted=wanted, transport=transport)
        case Token(url=url, token=token):
            return ClientSession("", token, _without_version(url), transport=transport)
        case NoAuth(url=url):
            return ClientSession("", "noauth", _without_version(url), transport=transport)


def _without_version(url: str) -> str:
    return url.rstrip("/").removesuffix(API_VERSION)
