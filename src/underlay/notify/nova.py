"""Events -> `POST <Nova>/os-server-external-events` -> what Nova says of each.

Nova answers 200 or 207 with a code for each event. From older ones a request none of whose events can be used gets 404
`itemNotFound`, and one that its schema refuses 400: then the event that is to blame is found by halving.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from underlay.client.errors import NotUnderstood, Refused
from underlay.client.http import Session
from underlay.notify.events import Event

PATH: Final = "/os-server-external-events"
_NO_INSTANCE: Final = "itemNotFound"
_TO_BLAME_ITSELF: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class Answer(msgspec.Struct, frozen=True):
    """Attributes:
    code: 200: taken; 404: no such instance; 422: the instance is on no host; 400, 413: refused as it is.
    """

    event: Event
    code: int


class _Code(msgspec.Struct, frozen=True):
    code: int


class _Events(msgspec.Struct, frozen=True):
    events: tuple[_Code, ...]


class Nova:
    """Args: session: its endpoint is the Compute API with its version, as the catalog has it."""

    def __init__(self, session: Session) -> None:
        self._session: Final = session

    def tell(self, events: Sequence[Event]) -> list[Answer]:
        """What Nova said of each, in their order. Raises ClientError when it may not have seen all of them."""
        self._session.token()  # So that what refuses below is Nova, not Keystone.
        return self._tell(events)

    def close(self) -> None:
        """Close the connections kept."""
        self._session.close()

    def _tell(self, events: Sequence[Event]) -> list[Answer]:
        try:
            answer = self._session.fetch("POST", PATH, _Events, {"events": events}, repeatable=True)
        except Refused as refused:
            if refused.status == HTTPStatus.NOT_FOUND and refused.type == _NO_INSTANCE:
                return [Answer(event, refused.status) for event in events]
            if refused.status not in _TO_BLAME_ITSELF:
                raise
            if len(events) == 1:
                return [Answer(events[0], refused.status)]
            half = len(events) // 2
            return self._tell(events[:half]) + self._tell(events[half:])
        if len(answer.events) != len(events):
            raise NotUnderstood(PATH, f"it tells of {len(answer.events)} events, {len(events)} were sent")
        return [Answer(event, told.code) for event, told in zip(events, answer.events, strict=True)]
