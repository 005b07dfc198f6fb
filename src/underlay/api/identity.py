"""Token header to `Caller`: nobody gets further without."""

from collections.abc import Callable

from msgspec import structs
from starlette.requests import Request

from underlay.identity.errors import Unauthorized as BadToken
from underlay.identity.errors import Unavailable
from underlay.model.caller import Caller
from underlay.model.errors import KeystoneUnavailable, Unauthorized
from underlay.model.policy.policy import Policy


def identify(verify: Callable[[str], Caller], policy: Policy, request: Request) -> Caller:
    """Who sent the request, by its `X-Auth-Token`; judged by the policy. Raises Unauthorized, KeystoneUnavailable.

    May read the database or ask Keystone: call it in a thread."""
    try:
        return structs.replace(verify(request.headers.get("x-auth-token", "")), policy=policy)
    except BadToken as error:
        raise Unauthorized(error.message) from None
    except Unavailable as error:
        raise KeystoneUnavailable(error.message) from None


def base_url(request: Request, public_url: str) -> str:
    """How clients reach this server: as configured, or as the request's Host says; without a slash at the end."""
    return (public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")
