"""Network namespaces by name: to make sockets in them, and to hear when they come and go.

A name is a file in /run/netns on which the namespace is mounted (ip-netns(8)). A socket belongs for ever to the
namespace in which it was made, and keeps that namespace alive when the name is gone.
"""

import ctypes
import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from inotify_simple import INotify, flags

NAMES: Final = Path("/run/netns")
_CLONE_NEWNET: Final = 0x40000000
_NAME_EVENTS: Final = flags.CREATE | flags.DELETE | flags.MOVED_TO | flags.MOVED_FROM
_MOUNTS: Final = "/proc/self/mountinfo"


def check_name(name: str) -> None:
    """Raises ValueError when it can be no namespace's name: it is a file's name, in one folder."""
    if not name or "/" in name or "\0" in name or name in (".", ".."):
        raise ValueError(f"{name!r} can be no name of a network namespace")


class Namespaces:
    """Enters namespaces of this host and comes back. One thread only: a namespace is a thread's property."""

    def __init__(self, names: Path = NAMES) -> None:
        """Remember the namespace of now as home."""
        self._names = names
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        self._libc = ctypes.CDLL(None, use_errno=True)

    @contextmanager
    def entered(self, name: str) -> Iterator[None]:
        """Be in the namespace inside the `with` block.

        Raises:
        OSError: there is no such name (ENOENT), nothing is mounted on it yet (EINVAL), or no permission (EPERM).
        """
        self._set(self._open(name), close=True)
        try:
            yield
        finally:
            self._set(self._home, close=False)

    def identity(self, name: str) -> tuple[int, int] | None:
        """What tells the namespace of now from an earlier one of that name; None when there is none."""
        try:
            found = os.stat(self._names / name)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def close(self) -> None:
        """Forget the way home."""
        os.close(self._home)

    def _open(self, name: str) -> int:
        return os.open(self._names / name, os.O_RDONLY | os.O_CLOEXEC)

    def _set(self, descriptor: int, close: bool) -> None:
        try:
            if self._libc.setns(descriptor, _CLONE_NEWNET):
                number = ctypes.get_errno()
                raise OSError(number, f"setns: {os.strerror(number)}")
        finally:
            if close:
                os.close(descriptor)


class NamespaceWatch:
    """Tells which names have come or gone.

    # Note [A name comes before its namespace]
    `ip netns add` makes the file first and mounts the namespace on it afterwards. The file's making is seen by
    inotify, the mount is not; but /proc/self/mountinfo becomes ready for poll(2) with POLLPRI at every change of the
    mount table (proc(5)). So a name that cannot be entered yet is tried again when the mount table changes.
    """

    def __init__(self, names: Path = NAMES) -> None:
        self._names = names
        self._inotify = INotify(nonblocking=True)
        self._watching_names = False
        self._parent_watch = self._inotify.add_watch(names.parent, flags.CREATE | flags.MOVED_TO)
        self._watch_names()
        self._mounts = os.open(_MOUNTS, os.O_RDONLY | os.O_CLOEXEC)
        self._poll = select.epoll()
        self._poll.register(self._inotify.fileno(), select.EPOLLIN)
        self._poll.register(self._mounts, select.EPOLLPRI)

    def fileno(self) -> int:
        """Readable when names or mounts have changed."""
        return self._poll.fileno()

    def changed(self) -> set[str] | None:
        """The names that came or went since the last call; None when it cannot be told which: look at all.

        Empty when only the mount table changed: see Note [A name comes before its namespace].
        """
        self._poll.poll(0)
        names: set[str] = set()
        all_names = False
        for event in self._inotify.read(timeout=0):
            if event.mask & flags.Q_OVERFLOW:
                all_names = True
            elif event.wd == self._parent_watch:
                if event.name == self._names.name and self._watch_names():
                    all_names = True
            elif event.mask & flags.IGNORED:
                self._watching_names = False
                all_names = True
            else:
                names.add(event.name)
        return None if all_names else names

    def close(self) -> None:
        """Stop watching."""
        self._poll.close()
        self._inotify.close()
        os.close(self._mounts)

    def _watch_names(self) -> bool:
        if self._watching_names:
            return False
        try:
            self._inotify.add_watch(self._names, _NAME_EVENTS)
        except FileNotFoundError:
            return False
        self._watching_names = True
        return True
