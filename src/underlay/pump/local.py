"""The host's own ports in a pump: their tables as they come and go, and the one namespace that they are answered from.

Goes in: tables put and gone, names of namespaces that changed. Comes out: the namespace's sockets opened when there is
a port to answer and a namespace to do it from, as `serving` does for networks. They stay open when the last port has
gone: the next may come at any time.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from underlay.model.ids import PortId
from underlay.pump.log import Log
from underlay.pump.namespaces import Namespaces
from underlay.pump.serving import NamespaceIdentity, Serving, Tables

TableT = TypeVar("TableT")


class Door(Protocol):
    """The open sockets."""

    def close(self) -> None:
        """Close them."""


class LocalService(Generic[TableT]):
    """One pump's work for the host's own ports."""

    def __init__(
        self,
        ports: Tables[PortId, TableT],
        netns_of: Callable[[TableT], str],
        doors: "Doors",
        log: Log,
    ) -> None:
        """`netns_of`: the namespace that a table names, the same for all."""
        self._ports = ports
        self._netns_of = netns_of
        self._serving: Serving[str, str, Door] = Serving(doors, log)
        self._netns = ""

    def put(self, port_id: PortId, table: TableT, /) -> None:
        """A table is new or has changed."""
        self._ports.put(port_id, table)
        netns = self._netns_of(table)
        if netns != self._netns:
            self._serving.gone(self._netns)
            self._netns = netns
            self._serving.put(netns, netns)

    def gone(self, port_id: PortId, /) -> None:
        """A table is gone."""
        self._ports.gone(port_id)

    def namespaces_changed(self, names: set[str] | None) -> None:
        """Names came or went; None: look at all."""
        self._serving.namespaces_changed(names)

    def close(self) -> None:
        """Close the sockets."""
        self._serving.close()


class Doors:
    """What `Serving` asks: its key and its table are the namespace's name."""

    def __init__(self, namespaces: Namespaces, open_door: Callable[[str], Door], log: Log) -> None:
        """`open_door`: raises OSError when the namespace cannot be entered."""
        self._namespaces = namespaces
        self._open_door = open_door
        self._log = log

    def netns(self, table: str) -> str:
        """The table itself."""
        return table

    def identity(self, netns: str) -> NamespaceIdentity | None:
        """Of the namespace that has the name now."""
        return self._namespaces.identity(netns)

    def open(self, key: str, table: str) -> Door:
        """Open the sockets."""
        opened = self._open_door(table)
        self._log.info("local_opened", netns=key)
        return opened

    def update(self, opened: Door, table: str) -> bool:
        """The same namespace: nothing to do."""
        return True

    def close(self, opened: Door) -> None:
        """Close them."""
        opened.close()
        self._log.info("local_closed")
