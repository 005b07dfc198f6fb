"""Which networks have their sockets open, and which wait for their namespace; all local ports together count as one.

Goes in: tables put and gone, names of namespaces that changed. Comes out: calls of `Sockets.open`, `update` and
`close`. A network whose namespace is not there is tried again when that name changes, never by the clock.
"""

from collections.abc import Iterable
from errno import EINVAL
from typing import Generic, Protocol, TypeVar, assert_never

import msgspec

from underlay.pump.log import Log
from underlay.pump.tables import Broken, Gone, Put, TableChange

TableT = TypeVar("TableT")
TableInT = TypeVar("TableInT", contravariant=True)
OpenedT = TypeVar("OpenedT")
KeyT = TypeVar("KeyT", bound=str)
KeyInT = TypeVar("KeyInT", bound=str, contravariant=True)
NamespaceIdentity = tuple[int, int]


class Sockets(Protocol[KeyInT, TableInT, OpenedT]):
    """What a pump does for one network."""

    def netns(self, table: TableInT) -> str:
        """Name of the namespace that the table wants."""

    def identity(self, netns: str) -> NamespaceIdentity | None:
        """What tells the namespace of now from an earlier one of that name; None when there is none."""

    def open(self, key: KeyInT, table: TableInT, /) -> OpenedT:
        """Open the network's sockets; OSError when that cannot be done now."""

    def update(self, opened: OpenedT, table: TableInT) -> bool:
        """Take over a new table of the same namespace; whether that did without opening anew."""

    def close(self, opened: OpenedT) -> None:
        """Close the network's sockets."""


class _Place(msgspec.Struct, Generic[OpenedT]):
    opened: OpenedT
    netns: str
    identity: NamespaceIdentity | None


class Serving(Generic[KeyT, TableT, OpenedT]):
    """The networks of one pump, by id."""

    def __init__(self, sockets: Sockets[KeyT, TableT, OpenedT], log: Log) -> None:
        self._sockets = sockets
        self._log = log
        self._tables: dict[KeyT, TableT] = {}
        self._places: dict[KeyT, _Place[OpenedT]] = {}
        self._by_netns: dict[str, set[KeyT]] = {}
        self._unsettled: set[str] = set()

    @property
    def wanted(self) -> int:
        """How many networks have a table."""
        return len(self._tables)

    @property
    def opened(self) -> int:
        """How many of them are open."""
        return len(self._places)

    def put(self, key: KeyT, table: TableT) -> None:
        """A table is new or has changed."""
        netns = self._sockets.netns(table)
        self._forget_netns(key)
        self._tables[key] = table
        self._by_netns.setdefault(netns, set()).add(key)
        place = self._places.get(key)
        if place is not None and place.netns == netns and self._sockets.update(place.opened, table):
            return
        self._close(key)
        self._try(key)

    def gone(self, key: KeyT) -> None:
        """A table is gone."""
        self._forget_netns(key)
        self._tables.pop(key, None)
        self._close(key)

    def namespaces_changed(self, names: set[str] | None) -> None:
        """Names came or went (None: look at all); names that could not be entered before are tried again."""
        looked_at = set(self._by_netns) if names is None else names & self._by_netns.keys()
        self._unsettled &= self._by_netns.keys()
        for name in sorted(looked_at | self._unsettled):
            self._look_at(name)

    def close(self) -> None:
        """Close everything."""
        for key in list(self._places):
            self._close(key)

    def _look_at(self, netns: str) -> None:
        identity = self._sockets.identity(netns)
        if identity is None:
            self._unsettled.discard(netns)
        for key in sorted(self._by_netns.get(netns, ())):
            place = self._places.get(key)
            if place is not None and place.identity == identity:
                continue
            if place is not None:
                self._log.info("namespace_lost", network_id=key, netns=netns)
                self._close(key)
            if identity is not None:
                self._try(key)

    def _try(self, key: KeyT) -> None:
        table = self._tables[key]
        netns = self._sockets.netns(table)
        identity = self._sockets.identity(netns)
        try:
            opened = self._sockets.open(key, table)
        except OSError as error:
            if identity is None:
                return
            if error.errno != EINVAL and netns not in self._unsettled:
                self._log.warning("network_waits", network_id=key, netns=netns, reason=str(error))
            self._unsettled.add(netns)
            return
        self._unsettled.discard(netns)
        self._places[key] = _Place(opened, netns, identity)

    def _close(self, key: KeyT) -> None:
        place = self._places.pop(key, None)
        if place is not None:
            self._sockets.close(place.opened)

    def _forget_netns(self, key: KeyT) -> None:
        table = self._tables.get(key)
        if table is None:
            return
        netns = self._sockets.netns(table)
        self._by_netns[netns].discard(key)
        if not self._by_netns[netns]:
            del self._by_netns[netns]


class Tables(Protocol[KeyInT, TableInT]):
    """Who works by the tables of one folder."""

    def put(self, key: KeyInT, table: TableInT, /) -> None:
        """A table is new or has changed."""

    def gone(self, key: KeyInT, /) -> None:
        """A table is gone."""


def apply_changes(tables: Tables[KeyT, TableT], changes: Iterable[TableChange[KeyT, TableT]], log: Log) -> None:
    """Hand on what a `TableFolder` found; a broken table is logged and the one before stays."""
    for change in changes:
        match change:
            case Put(key=key, table=table):
                tables.put(key, table)
            case Gone(key=key):
                tables.gone(key)
            case Broken(key=key, reason=reason):
                log.error("table_broken", table=key, reason=reason)
            case _:
                assert_never(change)
