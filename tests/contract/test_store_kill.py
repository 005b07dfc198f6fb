"""kill -9 of a writer: what was acknowledged is there, nothing is there by half, and the next one goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from underlay.model.ids import ProjectId
from underlay.model.network import Network
from underlay.model.subnet import Subnet
from underlay.store.contract import Query
from underlay.store.transaction import Store

WRITER = """
import sys
from msgspec.structs import replace
from fakes.records import network, subnet
from underlay.model.change import Writes
from underlay.model.ids import NetworkId, SubnetId, Vid
from underlay.model.network import Vlan
from underlay.store.transaction import Store

store = Store(sys.argv[1])
first = int(sys.argv[2])
for number in range(first, first + 4000):
    net = replace(network(1), id=NetworkId(f"n{number}"), segment=Vlan("default", Vid(number + 1)))
    net = replace(net, subnet_ids=(SubnetId(f"s{number}"),))

    def work(moment):
        moment.commit_writes(Writes(puts=(net,)))
        moment.commit_writes(Writes(puts=(subnet(net),)))

    store.write(work)
    print(number, flush=True)
"""


@pytest.mark.timeout(120)
def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """A process that commits a network and its subnet together, over and over, is killed at moments of chance: each
    network whose commit was told is there, none is without its subnet, and revisions have no gap."""
    url = f"sqlite:///{tmp_path}/killed.sqlite"
    made = Store(url)
    made.migrate()
    made.close()
    chance = Random(20260101)
    acknowledged = 0
    for _ in range(6):
        acknowledged = write_and_kill(url, acknowledged, after=chance.randint(1, 60))
        store = Store(url)
        with store.read() as reading, store.read_log() as log:
            networks = {network.id for network in reading.list_records(Network, Query())}
            of_subnets = {subnet.network_id for subnet in reading.list_records(Subnet, Query())}
            rows = log.changes_after(log.oldest_revision(), 100_000)
            assert {f"n{number}" for number in range(acknowledged)} <= networks
            assert networks == of_subnets
            assert len(networks) == reading.count("network", ProjectId("project"))
            assert list(range(1, 2 * len(networks) + 1)) == [row.revision for row in rows]
        acknowledged = len(networks)
        store.close()
    assert acknowledged >= 6


def write_and_kill(url: str, first: int, after: int) -> int:
    """How many networks are acknowledged in all when the writer is dead."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url, str(first)], stdout=subprocess.PIPE, text=True, env=environment
    ) as writer:
        assert writer.stdout is not None
        for _ in range(after):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        told = [line for line in writer.stdout.read().splitlines() if line]
        return max(first + after, *(int(line) + 1 for line in told), 0)
