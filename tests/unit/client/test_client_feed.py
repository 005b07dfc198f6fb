import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.http_server import Peer, closed_port, serving
from underlay.client.credentials import Credentials
from underlay.client.errors import ClientError
from underlay.client.exchange import Timeouts
from underlay.client.feed import Feed, Patience, Restart
from underlay.client.http import Session
from underlay.client.transport import Transport
from underlay.model.change import Change, InSync
from underlay.model.ids import HostName, Revision

HV1 = HostName("hv1")
IMPATIENT = Patience(first_s=0.01, longest_s=0.05, silence_s=0.4)


def gone(revision: int, port: str = "p") -> bytes:
    """The line of a port that was deleted."""
    return b'{"revision":%d,"kind":"port","id":"%s","record":null}\n' % (revision, port.encode())


def in_sync(revision: int) -> bytes:
    """The line that says so."""
    return b'{"in_sync":%d}\n' % revision


def told(events: list[object]) -> list[object]:
    """Events in short: (revision, id), ("in sync", revision), "restart"."""
    shown: list[object] = []
    for event in events:
        match event:
            case Change():
                assert event.record is None
                shown.append((event.revision, event.id))
            case InSync():
                shown.append(("in sync", event.in_sync))
            case Restart():
                shown.append("restart")
    return shown


class Script:
    """Answers the nth connection to the feed with the nth part, and remembers each one's query."""

    def __init__(self, *parts: Callable[[Peer], None]) -> None:
        self.parts = list(parts)
        self.queries: list[dict[str, list[str]]] = []
        self.over = threading.Event()

    def __call__(self, peer: Peer) -> None:
        """Answers one connection; the last part serves all that follow."""
        part = self.parts[min(len(self.queries), len(self.parts) - 1)]
        self.queries.append(parse_qs(urlsplit(peer.target).query))
        part(peer)

    def lines(self, *chunks: bytes, end: str = "hold") -> Callable[[Peer], None]:
        """A part that sends the chunks, and then holds the connection, ends the answer, or breaks it."""

        def part(peer: Peer) -> None:
            peer.begin()
            for chunk in chunks:
                peer.chunk(chunk)
            match end:
                case "hold":
                    self.over.wait(10)
                case "end":
                    peer.chunk(b"")
                case "break":
                    peer.reset()

        return part


def refuse(status: int) -> Callable[[Peer], None]:
    """A part that answers with an error."""
    return lambda peer: peer.reply(status, {"NeutronError": {"type": "E", "message": "m", "detail": ""}})


@contextmanager
def following(script: Script, since: int | None = None, troubles: list[str] | None = None) -> Iterator[Feed]:
    """A feed for hv1 of ports and networks."""
    kept: list[str] = [] if troubles is None else troubles
    with serving(script) as url:
        feed = Feed(
            Session(url, "given", endpoint=url),
            HV1,
            ("port", "network"),
            chance=lambda: 0.0,
            since=None if since is None else Revision(since),
            trouble=lambda error, delay_s: kept.append(f"{type(error).__name__} {delay_s}"),
            patience=IMPATIENT,
        )
        try:
            yield feed
        finally:
            feed.close()
            script.over.set()


def test_a_feed_lists_and_then_watches():
    """Changes and signs of life come as the server sends them, however they are cut into chunks."""
    script = Script()
    text = gone(7, "a") + gone(3, "b") + in_sync(9) + gone(10, "c") + in_sync(10)
    script.parts.append(script.lines(*(text[at : at + 7] for at in range(0, len(text), 7))))
    with following(script) as feed:
        events = told(list(islice(feed, 5)))
    assert [(7, "a"), (3, "b"), ("in sync", 9), (10, "c"), ("in sync", 10)] == events
    assert [{"host": ["hv1"], "kinds": ["network,port"]}] == script.queries


@pytest.mark.parametrize("end", ["break", "end"])
def test_a_drop_resumes_from_what_was_seen_whole(end):
    """After revision 11 came 12, so 11 was whole; 12 may have had more lines, and the line cut short is not taken."""
    script = Script()
    first = script.lines(in_sync(9), gone(11, "a"), gone(11, "b"), gone(12, "c"), gone(12, "d")[:20], end=end)
    script.parts += [first, script.lines(gone(12, "c"), gone(12, "d"), in_sync(12))]
    with following(script) as feed:
        events = told(list(islice(feed, 7)))
    assert [("in sync", 9), (11, "a"), (11, "b"), (12, "c"), (12, "c"), (12, "d"), ("in sync", 12)] == events
    assert [None, ["11"]] == [query.get("since") for query in script.queries]


def test_a_list_cut_short_begins_anew():
    """Before the first InSync nothing was seen whole, whatever the revisions said."""
    script = Script()
    script.parts += [script.lines(gone(7), gone(8), end="break"), script.lines(gone(7), in_sync(8))]
    with following(script) as feed:
        events = told(list(islice(feed, 5)))
    assert [(7, "p"), (8, "p"), "restart", (7, "p"), ("in sync", 8)] == events
    assert [None, None] == [query.get("since") for query in script.queries]


def test_a_catching_up_cut_short_resumes_where_it_began():
    """What came after `since` is whole only at InSync."""
    script = Script()
    script.parts += [script.lines(gone(7), gone(8), end="break"), script.lines(in_sync(9))]
    with following(script, since=5) as feed:
        assert [(7, "p"), (8, "p"), ("in sync", 9)] == told(list(islice(feed, 3)))
    assert [["5"], ["5"]] == [query.get("since") for query in script.queries]


def test_too_old_a_revision_starts_over():
    """410: the marker comes with the new list, not before there is one; and it is no trouble."""
    script, troubles = Script(), []
    script.parts += [refuse(410), script.lines(gone(7), in_sync(8))]
    with following(script, since=5, troubles=troubles) as feed:
        assert ["restart", (7, "p"), ("in sync", 8)] == told(list(islice(feed, 3)))
    assert [["5"], None] == [query.get("since") for query in script.queries]
    assert [] == troubles


def test_a_server_gone_silent_is_left():
    """Without a line for `silence_s` it connects again, from where it was."""
    script, troubles = Script(), []
    script.parts += [script.lines(in_sync(3)), script.lines(in_sync(4))]
    with following(script, troubles=troubles) as feed:
        assert [("in sync", 3), ("in sync", 4)] == told(list(islice(feed, 2)))
    assert [None, ["3"]] == [query.get("since") for query in script.queries]
    assert ["Unreachable 0.01"] == troubles


def test_a_server_may_be_silent_for_longer_than_connecting_may_take():
    """The limit of one wait is not the limit of another."""
    script, troubles = Script(), []

    def slow(peer: Peer) -> None:
        peer.begin()
        for revision in (1, 2):
            script.over.wait(0.3)
            peer.chunk(in_sync(revision))

    script.parts.append(slow)
    with serving(script) as url:
        session = Session(url, "given", endpoint=url, transport=Transport(Timeouts(connect=0.1)))
        note: Callable[[ClientError, float], None] = lambda error, delay_s: troubles.append(str(error))  # noqa: E731
        feed = Feed(session, HV1, (), chance=lambda: 0.0, trouble=note, patience=Patience(silence_s=5))
        assert [("in sync", 1), ("in sync", 2)] == told(list(islice(feed, 2)))
        feed.close()
        script.over.set()
    assert [] == troubles


def test_failures_wait_longer_each_time_until_something_comes():
    """Doubling up to the longest; one line begins it anew. Every failure is told, whatever the status."""
    script, troubles = Script(), []
    script.parts += [refuse(503), refuse(403), refuse(500), refuse(503)]
    script.parts += [script.lines(in_sync(1), end="end"), script.lines(b"{}\n"), script.lines(in_sync(2))]
    with following(script, troubles=troubles) as feed:
        assert [("in sync", 1), ("in sync", 2)] == told(list(islice(feed, 2)))
    expected = [f"Refused {delay_s}" for delay_s in (0.01, 0.02, 0.04, 0.05)]
    assert [*expected, "Unreachable 0.01", "NotUnderstood 0.02"] == troubles


def test_chance_takes_off_up_to_half():
    """So that a thousand agents do not come back at the same moment."""
    patience = Patience(first_s=1, longest_s=8)
    assert [1, 2, 4, 8, 8, 8] == [patience.delay_s(failures, 0.0) for failures in (1, 2, 3, 4, 5, 10_000)]
    assert [0.75, 0.5] == [patience.delay_s(1, chance) for chance in (0.5, 1.0)]


def test_an_expired_token_is_renewed_on_the_way():
    """401 makes it log in again and ask again, without a wait; a second 401 is trouble."""
    logins: list[str] = []
    script, troubles = Script(), []
    script.parts.append(script.lines(in_sync(1)))

    def answer(peer: Peer) -> None:
        if peer.target == "/v3/auth/tokens":
            logins.append(f"t{len(logins)}")
            peer.reply(201, {"token": {}}, {"X-Subject-Token": logins[-1]})
        elif peer.headers["x-auth-token"] in ("t0", "t2", "t3"):
            peer.reply(401)
        else:
            script(peer)

    with serving(answer) as url:
        session = Session(url, Credentials(password="s", username="hv1"), endpoint=url)
        note: Callable[[ClientError, float], None] = lambda error, delay_s: troubles.append(str(error))  # noqa: E731
        feed = Feed(session, HV1, ("port",), chance=lambda: 0.0, trouble=note, patience=IMPATIENT)
        assert [("in sync", 1)] == told(list(islice(feed, 1)))
        assert [] == troubles
        session.renew("t1")
        assert ["Unauthorized", 5] == [told(list(islice(feed, 1))) and troubles[0], len(logins)]
        feed.close()
        script.over.set()


@pytest.mark.parametrize("moment", ["watching", "silent head", "waiting"])
def test_closing_ends_the_iteration_at_once(moment):
    """From another thread: while it reads, while the server has not answered yet, and between two attempts."""
    script, reached = Script(), threading.Event()

    def hang(peer: Peer) -> None:
        reached.set()
        script.over.wait(10)

    script.parts.append(hang if moment == "silent head" else script.lines(in_sync(1)))
    events: list[object] = []
    with serving(script) as url:
        endpoint = f"http://127.0.0.1:{closed_port()}" if moment == "waiting" else url
        feed = Feed(
            Session(url, "given", endpoint=endpoint),
            HV1,
            (),
            chance=lambda: 0.0,
            trouble=lambda error, delay_s: reached.set(),
            patience=Patience(first_s=60, longest_s=60, silence_s=60),
        )

        def follow() -> None:
            for event in feed:
                events.append(event)
                reached.set()

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        assert reached.wait(10)
        feed.close()
        thread.join(5)
        assert not thread.is_alive()
        script.over.set()
    assert ([("in sync", 1)] if moment == "watching" else []) == told(events)


def test_closing_during_the_login_makes_no_connection():
    """What is opened after it was closed is given up before it asks."""
    script, reached, proceed = Script(), threading.Event(), threading.Event()

    def answer(peer: Peer) -> None:
        if peer.target == "/v3/auth/tokens":
            reached.set()
            proceed.wait(10)
            peer.reply(201, {"token": {}}, {"X-Subject-Token": "t"})
        else:
            script(peer)

    script.parts.append(script.lines(in_sync(1)))
    with serving(answer) as url:
        session = Session(url, Credentials(password="s", username="hv1"), endpoint=url)
        feed = Feed(session, HV1, (), chance=lambda: 0.0)
        thread = threading.Thread(target=lambda: list(feed), daemon=True)
        thread.start()
        assert reached.wait(10)
        feed.close()
        proceed.set()
        thread.join(5)
        assert not thread.is_alive()
        script.over.set()
    assert [] == script.queries


def test_a_feed_closed_before_it_began_yields_nothing():
    """And does not connect."""
    script = Script()
    with following(script) as feed:
        feed.close()
        assert [] == list(feed)
    assert [] == script.queries
