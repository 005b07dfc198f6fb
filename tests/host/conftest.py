"""A host with Open vSwitch of its own, a server of its own, and the agent on it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.agent_program import AgentProgram
from fakes.feed_server import FeedServer
from fakes.ovs_host import OvsHost, host_with_wire
from fakes.records import HOST

MAPPED = 'bridge_mappings = "default:br-eth1"\nbridge_interfaces = "br-eth1:eth1"\nreport_interval_s = 1'


@pytest.fixture
def ovs_host(tmp_path: Path) -> Iterator[OvsHost]:
    """Up, with an uplink eth1 whose other end is `wire` in the same namespace."""
    with host_with_wire(f"agt{os.getpid()}", tmp_path) as host:
        yield host


@pytest.fixture
def server(ovs_host: OvsHost) -> Iterator[FeedServer]:
    """Knows nothing yet."""
    feed_server = FeedServer(HOST, ovs_host.name)
    yield feed_server
    feed_server.close()


@pytest.fixture
def agent(ovs_host: OvsHost, server: FeedServer) -> Iterator[AgentProgram]:
    """Not started. Its log is shown when the test fails."""
    program = AgentProgram(ovs_host, server.url, MAPPED)
    yield program
    program.end()
    print("\n".join(program.lines()))
