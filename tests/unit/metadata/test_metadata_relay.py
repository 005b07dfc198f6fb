"""The relay to Nova: headers, statuses, faults. Nova is a small server that holds what it was asked."""

import asyncio
import hashlib
import hmac
import io
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from directories import ADDRESS, ENTRY, PROJECT, WEB
from hypothesis import given
from hypothesis import strategies as st

from underlay.metadata.assembly import Assembly
from underlay.metadata.directory import Entry
from underlay.metadata.exchange import Request, Response
from underlay.metadata.kept import Kept, asked
from underlay.metadata.nova import NovaAddress, parse_nova_url
from underlay.metadata.relay import Relay, encode_request, identity_headers
from underlay.metadata.sign import sign
from underlay.model.ids import PortId
from underlay.pump.log import Log

SECRET = b"secret"
NOVA = NovaAddress("nova", 8775, tls=False, prefix="")
SIGNATURE = hmac.new(SECRET, WEB.encode(), hashlib.sha256).hexdigest()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def asked_with(*headers: tuple[str, bytes]) -> dict[str, list[bytes]]:
    """The headers that Nova gets when the guest sends these."""
    request = Request("GET", b"/latest/meta-data/", headers)
    octets = encode_request(request, NOVA, identity_headers(SECRET, ENTRY))
    (parsed,) = Assembly().feed(octets).requests
    found: dict[str, list[bytes]] = {}
    for name, value in parsed.headers:
        found.setdefault(name, []).append(value)
    return found


OURS = {
    "host": [b"nova:8775"],
    "x-forwarded-for": [str(ADDRESS).encode()],
    "x-instance-id": [WEB.encode()],
    "x-tenant-id": [PROJECT.encode()],
    "x-instance-id-signature": [SIGNATURE.encode()],
}


def test_the_signature_is_nova_s() -> None:
    """HMAC-SHA256 of the instance id, in hexadecimal."""
    assert SIGNATURE == sign(SECRET, WEB)


@pytest.mark.parametrize(
    "name",
    [
        "x-forwarded-for",
        "x_forwarded_for",
        "x-instance-id",
        "x_instance_id",
        "x-instance-id-signature",
        "x-tenant-id",
        "x-neutron-network-id",
        "x-neutron-router-id",
        "x-quantum-network-id",
        "x-metadata-provider",
        "forwarded",
        "host",
        "connection",
        "transfer-encoding",
    ],
)
def test_a_guest_cannot_say_who_it_is(name: str) -> None:
    """Identity headers of the client's are dropped, however they are written."""
    assert asked_with((name, b"forged")) == OURS


@given(st.lists(st.tuples(st.from_regex(r"[a-z_-]{1,30}", fullmatch=True), st.just(b"forged")), max_size=20))
def test_only_harmless_headers_are_passed_on(headers: list[tuple[str, bytes]]) -> None:
    """Whatever else is sent, Nova sees our identity, once."""
    got = asked_with(*headers)
    assert OURS.items() <= got.items()
    assert got.keys() - OURS.keys() <= {"accept", "accept-encoding", "content-type", "user-agent"}


def test_method_path_query_and_body_are_passed_on() -> None:
    """As the guest sent them, behind the URL's own path."""
    request = Request("POST", b"/openstack/x/password?a=%20b", (("content-type", b"text/plain"),), b"body")
    octets = encode_request(request, NovaAddress("::1", 80, tls=False, prefix="/md"), {})
    assert octets.startswith(b"POST /md/openstack/x/password?a=%20b HTTP/1.1\r\nHost: [::1]:80\r\n")
    assert octets.endswith(b"content-type: text/plain\r\nContent-Length: 4\r\n\r\nbody")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://nova:8775", NOVA),
        ("http://10.0.0.1/md/", NovaAddress("10.0.0.1", 80, tls=False, prefix="/md")),
        ("https://[::1]", NovaAddress("::1", 443, tls=True, prefix="")),
    ],
)
def test_the_url(url: str, expected: NovaAddress) -> None:
    """Scheme, host, port, path."""
    assert expected == parse_nova_url(url)


@pytest.mark.parametrize("url", ["nova:8775", "ftp://nova", "http://", "http://nova:99999", "http://nova:x"])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    """At start, not at the first request."""
    with pytest.raises(ValueError, match=r"."):
        parse_nova_url(url)


def relayed(
    talk: Talk | None, request: Request | None = None, caller: Entry | None = ENTRY, total_s: float = 9.0
) -> tuple[Response, str]:
    """What the guest gets when Nova talks like this (None: nobody listens), and what is logged."""

    async def run() -> tuple[Response, str]:
        stream = io.StringIO()
        server = await asyncio.start_server(talk or _hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        if talk is None:
            server.close()
        relay = Relay(NovaAddress("127.0.0.1", port, tls=False, prefix=""), SECRET, Log(stream), total_s)
        response = await relay.answer(request or Request("GET", b"/latest"), caller)
        server.close()
        return response, stream.getvalue()

    return asyncio.run(run())


def says(octets: bytes) -> Talk:
    """A Nova that answers this and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(octets)
        await writer.drain()
        writer.close()

    return talk


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


def test_nova_s_answer_comes_back() -> None:
    """Status, type and body."""
    response, log = relayed(says(OK))
    assert (200, b"{}", "application/json", "") == (response.status, response.body, response.content_type, log)


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n{}",
    ],
)
def test_every_way_of_framing_a_body(octets: bytes) -> None:
    """Chunked, and to the end of the connection (RFC 9112 section 6.3)."""
    assert b"{}" == relayed(says(octets))[0].body


@pytest.mark.parametrize(
    ("nova", "guest"),
    [*((same, same) for same in (200, 204, 400, 403, 404, 409, 500, 503)), (302, 500), (401, 500), (418, 500)],
)
def test_statuses(nova: int, guest: int) -> None:
    """400, 403, 404, 409 and 50x pass; what makes no sense to a guest is 500."""
    assert guest == relayed(says(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % nova))[0].status


def test_a_refused_signature_is_an_error_for_the_operator() -> None:
    """403 means that the secrets do not match."""
    assert "shared secrets do not match" in relayed(says(b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n"))[1]


@pytest.mark.parametrize(
    "talk",
    [
        None,
        _hang_up,
        says(b""),
        says(b"garbage\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"),
        says(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000_000),
    ],
)
def test_a_nova_that_does_not_answer_is_503(talk: Talk | None) -> None:
    """Nobody there, hangs up, talks garbage, stops half-way, never stops."""
    response, log = relayed(talk)
    assert (503, True) == (response.status, "nova_unreachable" in log)


def test_a_nova_that_hangs_is_503_in_bounded_time() -> None:
    """Every wait has a limit."""
    assert 503 == relayed(_say_nothing, total_s=0.1)[0].status


def test_head_has_no_body_to_wait_for() -> None:
    """A Content-Length in the answer to HEAD promises nothing."""
    response, _ = relayed(says(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"), Request("HEAD", b"/latest"))
    assert 200 == response.status


def test_nobody_is_404_and_nova_is_not_asked() -> None:
    """An unknown caller has no headers to be sent with."""
    response, log = relayed(None, caller=None)
    assert (404, "") == (response.status, log)


@pytest.mark.parametrize("target", [b"http://evil/latest", b"*", b"latest"])
def test_only_a_path_is_relayed(target: bytes) -> None:
    """Not an absolute URL."""
    assert 400 == relayed(None, Request("GET", target))[0].status


def conversation(*talks: Talk, requests: int = 2, repeat_for_s: float = 0.0) -> tuple[list[Response], int]:
    """The answers to as many requests in turn, and how many connections Nova saw; each talks as given, the last ones
    hang up."""

    async def run() -> tuple[list[Response], int]:
        seen: list[int] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(1)
            talk = talks[len(seen) - 1] if len(seen) <= len(talks) else _hang_up
            await talk(reader, writer)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        nova = NovaAddress("127.0.0.1", server.sockets[0].getsockname()[1], tls=False, prefix="")
        relay = Relay(nova, SECRET, Log(io.StringIO()), 9.0, repeat_for_s)
        found = [await relay.answer(Request("GET", b"/latest"), ENTRY) for _ in range(requests)]
        server.close()
        return found, len(seen)

    return asyncio.run(run())


async def _keep_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A Nova that answers all requests of a connection."""
    while True:
        try:
            await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            writer.close()
            return
        writer.write(OK)


def test_a_connection_to_nova_is_used_again() -> None:
    """As long as Nova keeps it open; when it has hung up, a new one is made and nobody notices."""
    answers, connections = conversation(_keep_on, requests=5)
    assert ([200] * 5, 1) == ([answer.status for answer in answers], connections)
    answers, connections = conversation(says(OK), says(OK), says(OK), requests=3)
    assert ([200] * 3, 3) == ([answer.status for answer in answers], connections)


def test_while_nova_is_away_its_last_good_answer_is_repeated() -> None:
    """If the setting says so, and only what was good."""
    assert [200, 503] == [answer.status for answer in conversation(says(OK))[0]]
    answers, _ = conversation(says(OK), repeat_for_s=60)
    assert [(200, b"{}")] * 2 == [(answer.status, answer.body) for answer in answers]
    missing = says(b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n")
    assert [404, 503] == [answer.status for answer in conversation(missing, repeat_for_s=60)[0]]


def test_what_is_kept_is_the_callers_own_and_has_an_end() -> None:
    """Another port, path or method has not asked that; old ones go when there are too many, and in time."""
    kept = Kept(10.0, limit_bytes=2000)
    get = Request("GET", b"/latest")
    answer = Response(200, b"x" * 1000)
    key = asked(get, ENTRY)
    kept.keep(key, answer, 100.0)
    other = msgspec.structs.replace(ENTRY, port_id=PortId("other"))
    assert [answer, None] == [kept.find(key, now) for now in (110.0, 110.1)]
    assert kept.find(asked(get, other), 100.0) is None
    assert kept.find(asked(Request("GET", b"/other"), ENTRY), 100.0) is None
    kept.keep(asked(Request("POST", b"/x"), ENTRY), answer, 100.0)
    assert kept.find(asked(Request("POST", b"/x"), ENTRY), 100.0) is None
    kept.keep(asked(get, other), answer, 100.0)
    assert [None, answer] == [kept.find(asked(get, one), 100.0) for one in (ENTRY, other)]
