"""The law of free ranges: whatever happens, they are exactly the pools without the addresses taken, in maximal runs."""

from ipaddress import ip_address, ip_network
from itertools import count
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fakes.records import HOST, network, port, subnet
from underlay.model.address import AddressRange, IpAddress
from underlay.model.change import Ref, Writes
from underlay.model.ids import PortId
from underlay.model.port import FixedIp, Port
from underlay.model.subnet import Subnet
from underlay.store.memory import MemoryStore
from underlay.store.ranges import free_runs
from underlay.store.transaction import Store

NET = network(1, subnets=2)
BLOCKS = ("10.0.0.0/28", "2001:db8::/64")


def pools_of(base: IpAddress, cuts: tuple[tuple[int, int], ...]) -> tuple[AddressRange, ...]:
    """Ranges by offset from the base."""
    return tuple(AddressRange(base + first, base + last) for first, last in cuts)


CUTS = ((), ((0, 15),), ((2, 14),), ((2, 3), (4, 5), (6, 9)), ((1, 1), (3, 3), (8, 12)))
"""Pools: none, the whole block, the usual, adjacent ones, scattered ones with gaps."""


def steps() -> st.SearchStrategy[list[tuple[str, int, tuple[int, ...]]]]:
    """("ports", number, offsets of its addresses; none: deleted) or ("pools", which of CUTS, ())."""
    ports = st.tuples(st.just("ports"), st.integers(0, 5), st.lists(st.integers(0, 15), max_size=3).map(tuple))
    pools = st.tuples(st.just("pools"), st.integers(0, len(CUTS) - 1), st.just(()))
    return st.lists(st.one_of(ports, ports, ports, pools), max_size=25)


def with_addresses(number: int, of: Subnet, addresses: list[IpAddress]) -> Port:
    """A port with these addresses."""
    return replace(port(number, NET), fixed_ips=tuple(FixedIp(of.id, address) for address in addresses))


def play(store: Store | MemoryStore, block: str, cuts: int, script: list[tuple[str, int, tuple[int, ...]]]) -> None:
    """Each step, and the law after each."""
    base = ip_network(block).network_address
    empty = replace(subnet(NET, BLOCKS.index(block), block), allocation_pools=pools_of(base, CUTS[cuts]))
    store.write(lambda moment: moment.commit_writes(Writes(puts=(NET, empty))))
    taken: dict[int, set[IpAddress]] = {}
    pools = empty.allocation_pools
    for what, number, offsets in script:
        if what == "pools":
            pools = pools_of(base, CUTS[number])
            writes = Writes(puts=(replace(empty, allocation_pools=pools),))
        else:
            others = set().union(*(held for owner, held in taken.items() if owner != number))
            addresses = sorted({base + offset for offset in offsets} - others)
            known = number in taken
            taken[number] = set(addresses)
            writes = Writes(puts=(with_addresses(number, empty, addresses),))
            if not offsets:
                del taken[number]
                ref = Ref("port", port(number, NET).id)
                writes = Writes(deletes=(ref,)) if known else Writes()
        store.write(lambda moment, writes=writes: moment.commit_writes(writes))
        expected = maximal_runs(pools, set().union(*taken.values()) if taken else set())
        with store.read() as reading:
            assert expected == list(reading.free_ranges(empty.id, 100))
            assert expected[:2] == list(reading.free_ranges(empty.id, 2))
    store.write(lambda moment: moment.commit_writes(Writes(deletes=tuple(clear(taken)))))
    with store.read() as reading:
        assert list(reading.free_ranges(empty.id, 100)) == []


def clear(taken: dict[int, set[IpAddress]]) -> list[Ref]:
    """All ports, subnets and the network, references before referents."""
    ports = [Ref("port", port(number, NET).id) for number in taken]
    return [*ports, *(Ref("subnet", subnet_id) for subnet_id in NET.subnet_ids), Ref("network", NET.id)]


def maximal_runs(pools: tuple[AddressRange, ...], taken: set[IpAddress]) -> list[AddressRange]:
    """Said by walking every address of small pools."""
    runs: list[AddressRange] = []
    for pool in pools:
        open_run: IpAddress | None = None
        for number in range(int(pool.end) - int(pool.start) + 1):
            address = pool.start + number
            if address in taken:
                open_run = None
            elif open_run is None:
                open_run = address
                runs.append(AddressRange(address, address))
            else:
                runs[-1] = AddressRange(open_run, address)
    return runs


@pytest.mark.parametrize("block", BLOCKS)
def test_free_ranges_are_pools_without_taken(block: str, empty_database: Path) -> None:
    """After any sequence of ports put, changed and deleted and pools changed, on the database."""
    with TemporaryDirectory() as folder:
        numbers = count()

        @settings(max_examples=30)
        @given(st.integers(0, len(CUTS) - 1), steps())
        def check(cuts: int, script: list[tuple[str, int, tuple[int, ...]]]) -> None:
            store = Store(f"sqlite:///{copy(empty_database, Path(folder, str(next(numbers))))}")
            try:
                play(store, block, cuts, script)
            finally:
                store.close()

        check()


@settings(max_examples=60)
@given(st.sampled_from(BLOCKS), st.integers(0, len(CUTS) - 1), steps())
def test_free_ranges_in_memory(block: str, cuts: int, script: list[tuple[str, int, tuple[int, ...]]]) -> None:
    """The same law in memory."""
    play(MemoryStore(), block, cuts, script)


@given(st.sampled_from(CUTS), st.sets(st.integers(0, 15)))
def test_free_runs_agree_with_walking(cuts: tuple[tuple[int, int], ...], taken: set[int]) -> None:
    """The arithmetic gives what walking every address gives."""
    base = ip_network(BLOCKS[0]).network_address
    pools, addresses = pools_of(base, cuts), {base + offset for offset in taken}
    assert maximal_runs(pools, addresses) == list(free_runs(pools, addresses))


def test_runs_of_adjacent_pools_stay_apart(any_store: Store | MemoryStore) -> None:
    """An address given back joins the runs of its own pool only: pools that touch are two pools still."""
    base = ip_network(BLOCKS[0]).network_address
    split = replace(subnet(NET, 0, BLOCKS[0]), allocation_pools=pools_of(base, ((2, 3), (4, 5))))
    for offset in (3, 4):
        made = with_addresses(offset, split, [base + offset])
        any_store.write(lambda moment, made=made: moment.commit_writes(Writes(puts=(NET, split, made))))
        any_store.write(lambda moment, made=made: moment.commit_writes(Writes(deletes=(Ref("port", made.id),))))
        with any_store.read() as reading:
            assert list(split.allocation_pools) == list(reading.free_ranges(split.id, 10))


def test_a_whole_ipv6_subnet_is_one_run(sqlite_store: Store) -> None:
    """Taking one address of 2^64 makes two runs, giving it back one: nothing is as large as the pool."""
    pool = AddressRange(ip_address("2001:db8::1"), ip_address("2001:db8::ffff:ffff:ffff:ffff"))
    wide = replace(subnet(NET, 1, "2001:db8::/64", None), allocation_pools=(pool,))
    middle = ip_address("2001:db8::8000:0:0:0")
    made = replace(port(1, NET, HOST), id=PortId("p"), fixed_ips=(FixedIp(wide.id, middle),))
    sqlite_store.write(lambda moment: moment.commit_writes(Writes(puts=(NET, wide, made))))
    with sqlite_store.read() as reading:
        expected = [AddressRange(pool.start, middle - 1), AddressRange(middle + 1, pool.end)]
        assert expected == list(reading.free_ranges(wide.id, 10))
    sqlite_store.write(lambda moment: moment.commit_writes(Writes(deletes=(Ref("port", made.id),))))
    with sqlite_store.read() as reading:
        assert [pool] == list(reading.free_ranges(wide.id, 10))
