"""The feed over HTTP."""

import asyncio

import pytest

from fakes.api_server import CALLERS, ApiServer, ScriptedWatcher
from underlay.api.watch import Wish, read_wish, stream
from underlay.model.errors import HTTPBadRequest, PolicyNotAuthorized
from underlay.model.ids import HostName, Revision


def test_the_query_is_read() -> None:
    """since, host, kinds and watch."""
    wish = read_wish({"since": "5", "host": "h", "kinds": "port,network", "watch": "false"}, CALLERS["admin"])
    assert Wish(Revision(5), HostName("h"), frozenset({"port", "network"}), watch=False) == wish


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
    assert [{"since": 3, "host": "h1", "kinds": None, "watch": False}] == server.feed.asked


def test_a_stream_ends_when_the_server_stops_and_gives_its_watcher_back() -> None:
    """`stopping` ends a stream that waits for the next line."""

    async def watch() -> tuple[list[bytes], bool]:
        stopping, watcher = asyncio.Event(), ScriptedWatcher([b"a\n", b"b\n"], watch=True)
        lines = []
        async for line in stream(watcher, stopping):
            lines.append(line)
            if len(lines) == 2:
                asyncio.get_running_loop().call_soon(stopping.set)
        return lines, watcher.closed

    assert ([b"a\n", b"b\n"], True) == asyncio.run(watch())
