"""Lines of the feed, ready to send, kept in memory for a while and shared by all watchers.

A watcher holds only its position. Positions count lines from the first one ever; when the lines at a position have been
dropped, the watcher has fallen off.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from underlay.model.change import InSync, Kind
from underlay.model.codec import encode
from underlay.model.errors import RevisionGone
from underlay.model.ids import HostName, NetworkId, Revision

_OVERHEAD: Final = 320
"""Bytes of memory that a line takes besides its text, about."""


class Choice(msgspec.Struct, frozen=True):
    """What a watcher wants to see; None: whatever it is.

    Attributes:
    network_ids: what belongs to one of these networks, and they themselves.
    ids: the records with one of these ids.
    """

    kinds: frozenset[Kind] | None = None
    network_ids: frozenset[NetworkId] | None = None
    ids: frozenset[str] | None = None

    def takes(self, one: "Told") -> bool:
        """Whether the watcher is to be told of it."""
        return (
            (self.kinds is None or one.kind in self.kinds)
            and (self.network_ids is None or one.network_id in self.network_ids)
            and (self.ids is None or one.id in self.ids)
        )


class Told(Protocol):
    """A record, or a change of one."""

    @property
    def kind(self) -> Kind:
        """The record's kind."""
        ...

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def network_id(self) -> NetworkId | None:
        """The network that it belongs to."""
        ...


class RawChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """`model.change.Change` with the record as the JSON that the store holds, not read and written anew."""

    revision: Revision
    kind: Kind
    id: str
    record: msgspec.Raw | None
    network_id: NetworkId | None = None
    hosts: tuple[HostName, ...] = ()


class Line(msgspec.Struct, frozen=True):
    """Attributes:
    at: the revision of the change that it belongs to: who has seen that revision does not need the line.
    data: JSON and a newline.
    """

    at: Revision
    kind: Kind
    id: str
    network_id: NetworkId | None
    data: bytes


def line_of(change: RawChange, at: Revision) -> Line:
    """The change as one line of the feed."""
    return Line(at, change.kind, change.id, change.network_id, encode_line(change))


def encode_line(change: RawChange) -> bytes:
    """One line of the feed, as text."""
    return encode(change) + b"\n"


def in_sync_line(revision: Revision) -> bytes:
    """The line that says that everything up to the revision was sent."""
    return encode(InSync(revision)) + b"\n"


class LineLog:
    """Lines in order of `at`. Not for two threads at once.

    Attributes:
    floor: every line after this revision is here.
    bytes_kept: memory taken, about.
    """

    def __init__(self, floor: Revision) -> None:
        self.floor = floor
        self.bytes_kept = 0
        self._start = 0
        self._lines: list[Line] = []

    @property
    def end(self) -> int:
        """The position of the next line to come."""
        return self._start + len(self._lines)

    def append(self, line: Line) -> None:
        """At the end; `at` is not before the last one's."""
        self._lines.append(line)
        self.bytes_kept += len(line.data) + _OVERHEAD

    def position_after(self, revision: Revision) -> int:
        """Of the first line after the revision, which is not before the floor."""
        return self._start + bisect_right(self._lines, revision, key=lambda line: line.at)

    def take(self, position: int, limit_bytes: int) -> tuple[Sequence[Line], int]:
        """Lines from the position on, at least one if there is one, and the position behind them.

        Raises RevisionGone when they were dropped."""
        if position < self._start:
            raise RevisionGone(since=Revision(0), oldest=self.floor)
        taken: list[Line] = []
        size = 0
        for index in range(position - self._start, len(self._lines)):
            line = self._lines[index]
            if taken and size + len(line.data) > limit_bytes:
                break
            taken.append(line)
            size += len(line.data)
        return taken, position + len(taken)

    def middle(self) -> Revision:
        """A revision that about a half of the lines is not after; the floor when there are none."""
        return self._lines[(len(self._lines) - 1) // 2].at if self._lines else self.floor

    def drop_up_to(self, revision: Revision) -> None:
        """Forget lines up to the revision."""
        count = bisect_right(self._lines, revision, key=lambda line: line.at)
        self.bytes_kept -= sum(len(line.data) + _OVERHEAD for line in self._lines[:count])
        del self._lines[:count]
        self._start += count
        self.floor = max(self.floor, revision)

    def break_off(self, revision: Revision) -> None:
        """Forget every line and every position: whoever reads on falls off. What comes is after the revision."""
        self._start = self.end + 1
        self._lines.clear()
        self.bytes_kept = 0
        self.floor = revision

    def __len__(self) -> int:
        return len(self._lines)
