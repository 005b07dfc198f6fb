"""Named network namespaces: list, make, remove, and step into one.

In and out: names, as `ip netns` uses them. Decides nothing. Source: `network_namespaces(7)`, `setns(2)`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyroute2 import netns


def names() -> list[str]:
    """All named namespaces, sorted."""
    return sorted(netns.listnetns())


def exists(name: str) -> bool:
    """Whether there is one of that name."""
    return _path(name).exists()


def create(name: str) -> None:
    """Make it, unless it is there."""
    if not exists(name):
        netns.create(name)


def remove(name: str) -> None:
    """Unmount and unlink the name, unless it is gone; the kernel ends the namespace when its last user goes."""
    if exists(name):
        netns.remove(name)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """The calling thread is in the namespace while the block runs, and back in its own afterwards.

    Raises: OSError when there is no such namespace."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        target = os.open(_path(name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            netns.setns(target)
        finally:
            os.close(target)
        try:
            yield
        finally:
            netns.setns(own)
    finally:
        os.close(own)


def _path(name: str) -> Path:
    return Path(netns.NETNS_RUN_DIR, name)
