"""Named network namespaces: list, make, remove, and step into one.

In and out: names, as `ip netns` uses them. Decides nothing. Source: `network_namespaces(7)`, `setns(2)`.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pyroute2 import netns

_CLONE_NEWNET: Final = 0x40000000
_MS_BIND: Final = 0x1000
_libc: Final = ctypes.CDLL(None, use_errno=True)


def names() -> list[str]:
    """All named namespaces, sorted."""
    return sorted(netns.listnetns())


def exists(name: str) -> bool:
    """Whether there is one of that name."""
    return _path(name).exists()


def create(name: str) -> None:
    """Make it, unless it is there. Like `ip netns add`, in a tenth of the time: no process is started."""
    if exists(name):
        return
    if not _is_shared_mount(Path(netns.NETNS_RUN_DIR)):
        netns.create(name)  # which makes the folder a shared mount, once a boot
        return
    path = _path(name)
    path.touch(exist_ok=False)
    try:
        with _back_home():
            _check(_libc.unshare(_CLONE_NEWNET))
            _check(_libc.mount(b"/proc/thread-self/ns/net", bytes(path), b"none", _MS_BIND, None))
    except OSError:
        path.unlink()
        raise


def remove(name: str) -> None:
    """Unmount and unlink the name, unless it is gone; the kernel ends the namespace when its last user goes."""
    if exists(name):
        netns.remove(name)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """The calling thread is in the namespace while the block runs, and back in its own afterwards.

    Raises: OSError when there is no such namespace."""
    with _back_home():
        target = os.open(_path(name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            netns.setns(target)
        finally:
            os.close(target)
        yield


@contextmanager
def _back_home() -> Iterator[None]:
    """After the block the calling thread is in the namespace that it was in before."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield
    finally:
        netns.setns(own)
        os.close(own)


def _is_shared_mount(folder: Path) -> bool:
    """proc_pid_mountinfo(5): the fifth field is where, `shared:N` among the optional ones."""
    target = str(folder.resolve())
    lines = Path("/proc/thread-self/mountinfo").read_text().splitlines()
    return any(line.split()[4] == target and " shared:" in line for line in lines if target in line)


def _check(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _path(name: str) -> Path:
    return Path(netns.NETNS_RUN_DIR, name)
