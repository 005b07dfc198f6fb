"""Whether the pumps run: each holds an exclusive flock(2) on `.lock` in its table folder for as long as it serves; and
whether they ever did: each makes the folder for the tables of ports when it starts, and nobody else does.
"""

import fcntl
from collections.abc import Mapping
from pathlib import Path

from inotify_simple import INotify, flags

from underlay.pump.tables import PORTS

LOCK_NAME = ".lock"


def is_serving(folder: Path) -> bool:
    """Whether a pump serves from the folder. The test takes the lock shared for an instant when nobody has it."""
    try:
        with (folder / LOCK_NAME).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def ever_served(folders: Mapping[str, Path]) -> frozenset[str]:
    """Of these kinds of pumps the ones that have ever run here and answer ports."""
    return frozenset(kind for kind, folder in folders.items() if (folder / PORTS).is_dir())


class PumpWatch:
    """Tells when a pump runs for the first time (inotify(7))."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        """Makes the folders that are missing."""
        self._inotify = INotify(nonblocking=True)
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True)
            self._inotify.add_watch(folder, flags.CREATE)

    def fileno(self) -> int:
        """To be polled for reading."""
        return int(self._inotify.fileno())

    def run(self) -> bool:
        """Whether one came since the last call."""
        return any(event.name == PORTS for event in self._inotify.read(timeout=0))
