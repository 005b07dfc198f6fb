"""Metadata for the host's own ports: two listening sockets in one namespace for all of them.

Goes in: the tables of ports, requests whose source says by which port they came (`wire.identity_address`). Comes out:
answers. What a request says of its sender is not believed: it is answered by the table of the port that it came by.
"""

import socket
import time
from collections.abc import Awaitable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from underlay.metadata.answer import answer_from_records
from underlay.metadata.crowd import Crowd
from underlay.metadata.directory import Entry, PortDirectory
from underlay.metadata.exchange import Request, Response, plain
from underlay.metadata.listener import PORT, Listener, listen, listen_at
from underlay.metadata.recent import Recent
from underlay.model.address import IpAddress, decode_address_type
from underlay.model.ids import PortId
from underlay.pump.bucket import Bucket, Pace
from underlay.pump.namespaces import Namespaces, check_name
from underlay.wire.identity_address import Peer, peer_of

if TYPE_CHECKING:
    from underlay.metadata.relay import Relay


class PackedPort(msgspec.Struct, frozen=True):
    """A table that was found good, kept as it came: unpacked it takes more than twice as much."""

    port_id: PortId
    number: int
    netns: str
    octets: bytes


class LocalPorts:
    """The ports of this host by number; takes in their tables, and answers for them."""

    def __init__(self, pace: Pace, relay: "Relay | None") -> None:
        self._pace = pace
        self._relay = relay
        self._by_number: dict[int, tuple[PackedPort, Bucket]] = {}
        self._numbers: dict[PortId, int] = {}
        self._recent: Recent[PackedPort, PortDirectory] = Recent(lambda packed: _decoder.decode(packed.octets))

    def __len__(self) -> int:
        return len(self._numbers)

    def put(self, _: PortId, packed: PackedPort, /) -> None:
        """The table is new or has changed."""
        before = self._by_number.get(self._numbers.get(packed.port_id, 0))
        self.gone(packed.port_id)
        self._by_number[packed.number] = packed, Bucket(self._pace) if before is None else before[1]
        self._numbers[packed.port_id] = packed.number

    def gone(self, port_id: PortId) -> None:
        """The port is answered no longer."""
        number = self._numbers.pop(port_id, 0)
        known = self._by_number.get(number)
        if known is not None and known[0].port_id == port_id:
            del self._by_number[number]
        self._recent.forget(port_id)

    def who(self, source: IpAddress) -> PortId | None:
        """The port that has the address; None: nobody is there to be answered."""
        peer = peer_of(source)
        known = self._by_number.get(peer.number) if peer is not None else None
        return None if known is None else known[0].port_id

    def answer(self, source: IpAddress, request: Request) -> Response | Awaitable[Response]:
        """From the records now, or from Nova later; 429 to a port that asks too often."""
        peer = peer_of(source)
        known = self._by_number.get(peer.number) if peer is not None else None
        if peer is None or known is None:
            return plain(HTTPStatus.NOT_FOUND, "nothing is known of your port")
        packed, bucket = known
        if not bucket.take(time.monotonic()):
            return plain(HTTPStatus.TOO_MANY_REQUESTS, "ask again in a second")
        table = self._recent.of(packed.port_id, packed)
        caller = caller_of(table, peer)
        if self._relay is not None:
            return self._relay.answer(request, caller)
        return answer_from_records(request, table.directory, caller)


def caller_of(table: PortDirectory, peer: Peer) -> Entry | None:
    """The port's address from which it asks, by IPv6 its first one; None when the port is no instance's."""
    own = [entry for entry in table.directory.entries if entry.port_id == table.port_id]
    by_index = [entry for entry in own if entry.address.version == 4]
    entry = by_index[peer.index] if peer.index < len(by_index) else next(iter(own), None)
    return entry if entry is not None and entry.device_id else None


class LocalDoor:
    """The listeners of the local service."""

    def __init__(self, namespaces: Namespaces, netns: str, ports: LocalPorts, crowd: Crowd) -> None:
        """Raises OSError when the namespace cannot be entered, or the port is taken."""
        v4 = listen(namespaces, netns)
        try:
            v6 = _listen_v6(namespaces, netns)
        except OSError:
            v4.close()
            raise
        self._listeners = [Listener(each, crowd, ports.who, ports.answer) for each in (v4, v6)]

    def close(self) -> None:
        """Listen no more, and end the connections."""
        for each in self._listeners:
            each.close()


def decode_port(octets: bytes) -> tuple[PortId, PackedPort]:
    """The table of a port in a file's bytes; raises msgspec.MsgspecError or ValueError when it is none."""
    table = _decoder.decode(octets)
    check_name(table.directory.netns)
    return table.port_id, PackedPort(table.port_id, table.number, table.directory.netns, octets)


def _listen_v6(namespaces: Namespaces, netns: str) -> socket.socket:
    """On every address: a link-local one needs the link's number, which may change, and there is no other link."""
    with namespaces.entered(netns):
        listening = socket.socket(socket.AF_INET6, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    return listen_at(listening, ("::", PORT))


_decoder: Final = msgspec.json.Decoder(PortDirectory, dec_hook=decode_address_type)
