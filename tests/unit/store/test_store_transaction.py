"""What only the database can do wrong."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.records import network
from underlay.model.change import Writes
from underlay.model.errors import Conflict
from underlay.model.network import Network
from underlay.store.contract import Query
from underlay.store.transaction import Store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "underlay.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """Empty."""
    made = Store(f"sqlite:///{file}")
    made.migrate()
    yield made
    made.close()


def test_a_full_disk_undoes_the_write_and_nothing_more(store: Store) -> None:
    """A write for which there is no room fails with the database's own error; what was there stays, and once there
    is room writes go on."""
    store.write(lambda moment: moment.commit_writes(Writes(puts=(network(1),))))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.write(fill)
    store.write(lambda moment: moment.commit_writes(Writes(puts=(network(2),))))
    with store.read() as reading:
        assert [network(1), network(2)] == reading.list_records(Network, Query())


def fill(moment: Any) -> None:
    """Writes more than the database may hold; the limit is the connection's, and it is taken back by the way."""
    session = moment._session
    session.control("pragma max_page_count = 70")
    try:
        for number in range(10, 4000):
            moment.commit_writes(Writes(puts=(network(number),)))
    finally:
        session.control("pragma max_page_count = 1000000")


def test_a_lock_of_another_process_is_a_conflict(store: Store, file: Path) -> None:
    """Who holds the database for longer than the timeout makes writers fail with Conflict; readers do not notice."""
    other = Store(store.url, busy_timeout_s=0.01)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(Conflict, match="locked"):
        other.write(lambda moment: moment.commit_writes(Writes(puts=(network(1),))))
    with other.read() as reading:
        assert [] == reading.list_records(Network, Query())
    holder.execute("rollback")
    other.write(lambda moment: moment.commit_writes(Writes(puts=(network(1),))))
    holder.close()
    other.close()
