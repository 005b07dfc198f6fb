"""A listening socket, and the connections that came in by it.

A network's socket is bound to 169.254.169.254:80 and to nothing else, inside the network's namespace; bound freely
(IP_FREEBIND, ip(7)), so that the address may come and go on the link.
"""

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from ipaddress import ip_address
from typing import Final

from underlay.metadata.connection import Connection
from underlay.metadata.crowd import Crowd
from underlay.metadata.exchange import Request, Response
from underlay.model.address import IpAddress
from underlay.pump.namespaces import Namespaces

ADDRESS: Final = "169.254.169.254"
PORT: Final = 80
_BACKLOG: Final = 1024
_AT_ONCE: Final = 64
_IP_FREEBIND: Final = 15
_NO_ROOM: Final = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
_NO_ROOM_PAUSE_S: Final = 1.0

AnswerSource = Callable[[IpAddress, Request], Response | Awaitable[Response]]
Who = Callable[[IpAddress], Hashable | None]


def listen(namespaces: Namespaces, netns: str) -> socket.socket:
    """The listening socket.

    Raises:
    OSError: the namespace cannot be entered, or the address cannot be listened on.
    """
    with namespaces.entered(netns):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    return listen_at(listening, (ADDRESS, PORT))


def listen_at(listening: socket.socket, address: tuple[str, int]) -> socket.socket:
    """The socket, listening there; an IPv6 one for IPv6 only. Closed when that cannot be: OSError."""
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # A pump that was killed lets go of its lock before its sockets: its successor may listen beside it.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if listening.family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        else:
            listening.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


class Listener:
    """Accepts connections, from construction until `close`."""

    def __init__(self, listening: socket.socket, crowd: Crowd, who: Who, answer: AnswerSource) -> None:
        """`who`: as whom a source counts in the crowd; None: it is sent away."""
        self._listening = listening
        self._crowd = crowd
        self._who = who
        self._answer = answer
        self._loop = asyncio.get_running_loop()
        self._connections: dict[Connection, Hashable] = {}
        self._making: set[asyncio.Task[object]] = set()
        self._loop.add_reader(listening, self._accept)

    def left(self, connection: Connection) -> None:
        """A connection is over."""
        one = self._connections.pop(connection, None)
        if one is not None:
            self._crowd.leave(one)

    def close(self) -> None:
        """Listen no more, and end the connections."""
        self._loop.remove_reader(self._listening)
        self._listening.close()
        for connection in list(self._connections):
            connection.abort()

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                accepted, address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno in _NO_ROOM:
                    self._pause()
                return
            self._take_in(accepted, ip_address(address[0].partition("%")[0]))

    def _take_in(self, accepted: socket.socket, source: IpAddress) -> None:
        one = self._who(source)
        if one is None or not self._crowd.enter(one):
            accepted.close()
            return
        accepted.setblocking(False)
        connection = Connection(partial(self._answer, source), self)
        self._connections[connection] = one
        making = self._loop.create_task(self._loop.connect_accepted_socket(lambda: connection, accepted))
        self._making.add(making)
        making.add_done_callback(partial(self._made, connection))

    def _made(self, connection: Connection, making: "asyncio.Task[object]") -> None:
        self._making.discard(making)
        if making.cancelled() or making.exception() is not None:
            self.left(connection)

    def _pause(self) -> None:
        """No file descriptor is free: accept would fail again at once, for as long as that is so."""
        self._loop.remove_reader(self._listening)
        self._loop.call_later(_NO_ROOM_PAUSE_S, self._resume)

    def _resume(self) -> None:
        if self._listening.fileno() >= 0:
            self._loop.add_reader(self._listening, self._accept)
