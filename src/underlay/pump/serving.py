"""Which networks have their sockets open, and which wait for their namespace.

Goes in: tables put and gone, names of namespaces that changed. Comes out: calls of `Sockets.open`, `update` and
`close`. A network whose namespace is not there is tried again when that name changes, never by the clock.
"""

from collections.abc import Iterable
from errno import EINVAL
from typing import Generic, Protocol, TypeVar, assert_never

import msgspec

from underlay.model.ids import NetworkId
from underlay.pump.log import Log
from underlay.pump.tables import Broken, Gone, Put, TableChange

TableT = TypeVar("TableT")
TableInT = TypeVar("TableInT", contravariant=True)
OpenedT = TypeVar("OpenedT")
NamespaceIdentity = tuple[int, int]


class Sockets(Protocol[TableInT, OpenedT]):
    """What a pump does for one network."""

    def netns(self, table: TableInT) -> str:
        """Name of the namespace that the table wants."""

    def identity(self, netns: str) -> NamespaceIdentity | None:
        """What tells the namespace of now from an earlier one of that name; None when there is none."""

    def open(self, network_id: NetworkId, table: TableInT) -> OpenedT:
        """Open the network's sockets; OSError when that cannot be done now."""

    def update(self, opened: OpenedT, table: TableInT) -> bool:
        """Take over a new table of the same namespace; whether that did without opening anew."""

    def close(self, opened: OpenedT) -> None:
        """Close the network's sockets."""


class _Place(msgspec.Struct, Generic[OpenedT]):
    opened: OpenedT
    netns: str
    identity: NamespaceIdentity | None


class Serving(Generic[TableT, OpenedT]):
    """The networks of one pump."""

    def __init__(self, sockets: Sockets[TableT, OpenedT], log: Log) -> None:
        self._sockets = sockets
        self._log = log
        self._tables: dict[NetworkId, TableT] = {}
        self._places: dict[NetworkId, _Place[OpenedT]] = {}
        self._by_netns: dict[str, set[NetworkId]] = {}
        self._unsettled: set[str] = set()

    @property
    def wanted(self) -> int:
        """How many networks have a table."""
        return len(self._tables)

    @property
    def opened(self) -> int:
        """How many of them are open."""
        return len(self._places)

    def put(self, network_id: NetworkId, table: TableT) -> None:
        """A table is new or has changed."""
        netns = self._sockets.netns(table)
        self._forget_netns(network_id)
        self._tables[network_id] = table
        self._by_netns.setdefault(netns, set()).add(network_id)
        place = self._places.get(network_id)
        if place is not None and place.netns == netns and self._sockets.update(place.opened, table):
            return
        self._close(network_id)
        self._try(network_id)

    def gone(self, network_id: NetworkId) -> None:
        """A table is gone."""
        self._forget_netns(network_id)
        self._tables.pop(network_id, None)
        self._close(network_id)

    def namespaces_changed(self, names: set[str] | None) -> None:
        """Names came or went (None: look at all); names that could not be entered before are tried again."""
        looked_at = set(self._by_netns) if names is None else names & self._by_netns.keys()
        self._unsettled &= self._by_netns.keys()
        for name in sorted(looked_at | self._unsettled):
            self._look_at(name)

    def close(self) -> None:
        """Close everything."""
        for network_id in list(self._places):
            self._close(network_id)

    def _look_at(self, netns: str) -> None:
        identity = self._sockets.identity(netns)
        if identity is None:
            self._unsettled.discard(netns)
        for network_id in sorted(self._by_netns.get(netns, ())):
            place = self._places.get(network_id)
            if place is not None and place.identity == identity:
                continue
            if place is not None:
                self._log.info("namespace_lost", network_id=network_id, netns=netns)
                self._close(network_id)
            if identity is not None:
                self._try(network_id)

    def _try(self, network_id: NetworkId) -> None:
        table = self._tables[network_id]
        netns = self._sockets.netns(table)
        identity = self._sockets.identity(netns)
        try:
            opened = self._sockets.open(network_id, table)
        except OSError as error:
            if identity is None:
                return
            if error.errno != EINVAL and netns not in self._unsettled:
                self._log.warning("network_waits", network_id=network_id, netns=netns, reason=str(error))
            self._unsettled.add(netns)
            return
        self._unsettled.discard(netns)
        self._places[network_id] = _Place(opened, netns, identity)

    def _close(self, network_id: NetworkId) -> None:
        place = self._places.pop(network_id, None)
        if place is not None:
            self._sockets.close(place.opened)

    def _forget_netns(self, network_id: NetworkId) -> None:
        table = self._tables.get(network_id)
        if table is None:
            return
        netns = self._sockets.netns(table)
        self._by_netns[netns].discard(network_id)
        if not self._by_netns[netns]:
            del self._by_netns[netns]


def apply_changes(serving: Serving[TableT, OpenedT], changes: Iterable[TableChange[TableT]], log: Log) -> None:
    """Hand on what a `TableFolder` found; a broken table is logged and the one before stays."""
    for change in changes:
        match change:
            case Put(network_id=network_id, table=table):
                serving.put(network_id, table)
            case Gone(network_id=network_id):
                serving.gone(network_id)
            case Broken(network_id=network_id, reason=reason):
                log.error("table_broken", network_id=network_id, reason=reason)
            case _:
                assert_never(change)
