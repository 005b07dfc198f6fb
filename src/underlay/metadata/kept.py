"""Good answers of Nova, kept for the time when it does not answer. No clock of its own.

Only what was asked by the same caller in the same words is told again: nobody gets what was another's.
"""

from typing import Final

import msgspec

from underlay.metadata.directory import Entry
from underlay.metadata.exchange import Request, Response
from underlay.model.address import IpAddress
from underlay.model.ids import PortId

KEPT_BYTES: Final = 16 * 1_048_576
"""Of bodies in all; the oldest go first."""


class Asked(msgspec.Struct, frozen=True):
    """Who asked what."""

    port_id: PortId
    address: IpAddress
    device_id: str
    method: str
    target: bytes


def asked(request: Request, caller: Entry) -> Asked:
    """What makes two requests the same."""
    return Asked(caller.port_id, caller.address, caller.device_id, request.method, request.target)


class Kept:
    """Answers with the time at which they came."""

    def __init__(self, for_s: float, limit_bytes: int = KEPT_BYTES) -> None:
        """`for_s`: how long an answer is told again; 0: nothing is kept."""
        self._for_s = for_s
        self._limit = limit_bytes
        self._bytes = 0
        self._answers: dict[Asked, tuple[Response, float]] = {}

    def keep(self, key: Asked, answer: Response, now: float) -> None:
        """Remember a good answer to a question that changes nothing."""
        if not self._for_s or key.method not in ("GET", "HEAD") or answer.status != 200:
            return
        self._forget(key)
        self._answers[key] = answer, now
        self._bytes += _size(key, answer)
        while self._bytes > self._limit:
            self._forget(next(iter(self._answers)))

    def find(self, key: Asked, now: float) -> Response | None:
        """The last good answer, unless it is too old."""
        answer, at = self._answers.get(key, (None, 0.0))
        return answer if now - at <= self._for_s else None

    def _forget(self, key: Asked) -> None:
        found = self._answers.pop(key, None)
        if found is not None:
            self._bytes -= _size(key, found[0])


def _size(key: Asked, answer: Response) -> int:
    return len(key.target) + len(answer.body) + 512
