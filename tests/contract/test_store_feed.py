"""The feed over both stores: whatever happens, and however often it is cut off, a host's mirror holds what it needs."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fakes.records import NOW, PROJECT, network, port, subnet, uuid_of
from underlay.agent.mirror import needed
from underlay.model.agent import DHCP_AGENT, Agent, DhcpBinding
from underlay.model.change import Change, InSync, Kind, Record, Ref, Writes
from underlay.model.codec import decode_feed_line, decode_record
from underlay.model.errors import RevisionGone
from underlay.model.ids import AgentId, HostName, InstanceId, Revision
from underlay.model.instance import Instance
from underlay.model.port import Binding
from underlay.store.feed import Feed
from underlay.store.memory import MemoryStore
from underlay.store.rows import KINDS
from underlay.store.transaction import Store
from underlay.store.watcher import Watcher

AnyStore = Store | MemoryStore
HOSTS = (HostName("h0"), HostName("h1"))
NETS = [network(number, subnets=1) for number in range(3)]
SUBS = [subnet(net) for net in NETS]
AGENTS = [Agent(AgentId(f"a{host}"), DHCP_AGENT, "underlay-dhcp", host, "dhcp_agent", NOW, NOW) for host in HOSTS]
DEVICES = [InstanceId(uuid_of(4, number)) for number in range(3)]


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    """To its end, within a limit."""

    async def limited() -> None:
        async with asyncio.timeout(60):
            await coroutine

    asyncio.run(limited())


def put(store: AnyStore, *records: Record) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=records)))


def delete(store: AnyStore, *refs: Ref) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(deletes=refs)))


async def until_in_sync(watcher: Watcher) -> list[Change]:
    """The changes up to the next InSync."""
    found: list[Change] = []
    while True:
        for line in (await anext(watcher)).splitlines():
            read = decode_feed_line(line)
            if isinstance(read, InSync):
                return found
            found.append(read)


def told(changes: list[Change]) -> list[tuple[str, str, bool]]:
    """(kind, id, whether it is there)."""
    return [(change.kind, change.id, change.record is not None) for change in changes]


class Mirror:
    """What an agent does with the feed, the plainest way: remembers, prunes when in sync."""

    def __init__(self, host: HostName) -> None:
        self.host = host
        self.records: dict[Ref, Record] = {}
        self.since: Revision | None = None
        self.watcher: Watcher | None = None

    async def connect(self, feed: Feed) -> None:
        """From where it was; from nothing when that is too long ago."""
        try:
            self.watcher = await feed.open(since=self.since, host=self.host)
        except RevisionGone:
            self.since = None
            self.watcher = await feed.open(since=None, host=self.host)
        if self.since is None:
            self.records = {}

    async def disconnect(self) -> None:
        """Cut off."""
        if self.watcher is not None:
            await self.watcher.aclose()
            self.watcher = None

    async def follow(self, feed: Feed) -> None:
        """Until in sync."""
        while True:
            if self.watcher is None:
                await self.connect(feed)
            assert self.watcher is not None
            try:
                chunk = await anext(self.watcher)
            except RevisionGone:
                await self.disconnect()
                continue
            for line in chunk.splitlines():
                read = decode_feed_line(line)
                if isinstance(read, InSync):
                    assert self.since is None or read.in_sync >= self.since
                    self.since = read.in_sync
                    self.records = {ref(record): record for record in needed(self.records.values(), self.host)}
                    return
                self.take(read)

    async def sip(self, feed: Feed) -> None:
        """One chunk, if there is one, as far as a line in its middle; then cut off."""
        if self.watcher is None:
            await self.connect(feed)
        assert self.watcher is not None
        with suppress(RevisionGone):
            lines = (await anext(self.watcher)).splitlines()
            for line in lines[: (len(lines) + 1) // 2]:
                read = decode_feed_line(line)
                if isinstance(read, Change) and self.since is not None:
                    self.take(read)
                    self.since = max(self.since, read.revision)
        await self.disconnect()

    def take(self, change: Change) -> None:
        """One line."""
        self.records.pop(Ref(change.kind, change.id), None)
        if change.record is not None:
            self.records[Ref(change.kind, change.id)] = change.record


def ref(record: Record) -> Ref:
    """Its name."""
    return Ref(KINDS[type(record)], record.id)


def everything(store: AnyStore) -> list[Record]:
    """All records."""
    found: list[Record] = []
    with store.read_log() as log:
        for kind in KINDS.values():
            found += [decode_record(stored.record) for stored in log.stored(kind, Revision(0), 1000)]
    return found


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("port"), st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("port"), st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)),
        st.tuples(st.just("drop"), st.integers(0, 3), st.just(0), st.just(0)),
        st.tuples(st.just("serve"), st.integers(0, 2), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("leave"), st.integers(0, 2), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("instance"), st.integers(0, 2), st.integers(0, 1), st.just(0)),
        st.tuples(st.just("rename"), st.integers(0, 2), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("remove"), st.integers(0, 2), st.just(0), st.just(0)),
        st.tuples(st.just("cut"), st.integers(0, 1), st.just(0), st.just(0)),
        st.tuples(st.just("sip"), st.integers(0, 1), st.just(0), st.just(0)),
        st.tuples(st.just("follow"), st.integers(0, 1), st.just(0), st.just(0)),
        st.tuples(st.just("restart"), st.just(0), st.just(0), st.just(0)),
    ),
    max_size=40,
)


def writes_of(store: AnyStore, step: tuple[str, int, int, int]) -> Writes:
    """What the step does to the records."""
    what, number, second, third = step
    with store.read() as reading:
        match what:
            case "port":
                host = HOSTS[second] if second < len(HOSTS) else None
                device = DEVICES[third] if third < len(DEVICES) else InstanceId("")
                made = replace(port(number, NETS[number % 3], host), device_id=device, name=f"{second}{third}")
                return Writes(puts=(NETS[number % 3], SUBS[number % 3], made))
            case "drop":
                return Writes(deletes=(Ref("port", port(number, NETS[0]).id),))
            case "serve":
                binding = DhcpBinding(NETS[number].id, AGENTS[second].id, HOSTS[second])
                return Writes(puts=(NETS[number], SUBS[number], AGENTS[second], binding))
            case "leave":
                return Writes(deletes=(Ref("dhcp_binding", f"{NETS[number].id}/{AGENTS[second].id}"),))
            case "instance" if second:
                vm = Instance(id=DEVICES[number], project_id=PROJECT, name="vm", created_at=NOW, updated_at=NOW)
                return Writes(puts=(vm,))
            case "instance":
                return Writes(deletes=(Ref("instance", DEVICES[number]),))
            case "rename" if reading.network(NETS[number].id):
                return Writes(puts=(replace(NETS[number], name=f"n{second}"),))
            case "remove" if reading.network(NETS[number].id):
                doomed = [one for one in everything(store) if getattr(one, "network_id", None) == NETS[number].id]
                order: list[Kind] = ["port", "dhcp_binding", "subnet"]
                doomed.sort(key=lambda one: order.index(KINDS[type(one)]))
                return Writes(deletes=(*map(ref, doomed), Ref("network", NETS[number].id)))
            case _:
                return Writes()


async def play(store: AnyStore, script: list[tuple[str, int, int, int]]) -> None:
    """The script, and at its end the law."""
    feed = Feed(store, log_changes=8, silence_s=0.01)
    mirrors = [Mirror(host) for host in HOSTS]
    for step in script:
        match step[0]:
            case "cut":
                await mirrors[step[1]].disconnect()
            case "sip":
                await mirrors[step[1]].sip(feed)
            case "follow":
                await mirrors[step[1]].follow(feed)
            case "restart":
                for mirror in mirrors:
                    await mirror.disconnect()
                feed = Feed(store, log_changes=8, silence_s=0.01)
            case _:
                store.write(lambda moment, step=step: moment.commit_writes(writes_of(store, step)))
                if step[1] % 2:
                    feed.refresh()
    feed.refresh()
    for mirror in mirrors:
        await mirror.follow(feed)
        expected = {ref(record): record for record in needed(everything(store), mirror.host)}
        assert expected == mirror.records
        await mirror.disconnect()


@settings(max_examples=150)
@given(STEPS)
def test_a_mirror_holds_what_its_host_needs_in_memory(script: list[tuple[str, int, int, int]]) -> None:
    """After any changes, cuts, restarts of the server and losses of the log, over the store in memory."""
    run(play(MemoryStore(change_retention=12), script))


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_mirror_holds_what_its_host_needs_on_a_database(
    sqlite_store: Store, script: list[tuple[str, int, int, int]]
) -> None:
    """The same over the database, each script going on where the last one ended."""
    run(play(sqlite_store, script))


WORLD = (NETS[0], SUBS[0], NETS[1], SUBS[1], AGENTS[0], port(1, NETS[0], HOSTS[0]))


def test_the_list_comes_first_then_changes(any_store: AnyStore) -> None:
    """Without `since`: all records, InSync with the newest revision, changes as they come, with their own revisions."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store)
        feed.start()
        watcher = await feed.open(since=None)
        listed = await until_in_sync(watcher)
        assert sorted(WORLD, key=repr) == sorted((change.record for change in listed), key=repr)
        waiting = asyncio.ensure_future(anext(watcher))
        await asyncio.sleep(0)
        put(any_store, port(2, NETS[1]))
        change = decode_feed_line(await waiting)
        assert isinstance(change, Change)
        assert (7, "port", port(2, NETS[1])) == (change.revision, change.kind, change.record)
        assert (NETS[1].id, ("host1",)) == (change.network_id, change.hosts)
        await watcher.aclose()
        feed.close()

    run(check())


def test_since_gives_only_what_came_after(any_store: AnyStore) -> None:
    """From memory and, after a restart of the server, from the database: the same lines, then InSync."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store)
        feed.refresh()
        put(any_store, replace(NETS[1], name="x"))
        delete(any_store, Ref("port", WORLD[5].id))
        expected = [(7, "network", "x"), (8, "port", None)]
        for reader in (feed, Feed(any_store)):
            watcher = await reader.open(since=Revision(6), watch=False)
            changes = await until_in_sync(watcher)
            assert expected == [(each.revision, each.kind, getattr(each.record, "name", None)) for each in changes]
            with pytest.raises(StopAsyncIteration):
                await anext(watcher)
            await watcher.aclose()

    run(check())


def test_only_the_kinds_asked_for(any_store: AnyStore) -> None:
    """In the list, in what was missed, and in what comes."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store, silence_s=0.05)
        kinds: frozenset[Kind] = frozenset({"agent"})
        watcher = await feed.open(since=None, kinds=kinds)
        missed = await feed.open(since=Revision(0), kinds=kinds)
        assert ["agent"] == [change.kind for change in await until_in_sync(watcher)]
        assert ["agent"] == [change.kind for change in await until_in_sync(missed)]
        put(any_store, replace(NETS[0], name="x"), replace(AGENTS[0], description="x"))
        feed.refresh()
        assert ["agent"] == [change.kind for change in await until_in_sync(watcher)]
        for each in (watcher, missed):
            await each.aclose()

    run(check())


def test_only_what_is_chosen(any_store: AnyStore) -> None:
    """By network and by id: in the list, in what was missed, and in what comes; deletions too."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store, silence_s=0.05)
        of_network = frozenset({NETS[1].id})
        chosen = port(1, NETS[1], None)
        for choice, first, then in (
            ({"network_ids": of_network}, [NETS[1].id, SUBS[1].id], [("port", True), ("port", False)]),
            ({"network_ids": of_network, "kinds": frozenset({"subnet"})}, [SUBS[1].id], []),
            ({"ids": frozenset({NETS[0].id, chosen.id})}, [NETS[0].id], [("port", True), ("port", False)]),
        ):
            watcher = await feed.open(since=None, **choice)
            assert first == [change.id for change in await until_in_sync(watcher)]
            put(any_store, chosen, port(2, NETS[0], None))
            delete(any_store, Ref("port", chosen.id))
            feed.refresh()
            assert then == [(change.kind, change.record is not None) for change in await until_in_sync(watcher)]
            missed = await feed.open(since=Revision(0), **choice)
            assert set(first) <= {change.id for change in await until_in_sync(missed)} <= {*first, chosen.id}
            for each in (watcher, missed):
                await each.aclose()
            delete(any_store, Ref("port", port(2, NETS[0], None).id))
            feed.refresh()

    run(check())


def test_a_host_sees_no_ports_of_others(any_store: AnyStore) -> None:
    """A host gets its own ports with their networks, and of a network that it serves everything; a port that leaves
    comes as a deletion, a network that comes into view before what brought it."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store, silence_s=0.05)
        watcher = await feed.open(since=None, host=HOSTS[1])
        assert [] == await until_in_sync(watcher)
        moved = port(1, NETS[0], HOSTS[1])
        put(any_store, moved)
        feed.refresh()
        arrived = [("network", NETS[0].id, True), ("subnet", SUBS[0].id, True), ("port", moved.id, True)]
        assert arrived == told(await until_in_sync(watcher))
        put(any_store, replace(moved, binding=Binding(HOSTS[0])))
        feed.refresh()
        assert [("port", moved.id, False)] == told(await until_in_sync(watcher))
        put(any_store, replace(moved, name="elsewhere"))
        put(any_store, replace(moved, binding=Binding(HOSTS[0]), name="far"), port(3, NETS[1], HOSTS[0]))
        feed.refresh()
        await until_in_sync(watcher)
        put(any_store, AGENTS[1], DhcpBinding(NETS[0].id, AGENTS[1].id, HOSTS[1]))
        feed.refresh()
        kinds = [change.kind for change in await until_in_sync(watcher)]
        assert ["agent", "network", "subnet", "port", "dhcp_binding"] == kinds
        await watcher.aclose()

    run(check())


def test_a_restart_of_the_server_hides_no_deletion(any_store: AnyStore) -> None:
    """A host that comes back to a server which has no lines in memory gets what it has lost as deletions, what it needs
    as puts, all at the revision it came with; what it never had is not named."""

    async def check() -> None:
        gone, left, other = port(1, NETS[0], HOSTS[0]), port(2, NETS[0], HOSTS[0]), port(3, NETS[1], HOSTS[1])
        kept = port(4, NETS[0], HOSTS[0])
        put(any_store, *WORLD[:5], gone, left, other, kept)
        delete(any_store, Ref("port", gone.id), Ref("port", other.id))
        put(any_store, replace(left, binding=Binding(HOSTS[1])), replace(kept, name="x"))
        watcher = await Feed(any_store).open(since=Revision(9), host=HOSTS[0], watch=False)
        changes = await until_in_sync(watcher)
        expected = [
            ("agent", AGENTS[0].id, True),
            ("network", NETS[0].id, True),
            ("subnet", SUBS[0].id, True),
            ("port", kept.id, True),
            ("port", gone.id, False),
            ("port", left.id, False),
        ]
        assert expected == told(changes)
        assert {9} == {change.revision for change in changes}
        await watcher.aclose()

    run(check())


def test_what_cannot_be_resumed_is_gone(any_store: AnyStore) -> None:
    """A revision of the future and one whose changes are no longer kept get RevisionGone before the first line."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store)
        with pytest.raises(RevisionGone):
            await feed.open(since=Revision(7))
        for host in (None, HOSTS[0]):
            watcher = await feed.open(since=Revision(6), host=host, watch=False)
            assert [] == await until_in_sync(watcher)
            await watcher.aclose()

    run(check())


def test_changes_no_longer_kept_are_gone() -> None:
    """Older than the retention: list again."""

    async def check() -> None:
        store = MemoryStore(change_retention=2)
        put(store, *WORLD)
        feed = Feed(store)
        for host in (None, HOSTS[0]):
            with pytest.raises(RevisionGone) as raised:
                await feed.open(since=Revision(3), host=host)
            assert raised.value.oldest == 4
            watcher = await feed.open(since=Revision(4), host=host, watch=False)
            await watcher.aclose()

    run(check())


def test_a_slow_watcher_falls_off(any_store: AnyStore) -> None:
    """Who does not read while more is committed than memory keeps gets RevisionGone, and nobody else notices."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store, log_changes=4, silence_s=0.05)
        slow = await feed.open(since=None)
        await until_in_sync(slow)
        fast = await feed.open(since=None)
        await until_in_sync(fast)
        for number in range(8):
            put(any_store, replace(NETS[0], name=f"n{number}"))
            feed.refresh()
            assert 1 == len(await until_in_sync(fast))
        with pytest.raises(RevisionGone):
            await anext(slow)
        for each in (slow, fast):
            await each.aclose()

    run(check())


def test_another_process_is_seen_by_polling(sqlite_store: Store) -> None:
    """A commit that gives no hint here, made through a store of its own, comes by the poll."""

    async def check() -> None:
        feed = Feed(sqlite_store, poll_s=0.05)
        feed.start()
        watcher = await feed.open(since=None)
        await until_in_sync(watcher)
        other = Store(sqlite_store.url)
        put(other, NETS[0])
        change = decode_feed_line(await anext(watcher))
        assert isinstance(change, Change)
        assert NETS[0] == change.record
        await watcher.aclose()
        feed.close()
        other.close()

    run(check())


def test_silence_is_broken_by_a_sign_of_life(any_store: AnyStore) -> None:
    """InSync comes again after a silence, with the newest revision, also for a host that nothing concerned."""

    async def check() -> None:
        put(any_store, *WORLD)
        feed = Feed(any_store, silence_s=0.05)
        watcher = await feed.open(since=None, host=HOSTS[1])
        assert InSync(Revision(6)) == decode_feed_line(await anext(watcher))
        put(any_store, replace(NETS[0], name="x"))
        feed.refresh()
        assert InSync(Revision(7)) == decode_feed_line(await anext(watcher))
        await watcher.aclose()

    run(check())
