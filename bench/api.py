"""API requests a second: create and list of networks, subnets and ports, at concurrency 1 and 16.

Server, load generator and disk share the machine. Beside it, in the same run, `bench.straight` tells what the same SQL
transactions straight on SQLite come to.
"""

import json
from collections.abc import Sequence

from bench.figures import emit, progress
from bench.load import Load, Request, run
from bench.server import RunningServer, running_server
from bench.straight import measure as measure_straight

NETWORKS = 200
SUBNETS = 200
PORTS = 1000
LISTS = 50


def _create(collection: str, bodies: Sequence[dict[str, object]]) -> list[Request]:
    singular = collection[:-1]
    return [Request("POST", f"/v2.0/{collection}", json.dumps({singular: body}).encode()) for body in bodies]


def _ids(collection: str, load: Load) -> list[str]:
    return [str(json.loads(body)[collection[:-1]]["id"]) for _, body in load.answers]


def _measure(server: RunningServer, token: str, concurrency: int) -> None:
    at = f"-{concurrency}"

    def created(collection: str, bodies: Sequence[dict[str, object]]) -> list[str]:
        progress(f"creating {len(bodies)} {collection} at concurrency {concurrency}")
        load = run(server.address, token, _create(collection, bodies), concurrency)
        emit("api", f"{collection}_create", load.rate, "requests/s", concurrency=concurrency, count=len(bodies))
        return _ids(collection, load)

    networks = created("networks", [{"name": f"n{at}-{i}"} for i in range(NETWORKS)])
    created(
        "subnets",
        [
            {"network_id": networks[i], "cidr": f"10.{concurrency}.{i}.0/24", "ip_version": 4}
            for i in range(min(SUBNETS, NETWORKS))
        ],
    )
    wide = _create("subnets", [{"network_id": networks[0], "cidr": f"172.{concurrency}.0.0/16", "ip_version": 4}])
    fixed = [{"subnet_id": _ids("subnets", run(server.address, token, wide, 1))[0]}]
    created("ports", [{"network_id": networks[0], "name": f"p{at}-{i}", "fixed_ips": fixed} for i in range(PORTS)])


def _measure_lists(server: RunningServer, token: str, concurrency: int) -> None:
    for collection in ("networks", "subnets", "ports"):
        progress(f"listing {collection} at concurrency {concurrency}")
        load = run(server.address, token, [Request("GET", f"/v2.0/{collection}")] * LISTS, concurrency)
        items = len(json.loads(load.answers[0][1])[collection])
        emit("api", f"{collection}_list", load.rate, "requests/s", concurrency=concurrency, items=items)
        emit("api", f"{collection}_listed", load.rate * items, "items/s", concurrency=concurrency, items=items)


def main() -> None:
    """Run the whole bench."""
    with running_server(network_vlan_ranges="physnet:1:4094") as server:
        token = server.token()
        for concurrency in (1, 16):
            _measure(server, token, concurrency)
        for concurrency in (1, 16):
            _measure_lists(server, token, concurrency)
    measure_straight(NETWORKS)


if __name__ == "__main__":
    main()
