"""Whether ovs-vswitchd lives: one idle OpenFlow connection to a bridge's management socket.

In: the socket's path. Out: is it connected, has it answered. When vswitchd dies the connection breaks at once; when it
comes back the socket's file is made anew, which inotify tells. A new connection is a new vswitchd, which has lost all
flows. OpenFlow 1.4, 7.1 (header), 7.5.1 (HELLO), 7.5.2 (echo):

     0        1        2                 4                                  8
     +--------+--------+-----------------+----------------------------------+
     | version|  type  | length (bytes)  | xid                              |  HELLO 0, ECHO_REQUEST 2, ECHO_REPLY 3
     +--------+--------+-----------------+----------------------------------+
"""

import socket
import struct
from pathlib import Path
from typing import Final

from inotify_simple import INotify, flags

_VERSION: Final = 5
_HEADER: Final = struct.Struct("!BBHI")
_HELLO: Final = 0
_ECHO_REQUEST: Final = 2
_ECHO_REPLY: Final = 3
_MOST_ATTEMPTS: Final = 50
"""A socket's file appears (bind) a moment before it can be connected to (listen)."""


class VswitchWatch:
    """Watches one bridge's socket. Used by one thread; `filenos` are to be polled for reading."""

    def __init__(self, bridge_socket: Path) -> None:
        """The socket need not exist yet, its folder must."""
        self._path = bridge_socket
        self._socket: socket.socket | None = None
        self._received = b""
        self._xid = 1
        self._answered = 1
        self._folder = INotify(nonblocking=True)
        self._folder.add_watch(str(bridge_socket.parent), flags.CREATE | flags.MOVED_TO)
        self._attempts_left = 1
        self.generation = 0
        """Counts the connections made: a new one means new flow tables."""

    @property
    def alive(self) -> bool:
        """Whether vswitchd holds the other end."""
        return self._socket is not None

    @property
    def answers(self) -> bool:
        """Whether it has answered every `ping`."""
        return self.alive and self._answered == self._xid

    @property
    def is_starting(self) -> bool:
        """Whether the socket's file is new and does not answer yet: `run` is to be called again soon."""
        return self._socket is None and self._attempts_left > 0 and self._path.exists()

    def filenos(self) -> tuple[int, ...]:
        """What to poll for reading."""
        folder = (int(self._folder.fileno()),)
        return folder if self._socket is None else (*folder, self._socket.fileno())

    def run(self) -> bool:
        """Take in what has arrived, connect if need be; whether `alive` or `generation` changed."""
        before = (self.alive, self.generation)
        if any(event.name == self._path.name for event in self._folder.read(timeout=0)):
            self._attempts_left = _MOST_ATTEMPTS
        if self._socket is not None:
            self._receive(self._socket)
        if self._socket is None:
            self._connect()
        return before != (self.alive, self.generation)

    def ping(self) -> None:
        """Ask for a sign of life; `answers` is False until it has come."""
        if self._socket is not None:
            self._xid += 1
            self._send(self._socket, _ECHO_REQUEST, self._xid, b"")

    def close(self) -> None:
        """Let go of socket and inotify."""
        self._drop()
        self._folder.close()

    def _connect(self) -> None:
        if not self._attempts_left:
            return
        self._attempts_left -= 1
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            return
        self._socket = connection
        self._attempts_left = 0
        self._received = b""
        self._answered = self._xid
        self.generation += 1
        self._send(connection, _HELLO, 0, b"")

    def _receive(self, connection: socket.socket) -> None:
        try:
            while chunk := connection.recv(65536):
                self._received += chunk
        except BlockingIOError:
            self._messages(connection)
            return
        except OSError:
            pass
        self._drop()

    def _messages(self, connection: socket.socket) -> None:
        while len(self._received) >= _HEADER.size:
            _, kind, length, xid = _HEADER.unpack_from(self._received)
            if length < _HEADER.size:
                self._drop()
                return
            if len(self._received) < length:
                return
            body, self._received = self._received[_HEADER.size : length], self._received[length:]
            if kind == _ECHO_REQUEST:
                self._send(connection, _ECHO_REPLY, xid, body)
            elif kind == _ECHO_REPLY:
                self._answered = xid

    def _send(self, connection: socket.socket, kind: int, xid: int, body: bytes) -> None:
        try:
            connection.sendall(_HEADER.pack(_VERSION, kind, _HEADER.size + len(body), xid) + body)
        except OSError:
            self._drop()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
