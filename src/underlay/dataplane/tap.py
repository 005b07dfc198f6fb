"""Tap devices of the current network namespace, by the ioctls of /dev/net/tun.

A persistent one stays when the program that opened it ends, so that a port survives its guest's restart. Decides
nothing; raises OSError. Source: Linux, Documentation/networking/tuntap.rst.
"""

import fcntl
import os
import struct
from typing import Final

_TUNSETIFF: Final = 0x400454CA
_TUNSETPERSIST: Final = 0x400454CB
_IFF_TAP: Final = 0x0002
_IFF_NO_PI: Final = 0x1000
_REQUEST: Final = struct.Struct("16sH22x")
"""ifreq: name, flags."""


def make(name: str) -> None:
    """A persistent tap device of that name; the one that is there, if it is one and nobody has it open."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, _TUNSETIFF, _REQUEST.pack(name.encode(), _IFF_TAP | _IFF_NO_PI))
        fcntl.ioctl(descriptor, _TUNSETPERSIST, 1)
    finally:
        os.close(descriptor)
