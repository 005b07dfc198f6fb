"""Services of one container: what should run, told to its init in a file; what runs, told back in another.

`services.json` is the desired state, replaced by rename; `status.json` is what init last did. Both in the container's
folder. Init reads the first one at start and on SIGHUP.
"""

import os
from pathlib import Path

import msgspec


class Service(msgspec.Struct, frozen=True):
    """One program that init keeps running, in the foreground."""

    argv: tuple[str, ...]
    env: dict[str, str] = {}


class Running(msgspec.Struct, frozen=True):
    """What became of one service.

    Attributes:
    pid: as seen inside the container; None while it waits to be started again.
    starts: how often it was started; 1 when it never died.
    """

    pid: int | None
    starts: int


Services = dict[str, Service]
Status = dict[str, Running]


def read_services(folder: Path) -> Services:
    """What should run; nothing when it was never said."""
    path = folder / "services.json"
    return msgspec.json.decode(path.read_bytes(), type=Services) if path.exists() else {}


def write_services(folder: Path, services: Services) -> None:
    """Say what should run. Init must be told (SIGHUP) to look."""
    replace(folder / "services.json", msgspec.json.format(msgspec.json.encode(services)))


def read_status(folder: Path) -> Status:
    """What init last reported; nothing when it never ran."""
    path = folder / "status.json"
    return msgspec.json.decode(path.read_bytes(), type=Status) if path.exists() else {}


def write_status(folder: Path, status: Status) -> None:
    """Report what runs."""
    replace(folder / "status.json", msgspec.json.encode(status))


def replace(path: Path, content: bytes) -> None:
    """Write the file so that a reader sees all of the old or all of the new content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.rename(path)
