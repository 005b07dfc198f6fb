"""A server for each module of tests, and the environments of the clients."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from environments import environment
from server_program import ServerProgram


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here runs real clients."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("clients")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProgram]:
    """A fresh one that runs, and ends well."""
    program = ServerProgram(tmp_path_factory.mktemp("server"))
    program.start()
    yield program
    program.stop()


@pytest.fixture(scope="session")
def openstack_programs() -> Path:
    """`openstack` and openstacksdk."""
    return environment("openstack")


@pytest.fixture(scope="session")
def nova_programs() -> Path:
    """python-novaclient."""
    return environment("nova")


@pytest.fixture(scope="session")
def neutron_programs() -> Path:
    """The last `neutron`."""
    return environment("neutron")
