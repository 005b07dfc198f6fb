"""Lookups for showing records: one record costs what it needs, a list a fixed number of statements."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Looked up for the first key that is asked for; with the second, all are read at once.

    `all_` gives what there is; keys without anything may be left out of it, they have `nothing`.
    """

    __slots__ = ("_all", "_first", "_nothing", "_one", "_read_all")

    def __init__(self, one: Callable[[K], V], all_: Callable[[], Mapping[K, V]], nothing: V) -> None:
        self._one = one
        self._read_all = all_
        self._nothing = nothing
        self._first: tuple[K, V] | None = None
        self._all: Mapping[K, V] | None = None

    def of(self, key: K) -> V:
        """What belongs to the key."""
        if self._all is not None:
            return self._all.get(key, self._nothing)
        if self._first is None:
            self._first = (key, self._one(key))
        if self._first[0] == key:
            return self._first[1]
        self._all = self._read_all()
        return self._all.get(key, self._nothing)
