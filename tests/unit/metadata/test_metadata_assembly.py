"""HTTP input in pieces, too much of it, and none of it."""

from http import HTTPStatus
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.metadata.assembly import BODY_BYTES, HEAD_BYTES, PIPELINED_REQUESTS, Assembly
from underlay.metadata.exchange import Request, encode, plain

GET = b"GET /latest?x=1 HTTP/1.1\r\nHost: 169.254.169.254\r\nX-A: 1\r\nx-a: 2\r\n\r\n"
PARSED = Request("GET", b"/latest?x=1", (("host", b"169.254.169.254"), ("x-a", b"1"), ("x-a", b"2")))


def test_a_request_is_read() -> None:
    """Method, target, headers in lower case and order."""
    assert (PARSED,) == Assembly().feed(GET).requests


@given(st.lists(st.integers(0, len(GET)), max_size=8))
def test_pieces_do_not_matter(cuts: list[int]) -> None:
    """However it was cut up, the same request comes out, once."""
    assembly = Assembly()
    edges = [0, *sorted(cuts), len(GET)]
    requests = [
        request
        for start, end in pairwise(edges)
        for request in (assembly.feed(GET[start:end]).requests if start < end else ())
    ]
    assert [PARSED] == requests
    assert not assembly.in_request


def test_an_unfinished_request_is_known() -> None:
    """So that it can be given a time limit."""
    assembly = Assembly()
    assembly.feed(GET[:-1])
    assert assembly.in_request


def test_requests_may_follow_each_other() -> None:
    """Pipelined, with bodies."""
    post = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
    assert ["GET", "POST", "GET"] == [request.method for request in Assembly().feed(GET + post + GET).requests]
    assert b"hi" == Assembly().feed(post).requests[0].body


def test_a_chunked_body_is_joined() -> None:
    """RFC 9112 section 7.1."""
    chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n"
    assert b"hi!" == Assembly().feed(chunked).requests[0].body


@pytest.mark.parametrize(
    ("octets", "keep_alive"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", True),
    ],
)
def test_whether_the_connection_goes_on(octets: bytes, keep_alive: bool) -> None:
    """RFC 9112 section 9.3."""
    assert keep_alive is Assembly().feed(octets).requests[0].keep_alive


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"garbage\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET /" + b"x" * HEAD_BYTES + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * HEAD_BYTES + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * HEAD_BYTES, 431),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * HEAD_BYTES, 431),
        (b"PUT / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n" + b"x" * (BODY_BYTES + 1), 413),
        (b"GET / HTTP/1.1\r\n\r\n" * (PIPELINED_REQUESTS + 1), 400),
    ],
)
def test_what_is_wrong_or_too_much_is_refused(octets: bytes, status: int) -> None:
    """The refusal ends the connection."""
    refusal = Assembly().feed(octets).refusal
    assert refusal is not None
    assert status == refusal.status


def test_a_head_that_trickles_is_counted() -> None:
    """Memory for it is bounded even if it never ends."""
    assembly = Assembly()
    assembly.feed(b"GET / HTTP/1.1\r\nA: ")
    refusals = [assembly.feed(b"x" * 1000).refusal for _ in range(20)]
    assert refusals[0] is None
    assert refusals[-1] is not None


def test_an_upgrade_is_answered_and_then_closed() -> None:
    """curl --http2 offers h2c; the answer comes by HTTP/1.1."""
    octets = b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    assembled = Assembly().feed(octets)
    assert (1, True) == (len(assembled.requests), assembled.closing)


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_random_bytes_raise_nothing(pieces: list[bytes]) -> None:
    """Until refused, as the connection does."""
    assembly = Assembly()
    for piece in pieces:
        assembled = assembly.feed(piece)
        if assembled.closing or assembled.refusal:
            return


@given(st.lists(st.tuples(st.integers(0, len(GET) - 1), st.integers(0, 255)), max_size=6))
def test_a_valid_request_mutated_raises_nothing(changes: list[tuple[int, int]]) -> None:
    """A request, or a refusal, or more is awaited."""
    octets = bytearray(GET)
    for position, value in changes:
        octets[position] = value
    Assembly().feed(bytes(octets))


def test_responses_are_written() -> None:
    """With a length always; HEAD gets the same header and no body; 405 names what is allowed."""
    refusal = plain(HTTPStatus.METHOD_NOT_ALLOWED, "no")
    body = b"405 Method Not Allowed: no\n"
    expected = (
        b"HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 27\r\nConnection: keep-alive\r\nAllow: GET, HEAD\r\n\r\n"
    )
    assert expected + body == encode(refusal, head_only=False, keep_alive=True)
    assert expected == encode(refusal, head_only=True, keep_alive=True)
    assert b"\r\nConnection: close\r\n" in encode(refusal, head_only=False, keep_alive=False)
