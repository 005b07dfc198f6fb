"""The folders of tables that the agent writes for a pump, each table replaced by rename.

    <folder>/<network id>.json       of a network that the host serves as a DHCP agent
    <folder>/ports/<port id>.json    of a port of the host's own

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

K = TypeVar("K", bound=str)
T = TypeVar("T")

PORTS: Final = "ports"
"""The folder, inside the pump's, of the tables of ports."""
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


class Put(msgspec.Struct, Generic[K, T], frozen=True):
    """A table that is new or has changed; `key` is the id of the network or port."""

    key: K
    table: T


class Gone(msgspec.Struct, Generic[K], frozen=True):
    """The host no longer serves the network or port."""

    key: K


class Broken(msgspec.Struct, Generic[K], frozen=True):
    """The file is no table; what was loaded before stays in force."""

    key: K
    reason: str


TableChange = Put[K, T] | Gone[K] | Broken[K]


class TableFolder(Generic[K, T]):
    """One folder, watched from construction until `close`; locked, unless it is the one of ports inside."""

    def __init__(self, folder: Path, key_type: Callable[[str], K], decode: Callable[[bytes], tuple[K, T]]) -> None:
        """Make the folder if it is missing, and take its lock.

        Args:
        key_type: NetworkId or PortId.
        decode: id and table from a file's bytes; raises msgspec.MsgspecError or ValueError.

        Raises:
        AlreadyRunning: another process holds the lock.
        OSError: the folder cannot be made or read.
        """
        self._folder = folder
        self._key_type = key_type
        self._decode = decode
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = None if folder.name == PORTS else lock(folder)
        self._inotify = INotify(nonblocking=True)
        self._inotify.add_watch(folder, _WATCHED)
        self._known: set[K] = set()

    def fileno(self) -> int:
        """Readable when something has changed."""
        return int(self._inotify.fileno())

    def load(self) -> Iterator[TableChange[K, T]]:
        """Every table of the folder, in order of name, and those gone that were there before."""
        present = {self._key(name) for name in os.listdir(self._folder) if _is_table(name)}
        for key in sorted(self._known - present):
            yield from self._read(key)
        for key in sorted(present):
            yield from self._read(key)

    def changes(self) -> Iterator[TableChange[K, T]]:
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
            yield from self._read(self._key(name))

    def close(self) -> None:
        """Give up the watch and the lock."""
        self._inotify.close()
        if self._lock is not None:
            os.close(self._lock)

    def _key(self, name: str) -> K:
        return self._key_type(name.removesuffix(_SUFFIX))

    def _read(self, key: K) -> Iterator[TableChange[K, T]]:
        try:
            named, table = self._decode((self._folder / f"{key}{_SUFFIX}").read_bytes())
        except FileNotFoundError:
            if key in self._known:
                self._known.discard(key)
                yield Gone(key)
            return
        except (msgspec.MsgspecError, ValueError, OSError) as error:
            self._known.add(key)
            yield Broken(key, str(error))
            return
        self._known.add(key)
        if named != key:
            yield Broken(key, f"the table inside is of {named}")
            return
        yield Put(key, table)


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
