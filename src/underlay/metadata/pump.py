"""underlay-metadata: one asyncio loop, 169.254.169.254:80 for the host's own ports and in the namespaces of networks.

Goes in: the tables of the folder, connections of guests. Comes out: answers from the instance records, or Nova's.
The standard loop rather than uvloop: nothing here is limited by the loop, and it is smaller (docs/metadata.md).
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from underlay.metadata.answer import answer_from_records
from underlay.metadata.crowd import Crowd
from underlay.metadata.directory import Directory
from underlay.metadata.exchange import Request, Response
from underlay.metadata.identify import Callers, arrange, identify
from underlay.metadata.listener import Listener, listen
from underlay.metadata.local import LocalDoor, LocalPorts, decode_port
from underlay.metadata.recent import Recent
from underlay.model.address import IpAddress, decode_address_type
from underlay.model.ids import NetworkId, PortId
from underlay.pump.bucket import Pace
from underlay.pump.local import Doors, LocalService
from underlay.pump.log import Log
from underlay.pump.namespaces import Namespaces, NamespaceWatch, check_name
from underlay.pump.serving import NamespaceIdentity, Serving, apply_changes
from underlay.pump.tables import PORTS, TableFolder

if TYPE_CHECKING:
    from underlay.metadata.relay import Relay


class PackedDirectory(msgspec.Struct, frozen=True):
    """A table that was found good, kept as it came: unpacked it takes more than twice as much."""

    network_id: NetworkId
    netns: str
    octets: bytes


RecentCallers = Recent[PackedDirectory, Callers]


class OpenNetwork:
    """One network's listener and the table that is in force."""

    def __init__(self, packed: PackedDirectory, recent: RecentCallers, relay: "Relay | None") -> None:
        self.packed = packed
        self.listener: Listener | None = None
        self._recent = recent
        self._relay = relay

    def answer(self, source: IpAddress, request: Request) -> Response | Awaitable[Response]:
        """From the records now, or from Nova later."""
        callers = self._recent.of(self.packed.network_id, self.packed)
        caller = identify(callers, source)
        if self._relay is not None:
            return self._relay.answer(request, caller)
        return answer_from_records(request, callers.directory, caller)


class DirectorySockets:
    """What `Serving` asks of this pump."""

    def __init__(self, namespaces: Namespaces, relay: "Relay | None", crowd: Crowd, log: Log) -> None:
        self._namespaces = namespaces
        self._relay = relay
        self._log = log
        self._crowd = crowd
        self._recent: RecentCallers = Recent(unpack)

    def netns(self, table: PackedDirectory) -> str:
        """The namespace that the table names."""
        return table.netns

    def identity(self, netns: str) -> NamespaceIdentity | None:
        """Of the namespace that has the name now."""
        return self._namespaces.identity(netns)

    def open(self, network_id: NetworkId, table: PackedDirectory) -> OpenNetwork:
        """Listen; OSError when the namespace is not there."""
        listening = listen(self._namespaces, table.netns)
        network = OpenNetwork(table, self._recent, self._relay)
        network.listener = Listener(listening, self._crowd, lambda source: (network_id, source), network.answer)
        self._log.info("network_opened", network_id=network_id, netns=table.netns)
        return network

    def update(self, opened: OpenNetwork, table: PackedDirectory) -> bool:
        """Answer by the new table."""
        opened.packed = table
        return True

    def close(self, opened: OpenNetwork) -> None:
        """Listen no more, and end the connections."""
        if opened.listener is not None:
            opened.listener.close()
        self._recent.forget(opened.packed.network_id)
        self._log.info("network_closed", network_id=opened.packed.network_id)


async def run(table_dir: Path, pace: Pace, make_relay: "Callable[[Log], Relay] | None", log: Log) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
    pace: how often one of the host's own ports may ask.
    make_relay: for the relay to Nova; None answers from the instance records.

    Raises:
    AlreadyRunning: another pump serves the folder.
    FolderLost: the folder was removed or moved.
    OSError: the folder or the namespaces cannot be watched.
    """
    loop = asyncio.get_running_loop()
    folder = TableFolder(table_dir, NetworkId, decode_directory)
    port_folder = TableFolder(table_dir / PORTS, PortId, decode_port)
    watch = NamespaceWatch()
    namespaces = Namespaces()
    crowd = Crowd()
    relay = make_relay(log) if make_relay is not None else None
    serving = Serving(DirectorySockets(namespaces, relay, crowd, log), log)
    ports = LocalPorts(pace, relay)
    doors = Doors(namespaces, lambda netns: LocalDoor(namespaces, netns, ports, crowd), log)
    local = LocalService(ports, lambda table: table.netns, doors, log)

    def follow_namespaces() -> None:
        names = watch.changed()
        serving.namespaces_changed(names)
        local.namespaces_changed(names)

    stopped: asyncio.Future[None] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stopped)
    readers = {
        folder.fileno(): lambda: apply_changes(serving, folder.changes(), log),
        port_folder.fileno(): lambda: apply_changes(local, port_folder.changes(), log),
        watch.fileno(): follow_namespaces,
    }
    for descriptor, call in readers.items():
        loop.add_reader(descriptor, _ending(stopped, call))
    apply_changes(local, port_folder.load(), log)
    apply_changes(serving, folder.load(), log)
    log.info("serving", networks=serving.wanted, opened=serving.opened, ports=len(ports))
    try:
        await stopped
    finally:
        for descriptor in readers:
            loop.remove_reader(descriptor)
        local.close()
        serving.close()
        watch.close()
        port_folder.close()
        folder.close()
    log.info("stopped")


def _stop(stopped: asyncio.Future[None]) -> None:
    if not stopped.done():
        stopped.set_result(None)


def _ending(stopped: asyncio.Future[None], call: Callable[[], None]) -> Callable[[], None]:
    """The call; what it raises ends `run`, as asyncio would only log it."""

    def guarded() -> None:
        try:
            call()
        except (OSError, RuntimeError) as error:
            if not stopped.done():
                stopped.set_exception(error)

    return guarded


def decode_directory(octets: bytes) -> tuple[NetworkId, PackedDirectory]:
    """The table in a file's bytes; raises msgspec.MsgspecError or ValueError when it is none."""
    directory = _decoder.decode(octets)
    check_name(directory.netns)
    return directory.network_id, PackedDirectory(directory.network_id, directory.netns, octets)


def unpack(packed: PackedDirectory) -> Callers:
    """The callers of the table."""
    return arrange(_decoder.decode(packed.octets))


_decoder: Final = msgspec.json.Decoder(Directory, dec_hook=decode_address_type)
