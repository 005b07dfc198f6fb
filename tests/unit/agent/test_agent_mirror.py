"""The mirror: what it takes in, what it keeps, how far it can be trusted."""

from pathlib import Path

from fakes.records import HOST, dhcp_agent, dhcp_binding, dhcp_port, network, port, subnet
from underlay.agent import snapshot
from underlay.agent.hints import Hints, Stop
from underlay.agent.mirror import Mirror, Snapshot, needed
from underlay.agent.state.standing import Standing
from underlay.model.change import Change, InSync, Record, kind_of
from underlay.model.ids import HostName, Revision

NET, OTHER = network(1, subnets=1), network(2)
SUBNET = subnet(NET)
PORT = port(1, NET)


def _change(revision: int, record: Record, *, gone: bool = False) -> Change:
    record_id = getattr(record, "id")  # noqa: B009 - quotas have none
    return Change(Revision(revision), kind_of(record), record_id, None if gone else record)


def _synced(*records: Record) -> Mirror:
    mirror = Mirror(HOST)
    for record in records:
        mirror.apply(_change(1, record))
    mirror.apply(InSync(Revision(1)))
    return mirror


def test_nothing_is_known_before_the_listing_is_whole() -> None:
    """Records of a listing count from its InSync on."""
    mirror = Mirror(HOST)
    assert not mirror.apply(_change(1, NET))
    assert (None, Standing.NOTHING) == (mirror.records(), mirror.standing)
    assert mirror.apply(InSync(Revision(1)))
    records = mirror.records()
    assert records is not None
    assert ({NET.id: NET}, Standing.IN_SYNC) == (records.networks, mirror.standing)


def test_a_relisting_replaces_everything_at_once() -> None:
    """While it comes the old records hold; what was not listed is gone with its InSync."""
    mirror = _synced(NET, PORT)
    mirror.restart()
    assert not mirror.apply(_change(9, OTHER))
    before = mirror.records()
    assert before is not None
    assert {NET.id} == before.networks.keys()
    assert mirror.apply(InSync(Revision(9)))
    after = mirror.records()
    assert after is not None
    assert ({OTHER.id}, set()) == (after.networks.keys(), after.ports.keys())


def test_a_snapshot_is_trusted_but_not_in_sync() -> None:
    """Its records are there at once, and the feed is resumed from its revision; another host's is nothing."""
    kept = _synced(NET, SUBNET, PORT).snapshot()
    assert kept is not None
    mirror = Mirror(HOST, kept)
    assert (Standing.SNAPSHOT, 1) == (mirror.standing, mirror.revision)
    assert not mirror.apply(_change(2, PORT, gone=True))
    assert mirror.apply(InSync(Revision(2)))
    records = mirror.records()
    assert records is not None
    assert {} == records.ports
    assert Standing.NOTHING is Mirror(HostName("host2"), kept).standing


def test_a_revision_counts_when_it_was_seen_whole() -> None:
    """One revision may have several lines: resuming in between would lose the rest of them."""
    mirror = _synced(NET)
    mirror.apply(_change(5, PORT))
    assert 1 == mirror.revision
    mirror.apply(_change(6, SUBNET))
    assert 5 == mirror.revision
    mirror.apply(InSync(Revision(6)))
    assert 6 == mirror.revision


def test_only_what_the_host_needs_is_kept() -> None:
    """Own ports with their network and its subnets; of a served network everything; nothing else."""
    served = network(3, subnets=1)
    dhcp = dhcp_port(9, served, ())
    far = port(2, served, HostName("host2"))
    records: list[Record] = [NET, SUBNET, PORT, served, subnet(served), dhcp, far, dhcp_agent(), dhcp_binding(served)]
    unneeded: list[Record] = [OTHER, port(3, OTHER, HostName("host2")), dhcp_binding(OTHER, HostName("host2"))]
    assert records == needed([*records, *unneeded], HOST)


def test_a_record_may_come_before_the_one_that_needs_it() -> None:
    """The unneeded are dropped in silence only, not between two lines."""
    mirror = _synced(PORT)
    mirror.apply(_change(2, NET))
    mirror.apply(InSync(Revision(2)))
    mirror.apply(_change(3, port(5, NET)))
    records = mirror.records()
    assert records is not None
    assert {NET.id} == records.networks.keys()


def test_the_snapshot_comes_back_from_disk_as_it_was(tmp_path: Path) -> None:
    """Written and read; a file that is none is as good as missing."""
    path = tmp_path / "agent" / "mirror.json"
    kept = Snapshot(HOST, Revision(7), (NET, SUBNET, PORT))
    snapshot.save(path, kept)
    assert kept == snapshot.load(path)
    path.write_bytes(b'{"host": 1')
    assert snapshot.load(path) is None
    assert snapshot.load(tmp_path / "none") is None


def test_hints_come_out_in_order() -> None:
    """And once."""
    hints = Hints()
    hints.put(_change(1, NET))
    hints.put(Stop())
    assert [_change(1, NET), Stop()] == hints.drain()
    assert [] == hints.drain()
