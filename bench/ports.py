"""Ports over HTTP: how fast one is created beside 0, 1,000 and 10,000 others in one /14, and 10,000 are listed.

`--large` creates beside 100,000 too. Beside the list, in the same run, its limit: reading the rows from the database
and encoding them as JSON. Beside the creates, what `bench.store` tells of the bare transaction.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable

import msgspec

from bench.figures import emit, progress
from bench.load import Request, run
from bench.server import RunningServer, running_server

SIZES = (0, 1_000, 10_000)
LARGE = 100_000
MEASURED = 500
BULK = 100
LISTED = 10_000
LISTS = 3


def _created(server: RunningServer, token: str, collection: str, body: dict[str, object]) -> str:
    name = collection[:-1]
    request = Request("POST", f"/v2.0/{collection}", json.dumps({name: body}).encode())
    _, answer = run(server.address, token, [request], 1).answers[0]
    return str(json.loads(answer)[name]["id"])


def _fill(server: RunningServer, token: str, network_id: str, ports: int) -> None:
    """So many more ports, by bulk requests."""
    body = json.dumps({"ports": [{"network_id": network_id}] * BULK}).encode()
    run(server.address, token, [Request("POST", "/v2.0/ports", body)] * (ports // BULK), 1)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _measure_creates(server: RunningServer, token: str, network_id: str, ports: int) -> None:
    create = Request("POST", "/v2.0/ports", json.dumps({"port": {"network_id": network_id}}).encode())
    for concurrency in (1, 16):
        load = run(server.address, token, [create] * MEASURED, concurrency)
        emit("ports", "port_create", load.rate, "requests/s", concurrency=concurrency, ports=ports)


def _measure_list(server: RunningServer, token: str) -> None:
    file = server.environment["UNDERLAY_SERVER_DATABASE"].removeprefix("sqlite:///")
    connection = sqlite3.connect(file)

    def limit() -> bytes:
        rows = connection.execute("select record from ports order by created limit ?", (LISTED,)).fetchall()
        return msgspec.json.encode({"ports": [msgspec.json.decode(row[0]) for row in rows]})

    listed = Request("GET", f"/v2.0/ports?limit={LISTED}")
    made = min(run(server.address, token, [listed], 1).seconds for _ in range(LISTS))
    bare = min(_seconds(limit) for _ in range(LISTS))
    connection.close()
    emit("ports", "port_list", made, "s", ports=LISTED)
    emit("ports", "port_list_limit", bare, "s", ports=LISTED)
    emit("ports", "port_list_share", made / bare, "of the limit", ports=LISTED)


def main() -> None:
    """All figures; `--large` for 100,000 ports."""
    sizes = (*SIZES, LARGE) if "--large" in sys.argv[1:] else SIZES
    with running_server(network_vlan_ranges="physnet:1:4094", quota_security_group="-1") as server:
        token = server.token()
        network_id = _created(server, token, "networks", {"name": "wide"})
        _created(server, token, "subnets", {"network_id": network_id, "cidr": "10.0.0.0/14", "ip_version": 4})
        made = 0
        for ports in sizes:
            progress(f"creating ports beside {ports}")
            _fill(server, token, network_id, max(0, ports - made))
            _measure_creates(server, token, network_id, ports)
            made = max(made, ports) + 2 * MEASURED
            if ports == LISTED:
                progress(f"listing {LISTED} ports")
                _measure_list(server, token)


if __name__ == "__main__":
    main()
