"""Ports created and listed a second by the store and the rules alone, beside the same transaction straight on SQLite.

Straight: the statements of one port (the same lookups, rows and indexes, the same durability), in the driver, with
nothing judged, decoded or encoded. The rates of both at 0, 1,000 and 10,000 ports that exist already.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Network
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from bench.figures import emit, progress
from underlay.commands.command import Command
from underlay.commands.network import CreateNetwork, ProviderAttributes
from underlay.commands.port import CreatePort
from underlay.commands.subnet import CreateSubnet
from underlay.model.caller import Caller
from underlay.model.codec import decode_record
from underlay.model.ids import NetworkId, ProjectId, SubnetId
from underlay.model.port import Port
from underlay.rules.judge import judge
from underlay.rules.snapshot import Circumstances, Regulations
from underlay.store.contract import Query
from underlay.store.moment import Moment
from underlay.store.transaction import Store

PROJECT = ProjectId("bench")
CALLER = Caller("bench", PROJECT, frozenset({"admin"}))
REGULATIONS = Regulations({"default": ()}, quota_defaults={"network": -1, "subnet": -1, "port": -1})
MEASURED = 500
SIZES = (0, 1_000, 10_000)


@contextmanager
def database() -> Iterator[tuple[Store, str]]:
    """An empty store and its file."""
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        file = f"{folder}/bench.sqlite"
        store = Store(f"sqlite:///{file}")
        store.migrate()
        yield store, file
        store.close()


def rate(work: Callable[[], object], times: int) -> float:
    """Calls a second."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return times / (time.perf_counter() - start)


def judged(store: Store, command: Command, times: int = 1) -> Any:
    """The command so many times in one transaction, as the API runs one or a bulk of them; the last result."""
    chance = Random()

    def work(moment: Moment) -> Any:
        result = None
        for _ in range(times):
            circumstances = Circumstances(datetime.now(UTC), lambda: str(uuid4()), chance.randrange)
            verdict = judge(command, moment, CALLER, circumstances, REGULATIONS)
            moment.commit_writes(verdict.writes)
            result = verdict.result
        return result

    return store.write(work)


def wide_subnet(store: Store, prefix: str = "10.0.0.0/16") -> tuple[NetworkId, SubnetId]:
    """A network with room for every port."""
    network = judged(store, CreateNetwork(PROJECT, provider=ProviderAttributes("flat", "default")))
    subnet = judged(store, CreateSubnet(PROJECT, network.id, IPv4Network(prefix)))
    return network.id, subnet.id


STRAIGHT = (
    "select record from networks where id = :network",
    "select record from subnets where network_id = :network",
    "select record from quotas where id = :project",
    "select used from usage where project_id = :project and resource = 'port'",
    "select id from ports where network_id = :network and mac_address = :mac",
    "select max(revision) from changes",
    "insert into ports (created, id, network_id, project_id, name, mac_address, device_id, device_owner, host, status,"
    " admin_state_up, record) values (:number, :id, :network, :project, '', :mac, '', '', '', 'DOWN', 1, :record)",
    "insert into addresses (subnet_id, address, port_id) values (:subnet, :address, :id)",
    "select first, last from free_ranges where subnet_id = :subnet and first <= :address order by first desc limit 1",
    "update free_ranges set first = :next where subnet_id = :subnet and first = :address",
    "update usage set used = used + 1 where project_id = :project and resource = 'port'",
    "insert into changes (revision, kind, id, network_id, hosts, record)"
    " values (:number, 'port', :id, :network, '[]', :record)",
)


def straight(file: str, network_id: NetworkId, subnet_id: SubnetId, record: str) -> Callable[[int], None]:
    """Creates so many ports a call, in one transaction, taking addresses in order."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    first = connection.execute("select min(first) from free_ranges where subnet_id = ?", (subnet_id,)).fetchone()[0]
    numbers = count(connection.execute("select max(revision) from changes").fetchone()[0] + 1)
    addresses = count(int.from_bytes(first, "big"))

    def add() -> None:
        number, address = next(numbers), next(addresses)
        values = {
            "number": number,
            "id": str(uuid4()),
            "network": network_id,
            "subnet": subnet_id,
            "project": PROJECT,
            "mac": f"02:00:00:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
            "record": record,
            "address": address.to_bytes(4, "big"),
            "next": (address + 1).to_bytes(4, "big"),
        }
        for statement in STRAIGHT:
            connection.execute(statement, values).fetchall()

    def create(ports: int) -> None:
        connection.execute("begin immediate")
        for _ in range(ports):
            add()
        connection.execute("commit")

    return create


def measure_creates(ports: int) -> None:
    """The store's rate and the straight one beside so many ports, each on a database of its own."""
    progress(f"creating ports beside {ports}")
    with database() as (store, file):
        network_id, _ = wide_subnet(store)
        command = CreatePort(PROJECT, network_id)
        judged(store, command, ports)
        made = rate(lambda: judged(store, command), MEASURED)
        record = record_text(file)
    with database() as (store, file):
        create = straight(file, *wide_subnet(store), record=record)
        create(ports)
        bare = rate(lambda: create(1), MEASURED)
    emit("store", "port_create", made, "ports/s", ports=ports)
    emit("store", "port_create_straight", bare, "ports/s", ports=ports)
    emit("store", "port_create_share", made / bare, "of straight", ports=ports)


def record_text(file: str) -> str:
    """The JSON of one port."""
    connection = sqlite3.connect(file)
    (text,) = connection.execute("select record from ports limit 1").fetchone()
    connection.close()
    return str(text)


def measure_lists() -> None:
    """10,000 ports listed, beside reading the rows and decoding their JSON."""
    ports = SIZES[-1]
    progress(f"listing {ports} ports")
    with database() as (store, file):
        network_id, _ = wide_subnet(store)
        judged(store, CreatePort(PROJECT, network_id), ports)
        connection = sqlite3.connect(file)

        def read() -> None:
            for (text,) in connection.execute("select record from ports order by created").fetchall():
                decode_record(text)

        def listed() -> None:
            with store.read() as reading:
                reading.list_records(Port, Query())

        bare, made = 1 / rate(read, 5), 1 / rate(listed, 5)
        connection.close()
    emit("store", "port_list", made, "s", ports=ports)
    emit("store", "port_list_straight", bare, "s", ports=ports)


def main() -> None:
    """All figures."""
    for ports in SIZES:
        measure_creates(ports)
    measure_lists()


if __name__ == "__main__":
    main()
