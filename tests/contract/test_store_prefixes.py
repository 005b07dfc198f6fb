"""Free blocks of subnet pools, on both stores: after any history they are what a fresh count gives."""

from ipaddress import ip_network
from random import Random
from typing import Any

from msgspec import structs

from fakes.records import NOW, PROJECT, network, subnet
from underlay.model import prefixes
from underlay.model.address import IpNetwork
from underlay.model.change import Record, Ref, Writes
from underlay.model.ids import ProjectId, SubnetId
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
NETWORK = network(1, subnets=1)


def pool(*texts: str, **fields: Any) -> SubnetPool:
    """A pool of these prefixes."""
    given: dict[str, Any] = {"min_prefixlen": 8, "max_prefixlen": 32, "default_prefixlen": 24, **fields}
    return SubnetPool("pool", PROJECT, "", tuple(map(ip_network, texts)), created_at=NOW, updated_at=NOW, **given)


def taken(cidr: IpNetwork, project: ProjectId = PROJECT) -> Subnet:
    """A subnet that has the block of the pool."""
    fields = {"id": SubnetId(str(cidr)), "cidr": cidr, "gateway_ip": None, "project_id": project}
    return structs.replace(subnet(NETWORK), subnetpool_id="pool", **fields)


def put(store: AnyStore, *records: Record) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=records)))


def block(store: AnyStore, prefixlen: int) -> str:
    """The free block that is found for the length."""
    with store.read() as reading:
        return str(reading.free_block("pool", prefixlen))


def test_the_smallest_block_that_fits_comes_first(any_store: AnyStore) -> None:
    """So that large ones are kept for who needs them; of equal ones the lowest."""
    put(any_store, NETWORK, pool("10.0.0.0/24", "10.1.0.0/16"))
    assert ("10.0.0.0/24", "10.1.0.0/16", "None") == (block(any_store, 26), block(any_store, 20), block(any_store, 12))
    put(any_store, taken(ip_network("10.0.0.0/26")))
    assert ("10.0.0.64/26", "10.0.0.128/25", "10.1.0.0/16") == tuple(
        block(any_store, length) for length in (26, 25, 24)
    )


def test_a_block_given_back_joins_its_neighbours(any_store: AnyStore) -> None:
    """All is one block again when nothing is taken."""
    put(any_store, NETWORK, pool("10.0.0.0/24"), *(taken(ip_network(f"10.0.0.{n}/26")) for n in (0, 64, 128, 192)))
    assert "None" == block(any_store, 32)
    for start in (64, 192, 0, 128):
        ref = Ref("subnet", f"10.0.0.{start}/26")
        any_store.write(lambda moment, ref=ref: moment.commit_writes(Writes(deletes=(ref,))))  # type: ignore[misc]
    assert "10.0.0.0/24" == block(any_store, 24)


def test_a_pool_that_grows_or_shrinks_keeps_what_is_taken(any_store: AnyStore) -> None:
    """Free is what the pool has now and no subnet has."""
    put(any_store, NETWORK, pool("10.0.0.0/24"), taken(ip_network("10.0.0.0/25")))
    put(any_store, pool("10.0.0.0/23"))
    assert ("10.0.0.128/25", "10.0.1.0/24") == (block(any_store, 25), block(any_store, 24))
    put(any_store, pool("10.0.0.0/24"))
    assert "None" == block(any_store, 24)


def test_what_is_free_and_what_a_project_has(any_store: AnyStore) -> None:
    """A prefix is free when all of it is; only the project's own subnets are its."""
    other = taken(ip_network("10.0.0.64/26"), ProjectId("other"))
    put(any_store, NETWORK, pool("10.0.0.0/24"), taken(ip_network("10.0.0.0/26")), other)
    with any_store.read() as reading:
        free = [reading.is_free("pool", ip_network(text)) for text in ("10.0.0.128/26", "10.0.0.0/24", "10.2.0.0/24")]
        assert [True, False, False] == free
        assert [ip_network("10.0.0.0/26")] == reading.taken_from("pool", PROJECT)


def test_any_history_leaves_the_same_blocks(sqlite_store: Store) -> None:
    """Blocks taken and given back by chance: the index is what pool and subnets say."""
    chance, kept = Random(7), MemoryStore()
    whole = pool("10.0.0.0/22", "10.0.8.0/23")
    for store in (sqlite_store, kept):
        put(store, NETWORK, whole)
    subnets: dict[str, Subnet] = {}
    for _ in range(150):
        if subnets and chance.random() < 0.45:
            gone = subnets.pop(chance.choice(sorted(subnets)))
            writes = Writes(deletes=(Ref("subnet", gone.id),))
        else:
            length = chance.randint(24, 30)
            with kept.read() as reading:
                found = reading.free_block("pool", length)
            if found is None:
                continue
            made = taken(chance.choice(list(found.subnets(new_prefix=length))))
            subnets[made.id] = made
            writes = Writes(puts=(made,))
        for store in (sqlite_store, kept):
            store.write(lambda moment, writes=writes: moment.commit_writes(writes))  # type: ignore[misc]
        expected = prefixes.without(whole.prefixes, [one.cidr for one in subnets.values()])
        lengths = {one.prefixlen for one in expected}
        with sqlite_store.read() as reading, kept.read() as plain:
            for length in range(22, 33):
                assert plain.free_block("pool", length) == reading.free_block("pool", length)
            assert all(reading.is_free("pool", one) for one in expected)
            assert not any(reading.is_free("pool", one.supernet()) for one in expected), lengths
