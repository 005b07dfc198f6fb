"""Ports over HTTP, and beside each figure, in the same run, its limit: the same SQL straight on SQLite.

1. Create beside 0, 1,000, 10,000 and 100,000 ports in one /14: a server each, asked in turns, so that what else the
   machine does falls on all of them. The databases are filled in the process, by the store and the rules.
2. Show, list (full, and filtered by network, device and fixed IP), update, delete, and create in bulks of 100.
3. `bench.addresses`: IPv6, a pool full of holes, many clients at once.

Everything at concurrency 1 and 16; of several rounds the median. The limit of a list is reading the rows and encoding
them as JSON. `--quick` takes fewer and smaller ones.
"""

import gc
import json
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import msgspec

from bench import addresses
from bench.figures import emit, progress
from bench.load import Load, Request, run
from bench.server import RunningServer, running_server
from bench.store import PROJECT, judged, wide_subnet
from bench.straight import NotingStore, Replay, copied, noting_store
from underlay.commands.command import Command
from underlay.commands.port import CreatePort, DeletePort, UpdatePort
from underlay.model.ids import NetworkId
from underlay.model.port import Port
from underlay.store.contract import Query
from underlay.store.transaction import Store

BULK = 100
CONCURRENCY = (1, 16)
WIDE = "10.0.0.0/14"


class Scale(msgspec.Struct, frozen=True):
    """Attributes:
    sizes: how many ports there are already, ascending.
    listed: beside how many ports the other calls are measured; of `sizes`.
    calls: how many in a round.
    """

    sizes: tuple[int, ...] = (0, 1_000, 10_000, 100_000)
    listed: tuple[int, ...] = (1_000, 10_000)
    rounds: int = 5
    calls: int = 160
    together: int = 10_000


QUICK = Scale(sizes=(0, 1_000), listed=(1_000,), rounds=3, calls=64, together=1_000)


class Place(msgspec.Struct, frozen=True):
    """A server beside whose so many ports things are measured, and its database as it was before."""

    server: RunningServer
    token: str
    network_id: NetworkId
    file: str
    ports: int

    def load(self, requests: Sequence[Request], concurrency: int) -> Load:
        """Send them."""
        return run(self.server.address, self.token, requests, concurrency)


class Rates:
    """What several rounds gave, and beside it the limit of the same round."""

    def __init__(self) -> None:
        self.made: dict[int, list[float]] = {concurrency: [] for concurrency in CONCURRENCY}
        self.limit: list[float] = []

    def tell(self, figure: str, unit: str, **conditions: object) -> None:
        """The medians, and the median of what is made of the limit, round by round."""
        emit("ports", f"{figure}_limit", statistics.median(self.limit), unit, **conditions)
        for concurrency, rates in self.made.items():
            at = {"concurrency": concurrency, **conditions}
            emit("ports", figure, statistics.median(rates), unit, **at)
            emit("ports", f"{figure}_share", median_ratio(rates, self.limit), "of the limit", **at)


def median_ratio(some: Sequence[float], others: Sequence[float]) -> float:
    """Of pairs."""
    return statistics.median(one / other for one, other in zip(some, others, strict=True))


@contextmanager
def places(folder: str, scale: Scale) -> Iterator[list[Place]]:
    """A server for each size."""
    network_id, files = filled(folder, scale.sizes)
    with ExitStack() as stack:
        found = []
        for ports, file in files.items():
            served = copied(file, f"{folder}/served-{ports}.sqlite")
            settings = {"database": f"sqlite:///{served}", "network_vlan_ranges": "default:1:4094"}
            server = stack.enter_context(running_server(quota_security_group="-1", **settings))
            found.append(Place(server, server.token(), network_id, file, ports))
        yield found


def filled(folder: str, sizes: Sequence[int]) -> tuple[NetworkId, dict[int, str]]:
    """A database for each number of ports, in one /14."""
    file = f"{folder}/filled.sqlite"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    network_id, _ = wide_subnet(store, WIDE)
    files, made = {}, 0
    for ports in sizes:
        progress(f"filling a database with {ports} ports")
        while made < ports:
            judged(store, CreatePort(PROJECT, network_id), min(1_000, ports - made))
            made += min(1_000, ports - made)
        files[ports] = copied(file, f"{folder}/filled-{ports}.sqlite")
    store.close()
    return network_id, files


def measure_creates(found: Sequence[Place], scale: Scale) -> None:
    """One port a request, beside the ports of each place."""
    create = [create_request(found[0].network_id)] * scale.calls
    rates = {place.ports: Rates() for place in found}
    with ExitStack() as stack:
        limits = {place.ports: stack.enter_context(limit_of_creates(place, scale)) for place in found}
        for turn in range(scale.rounds):
            progress(f"creating ports, round {turn + 1} of {scale.rounds}")
            for place in found:
                for concurrency in CONCURRENCY:
                    rates[place.ports].made[concurrency].append(place.load(create, concurrency).rate)
                rates[place.ports].limit.append(limits[place.ports].rate(scale.calls))
    for ports, each in rates.items():
        each.tell("port_create", "requests/s", ports=ports)
        for concurrency in CONCURRENCY:
            ratio = median_ratio(each.made[concurrency], rates[0].made[concurrency])
            emit("ports", "port_create_beside_none", ratio, "of that", concurrency=concurrency, ports=ports)


@contextmanager
def limit_of_creates(place: Place, scale: Scale) -> Iterator[Replay]:
    """The SQL of the creates that the server is asked for."""
    with noting_store(copied(place.file, f"{place.file}.noting")) as noting:
        work = once(noting, [CreatePort(PROJECT, place.network_id)] * (scale.rounds * scale.calls + 1))
        _, replay = noting.note(work, scale.rounds * scale.calls, before=f"{place.file}.replay")
    try:
        yield replay
    finally:
        replay.close()


def once(noting: NotingStore, commands: Sequence[Command]) -> Callable[[], object]:
    """The next of the commands, a transaction each."""
    rest = iter(commands)
    return lambda: judged(noting.store, next(rest))


def measure_writes(place: Place, scale: Scale) -> None:
    """Update, delete, and create in bulk."""
    count = scale.rounds * scale.calls
    bulk = create_request(place.network_id, BULK)
    needed = 2 * count * len(CONCURRENCY)
    made = [json.loads(body)["ports"] for _, body in place.load([bulk] * (needed // BULK + 1), 1).answers]
    victims = iter([port["id"] for ports in made for port in ports])
    rename = json.dumps({"port": {"name": "renamed"}}).encode()
    asked: dict[str, Callable[[], list[Request]]] = {
        "port_update": lambda: [
            Request("PUT", f"/v2.0/ports/{port_id}", rename) for port_id in islice(victims, scale.calls)
        ],
        "port_delete": lambda: [
            Request("DELETE", f"/v2.0/ports/{port_id}") for port_id in islice(victims, scale.calls)
        ],
        "port_bulk_of_100": lambda: [bulk] * max(CONCURRENCY),
    }
    with noting_store(copied(place.file, f"{place.file}.writes")) as noting:
        with noting.store.read() as reading:
            known = [port.id for port in reading.list_records(Port, Query(limit=count + 2))]
        bulk_command = CreatePort(PROJECT, place.network_id)
        works: dict[str, tuple[Callable[[], object], int]] = {
            "port_update": (once(noting, [UpdatePort(port_id, name="renamed") for port_id in known]), count),
            "port_delete": (once(noting, [DeletePort(port_id) for port_id in known[1:]]), count),
            "port_bulk_of_100": (lambda: judged(noting.store, bulk_command, BULK), scale.rounds * max(CONCURRENCY)),
        }
        limits = {
            figure: noting.note(work, min(times, len(known) - 2), before=f"{place.file}.{figure}")[1]
            for figure, (work, times) in works.items()
        }
    for figure, requests in asked.items():
        progress(f"{figure} beside {place.ports} ports")
        rates = Rates()
        for _ in range(scale.rounds):
            for concurrency in CONCURRENCY:
                rates.made[concurrency].append(place.load(requests(), concurrency).rate)
            rates.limit.append(limits[figure].rate(works[figure][1] // scale.rounds))
        limits[figure].close()
        rates.tell(figure, "requests/s", ports=place.ports)


LISTS: Mapping[str, tuple[str, str]] = {
    "full": ("limit={ports}", "select record from ports order by created limit {ports}"),
    "network": (
        "network_id={network_id}&limit={ports}",
        "select record from ports where network_id = '{network_id}' order by created limit {ports}",
    ),
    "device": ("device_id=machine", "select record from ports where device_id = 'machine' order by created"),
    "fixed_ip": (
        "fixed_ips={address_filter}",
        "select record from ports where id in (select port_id from addresses where address = x'{address}')",
    ),
    "id": ("id={port_id}", "select record from ports where id = '{port_id}'"),
}
"""Filter -> a list's query, and the rows that it is made of."""


def measure_reads(place: Place, scale: Scale) -> None:
    """Show, and the lists. Limit: reading the rows, and encoding them as JSON."""
    body = json.dumps({"ports": [{"network_id": place.network_id, "device_id": "machine"}] * 3}).encode()
    port = json.loads(place.load([Request("POST", "/v2.0/ports", body)], 1).answers[0][1])["ports"][0]
    address = port["fixed_ips"][0]["ip_address"]
    known = {
        "ports": place.ports,
        "network_id": place.network_id,
        "address_filter": quote(f"ip_address={address}"),
        "address": bytes(map(int, address.split("."))).hex(),
        "port_id": port["id"],
    }
    file = place.server.environment["UNDERLAY_SERVER_DATABASE"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection:
        for name, (query, sql) in LISTS.items():
            path = f"/v2.0/ports/{port['id']}" if name == "id" else f"/v2.0/ports?{query.format_map(known)}"
            figure = "port_show" if name == "id" else "port_list"
            progress(f"{figure}, {name}, of {place.ports} ports")
            is_long = name in ("full", "network")
            calls = max(CONCURRENCY) if is_long else scale.calls
            limit = rows_as_json(connection, sql.format_map(known))
            expected = len(limit())
            rates = Rates()
            for _ in range(scale.rounds):
                for concurrency in CONCURRENCY:
                    requests = [Request("GET", path)] * (4 if is_long and concurrency == 1 else calls)
                    load = place.load(requests, concurrency)
                    if figure == "port_list" and len(json.loads(load.answers[0][1])["ports"]) != expected:
                        raise RuntimeError(f"{path} lists other than {expected} ports")
                    rates.made[concurrency].append(load.rate)
                rates.limit.append(rate(limit, 4 if is_long else calls))
            rates.tell(figure, "requests/s", ports=place.ports, by=name)


def rows_as_json(connection: sqlite3.Connection, sql: str) -> Callable[[], list[Any]]:
    """Reads the rows, whose records are JSON, and encodes what they say; gives the records."""

    def read() -> list[Any]:
        records = [msgspec.json.decode(row[0]) for row in connection.execute(sql).fetchall()]
        msgspec.json.encode({"ports": records})
        return records

    return read


def rate(work: Callable[[], object], times: int) -> float:
    """Calls a second, with no search for cycles in what else this process has in memory."""
    gc.disable()
    started = time.perf_counter()
    for _ in range(times):
        work()
    seconds = time.perf_counter() - started
    gc.enable()
    return times / seconds


def create_request(network_id: str, ports: int = 1) -> Request:
    """For one port, or a bulk of them."""
    port = {"network_id": network_id}
    return Request(
        "POST", "/v2.0/ports", json.dumps({"port": port} if ports == 1 else {"ports": [port] * ports}).encode()
    )


def main() -> None:
    """All figures; fewer with `--quick`."""
    scale = QUICK if "--quick" in sys.argv[1:] else Scale()
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder, places(folder, scale) as found:
        measure_creates(found, scale)
        for place in found:
            if place.ports in scale.listed:
                measure_reads(place, scale)
                measure_writes(place, scale)
        addresses.measure(found[0].server, scale.together, scale.rounds, scale.calls)


if __name__ == "__main__":
    main()
