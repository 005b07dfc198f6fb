"""underlay-dhcp: one thread, one epoll(7), DHCP for the host's own ports and for all networks that it serves.

Goes in: the tables of the folder, requests from the sockets. Comes out: replies and log lines. Keeps no lease file:
addresses are reservations, so a restart forgets nothing. Bare epoll rather than asyncio: there is nothing to
wait for but sockets, and asyncio alone would add a third to the memory (docs/dhcp.md, "Figures").
"""

import re
from pathlib import Path
from typing import Final

import msgspec

from underlay.dhcp.answer import Declined, Released, Reply, answer
from underlay.dhcp.local import LocalPorts, LocalSocket
from underlay.dhcp.lookup import Lookup, arrange
from underlay.dhcp.readiness import Readiness
from underlay.dhcp.scope import PortScope, Scope
from underlay.dhcp.sockets import NetworkSockets
from underlay.model.address import decode_address_type
from underlay.model.ids import NetworkId, PortId
from underlay.pump.bucket import Pace
from underlay.pump.local import Doors, LocalService
from underlay.pump.log import Log
from underlay.pump.namespaces import Namespaces, NamespaceWatch, check_name
from underlay.pump.serving import NamespaceIdentity, Serving, apply_changes
from underlay.pump.tables import PORTS, TableFolder
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.message import parse

_DEVICE_NAME: Final = re.compile(r"[^/\s\0]{1,15}")
_AT_ONCE: Final = 64
"""Requests of one network that are answered before the others have their turn."""


class OpenNetwork:
    """One network's sockets and the table that is in force."""

    def __init__(self, network_id: NetworkId, sockets: NetworkSockets, lookup: Lookup) -> None:
        self.network_id = network_id
        self.sockets = sockets
        self.lookup = lookup


class ScopeSockets:
    """What `Serving` asks of this pump: the sockets of one network, registered with epoll."""

    def __init__(self, namespaces: Namespaces, ready: Readiness, log: Log) -> None:
        self._namespaces = namespaces
        self._ready = ready
        self._log = log

    def netns(self, table: Scope) -> str:
        """The namespace that the table names."""
        return table.netns

    def identity(self, netns: str) -> NamespaceIdentity | None:
        """Of the namespace that has the name now."""
        return self._namespaces.identity(netns)

    def open(self, network_id: NetworkId, table: Scope) -> OpenNetwork:
        """Open the sockets; OSError when the namespace is not there."""
        network = OpenNetwork(
            network_id, NetworkSockets(self._namespaces, table.netns, table.device), self._arrange(table)
        )
        self._ready.add(network.sockets.requests.fileno(), lambda: self.serve(network))
        self._ready.add(network.sockets.links.fileno(), lambda: self.follow_link(network))
        self._log.info("network_opened", network_id=network_id, netns=table.netns, device=table.device)
        return network

    def update(self, opened: OpenNetwork, table: Scope) -> bool:
        """Answer by the new table; another device is followed with the same sockets."""
        opened.lookup = self._arrange(table)
        if opened.sockets.device != table.device:
            opened.sockets.device = table.device
            opened.sockets.follow_link()
        return True

    def close(self, opened: OpenNetwork) -> None:
        """Close the sockets."""
        self._ready.remove(opened.sockets.requests.fileno())
        self._ready.remove(opened.sockets.links.fileno())
        opened.sockets.close()
        self._log.info("network_closed", network_id=opened.network_id)

    def follow_link(self, network: OpenNetwork) -> None:
        """A link of the namespace came, went or changed."""
        network.sockets.follow_link()

    def serve(self, network: OpenNetwork) -> None:
        """Answer what has arrived, fairly: a flood in one network does not starve the others."""
        for _ in range(_AT_ONCE):
            datagram = network.sockets.receive()
            if datagram is None:
                return
            try:
                self._answer(network, datagram)
            except Exception as error:
                # A defect of ours must not let one guest's packet end the service of all: it would only send it again.
                self._log.error(
                    "request_failed", network_id=network.network_id, reason=repr(error), datagram=datagram.hex()
                )

    def _answer(self, network: OpenNetwork, datagram: bytes) -> None:
        try:
            request = parse(datagram)
        except DhcpFormatError:
            return
        match answer(request, network.lookup):
            case Reply() as reply:
                network.sockets.send(reply)
            case Declined(port_id=port_id, address=address, reason=reason):
                self._log.warning(
                    "address_declined",
                    network_id=network.network_id,
                    port_id=port_id,
                    address=str(address),
                    reason=reason,
                )
            case Released(port_id=port_id, address=address):
                self._log.info("address_released", network_id=network.network_id, port_id=port_id, address=str(address))

    def _arrange(self, table: Scope) -> Lookup:
        lookup = arrange(table)
        for port_id, why in lookup.refused:
            self._log.warning("extra_option_refused", network_id=table.network_id, port_id=port_id, reason=why)
        return lookup


def run(table_dir: Path, pace: Pace, stop: int, log: Log) -> None:
    """Serve until `stop` becomes readable.

    Args:
    pace: how often one of the host's own ports may ask.
    stop: a file descriptor.

    Raises:
    AlreadyRunning: another pump serves the folder.
    FolderLost: the folder was removed or moved.
    OSError: the folder or the namespaces cannot be watched.
    """
    ready = Readiness()
    folder = TableFolder(table_dir, NetworkId, decode_scope)
    port_folder = TableFolder(table_dir / PORTS, PortId, decode_port_scope)
    watch = NamespaceWatch()
    namespaces = Namespaces()
    serving = Serving(ScopeSockets(namespaces, ready, log), log)
    ports = LocalPorts(pace, log)
    doors = Doors(namespaces, lambda netns: LocalSocket(namespaces, netns, ports, ready, log), log)
    local = LocalService(ports, lambda table: table.scope.netns, doors, log)

    def follow_namespaces() -> None:
        names = watch.changed()
        serving.namespaces_changed(names)
        local.namespaces_changed(names)

    stopping: list[bool] = []
    ready.add(stop, lambda: stopping.append(True))
    ready.add(folder.fileno(), lambda: apply_changes(serving, folder.changes(), log))
    ready.add(port_folder.fileno(), lambda: apply_changes(local, port_folder.changes(), log))
    ready.add(watch.fileno(), follow_namespaces)
    apply_changes(local, port_folder.load(), log)
    apply_changes(serving, folder.load(), log)
    log.info("serving", networks=serving.wanted, opened=serving.opened, ports=len(ports))
    while not stopping:
        ready.wait()
    local.close()
    serving.close()
    watch.close()
    port_folder.close()
    folder.close()
    ready.close()
    log.info("stopped")


def decode_scope(octets: bytes) -> tuple[NetworkId, Scope]:
    """The table in a file's bytes; raises msgspec.MsgspecError or ValueError when it is none."""
    scope = _decoder.decode(octets)
    check_name(scope.netns)
    if not _DEVICE_NAME.fullmatch(scope.device):
        raise ValueError(f"{scope.device!r} can be no link's name")
    return scope.network_id, scope


def decode_port_scope(octets: bytes) -> tuple[PortId, PortScope]:
    """The table of a port in a file's bytes; raises msgspec.MsgspecError or ValueError when it is none."""
    table = _port_decoder.decode(octets)
    check_name(table.scope.netns)
    return table.port_id, table


_decoder: Final = msgspec.json.Decoder(Scope, dec_hook=decode_address_type)
_port_decoder: Final = msgspec.json.Decoder(PortScope, dec_hook=decode_address_type)
