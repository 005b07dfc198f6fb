"""The feed over HTTP."""

import asyncio

import pytest
from starlette.types import Message

from fakes.api_server import CALLERS, ApiServer, ScriptedWatcher
from underlay.api.watch import Wish, read_wish, stream
from underlay.model.errors import HTTPBadRequest, PolicyNotAuthorized
from underlay.model.ids import HostName, NetworkId, Revision


def test_the_query_is_read() -> None:
    """since, host, kinds, network_id, id and watch."""
    query = {"since": "5", "host": "h", "kinds": "port,network", "network_id": "a,b", "id": "c", "watch": "false"}
    networks = frozenset({NetworkId("a"), NetworkId("b")})
    wanted = Wish(Revision(5), HostName("h"), frozenset({"port", "network"}), networks, frozenset({"c"}), watch=False)
    assert wanted == read_wish(query, CALLERS["admin"])
    assert Wish() == read_wish({"network_id": "", "id": ","}, CALLERS["admin"])


@pytest.mark.parametrize("query", [{"since": "-1"}, {"since": "x"}, {"kinds": "port,x"}, {"watch": "1"}, {"bogus": ""}])
def test_nonsense_is_told(query: dict[str, str]) -> None:
    """Wrong values and unknown parameters are 400."""
    with pytest.raises(HTTPBadRequest):
        read_wish(query, CALLERS["admin"])


@pytest.mark.parametrize(("token", "host"), [("member", "h1"), ("reader", None), ("host", "h2"), ("host", None)])
def test_a_host_reads_its_own_feed_and_others_none(token: str, host: str | None) -> None:
    """Everything is for administrators; `host=` for that host."""
    with pytest.raises(PolicyNotAuthorized):
        read_wish({"host": host} if host else {}, CALLERS[token])
    assert "h1" == read_wish({"host": "h1"}, CALLERS["host"]).host


def test_lines_are_streamed_as_ndjson() -> None:
    """What the feed gives goes out as it is."""
    server = ApiServer()
    reply = server.call("GET", "/underlay/v1/feed?host=h1&watch=false&since=3", token="host")
    assert (200, "application/x-ndjson") == (reply.status, reply.headers["content-type"])
    assert b'{"in_sync":7}\n' == reply.body
    assert [{"since": 3, "host": "h1", "watch": False}] == server.feed.asked


def test_a_watcher_is_given_back() -> None:
    """Whatever ends the answer, the watcher is closed."""
    server = ApiServer()
    server.call("GET", "/underlay/v1/feed?watch=false")
    assert [True] == [watcher.closed for watcher in server.feed.watchers]


def test_a_client_that_leaves_ends_its_stream() -> None:
    """A disconnect ends a watch that waits for the next line, and closes the watcher."""
    server = ApiServer()

    async def leave() -> bytes:
        sent: list[bytes] = []
        has_line = asyncio.Event()

        async def receive() -> Message:
            await has_line.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message.get("body", b""))
            if sent[-1]:
                has_line.set()

        headers = [(b"x-auth-token", b"admin"), (b"host", b"server")]
        scope = {"type": "http", "method": "GET", "path": "/underlay/v1/feed", "query_string": b"", "headers": headers}
        scope |= {"scheme": "http", "server": ("server", 80), "root_path": "", "asgi": {"spec_version": "2.3"}}
        await asyncio.wait_for(server.app(scope, receive, send), 10)
        return b"".join(sent)

    assert b'{"in_sync":7}\n' == asyncio.run(leave())
    assert [True] == [watcher.closed for watcher in server.feed.watchers]


def test_a_stream_ends_when_the_server_stops() -> None:
    """`stopping` ends a stream that waits for the next line, and leaves no task behind."""

    async def watch() -> tuple[list[bytes], int]:
        stopping, watcher = asyncio.Event(), ScriptedWatcher([b"a\n", b"b\n"], watch=True)
        lines = []
        async for line in stream(watcher, stopping):
            lines.append(line)
            if len(lines) == 2:
                asyncio.get_running_loop().call_soon(stopping.set)
        await asyncio.sleep(0)
        return lines, len(asyncio.all_tasks())

    assert ([b"a\n", b"b\n"], 1) == asyncio.run(watch())
