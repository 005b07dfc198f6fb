"""rtnetlink(7) of one network namespace: requests, many in one send, and their answers.

In and out: bytes. Decides nothing. Why not a library: packing a request takes microseconds here and most of a
millisecond in pyroute2 0.9, and a host that boots makes thousands of them. Layouts of netlink(7), in the host's order:

     0        4      6       8      12     16
     +--------+------+-------+------+------+------------------------------+
     | length | type | flags | seq  | port | fixed part, then attributes  |   a message, padded to 4
     +--------+------+-------+------+------+------------------------------+
     +--------+------+------------------+
     | length | type | value            |                                      an attribute, padded to 4
     +--------+------+------------------+
"""

import errno
import os
import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

import msgspec

REQUEST: Final = 0x1
CREATE: Final = 0x400
REPLACE: Final = 0x100
EXCLUSIVE: Final = 0x200
_ACK: Final = 0x4
_DUMP: Final = 0x300
_DUMP_INTERRUPTED: Final = 0x10
_ERROR: Final = 2
_DONE: Final = 3
_HEADER: Final = struct.Struct("=IHHII")
_ATTRIBUTE: Final = struct.Struct("=HH")
_ERRNO: Final = struct.Struct("=i")
_TYPE_MASK: Final = 0x3FFF
_SOL_NETLINK: Final = 270
_NETLINK_CAP_ACK: Final = 10
_MOST_BYTES: Final = 1 << 17
_TIMEOUT_S: Final = 10.0
_MOST_DUMPS: Final = 10


class Request(msgspec.Struct, frozen=True):
    """One message to the kernel.

    Attributes:
    kind: RTM_*.
    body: the fixed part and the attributes.
    flags: `CREATE`, `REPLACE`, `EXCLUSIVE`.
    """

    kind: int
    body: bytes
    flags: int = 0


def attribute(kind: int, value: bytes) -> bytes:
    """The attribute, padded."""
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, kind) + value + bytes(-length % 4)


def attributes(body: bytes, start: int) -> dict[int, bytes]:
    """The attributes that follow a fixed part of `start` bytes, by type."""
    found: dict[int, bytes] = {}
    while start + _ATTRIBUTE.size <= len(body):
        length, kind = _ATTRIBUTE.unpack_from(body, start)
        if length < _ATTRIBUTE.size:
            break
        found[kind & _TYPE_MASK] = body[start + _ATTRIBUTE.size : start + length]
        start += length + -length % 4
    return found


class Rtnetlink:
    """A socket in the namespace that the calling thread is in when it is made, wherever it goes after. To be closed."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        self._socket.setsockopt(_SOL_NETLINK, _NETLINK_CAP_ACK, 1)
        self._socket.settimeout(_TIMEOUT_S)
        self._sequence = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def do(self, *requests: Request) -> None:
        """Each in turn, all of them, also after one was refused; raises the OSError of the first that was."""
        first = self._sequence + 1
        self._socket.send(b"".join(self._pack(one.kind, one.flags | _ACK, one.body) for one in requests))
        refused: dict[int, int] = {}
        answered = 0
        while answered < len(requests):
            for kind, _, sequence, body in self._receive():
                if kind == _ERROR and sequence >= first:
                    answered += 1
                    refused[sequence] = -_ERRNO.unpack_from(body)[0]
        for _, number in sorted(refused.items()):
            if number:
                raise OSError(number, os.strerror(number))

    def dump(self, kind: int, body: bytes) -> list[bytes]:
        """The bodies of all answers to an RTM_GET*; asked again when they changed meanwhile."""
        for _ in range(_MOST_DUMPS):
            self._socket.send(self._pack(kind, _DUMP, body))
            found, is_whole = self._answers()
            if is_whole:
                return found
        raise InterruptedError(errno.EINTR, "the kernel's list changed at every look")

    def _answers(self) -> tuple[list[bytes], bool]:
        found: list[bytes] = []
        is_whole = True
        while True:
            for kind, flags, sequence, body in self._receive():
                if sequence != self._sequence:
                    continue
                is_whole = is_whole and not flags & _DUMP_INTERRUPTED
                if kind == _DONE:
                    return found, is_whole
                if kind == _ERROR:
                    number = -_ERRNO.unpack_from(body)[0]
                    raise OSError(number, os.strerror(number))
                found.append(body)

    def _pack(self, kind: int, flags: int, body: bytes) -> bytes:
        self._sequence += 1
        length = _HEADER.size + len(body)
        return _HEADER.pack(length, kind, flags | REQUEST, self._sequence, 0) + body + bytes(-length % 4)

    def _receive(self) -> Iterator[tuple[int, int, int, bytes]]:
        """Type, flags, sequence number and body of each message of the next datagram."""
        data = self._socket.recv(_MOST_BYTES)
        start = 0
        while start + _HEADER.size <= len(data):
            length, kind, flags, sequence, _ = _HEADER.unpack_from(data, start)
            yield kind, flags, sequence, data[start + _HEADER.size : start + length]
            start += length + -length % 4
