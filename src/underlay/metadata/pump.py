"""underlay-metadata: one asyncio loop, 169.254.169.254:80 in the namespaces of all networks of the host.

Goes in: the tables of the folder, connections of guests. Comes out: answers from the instance records, or Nova's.
The standard loop rather than uvloop: nothing here is limited by the loop, and it is smaller (docs/metadata.md).
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from underlay.metadata.answer import answer_from_records
from underlay.metadata.crowd import Crowd
from underlay.metadata.directory import Directory
from underlay.metadata.exchange import Request, Response
from underlay.metadata.identify import Callers, arrange, identify
from underlay.metadata.listener import Listener, listen
from underlay.model.address import decode_address_type
from underlay.model.ids import NetworkId
from underlay.pump.log import Log
from underlay.pump.namespaces import Namespaces, NamespaceWatch, check_name
from underlay.pump.serving import NamespaceIdentity, Serving, apply_changes
from underlay.pump.tables import TableFolder

if TYPE_CHECKING:
    from underlay.metadata.relay import Relay


_UNPACKED: Final = 64
"""Tables kept unpacked: one of 20 machines is unpacked in 0.2 ms, one of 1000 in 10 ms."""


class PackedDirectory(msgspec.Struct, frozen=True):
    """A table that was found good, kept as it came: unpacked it takes more than twice as much."""

    network_id: NetworkId
    netns: str
    octets: bytes


class RecentCallers:
    """The tables of the networks that asked last, unpacked."""

    def __init__(self) -> None:
        self._callers: dict[NetworkId, tuple[PackedDirectory, Callers]] = {}

    def of(self, packed: PackedDirectory) -> Callers:
        """The callers of this table."""
        found = self._callers.pop(packed.network_id, None)
        if found is None or found[0] is not packed:
            found = packed, arrange(_decoder.decode(packed.octets))
        self._callers[packed.network_id] = found
        if len(self._callers) > _UNPACKED:
            del self._callers[next(iter(self._callers))]
        return found[1]

    def forget(self, network_id: NetworkId) -> None:
        """The network is gone."""
        self._callers.pop(network_id, None)


class OpenNetwork:
    """One network's listener and the table that is in force."""

    def __init__(self, packed: PackedDirectory, recent: RecentCallers, relay: "Relay | None") -> None:
        self.packed = packed
        self.listener: Listener | None = None
        self._recent = recent
        self._relay = relay

    def answer(self, source: IPv4Address, request: Request) -> Response | Awaitable[Response]:
        """From the records now, or from Nova later."""
        callers = self._recent.of(self.packed)
        caller = identify(callers, source)
        if self._relay is not None:
            return self._relay.answer(request, caller)
        return answer_from_records(request, callers.directory, caller)


class DirectorySockets:
    """What `Serving` asks of this pump."""

    def __init__(self, namespaces: Namespaces, relay: "Relay | None", log: Log) -> None:
        self._namespaces = namespaces
        self._relay = relay
        self._log = log
        self._crowd = Crowd()
        self._recent = RecentCallers()

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
        network.listener = Listener(network_id, listening, self._crowd, network.answer)
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


async def run(table_dir: Path, make_relay: "Callable[[Log], Relay] | None", log: Log) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
    make_relay: for the relay to Nova; None answers from the instance records.

    Raises:
    AlreadyRunning: another pump serves the folder.
    FolderLost: the folder was removed or moved.
    OSError: the folder or the namespaces cannot be watched.
    """
    loop = asyncio.get_running_loop()
    folder = TableFolder(table_dir, decode_directory)
    watch = NamespaceWatch()
    relay = make_relay(log) if make_relay is not None else None
    serving = Serving(DirectorySockets(Namespaces(), relay, log), log)
    stopped: asyncio.Future[None] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stopped)
    changed = _ending(stopped, lambda: apply_changes(serving, folder.changes(), log))
    loop.add_reader(folder.fileno(), changed)
    loop.add_reader(watch.fileno(), _ending(stopped, lambda: serving.namespaces_changed(watch.changed())))
    apply_changes(serving, folder.load(), log)
    log.info("serving", networks=serving.wanted, opened=serving.opened)
    try:
        await stopped
    finally:
        loop.remove_reader(folder.fileno())
        loop.remove_reader(watch.fileno())
        serving.close()
        watch.close()
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


_decoder: Final = msgspec.json.Decoder(Directory, dec_hook=decode_address_type)
