"""The folder of tables that the agent writes for a pump: `<network id>.json`, one a network, replaced by rename.

Goes in: the folder and what a table is. Comes out: which tables are there, changed, gone or broken, all of them at
start and then as the kernel tells it (inotify(7)). Also the lock by which the agent sees that the pump is alive
and which refuses a second pump. Never writes a table.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec
from inotify_simple import INotify, flags

from underlay.model.ids import NetworkId

T = TypeVar("T")

LOCK_NAME: Final = ".lock"
_SUFFIX: Final = ".json"
_LOCK_TRIES: Final = 10
_LOCK_PAUSE_S: Final = 0.1
_WATCHED: Final = (
    flags.CLOSE_WRITE | flags.MOVED_TO | flags.MOVED_FROM | flags.DELETE | flags.DELETE_SELF | flags.MOVE_SELF
)
_FOLDER_GONE: Final = flags.DELETE_SELF | flags.MOVE_SELF | flags.IGNORED | flags.UNMOUNT


class AlreadyRunning(RuntimeError):  # noqa: N818 - it names the state found
    """Another pump holds the folder's lock."""


class FolderLost(RuntimeError):  # noqa: N818 - it names the state found
    """The folder itself was removed or moved: nothing that the agent writes would be seen any more."""


class Put(msgspec.Struct, Generic[T], frozen=True):
    """A table that is new or has changed."""

    network_id: NetworkId
    table: T


class Gone(msgspec.Struct, frozen=True):
    """The host no longer serves the network."""

    network_id: NetworkId


class Broken(msgspec.Struct, frozen=True):
    """The file is no table; what was loaded before stays in force."""

    network_id: NetworkId
    reason: str


TableChange = Put[T] | Gone | Broken


class TableFolder(Generic[T]):
    """The folder, locked and watched from construction until `close`."""

    def __init__(self, folder: Path, decode: Callable[[bytes], tuple[NetworkId, T]]) -> None:
        """Make the folder if it is missing, and take its lock.

        Args:
        decode: network id and table from a file's bytes; raises msgspec.MsgspecError or ValueError.

        Raises:
        AlreadyRunning: another process holds the lock.
        OSError: the folder cannot be made or read.
        """
        self._folder = folder
        self._decode = decode
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = lock(folder)
        self._inotify = INotify(nonblocking=True)
        self._inotify.add_watch(folder, _WATCHED)
        self._known: set[NetworkId] = set()

    def fileno(self) -> int:
        """Readable when something has changed."""
        return int(self._inotify.fileno())

    def load(self) -> Iterator[TableChange[T]]:
        """Every table of the folder, in order of name, and those gone that were there before."""
        present = {_network_id(name) for name in os.listdir(self._folder) if _is_table(name)}
        for network_id in sorted(self._known - present):
            yield from self._read(network_id)
        for network_id in sorted(present):
            yield from self._read(network_id)

    def changes(self) -> Iterator[TableChange[T]]:
        """What has changed since the last call; each table once, however often it was replaced.

        Raises:
        FolderLost: the folder is no longer where it was.
        """
        names: dict[str, None] = {}
        for event in self._inotify.read(timeout=0):
            if event.mask & flags.Q_OVERFLOW:
                yield from self.load()
                return
            if event.mask & _FOLDER_GONE:
                raise FolderLost(f"{self._folder} was removed or moved away")
            if _is_table(event.name):
                names[event.name] = None
        for name in names:
            yield from self._read(_network_id(name))

    def close(self) -> None:
        """Give up the watch and the lock."""
        self._inotify.close()
        os.close(self._lock)

    def _read(self, network_id: NetworkId) -> Iterator[TableChange[T]]:
        try:
            named, table = self._decode((self._folder / f"{network_id}{_SUFFIX}").read_bytes())
        except FileNotFoundError:
            if network_id in self._known:
                self._known.discard(network_id)
                yield Gone(network_id)
            return
        except (msgspec.MsgspecError, ValueError, OSError) as error:
            self._known.add(network_id)
            yield Broken(network_id, str(error))
            return
        self._known.add(network_id)
        if named != network_id:
            yield Broken(network_id, f"the table inside is of network {named}")
            return
        yield Put(network_id, table)


def lock(folder: Path) -> int:
    """Take the folder's lock; the file descriptor that holds it, until it is closed or the process ends.

    The agent holds it for an instant when it looks whether the pump is alive, so it is asked for more than once.

    Raises:
    AlreadyRunning: another process goes on holding it.
    """
    descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_PAUSE_S)
            continue
        return descriptor
    os.close(descriptor)
    raise AlreadyRunning(f"another pump serves {folder} already: its lock is held")


def _is_table(name: str) -> bool:
    return name.endswith(_SUFFIX) and not name.startswith(".")


def _network_id(name: str) -> NetworkId:
    return NetworkId(name.removesuffix(_SUFFIX))
