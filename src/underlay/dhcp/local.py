"""DHCP, by IPv4 and IPv6, for the host's own ports: one socket of each in one namespace for all of them.

Goes in: the tables of ports, datagrams whose source says by which port they came (`wire.identity_address`). Comes out:
answers to such addresses; flows bring them to the port. What a datagram says of its sender is not believed: it is
answered by the table of the port that it came by, or not at all.
"""

import socket
import time
from collections.abc import Callable
from ipaddress import IPv4Address, ip_address
from typing import Final

import msgspec

from underlay.dhcp.answer import Declined, Released, Reply, ToAddress, answer
from underlay.dhcp.answer6 import answer6, extra_options
from underlay.dhcp.lookup import Lookup, arrange
from underlay.dhcp.readiness import Readiness
from underlay.dhcp.scope import PortScope, Scope6
from underlay.dhcp.sockets import LARGEST_DATAGRAM, SERVER_PORT, deepen
from underlay.model.ids import PortId
from underlay.pump.bucket import Bucket, Pace
from underlay.pump.log import Log
from underlay.pump.namespaces import Namespaces
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.message import UNSPECIFIED, encode, parse
from underlay.wire.dhcp6 import message as message6
from underlay.wire.identity_address import Peer, ipv4_of, peer_of

SERVER: Final = "169.254.169.254"
CLIENT_PORT: Final = 68
SERVER_PORT_6: Final = 547
CLIENT_PORT_6: Final = 546
_IP_FREEBIND: Final = 15
_AT_ONCE: Final = 256
_LAYOUTS: Final = 8


class Answerable(msgspec.Struct, frozen=True):
    """One port as it is answered."""

    port_id: PortId
    lookup: Lookup
    bucket: Bucket
    scope6: Scope6 | None = None


class LocalPorts:
    """The ports of this host by number; takes in their tables, and answers for them."""

    def __init__(self, pace: Pace, log: Log) -> None:
        self._pace = pace
        self._log = log
        self._by_number: dict[int, Answerable] = {}
        self._numbers: dict[PortId, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def put(self, port_id: PortId, table: PortScope) -> None:
        """The table is new or has changed."""
        lookup = msgspec.structs.replace(arrange(table.scope), layouts=_LAYOUTS)
        refused = [why for _, why in lookup.refused]
        if table.scope6 is not None:
            refused += extra_options(table.scope6)[1]
        for why in refused:
            self._log.warning("extra_option_refused", port_id=port_id, reason=why)
        before = self._by_number.get(self._numbers.get(port_id, 0))
        self.gone(port_id)
        bucket = Bucket(self._pace) if before is None else before.bucket
        self._by_number[table.number] = Answerable(port_id, lookup, bucket, table.scope6)
        self._numbers[port_id] = table.number

    def gone(self, port_id: PortId) -> None:
        """The port is answered no longer."""
        number = self._numbers.pop(port_id, 0)
        known = self._by_number.get(number)
        if known is not None and known.port_id == port_id:
            del self._by_number[number]

    def answer(self, datagram: bytes, source: str, now: float) -> tuple[bytes, str] | None:
        """The datagram to send and where to; None for silence: also when the port asks too often.

        Args:
        source: the sender's address.
        now: seconds.
        """
        peer = peer_of(IPv4Address(source))
        one = self._by_number.get(peer.number) if peer is not None else None
        if peer is None or one is None or not one.bucket.take(now):
            return None
        try:
            request = parse(datagram)
        except DhcpFormatError:
            return None
        if request.giaddr != UNSPECIFIED:
            return None
        match answer(request, one.lookup):
            case Reply() as reply:
                return encode(reply.message, reply.max_bytes), str(_answered_at(peer, reply))
            case Declined(address=address, reason=reason):
                self._log.warning("address_declined", port_id=one.port_id, address=str(address), reason=reason)
            case Released(address=address):
                self._log.info("address_released", port_id=one.port_id, address=str(address))
        return None

    def answer6(self, datagram: bytes, source: str, now: float) -> bytes | None:
        """As `answer`, for DHCPv6: the datagram to send back to the source."""
        peer = peer_of(ip_address(source))
        one = self._by_number.get(peer.number) if peer is not None else None
        if one is None or one.scope6 is None or not one.bucket.take(now):
            return None
        try:
            reply = answer6(message6.parse(datagram), one.scope6)
        except message6.Dhcp6FormatError:
            return None
        return None if reply is None else message6.encode(reply)


def _answered_at(peer: Peer, reply: Reply) -> IPv4Address:
    """A client that has its address is answered there, any other by broadcast (RFC 2131 section 4.1)."""
    return ipv4_of(peer if isinstance(reply.destination, ToAddress) else Peer(peer.number))


class LocalSocket:
    """The sockets, one an IP version, from construction until `close`."""

    def __init__(self, namespaces: Namespaces, netns: str, ports: LocalPorts, ready: Readiness, log: Log) -> None:
        """Raises OSError when the namespace cannot be entered, or the port is taken."""
        self._ports = ports
        self._ready = ready
        self._log = log
        kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
        with namespaces.entered(netns):
            self._requests = socket.socket(socket.AF_INET, kind)
            self._requests6 = socket.socket(socket.AF_INET6, kind)
        try:
            for each in (self._requests, self._requests6):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                deepen(each)
            self._requests.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
            self._requests.bind((SERVER, SERVER_PORT))
            self._requests6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._requests6.bind(("::", SERVER_PORT_6))
        except OSError:
            self._close()
            raise
        ready.add(self._requests.fileno(), lambda: self._serve(self._requests, self._answer))
        ready.add(self._requests6.fileno(), lambda: self._serve(self._requests6, self._answer6))

    def close(self) -> None:
        """Close them."""
        self._ready.remove(self._requests.fileno())
        self._ready.remove(self._requests6.fileno())
        self._close()

    def _close(self) -> None:
        self._requests.close()
        self._requests6.close()

    def _serve(self, requests: socket.socket, answer_one: Callable[[bytes, str, float], None]) -> None:
        """Answer what has arrived."""
        now = time.monotonic()
        for _ in range(_AT_ONCE):
            try:
                datagram, address = requests.recvfrom(LARGEST_DATAGRAM)
            except OSError:
                return
            try:
                answer_one(datagram, address[0], now)
            except Exception as error:
                # A defect of ours must not let one guest's packet end the service of all: it would only send it again.
                self._log.error("request_failed", source=address[0], reason=repr(error), datagram=datagram.hex())

    def _answer(self, datagram: bytes, source: str, now: float) -> None:
        found = self._ports.answer(datagram, source, now)
        if found is not None:
            self._send(self._requests, found[0], (found[1], CLIENT_PORT))

    def _answer6(self, datagram: bytes, source: str, now: float) -> None:
        found = self._ports.answer6(datagram, source, now)
        if found is not None:
            self._send(self._requests6, found, (source, CLIENT_PORT_6))

    def _send(self, by: socket.socket, payload: bytes, to: tuple[str, int]) -> None:
        try:
            by.sendto(payload, to)
        except OSError as error:
            self._log.warning("answer_lost", to=to[0], reason=str(error))
