"""Errors to HTTP answers: status, headers and `{"NeutronError": {"type", "message", "detail"}}`.

The status hangs on the branch of the error tree, the type is the leaf's name. What is no `UnderlayError` is a fault of
ours: 500 with a fixed text, so that nothing of the inside shows.
"""

from typing import Final

import msgspec

from underlay.model import errors

STATUS: Final[tuple[tuple[type[errors.UnderlayError], int], ...]] = (
    (errors.BadRequestError, 400),
    (errors.UnauthorizedError, 401),
    (errors.ForbiddenError, 403),
    (errors.NotFoundError, 404),
    (errors.HTTPMethodNotAllowed, 405),
    (errors.HTTPNotAcceptable, 406),
    (errors.HTTPRequestTimeout, 408),
    (errors.ConflictError, 409),
    (errors.GoneError, 410),
    (errors.PreconditionError, 412),
    (errors.HTTPRequestEntityTooLarge, 413),
    (errors.UnavailableError, 503),
)
"""Branch or leaf of the tree -> HTTP status."""

INTERNAL_ERROR_TEXT: Final = "Request Failed: internal server error while processing your request."


class Fault(msgspec.Struct, frozen=True):
    """An error as HTTP sends it; `body` is JSON."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def status_of(error: type[errors.UnderlayError]) -> int:
    """The HTTP status of an error's class; KeyError when the table has none for it."""
    for branch, status in STATUS:
        if issubclass(error, branch):
            return status
    raise KeyError(error.__name__)


def render_fault(error: errors.UnderlayError, auth_url: str) -> Fault:
    """The answer to a request that was refused. `auth_url` is told to those who came without a good token."""
    status = status_of(type(error))
    if status == 401:
        # keystonemiddleware's form: clients of Networking get their 401 from it, not from the API.
        body = {"error": {"code": 401, "title": "Unauthorized", "message": error.message}}
        return Fault(status, msgspec.json.encode(body), (("WWW-Authenticate", f'Keystone uri="{auth_url}"'),))
    return Fault(status, _neutron_error(type(error).__name__, error.message))


def render_internal_fault() -> Fault:
    """The answer when we failed; says nothing of why."""
    return Fault(500, _neutron_error("HTTPInternalServerError", INTERNAL_ERROR_TEXT))


def _neutron_error(name: str, message: str) -> bytes:
    return msgspec.json.encode({"NeutronError": {"type": name, "message": message, "detail": ""}})
