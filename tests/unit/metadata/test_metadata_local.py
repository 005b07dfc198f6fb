"""Metadata for the host's own ports: the source says who asks, and nothing that is in the request."""

from ipaddress import ip_address

import msgspec
from directories import ENTRY, directory

from underlay.metadata.directory import PortDirectory
from underlay.metadata.exchange import Request, Response
from underlay.metadata.local import LocalPorts, caller_of, decode_port
from underlay.model.codec import encode
from underlay.model.ids import InstanceId, PortId
from underlay.pump.bucket import Pace
from underlay.wire.identity_address import Peer, ipv4_of, prefix_of

ASKS = Request("GET", b"/latest/meta-data/instance-id", (("x-forwarded-for", b"10.0.0.9"), ("x-instance-id", b"other")))
FREE = Pace(0, 1)


def table(number: int, device_id: str = "instance") -> PortDirectory:
    """Port `number`, at which that instance is; its address is every port's."""
    entry = msgspec.structs.replace(
        ENTRY, port_id=PortId(f"port-{number}"), device_id=InstanceId(device_id), instance=None
    )
    return PortDirectory(entry.port_id, number, directory(entry))


def ports(*tables: PortDirectory, pace: Pace = FREE) -> LocalPorts:
    """As if they had been read."""
    made = LocalPorts(pace, None)
    for one in tables:
        made.put(*decode_port(encode(one)))
    return made


def told(asked: LocalPorts, source: str, request: Request = ASKS) -> tuple[int, str]:
    """Status and body."""
    answer = asked.answer(ip_address(source), request)
    assert isinstance(answer, Response)
    return answer.status, answer.body.decode()


def test_each_port_gets_its_own_by_both_versions() -> None:
    """Two ports with the same address; headers change nothing."""
    asked = ports(table(7, "first"), table(8, "second"))
    for number, expected in ((7, "first"), (8, "second")):
        v6 = str(prefix_of(number).network_address + 0xDEAD)
        assert [(200, expected)] * 2 == [told(asked, source) for source in (str(ipv4_of(Peer(number))), v6)]


def test_nobody_else_gets_anything() -> None:
    """A source that is no identity, a number that is nobody's, a port without instance, a port that has gone."""
    asked = ports(table(7), table(9, ""))
    assert [404] * 3 == [
        told(asked, source)[0] for source in ("10.0.0.5", str(ipv4_of(Peer(8))), str(ipv4_of(Peer(9))))
    ]
    assert [None, PortId("port-7"), None] == [
        asked.who(ip_address(source)) for source in ("10.0.0.5", str(ipv4_of(Peer(7))), "fd00:a9fe:0:8::1")
    ]
    asked.gone(PortId("port-7"))
    assert 404 == told(asked, str(ipv4_of(Peer(7))))[0]


def test_the_address_that_asks_is_the_callers() -> None:
    """Of several, by its index; by IPv6 the first."""
    first = table(7)
    second = msgspec.structs.replace(first.directory.entries[0], address=ip_address("10.0.0.99"))
    both = msgspec.structs.replace(
        first, directory=msgspec.structs.replace(first.directory, entries=(*first.directory.entries, second))
    )
    assert [first.directory.entries[0], second] == [caller_of(both, Peer(7, index)) for index in (0, 1)]


def test_a_port_that_asks_too_often_is_told_so_and_the_others_are_answered() -> None:
    """429, and nobody else notices."""
    asked = ports(table(7), table(8), pace=Pace(0.001, 2))
    assert [200, 200, 429] == [told(asked, str(ipv4_of(Peer(7))))[0] for _ in range(3)]
    assert 200 == told(asked, str(ipv4_of(Peer(8))))[0]
