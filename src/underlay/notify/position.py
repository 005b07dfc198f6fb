"""Up to which revision Nova was told, in a file replaced by rename: after a loss of power it is the old or the new."""

import os
from pathlib import Path
from typing import Final

from underlay.model.ids import Revision


class Position:
    """Args: path: its folder must exist."""

    def __init__(self, path: Path) -> None:
        self._path: Final = path

    def read(self) -> Revision | None:
        """None when there is none yet. Raises OSError; ValueError when the file holds something else."""
        try:
            return Revision(int(self._path.read_text(encoding="ascii")))
        except FileNotFoundError:
            return None

    def write(self, revision: Revision) -> None:
        """Raises OSError."""
        fresh = self._path.with_name(f".{self._path.name}.new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(f"{revision}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
