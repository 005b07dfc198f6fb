"""The watch on vswitchd, against a socket that speaks OpenFlow's first words."""

import socket
import struct
from pathlib import Path

from underlay.dataplane.vswitch import VswitchWatch

HEADER = struct.Struct("!BBHI")


def _listening(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    return listener


def test_life_death_and_new_life_are_seen(tmp_path: Path) -> None:
    """Connected while the other end lives; a new socket is a new generation."""
    path = tmp_path / "br-int.mgmt"
    watch = VswitchWatch(path)
    assert not watch.run()
    for generation in (1, 2):
        listener = _listening(path)
        assert watch.run()
        assert (True, generation) == (watch.alive, watch.generation)
        connection, _ = listener.accept()
        connection.close()
        listener.close()
        path.unlink()
        assert watch.run()
        assert not watch.alive
    watch.close()


def test_a_stale_socket_is_not_life(tmp_path: Path) -> None:
    """A killed vswitchd leaves its file behind: it is not tried again until there is a new one."""
    path = tmp_path / "br-int.mgmt"
    _listening(path).close()
    watch = VswitchWatch(path)
    watch.run()
    assert (False, False) == (watch.alive, watch.is_starting)
    listener = _listening(path)
    assert watch.run()
    listener.close()
    watch.close()


def test_echo_goes_both_ways(tmp_path: Path) -> None:
    """vswitchd's requests are answered, or it would hang up; `answers` is true once it has answered ours."""
    path = tmp_path / "br-int.mgmt"
    listener = _listening(path)
    watch = VswitchWatch(path)
    watch.run()
    connection, _ = listener.accept()
    assert HEADER.pack(5, 0, 8, 0) == connection.recv(100)
    connection.sendall(HEADER.pack(5, 0, 8, 1) + HEADER.pack(5, 2, 12, 77) + b"ping")
    watch.run()
    assert HEADER.pack(5, 3, 12, 77) + b"ping" == connection.recv(100)
    watch.ping()
    assert not watch.answers
    *_, xid = HEADER.unpack(connection.recv(100))
    connection.sendall(HEADER.pack(5, 3, 8, xid)[:5])
    watch.run()
    assert not watch.answers
    connection.sendall(HEADER.pack(5, 3, 8, xid)[5:])
    watch.run()
    assert watch.answers
    connection.close()
    listener.close()
    watch.close()
