"""The tables that the pumps serve from, as they are on disk now. Reads only."""

import os
from pathlib import Path

SUFFIX = ".json"


class TableView:
    """Files of the pumps' folders. One whose inode, size and time are as before is not read again."""

    def __init__(self, folders: dict[str, Path]) -> None:
        """`folders`: kind (`dhcp`, `dhcp/ports` ...) -> folder; it need not exist."""
        self._folders = folders
        self._read: dict[str, tuple[tuple[int, int, int], bytes]] = {}

    def observe(self) -> dict[str, bytes]:
        """`<kind>/<file name>` -> content."""
        found: dict[str, tuple[tuple[int, int, int], bytes]] = {}
        for kind, folder in self._folders.items():
            if not folder.is_dir():
                continue
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                        name = f"{kind}/{entry.name}"
                        found[name] = self._look(name, entry)
        self._read = found
        return {name: content for name, (_, content) in found.items()}

    def _look(self, name: str, entry: os.DirEntry[str]) -> tuple[tuple[int, int, int], bytes]:
        status = entry.stat()
        signature = (status.st_ino, status.st_size, status.st_mtime_ns)
        known = self._read.get(name)
        if known is not None and known[0] == signature:
            return known
        return signature, Path(entry.path).read_bytes()
