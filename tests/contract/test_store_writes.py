"""Writes on both stores: all or nothing, nothing twice, revisions without gaps."""

from collections.abc import Callable
from ipaddress import ip_address
from threading import Barrier, Event, Thread
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from fakes.records import HOST, NOW, PROJECT, dhcp_agent, dhcp_binding, network, port, subnet
from underlay.model.address import AddressRange, Mac
from underlay.model.agent import Agent
from underlay.model.change import Record, Ref, Writes
from underlay.model.codec import decode_record
from underlay.model.errors import Conflict
from underlay.model.ids import AgentId, HostName, PortId, Vid
from underlay.model.network import Flat, Vlan
from underlay.model.port import FixedIp
from underlay.store.contract import ChangeRow
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
NET = network(1, subnets=1)
SUB = replace(subnet(NET), allocation_pools=(AddressRange(ip_address("10.0.0.2"), ip_address("10.0.0.254")),))
PORT = port(1, NET, HOST, ((SUB, "10.0.0.10"),))


def put(store: AnyStore, *records: Record) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=records)))


def changes(store: AnyStore, since: int = 0) -> list[ChangeRow]:
    """The whole log."""
    with store.read_log() as log:
        return list(log.changes_after(since, 10_000))


def test_every_change_is_in_the_log(any_store: AnyStore) -> None:
    """One log row a record, puts in their order and then deletes; revisions start at 1 and have no gap."""
    put(any_store, NET, SUB, PORT)
    writes = Writes(puts=(replace(NET, name="new"),), deletes=(Ref("port", PORT.id), Ref("subnet", SUB.id)))
    last = any_store.write(lambda moment: moment.commit_writes(writes))
    rows = changes(any_store)
    assert [1, 2, 3, 4, 5, 6] == [row.revision for row in rows]
    assert last == 6
    assert ["network", "subnet", "port", "network", "port", "subnet"] == [row.kind for row in rows]
    assert [NET, SUB, PORT] == [decode_record(row.record or b"") for row in rows[:3]]
    assert [None, None] == [row.record for row in rows[4:]]
    assert {NET.id} == {row.network_id for row in rows}
    assert (HOST,) == rows[4].hosts
    assert rows[3:] == changes(any_store, since=3)


def test_a_change_names_the_hosts_before_and_after(any_store: AnyStore) -> None:
    """A port that moves is of interest to both hosts; one that stays names its host once."""
    put(any_store, NET, SUB, PORT)
    put(any_store, replace(PORT, binding=replace(PORT.binding, host=HostName("host2"))))
    put(any_store, replace(PORT, binding=replace(PORT.binding, host=HostName("host2")), name="x"))
    put(any_store, replace(PORT, binding=replace(PORT.binding, host=None)))
    expected = [(HOST, "host2"), ("host2",), ("host2",)]
    assert expected == [row.hosts for row in changes(any_store, since=3)]


def test_what_changes_nothing_is_not_a_change(any_store: AnyStore) -> None:
    """Putting what is stored and deleting what is not there write nothing."""
    put(any_store, NET)
    again = Writes(puts=(NET,), deletes=(Ref("port", "none"),))
    assert any_store.write(lambda moment: moment.commit_writes(again)) == 1
    assert len(changes(any_store)) == 1


def test_a_failure_stores_nothing(any_store: AnyStore) -> None:
    """What is raised in a transaction goes through and undoes all of it: records, indexes, log, counts."""
    put(any_store, NET, SUB)

    def work(moment: Any) -> None:
        moment.commit_writes(Writes(puts=(PORT, replace(NET, name="half")), deletes=()))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        any_store.write(work)
    with any_store.read() as reading:
        assert reading.network(NET.id) == NET
        assert reading.port(PORT.id) is None
        assert reading.address_owner(SUB.id, ip_address("10.0.0.10")) is None
        assert reading.count("port", PROJECT) == 0
        assert list(reading.free_ranges(SUB.id, 10)) == list(SUB.allocation_pools)
    assert len(changes(any_store)) == 2
    put(any_store, PORT)
    assert [1, 2, 3] == [row.revision for row in changes(any_store)]


def doubles() -> list[tuple[str, Record, Record]]:
    """Pairs of which the second must not be stored beside the first."""
    other = network(2)
    agent = dhcp_agent()
    return [
        ("vlan", network(3), replace(other, segment=Vlan("default", Vid(103)))),
        ("flat network", network(3, Flat("x")), replace(other, segment=Flat("x"))),
        ("mac", PORT, replace(port(2, NET), mac_address=PORT.mac_address)),
        ("address", PORT, port(2, NET, HOST, ((SUB, "10.0.0.10"),))),
        ("agent of a host", agent, Agent(AgentId("x"), agent.agent_type, "b", agent.host, "t", NOW, NOW)),
    ]


@pytest.mark.parametrize(("first", "second"), [pair[1:] for pair in doubles()], ids=[pair[0] for pair in doubles()])
def test_nothing_is_taken_twice(any_store: AnyStore, first: Record, second: Record) -> None:
    """A second claim to one thing is a Conflict, and nothing of its transaction is stored."""
    put(any_store, NET, SUB, first)
    before = changes(any_store)
    with pytest.raises(Conflict):
        put(any_store, replace(NET, name="changed"), second)
    assert before == changes(any_store)


def test_a_conflict_is_tried_again(any_store: AnyStore) -> None:
    """A lost race runs the work again on a fresh moment; after five times it is the caller's."""
    put(any_store, NET, SUB, PORT)
    tries: list[int] = []

    def work(moment: Any) -> None:
        tries.append(len(tries))
        chosen = "10.0.0.10" if len(tries) < 3 else "10.0.0.11"
        moment.commit_writes(Writes(puts=(port(2, NET, HOST, ((SUB, chosen),)),)))

    any_store.write(work)
    assert tries == [0, 1, 2]
    tries.clear()
    with pytest.raises(Conflict):
        any_store.write(
            lambda moment: (
                tries.append(0),
                moment.commit_writes(Writes(puts=(port(3, NET, HOST, ((SUB, "10.0.0.10"),)),))),
            )
        )
    assert len(tries) == 5


def test_references_hold_at_commit(any_store: AnyStore) -> None:
    """A record may not outlive, or come without, what it names; within a transaction the order is free."""
    with pytest.raises(Conflict):
        put(any_store, SUB)
    put(any_store, SUB, NET)
    put(any_store, PORT)
    with pytest.raises(Conflict):
        any_store.write(lambda moment: moment.commit_writes(Writes(deletes=(Ref("subnet", SUB.id),))))
    bare = replace(PORT, fixed_ips=())
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=(bare,), deletes=(Ref("subnet", SUB.id),))))
    with any_store.read() as reading:
        assert (reading.subnet(SUB.id), reading.port(PORT.id)) == (None, bare)
    with pytest.raises(Conflict):
        put(any_store, dhcp_binding(NET))


def test_what_is_deleted_can_be_taken_beside_it(any_store: AnyStore) -> None:
    """A put may take what a delete of the same writes frees."""
    put(any_store, NET, SUB, PORT)
    heir = replace(PORT, id=PortId("heir"))
    any_store.write(lambda moment: moment.commit_writes(Writes(puts=(heir,), deletes=(Ref("port", PORT.id),))))
    with any_store.read() as reading:
        assert reading.address_owner(SUB.id, ip_address("10.0.0.10")) == heir.id
        assert reading.mac_owner(NET.id, PORT.mac_address) == heir.id


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """All at once; the first failure is raised."""
    failures: list[BaseException] = []
    barrier = Barrier(count)

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_writers_in_many_threads_lose_nothing(any_store: AnyStore) -> None:
    """Threads that each take the lowest free address get different ones; the log has every revision once, in order."""
    put(any_store, NET, SUB)

    def work(number: int) -> None:
        for turn in range(5):
            any_store.write(lambda moment, turn=turn: create(moment, number * 5 + turn))

    def create(moment: Any, number: int) -> None:
        free = moment.free_ranges(SUB.id, 1)[0].start
        made = replace(PORT, id=PortId(f"p{number}"), mac_address=Mac(number), fixed_ips=(FixedIp(SUB.id, free),))
        moment.commit_writes(Writes(puts=(made,)))

    in_threads(8, work)
    with any_store.read() as reading:
        assert reading.count("port", PROJECT) == 40
        assert list(reading.free_ranges(SUB.id, 10)) == [
            AddressRange(ip_address("10.0.0.42"), ip_address("10.0.0.254"))
        ]
    assert list(range(1, 43)) == [row.revision for row in changes(any_store)]


def test_writers_that_wait_together_fail_alone(any_store: AnyStore) -> None:
    """Of writers that queue behind a slow one some fail, in their work, at a unique index or only at the commit: each
    gets its own error, and the others' writes are all there."""
    put(any_store, NET, SUB, PORT)
    queued = Barrier(10)
    outcomes: dict[int, str] = {}

    def slow(moment: Any) -> None:
        queued.wait()
        Event().wait(0.1)
        moment.commit_writes(Writes(puts=(replace(NET, name="slow"),)))

    def work(moment: Any, number: int) -> None:
        made = replace(port(number, NET), fixed_ips=())
        moment.commit_writes(Writes(puts=(made,)))
        match number % 3:
            case 0:
                raise ZeroDivisionError
            case 1 if number % 2:
                moment.commit_writes(Writes(puts=(replace(made, mac_address=PORT.mac_address),)))
            case 1:
                moment.commit_writes(Writes(deletes=(Ref("subnet", SUB.id),)))

    def run(number: int) -> None:
        if number == 0:
            any_store.write(slow)
            return
        queued.wait()
        try:
            any_store.write(lambda moment: work(moment, number + 10))
        except (ZeroDivisionError, Conflict) as error:
            outcomes[number] = type(error).__name__

    in_threads(10, run)
    expected = {number: "ZeroDivisionError" if (number + 10) % 3 == 0 else "Conflict" for number in range(1, 10)}
    assert {number: name for number, name in expected.items() if (number + 10) % 3 != 2} == outcomes
    with any_store.read() as reading:
        assert reading.network(NET.id).name == "slow"
        assert reading.count("port", PROJECT) == 1 + sum((number + 10) % 3 == 2 for number in range(1, 10))
    rows = changes(any_store)
    assert list(range(1, len(rows) + 1)) == [row.revision for row in rows]
    assert len(rows) == 3 + 1 + 3


def test_only_one_of_many_gets_the_vlan(any_store: AnyStore) -> None:
    """Of threads that put different networks on one VLAN at once, one succeeds and the others get Conflict."""
    refused: list[int] = []

    def work(number: int) -> None:
        try:
            put(any_store, network(number, Vlan("default", Vid(7))))
        except Conflict:
            refused.append(number)

    in_threads(6, work)
    assert len(refused) == 5
    with any_store.read() as reading:
        assert reading.network_with_segment("default", Vid(7)) is not None
        assert reading.count("network", PROJECT) == 1


def test_readers_are_told_of_commits(any_store: AnyStore) -> None:
    """A listener is called once for a commit with changes, after it is there to be read; not for one without."""
    seen: list[int] = []

    def listen() -> None:
        with any_store.read() as reading:
            seen.append(reading.revision())

    any_store.on_commit(listen)
    put(any_store, NET, SUB)
    put(any_store, NET)
    with pytest.raises(Conflict):
        put(any_store, dhcp_binding(NET))
    assert seen == [2]


def test_old_changes_are_forgotten(any_store: AnyStore, sqlite_store: Store) -> None:
    """Only the retention is kept, the newest always; revisions go on from there."""
    small: AnyStore
    if isinstance(any_store, MemoryStore):
        small = MemoryStore(change_retention=3)
    else:
        small = Store(str(sqlite_store.url), change_retention=3)
    for number in range(300):
        put(small, replace(NET, name=f"n{number}"))
    with small.read_log() as log:
        assert log.revision() == 300
        assert 0 < log.oldest_revision() <= 297
        assert [298, 299, 300] == [row.revision for row in log.changes_after(297, 10)]
    put(small, NET)
    with small.read() as reading:
        assert reading.revision() == 301


def test_a_change_says_what_it_replaced(any_store):
    """Of a put the fields that it changed, as they were; of a deletion the whole record; of a new record nothing."""
    put(any_store, NET, SUB, PORT)
    put(any_store, replace(PORT, status="ACTIVE", name="renamed"))
    any_store.write(lambda moment: moment.commit_writes(Writes(deletes=(Ref("port", PORT.id),))))
    *new, changed, gone = [row.replaced for row in changes(any_store)]
    assert [None, None, None] == new
    assert {"status": PORT.status, "name": PORT.name} == msgspec.json.decode(changed or b"")
    assert replace(PORT, status="ACTIVE", name="renamed") == decode_record(gone or b"")
