"""Global options and OS_* variables -> how the server is reached and who asks. Pure: the environment is an argument."""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from underlay.cli import messages
from underlay.cli.errors import CliError, UsageError

DEFAULT_TIMEOUT_S: Final = 60.0


class Scope(Struct, frozen=True):
    """The project that a token is for, by id or by name and domain (Identity API v3, "Password authentication")."""

    project_id: str = ""
    project_name: str = ""
    project_domain_id: str = ""
    project_domain_name: str = ""


class Password(Struct, frozen=True):
    """User and password at an Identity v3 endpoint; the service is found in the catalog.

    Attributes:
    auth_url: ends in /v3.
    """

    auth_url: str
    username: str
    password: str
    scope: Scope
    user_domain_id: str = ""
    user_domain_name: str = ""
    region_name: str = ""
    interface: str = "public"


class Token(Struct, frozen=True):
    """A token that exists, and the service's URL."""

    url: str
    token: str


class NoAuth(Struct, frozen=True):
    """The service's URL, and nobody asks who we are."""

    url: str


class Access(Struct, frozen=True):
    """Attributes:
    cacert: file of CA certificates; empty for the system's.
    insecure: HTTPS servers' certificates are not checked.
    """

    identity: Password | Token | NoAuth
    cacert: str = ""
    insecure: bool = False
    timeout_s: float = DEFAULT_TIMEOUT_S


def access_of(settings: Mapping[str, Any], environment: Mapping[str, str]) -> Access:
    """Options beat variables; raises CliError that names the first thing missing."""

    def given(name: str, variable: str = "") -> str:
        return str(settings.get(name) or environment.get(variable or name.upper()) or "")

    timeout = given("http_timeout", "OS_NETWORK_TIMEOUT") or str(DEFAULT_TIMEOUT_S)
    try:
        timeout_s = float(timeout)
    except ValueError:
        raise UsageError(f"argument --http-timeout: invalid float value: '{timeout}'") from None
    insecure = settings.get("insecure") or environment.get("QUANTUMCLIENT_INSECURE") or environment.get("OS_INSECURE")
    return Access(
        _identity(given), given("os_cacert"), str(insecure).lower() not in ("none", "false", "0", ""), timeout_s
    )


def _identity(given: Any) -> Password | Token | NoAuth:
    url, token = given("os_url"), given("os_token")
    if (given("os_auth_strategy") or "keystone") != "keystone":
        return NoAuth(_required(url, messages.MISSING_URL))
    if token or url:
        return Token(_required(url, messages.MISSING_URL), _required(token, messages.MISSING_TOKEN))
    username = _required(given("os_username"), messages.MISSING_USERNAME)
    password = _required(given("os_password"), messages.MISSING_PASSWORD)
    scope = Scope(
        given("os_project_id") or given("os_tenant_id"),
        given("os_project_name") or given("os_tenant_name"),
        *_domain(given, "os_project_domain"),
    )
    _required(scope.project_id or scope.project_name, messages.MISSING_TENANT_NAME)
    auth_url = _required(given("os_auth_url"), messages.MISSING_AUTH_URL)
    interface = given("os_endpoint_type") or given("os_interface") or "public"
    return Password(
        identity_v3(auth_url),
        username,
        password,
        scope,
        *_domain(given, "os_user_domain"),
        given("os_region_name"),
        interface.removesuffix("URL"),
    )


def identity_v3(url: str) -> str:
    """The v3 endpoint of an identity URL that ends in /v3, in /v2.0 (as in 2013), or in neither."""
    return re.sub(r"/v(2\.0|3)$", "", url.rstrip("/")) + "/v3"


def _domain(given: Any, prefix: str) -> tuple[str, str]:
    """Id or name, the id if both are given; the default domain when neither is."""
    domain_id, name = given(f"{prefix}_id"), given(f"{prefix}_name")
    if domain_id or not name:
        return domain_id or "default", ""
    return "", name


def _required(value: str, message: str) -> str:
    if not value:
        raise CliError(message)
    return value
