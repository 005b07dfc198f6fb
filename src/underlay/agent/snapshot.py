"""The mirror's snapshot on disk: written whole and durably, read at start.

File: `<state_dir>/agent/mirror.json`, replaced by rename. A file that cannot be read is as good as none: the feed
brings everything again.
"""

import os
from pathlib import Path

import msgspec
import structlog

from underlay.agent.mirror import Snapshot
from underlay.model.codec import decode, encode

_log = structlog.get_logger()


def load(path: Path) -> Snapshot | None:
    """The snapshot; None when there is none that can be read."""
    try:
        return decode(path.read_bytes(), Snapshot)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("snapshot unreadable, starting without", path=str(path), reason=str(error))
        return None


def save(path: Path, snapshot: Snapshot) -> None:
    """Replace the file, so that after a loss of power it is the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(encode(snapshot))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
