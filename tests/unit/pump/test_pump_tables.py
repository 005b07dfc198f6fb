"""The table folder: what is there at start, what changes, what is broken, and the lock."""

import fcntl
import os
from pathlib import Path

import msgspec
import pytest

from underlay.model.ids import NetworkId
from underlay.pump.tables import LOCK_NAME, AlreadyRunning, Broken, FolderLost, Gone, Put, TableFolder

A, B = NetworkId("a"), NetworkId("b")


class Table(msgspec.Struct, frozen=True):
    """A table of these tests."""

    network_id: NetworkId
    text: str


def decode(octets: bytes) -> tuple[NetworkId, Table]:
    """As the pumps do."""
    table = msgspec.json.decode(octets, type=Table)
    return table.network_id, table


def write(folder: Path, network_id: NetworkId, text: str) -> Table:
    """As the agent does: beside it, then renamed."""
    table = Table(network_id, text)
    beside = folder / f".{network_id}.json.new"
    beside.write_bytes(msgspec.json.encode(table))
    beside.rename(folder / f"{network_id}.json")
    return table


def test_all_tables_are_there_at_start(tmp_path: Path) -> None:
    """In order of name; other files are no tables."""
    tables = [write(tmp_path, B, "1"), write(tmp_path, A, "2")]
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".hidden.json").write_text("x")
    assert [Put(A, tables[1]), Put(B, tables[0])] == list(TableFolder(tmp_path, NetworkId, decode).load())


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    """The pump may start before the agent ever ran."""
    assert [] == list(TableFolder(tmp_path / "x" / "dhcp", NetworkId, decode).load())


def test_changes_are_told_once_each(tmp_path: Path) -> None:
    """However often a table was replaced since the last look, it is read once, as it is now."""
    folder = TableFolder(tmp_path, NetworkId, decode)
    write(tmp_path, A, "1")
    last = write(tmp_path, A, "2")
    other = write(tmp_path, B, "1")
    assert [Put(A, last), Put(B, other)] == list(folder.changes())
    assert [] == list(folder.changes())
    (tmp_path / "a.json").unlink()
    assert [Gone(A)] == list(folder.changes())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"network_id":"a"}', "\x00", '{"network_id":"b","text":""}'])
def test_a_broken_table_is_told_with_the_reason(tmp_path: Path, text: str) -> None:
    """Not JSON, not the form, or another network's: nothing is raised."""
    folder = TableFolder(tmp_path, NetworkId, decode)
    (tmp_path / "a.json").write_text(text)
    (found,) = folder.changes()
    assert isinstance(found, Broken)
    assert (A, True) == (found.key, bool(found.reason))


def test_a_broken_table_that_goes_is_gone(tmp_path: Path) -> None:
    """So that what was loaded before is not served for ever."""
    folder = TableFolder(tmp_path, NetworkId, decode)
    (tmp_path / "a.json").write_text("{")
    list(folder.changes())
    (tmp_path / "a.json").unlink()
    assert [Gone(A)] == list(folder.changes())


def test_loading_again_tells_what_went_unseen(tmp_path: Path) -> None:
    """After a lost event everything is looked at."""
    folder = TableFolder(tmp_path, NetworkId, decode)
    table = write(tmp_path, A, "1")
    write(tmp_path, B, "1")
    list(folder.load())
    (tmp_path / "b.json").unlink()
    assert [Gone(B), Put(A, table)] == list(folder.load())


def test_a_second_pump_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    """The lock is held for life, and free afterwards."""
    first = TableFolder(tmp_path, NetworkId, decode)
    with pytest.raises(AlreadyRunning, match="another pump"):
        TableFolder(tmp_path, NetworkId, decode)
    first.close()
    TableFolder(tmp_path, NetworkId, decode).close()


def test_the_agent_can_test_whether_the_pump_is_alive(tmp_path: Path) -> None:
    """flock(2) of `.lock` fails while the pump runs."""
    folder = TableFolder(tmp_path, NetworkId, decode)
    descriptor = os.open(tmp_path / LOCK_NAME, os.O_RDWR)
    with pytest.raises(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    folder.close()
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_a_folder_that_is_moved_away_is_an_error(tmp_path: Path) -> None:
    """Nothing that is written afterwards would be seen."""
    folder = TableFolder(tmp_path / "dhcp", NetworkId, decode)
    (tmp_path / "dhcp").rename(tmp_path / "elsewhere")
    with pytest.raises(FolderLost):
        list(folder.changes())
