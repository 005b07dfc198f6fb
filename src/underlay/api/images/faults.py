"""Errors in Glance's form."""

from http import HTTPStatus

import msgspec

from underlay.api import faults
from underlay.api.faults import Fault
from underlay.model.errors import UnderlayError


def render_fault(error: UnderlayError, auth_url: str) -> Fault:
    """The answer to a request that was refused."""
    status = faults.status_of(type(error))
    return faults.render_fault(error, auth_url) if status == 401 else _fault(status, error.message)


def render_internal_fault() -> Fault:
    """The answer when we failed."""
    return _fault(500, faults.INTERNAL_ERROR_TEXT)


def _fault(status: int, message: str) -> Fault:
    title = HTTPStatus(status).phrase
    return Fault(status, msgspec.json.encode({"message": message, "code": f"{status} {title}", "title": title}))
