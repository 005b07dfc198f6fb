"""Errors in Nova's form: `{"itemNotFound": {"code": 404, "message": ...}}`."""

from collections.abc import Mapping
from typing import Final

import msgspec

from underlay.api import faults
from underlay.api.faults import Fault
from underlay.model.errors import OverQuota, UnderlayError

_NAMES: Final[Mapping[int, str]] = {
    400: "badRequest",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    406: "notAcceptable",
    409: "conflictingRequest",
    413: "overLimit",
    503: "serviceUnavailable",
}


def render_fault(error: UnderlayError, auth_url: str) -> Fault:
    """The answer to a request that was refused. Nova forbids what is over quota; Neutron calls it a conflict."""
    status = 403 if isinstance(error, OverQuota) else faults.status_of(type(error))
    return faults.render_fault(error, auth_url) if status == 401 else _fault(status, error.message)


def render_internal_fault() -> Fault:
    """The answer when we failed."""
    return _fault(500, faults.INTERNAL_ERROR_TEXT)


def _fault(status: int, message: str) -> Fault:
    name = _NAMES.get(status, "computeFault")
    return Fault(status, msgspec.json.encode({name: {"code": status, "message": message}}))
