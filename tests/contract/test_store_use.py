"""Counters of the addresses in use, on both stores: what a count gives, whatever happened."""

from ipaddress import ip_address
from random import Random

from msgspec import structs

from fakes.records import network, port, subnet
from underlay.model.address import AddressRange
from underlay.model.change import Record, Ref, Writes
from underlay.model.subnet import InUse, Subnet
from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store

AnyStore = Store | MemoryStore
NETWORK, OTHER = network(1, subnets=1), network(2, subnets=1)


def of_pool(first: int, last: int) -> Subnet:
    """The subnet, with this allocation pool."""
    pools = (AddressRange(ip_address(f"10.0.0.{first}"), ip_address(f"10.0.0.{last}")),)
    return structs.replace(subnet(NETWORK), allocation_pools=pools)


def put(store: AnyStore, *records: Record) -> None:
    """In one transaction."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=records)))


def test_addresses_in_use_are_known(any_store: AnyStore) -> None:
    """Inside and outside the pools; of all subnets or of one network's; pools that change are counted anew."""
    here, there = of_pool(10, 19), subnet(OTHER, cidr="10.9.0.0/24", gateway=None)
    addresses = ((here, "10.0.0.10"), (here, "10.0.0.200"))
    put(any_store, NETWORK, OTHER, here, there, port(1, NETWORK, addresses=addresses))
    with any_store.read() as reading:
        assert {here.id: InUse(2, 1), there.id: InUse(0, 0)} == reading.addresses_in_use()
        assert {there.id: InUse(0, 0)} == reading.addresses_in_use(OTHER.id)
    put(any_store, of_pool(100, 220))
    with any_store.read() as reading:
        assert InUse(2, 1) == reading.addresses_in_use()[here.id]
    put(any_store, of_pool(2, 220))
    with any_store.read() as reading:
        assert InUse(2, 2) == reading.addresses_in_use()[here.id]


def test_any_history_is_counted(sqlite_store: Store) -> None:
    """Ports that come, move and go by chance: the counters are what the plain store counts."""
    chance, plain = Random(3), MemoryStore()
    here = of_pool(10, 40)
    for store in (sqlite_store, plain):
        put(store, NETWORK, here)
    present: dict[int, str] = {}
    for _ in range(80):
        number = chance.randrange(12)
        free = sorted({f"10.0.0.{last}" for last in range(5, 60)} - set(present.values()))
        if number in present and chance.random() < 0.5:
            del present[number]
            writes = Writes(deletes=(Ref("port", port(number, NETWORK).id),))
        else:
            present[number] = chance.choice(free)
            writes = Writes(puts=(port(number, NETWORK, addresses=((here, present[number]),)),))
        for store in (sqlite_store, plain):
            store.write(lambda moment, writes=writes: moment.commit_writes(writes))  # type: ignore[misc]
        with sqlite_store.read() as reading, plain.read() as counting:
            assert counting.addresses_in_use() == reading.addresses_in_use()
