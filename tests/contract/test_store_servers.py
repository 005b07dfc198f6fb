"""Servers in both stores: which host is told of one, how they are found, and what is kept beside them."""

import asyncio

from msgspec.structs import replace

from fakes.records import NOW, PROJECT, uuid_of
from underlay.agent.mirror import needed
from underlay.model.change import Change, Ref, Writes
from underlay.model.codec import decode_feed_line
from underlay.model.errors import Conflict
from underlay.model.ids import HostName, InstanceId, Revision
from underlay.model.keypair import OF_USER, Keypair, keypair_key
from underlay.model.server import ON_HOST, Flavor, Server
from underlay.store.feed import Feed
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
HERE, THERE = HostName("h0"), HostName("h1")


def server(number: int, host: HostName = HERE) -> Server:
    """Server `number`, on the host."""
    return Server(
        id=InstanceId(uuid_of(9, number)),
        project_id=PROJECT,
        user_id="u",
        name=f"vm{number}",
        host=host,
        flavor=Flavor("tiny", "tiny", 1, 512, 1),
        image_id="i",
        port_ids=(),
        own_port_ids=(),
        created_at=NOW,
        updated_at=NOW,
    )


def write(store: AnyStore, writes: Writes) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(writes))


def seen(store: AnyStore, host: HostName, since: int | None = None) -> list[tuple[str, bool]]:
    """What a host's watcher is sent until it is in sync: id, and whether it is there."""

    async def read() -> list[bytes]:
        feed = Feed(store)
        watcher = await feed.open(since=None if since is None else Revision(since), host=host, watch=False)
        try:
            return [line async for chunk in watcher for line in chunk.splitlines()]
        finally:
            await watcher.aclose()

    changes = [decode_feed_line(line) for line in asyncio.run(read())]
    return [(each.id, each.record is not None) for each in changes if isinstance(each, Change)]


def test_a_host_is_told_of_its_own_servers(any_store: AnyStore) -> None:
    """In the first list, as changes since, and when one is gone."""
    mine, other = server(1), server(2, THERE)
    write(any_store, Writes(puts=(mine, other)))
    assert [(mine.id, True)] == seen(any_store, HERE)
    assert [mine] == needed([mine, other], HERE)
    write(any_store, Writes(puts=(replace(mine, status="ACTIVE", revision_number=2),)))
    assert [(mine.id, True)] == seen(any_store, HERE, since=2)
    write(any_store, Writes(deletes=(Ref("server", mine.id), Ref("server", other.id))))
    assert [(mine.id, False)] == seen(any_store, HERE, since=3)
    assert [] == seen(any_store, HERE)


def test_servers_are_found_by_host_and_counted_by_project(any_store: AnyStore) -> None:
    """What placement and quota ask."""
    write(any_store, Writes(puts=(server(1), server(2, THERE), server(3))))
    with any_store.read() as moment:
        assert ["vm1", "vm3"] == [each.name for each in moment.linked(Server, ON_HOST, HERE)]
        assert 3 == moment.count("server", PROJECT)


def test_a_console_is_replaced_and_goes_with_its_server(any_store: AnyStore) -> None:
    """It makes no revision."""
    write(any_store, Writes(puts=(server(1),)))
    for output in (b"first", b"second \xff\x00"):
        any_store.write(lambda moment, output=output: moment.keep_console(server(1).id, output))  # type: ignore[misc]
    with any_store.read() as moment:
        assert (b"second \xff\x00", b"", 1) == (
            moment.console(server(1).id),
            moment.console(server(2).id),
            moment.revision(),
        )
    write(any_store, Writes(deletes=(Ref("server", server(1).id),)))
    with any_store.read() as moment:
        assert b"" == moment.console(server(1).id)


def test_a_user_has_one_keypair_of_a_name(any_store: AnyStore) -> None:
    """Found by user, and by both."""
    keypair = Keypair("k1", "u", "rose", "ssh-ed25519 AAAA", "00", NOW)
    write(any_store, Writes(puts=(keypair, replace(keypair, id="k2", user_id="v"))))
    with any_store.read() as moment:
        assert [keypair] == moment.linked(Keypair, OF_USER, "u")
        assert keypair == moment.with_unique_key(Keypair, keypair_key("u", "rose"))
    try:
        write(any_store, Writes(puts=(replace(keypair, id="k3"),)))
    except Conflict:
        return
    raise AssertionError("there are two")
