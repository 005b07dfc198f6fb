"""Named network namespaces: list, make, remove, and step into one.

In and out: names, as `ip netns` uses them. Decides nothing. Source: `network_namespaces(7)`, `setns(2)`, `ip-netns(8)`.

# Note [Half-made]
A name is a file with a namespace mounted on it. A maker that is killed in between leaves the bare file. That counts as
no namespace: it is not listed, and the next `create` mounts on it.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

FOLDER: Final = Path("/var/run/netns")
_OWN: Final = "/proc/thread-self/ns/net"
_CLONE_NEWNET: Final = 0x40000000
_MS_BIND: Final = 0x1000
_MS_REC: Final = 0x4000
_MS_SHARED: Final = 1 << 20
_MNT_DETACH: Final = 2
_libc: Final = ctypes.CDLL(None, use_errno=True)


def names() -> list[str]:
    """All named namespaces, sorted."""
    return sorted(_mounted())


def exists(name: str) -> bool:
    """Whether there is one of that name: see Note [Half-made]."""
    try:
        return _path(name).stat().st_dev != FOLDER.stat().st_dev
    except FileNotFoundError:
        return False


def create(name: str) -> None:
    """Make it, unless it is there. Like `ip netns add`, in a tenth of the time: no process is started."""
    if exists(name):
        return
    if next(_mounted(), None) is None and not _is_shared_mount():
        _make_shared_mount()  # once a boot; whoever made the first namespace has done it
    path = _path(name)
    path.touch()
    try:
        with _back_home():
            _check(_libc.unshare(_CLONE_NEWNET))
            _check(_libc.mount(_OWN.encode(), bytes(path), b"none", _MS_BIND, None))
    except OSError:
        path.unlink()
        raise


def remove(name: str) -> None:
    """Unmount and unlink the name, unless it is gone; the kernel ends the namespace when its last user goes."""
    if exists(name):
        _check(_libc.umount2(bytes(_path(name)), _MNT_DETACH))
    _path(name).unlink(missing_ok=True)


@contextmanager
def opened(name: str) -> Iterator[int]:
    """An open file of the namespace. Raises: OSError when there is no such namespace."""
    target = os.open(_path(name), os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield target
    finally:
        os.close(target)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """The calling thread is in the namespace while the block runs, and back in its own afterwards.

    Raises: OSError when there is no such namespace."""
    with _back_home():
        with opened(name) as target:
            _check(_libc.setns(target, _CLONE_NEWNET))
        yield


@contextmanager
def _back_home() -> Iterator[None]:
    """After the block the calling thread is in the namespace that it was in before."""
    own = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield
    finally:
        try:
            _check(_libc.setns(own, _CLONE_NEWNET))
        finally:
            os.close(own)


def _mounted() -> Iterator[str]:
    """The names in the folder that are namespaces, in no order: see Note [Half-made]."""
    if not FOLDER.exists():
        return
    device = FOLDER.stat().st_dev
    with os.scandir(FOLDER) as entries:
        for entry in entries:
            if _device_of(entry) not in (device, None):
                yield entry.name


def _device_of(entry: os.DirEntry[str]) -> int | None:
    """None when the name has gone meanwhile: other programs make and remove namespaces too."""
    try:
        return entry.stat().st_dev
    except FileNotFoundError:
        return None


def _is_shared_mount() -> bool:
    """proc_pid_mountinfo(5): the fifth field is where, `shared:N` among the optional ones."""
    target = str(FOLDER.resolve())
    lines = Path("/proc/thread-self/mountinfo").read_text().splitlines()
    return any(line.split()[4] == target and " shared:" in line for line in lines if target in line)


def _make_shared_mount() -> None:
    """As `ip netns add` does: what is mounted in the folder shows in every mount namespace."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = bytes(FOLDER)
    if _libc.mount(b"none", folder, b"none", _MS_SHARED | _MS_REC, None):
        _check(_libc.mount(folder, folder, b"none", _MS_BIND | _MS_REC, None))
        _check(_libc.mount(b"none", folder, b"none", _MS_SHARED | _MS_REC, None))


def _check(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _path(name: str) -> Path:
    return FOLDER / name
