"""Who failed to log in too often has to wait, also with the right password; in memory, bounded.

After `failures` failed logins in a row nobody gets in under that name until `duration_s` after the last of them.
It is kept for names that do not exist as for those that do, so that nothing tells which exist; but apart, so that
names made up cannot push a real one out of the memory. Each server process counts for itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

MAX_NAMES: Final = 10_000


class Subject(msgspec.Struct, frozen=True):
    """Who logs in.

    Attributes:
    key: the id of a user or an application credential; what was sent when there is none.
    exists: whether there is one.
    """

    key: tuple[str, ...]
    exists: bool


class _Failures(msgspec.Struct, frozen=True):
    count: int
    last: float


class Lockout:
    """Counts failed logins; safe to use from several threads.

    Args:
    failures: 0 never locks anybody out.
    clock: seconds since 1970.
    """

    def __init__(self, failures: int, duration_s: float, clock: Callable[[], float]) -> None:
        self._failures = failures
        self._duration_s = duration_s
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, ...], _Failures] = OrderedDict()
        self._unknown: OrderedDict[tuple[str, ...], _Failures] = OrderedDict()

    def is_locked(self, subject: Subject) -> bool:
        """Whether a login is refused whatever the password."""
        with self._lock:
            return self._is_locked(self._recent(subject))

    def failed(self, subject: Subject) -> None:
        """The password was wrong. While locked out it is not counted, so that the wait ends."""
        with self._lock:
            before = self._recent(subject)
            if not self._failures or self._is_locked(before):
                return
            kept = self._kept(subject)
            kept[subject.key] = _Failures((before.count if before else 0) + 1, self._clock())
            kept.move_to_end(subject.key)
            if len(kept) > MAX_NAMES:
                kept.popitem(last=False)

    def passed(self, subject: Subject) -> None:
        """The password was right: what came before is forgiven."""
        with self._lock:
            self._kept(subject).pop(subject.key, None)

    def _is_locked(self, found: _Failures | None) -> bool:
        return found is not None and found.count >= self._failures > 0

    def _recent(self, subject: Subject) -> _Failures | None:
        """The failures, unless they are so long ago that they count no more."""
        found = self._kept(subject).get(subject.key)
        return None if found is None or self._clock() >= found.last + self._duration_s else found

    def _kept(self, subject: Subject) -> "OrderedDict[tuple[str, ...], _Failures]":
        return self._known if subject.exists else self._unknown
