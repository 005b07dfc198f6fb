"""Guests as QEMU processes of their own: they outlive the program that started them.

    <state>/guests/<id>/   disk.qcow2, console.log, media.json        until the guest is destroyed
    <run>/<id>/            pid, qmp, reboots, started, stopping       until it is forgotten or the host boots: in memory

| in <run>/<id>                           | the guest |
|---|---|
| `pid` names a process of that guest     | runs |
| `pid` names none                        | was killed: QEMU removes the file when it ends in order |
| no `pid`, but `started`                 | has ended |
| neither                                 | was never started |
"""

import os
import select
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Final, Literal

import msgspec

from underlay.compute import qmp
from underlay.compute.guest import Guest, Run
from underlay.compute.hypervisor import GuestError, Media, NotNowError
from underlay.compute.qemu_command import Accelerator, Places, qemu_command
from underlay.model.ids import InstanceId

_START_WITHIN_S: Final = 60.0
_END_WITHIN_S: Final = 5.0
_GIB: Final = 1 << 30
_PRIVATE: Final = 0o700


class _DiskFacts(msgspec.Struct, frozen=True, rename="kebab"):
    """What `qemu-img info` tells of a file."""

    format: str
    virtual_size: int
    backing_filename: str | None = None
    format_specific: dict[str, object] = {}


class Qemu:
    """The `Hypervisor` that starts a process a guest."""

    name = "qemu"

    def __init__(self, state: Path, run: Path, emulator: str, accelerator: Accelerator) -> None:
        """state: on disk; run: in memory, its path short enough for a socket's."""
        self._guests = state / "guests"
        self._run = run
        self._emulator = emulator
        self._accelerator: Accelerator = accelerator

    def kept(self) -> frozenset[InstanceId]:
        """Guests with a folder."""
        return frozenset(_names(self._guests))

    def runs(self) -> dict[InstanceId, Run]:
        """Guests that were started since the host booted."""
        found = {guest_id: self._look(guest_id) for guest_id in _names(self._run)}
        return {guest_id: run for guest_id, run in found.items() if run is not None}

    def media(self, guest_id: InstanceId) -> Media | None:
        """From `media.json`."""
        try:
            return msgspec.json.decode(
                (self._guests / guest_id / "media.json").read_bytes(),
                type=Media,
                dec_hook=lambda kind, text: kind(text),
            )
        except (OSError, msgspec.DecodeError):
            return None

    def start(self, guest: Guest, media: Media) -> None:
        """Make its folder and disk if need be, and start QEMU."""
        folder, run = self._guests / guest.id, self._run / guest.id
        folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        _write(folder / "media.json", msgspec.json.encode(media, enc_hook=str))
        disk = None if media.disk is None else self._disk(folder / "disk.qcow2", media.disk, media.disk_format, guest)
        self.forget(guest.id)
        run.mkdir(mode=_PRIVATE, parents=True)
        _write(run / "reboots", str(guest.reboots).encode())
        places = Places(run / "pid", run / "qmp", self.console(guest.id), disk)
        try:
            self._tool(*qemu_command(self._emulator, self._accelerator, guest, media, places))
        except (GuestError, NotNowError):
            self.forget(guest.id)
            raise
        (run / "started").touch()

    def reset(self, guest: Guest) -> None:
        """As by the reset button."""
        qmp.command(self._run / guest.id / "qmp", "system_reset")
        _write(self._run / guest.id / "reboots", str(guest.reboots).encode())
        (self._run / guest.id / "stopping").unlink(missing_ok=True)

    def ask_to_stop(self, guest_id: InstanceId) -> None:
        """As by the power button; when that was, is the time of the file `stopping`."""
        qmp.command(self._run / guest_id / "qmp", "system_powerdown")
        (self._run / guest_id / "stopping").touch()

    def switch_off(self, guest_id: InstanceId) -> None:
        """By QEMU's own end; by force when it does not answer."""
        run = self._run / guest_id
        pid = _process(run / "pid", guest_id)
        if pid is None:
            return
        process = os.pidfd_open(pid)
        try:
            try:
                qmp.command(run / "qmp", "quit")
            except NotNowError:
                signal.pidfd_send_signal(process, signal.SIGKILL)
            if not select.select([process], [], [], _END_WITHIN_S)[0]:
                signal.pidfd_send_signal(process, signal.SIGKILL)
                select.select([process], [], [], _END_WITHIN_S)
        except ProcessLookupError:
            pass  # it ended by itself
        finally:
            os.close(process)
        (run / "pid").unlink(missing_ok=True)

    def forget(self, guest_id: InstanceId) -> None:
        """Remove what is left in memory of a guest that has ended."""
        shutil.rmtree(self._run / guest_id, ignore_errors=True)

    def destroy(self, guest_id: InstanceId) -> None:
        """Process, disk, console: the folder last, which says that the guest is there."""
        self.switch_off(guest_id)
        self.forget(guest_id)
        shutil.rmtree(self._guests / guest_id, ignore_errors=True)

    def console(self, guest_id: InstanceId) -> Path:
        """In the guest's folder."""
        return self._guests / guest_id / "console.log"

    def _look(self, guest_id: InstanceId) -> Run | None:
        run = self._run / guest_id
        has_pid = (run / "pid").exists()
        is_running = has_pid and _process(run / "pid", guest_id) is not None
        if has_pid and not is_running and not (run / "pid").exists():
            has_pid = False  # it ended between the two looks
        if not has_pid and not (run / "started").exists():
            return None
        reboots = _read(run / "reboots")
        try:
            stopping_since = (run / "stopping").stat().st_mtime
        except OSError:
            stopping_since = None
        life: Literal["running", "ended", "killed"] = "running" if is_running else "killed" if has_pid else "ended"
        return Run(life, int(reboots) if reboots.isdigit() else 0, stopping_since)

    def _disk(self, path: Path, base: Path, base_format: str, guest: Guest) -> Path:
        """An overlay over the image, as large as the flavor says."""
        if path.exists():
            return path
        facts = self._facts(base, base_format)
        size = max(facts.virtual_size, guest.disk_gb * _GIB)
        if guest.disk_gb and facts.virtual_size > guest.disk_gb * _GIB:
            raise GuestError(
                f"the image needs a disk of {-(-facts.virtual_size // _GIB)} GB, flavor has {guest.disk_gb}"
            )
        fresh = path.with_name(f".{path.name}.new")
        self._tool(
            "qemu-img", "create", "-q", "-f", "qcow2", "-F", facts.format, "-b", str(base), str(fresh), str(size)
        )
        fresh.replace(path)
        return path

    def _facts(self, image: Path, of_format: str) -> _DiskFacts:
        """Of an image that names no other file: it would be read with our rights. Raises GuestError."""
        told = self._tool("qemu-img", "info", "--output=json", "-f", of_format, str(image))
        try:
            facts = msgspec.json.decode(told, type=_DiskFacts)
        except msgspec.DecodeError as error:
            raise GuestError(f"qemu-img does not understand the image: {error}") from error
        inner = facts.format_specific.get("data", {})
        if facts.backing_filename is not None or (isinstance(inner, dict) and inner.get("data-file")):
            raise GuestError("the image names another file, which is not allowed")
        return facts

    def _tool(self, *command: str) -> str:
        """Run it to its end, without a shell; what it printed. Raises GuestError and NotNowError."""
        try:
            done = subprocess.run(  # noqa: S603 - arguments of our own making, no shell
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_START_WITHIN_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise NotNowError(f"{command[0]} did not finish in {_START_WITHIN_S:.0f} s") from error
        except OSError as error:
            raise GuestError(f"{command[0]}: {error.strerror}") from error
        if done.returncode:
            raise GuestError(f"{command[0]}: {(done.stderr.strip() or 'failed').splitlines()[-1]}")
        return done.stdout


def is_usable(emulator: str) -> bool:
    """Whether the programs are there."""
    return shutil.which(emulator) is not None and shutil.which("qemu-img") is not None


def _names(folder: Path) -> list[InstanceId]:
    return [InstanceId(entry.name) for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []


def _process(pid_file: Path, guest_id: InstanceId) -> int | None:
    """The guest's live process; not another that has got its number since."""
    text = _read(pid_file)
    if not text.isdigit():
        return None
    try:
        words = Path(f"/proc/{text}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return int(text) if guest_id.encode() in words else None


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)
