"""A token bucket: so many at once, then so many a second. No clock of its own."""

import msgspec


class Pace(msgspec.Struct, frozen=True):
    """Attributes:
    per_s: 0 for no limit.
    burst: how many at once.
    """

    per_s: float
    burst: float


class Bucket:
    """What one port has left."""

    __slots__ = ("_at", "_left", "_pace")

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._left = pace.burst
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Whether one more is allowed at this time (seconds, never going back); if so it is counted."""
        if not self._pace.per_s:
            return True
        self._left = min(self._pace.burst, self._left + (now - self._at) * self._pace.per_s)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
