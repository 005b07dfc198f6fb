"""The sockets of one network: hear requests on its link, send replies, and follow the link as it changes.

Three file descriptors a network, made inside its namespace: a UDP socket on port 67 bound to the link
(SO_BINDTODEVICE, socket(7)); a packet socket that only sends (packet(7), protocol 0), since a client without an
address answers no ARP; and a routing socket (rtnetlink(7)) that tells of links that come, go or get another MAC.
"""

import fcntl
import socket
import struct
from ipaddress import IPv4Address
from typing import Final

from underlay.dhcp.answer import Reply, ToAddress, ToLink, ToRelay
from underlay.model.address import Mac
from underlay.pump.namespaces import Namespaces
from underlay.wire.dhcp4.message import encode
from underlay.wire.ethernet import Endpoint, udp_frame

SERVER_PORT: Final = 67
CLIENT_PORT: Final = 68
LARGEST_DATAGRAM: Final = 4096
WAITING_BYTES: Final = 1_048_576
"""Of requests waiting in the kernel; about 900 of them."""
_SO_RCVBUFFORCE: Final = 33
_RTMGRP_LINK: Final = 1
_IP_PKTINFO: Final = 8
_SIOCGIFHWADDR: Final = 0x8927
_IFREQ: Final = struct.Struct("16sH6s16x")
_IN_PKTINFO: Final = struct.Struct("@i4s4s")


class NetworkSockets:
    """One network's sockets, open from construction until `close`; the link itself may come later."""

    def __init__(self, namespaces: Namespaces, netns: str, device: str) -> None:
        """Make the sockets.

        Raises:
        OSError: the namespace cannot be entered, or no socket can be made.
        """
        self.device = device
        self._mac: Mac | None = None
        made: list[socket.socket] = []
        try:
            with namespaces.entered(netns):
                made.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK))
                made.append(socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0))
                made.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0))
            self.requests, self._frames, self.links = made
            self.links.bind((0, _RTMGRP_LINK))
            self.requests.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.requests.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            deepen(self.requests)
            self.follow_link()
            self.requests.bind(("", SERVER_PORT))
        except OSError:
            for each in made:
                each.close()
            raise

    def follow_link(self) -> bool:
        """Bind to the link that has the device's name now; whether there is one. Reads the routing socket empty."""
        _drain(self.links)
        name = self.device.encode()
        try:
            self.requests.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name + b"\0")
            self._frames.bind((self.device, 0))
            answer = fcntl.ioctl(self.requests, _SIOCGIFHWADDR, _IFREQ.pack(name[:15], 0, b""))
        except OSError:
            self._mac = None
            return False
        self._mac = Mac(int.from_bytes(_IFREQ.unpack(answer)[2], "big"))
        return True

    def receive(self) -> bytes | None:
        """The next datagram; None when there is none, or the link is away."""
        try:
            return self.requests.recv(LARGEST_DATAGRAM)
        except OSError:
            return None

    def send(self, reply: Reply) -> bool:
        """Send once; whether the kernel took it. A lost reply is asked for again by the client."""
        payload = encode(reply.message, reply.max_bytes)
        try:
            match reply.destination:
                case ToRelay(address=address):
                    self._send_routed(payload, reply.source, address, SERVER_PORT)
                case ToAddress(address=address):
                    self._send_routed(payload, reply.source, address, CLIENT_PORT)
                case ToLink(mac=mac, address=address):
                    return self._send_frame(payload, reply.source, Endpoint(mac, address, CLIENT_PORT))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Close all three."""
        for each in (self.requests, self._frames, self.links):
            each.close()

    def _send_routed(self, payload: bytes, source: IPv4Address, destination: IPv4Address, port: int) -> None:
        """By the namespace's routes and neighbours, from our address in the client's subnet (ip(7), IP_PKTINFO)."""
        pktinfo = _IN_PKTINFO.pack(0, source.packed, bytes(4))
        self.requests.sendmsg([payload], [(socket.IPPROTO_IP, _IP_PKTINFO, pktinfo)], 0, (str(destination), port))

    def _send_frame(self, payload: bytes, source: IPv4Address, destination: Endpoint) -> bool:
        if self._mac is None:
            return False
        frame = udp_frame(Endpoint(self._mac, source, SERVER_PORT), destination, payload)
        self._frames.send(frame)
        return True


def deepen(requests: socket.socket) -> None:
    """Let requests wait rather than be lost when many machines boot at once; without the right, as deep as allowed."""
    try:
        requests.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, WAITING_BYTES)
    except PermissionError:
        requests.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING_BYTES)


def _drain(links: socket.socket) -> None:
    """Read everything. What it says does not matter, nor that something was lost (ENOBUFS): the link is looked at."""
    while True:
        try:
            if not links.recv(65536):
                return
        except BlockingIOError:
            return
        except OSError:
            continue
