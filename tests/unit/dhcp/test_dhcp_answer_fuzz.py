"""Whatever arrives: parser, answer and writer take it, and what goes out can be read again."""

from hypothesis import example, given
from hypothesis import strategies as st
from scopes import ADDRESS, SERVER, VM, request, scope

from underlay.dhcp.answer import Reply, answer
from underlay.dhcp.lookup import arrange
from underlay.wire.dhcp4.errors import DhcpFormatError
from underlay.wire.dhcp4.message import encode, parse

LOOKUP = arrange(scope())
VALID = encode(request(3, {54: SERVER.packed, 50: ADDRESS.packed, 55: bytes((1, 3, 121)), 57: b"\x05\xdc"}))
OPTIONS = st.dictionaries(
    st.sampled_from((1, 12, 50, 51, 53, 54, 55, 56, 57, 60, 61, 81, 82)) | st.integers(1, 254), st.binary(max_size=40)
)


def take(datagram: bytes) -> None:
    """One datagram through the whole pure part, as the pump does it."""
    try:
        message = parse(datagram)
    except DhcpFormatError:
        return
    found = answer(message, LOOKUP)
    if isinstance(found, Reply):
        octets = encode(found.message, found.max_bytes)
        assert len(octets) <= found.max_bytes
        again = parse(octets)
        assert (message.xid, message.chaddr) == (again.xid, again.chaddr)


@given(st.binary(max_size=1500))
def test_random_bytes(datagram: bytes) -> None:
    """No bytes raise anything."""
    take(datagram)


@given(st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), max_size=12), st.integers(0, 300))
def test_a_valid_request_mutated(changes: list[tuple[int, int]], cut: int) -> None:
    """A real request with bytes changed and cut off raises nothing."""
    octets = bytearray(VALID)
    for position, value in changes:
        octets[position] = value
    take(bytes(octets[: len(octets) - cut]))


@given(st.integers(0, 9), OPTIONS, st.integers(0, 0xFFFF), st.sampled_from((ADDRESS, SERVER)), st.booleans())
@example(1, {55: b""}, 0, ADDRESS, False)
def test_any_options(kind: int, options: dict[int, bytes], flags: int, address: object, relayed: bool) -> None:
    """A known machine with any options in any state raises nothing."""
    where = {"giaddr": address} if relayed else {"ciaddr": address}
    message = request(kind, {code: value for code, value in options.items() if code != 52}, flags=flags, **where)
    assert VM == message.chaddr
    found = answer(message, LOOKUP)
    if isinstance(found, Reply):
        assert len(encode(found.message, found.max_bytes)) <= found.max_bytes
