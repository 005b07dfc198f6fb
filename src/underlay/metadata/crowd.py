"""How many connections there may be: in all, and from one source address of one network."""

from collections.abc import Hashable
from typing import Final

IN_ALL: Final = 4096
FROM_ONE_SOURCE: Final = 64


class Crowd:
    """Counts who is in."""

    def __init__(self, in_all: int = IN_ALL, from_one_source: int = FROM_ONE_SOURCE) -> None:
        self._in_all = in_all
        self._from_one_source = from_one_source
        self._sources: dict[Hashable, int] = {}
        self._total = 0

    @property
    def total(self) -> int:
        """How many are in."""
        return self._total

    def enter(self, source: Hashable) -> bool:
        """Whether one more may come in; if so it is counted."""
        here = self._sources.get(source, 0)
        if self._total >= self._in_all or here >= self._from_one_source:
            return False
        self._sources[source] = here + 1
        self._total += 1
        return True

    def leave(self, source: Hashable) -> None:
        """One that was let in has gone."""
        here = self._sources[source] - 1
        self._total -= 1
        if here:
            self._sources[source] = here
        else:
            del self._sources[source]
