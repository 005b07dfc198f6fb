"""Lines in memory: positions, floors, forgetting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from fakes.records import HOST, network, port
from underlay.model.change import Change, InSync
from underlay.model.codec import decode_feed_line, encode
from underlay.model.errors import RevisionGone
from underlay.model.ids import Revision
from underlay.store.feed_lines import Line, LineLog, RawChange, encode_line, in_sync_line

PORT = port(1, network(1))


def log_of(*revisions: int, floor: int = 0) -> LineLog:
    """One line a revision, telling it."""
    log = LineLog(Revision(floor))
    for revision in revisions:
        log.append(Line(Revision(revision), "port", "p", None, b"%d" % revision))
    return log


def test_a_line_is_what_the_model_says() -> None:
    """A line made of stored JSON is byte for byte the model's Change, and reads back as it."""
    change = Change(Revision(7), "port", PORT.id, PORT, PORT.network_id, (HOST,))
    raw = RawChange(Revision(7), "port", PORT.id, Raw(encode(PORT)), PORT.network_id, (HOST,))
    assert encode(change) + b"\n" == encode_line(raw)
    assert change == decode_feed_line(encode_line(raw))
    gone = RawChange(Revision(8), "quota", 'a "name"', None)
    assert Change(Revision(8), "quota", 'a "name"', None) == decode_feed_line(encode_line(gone))
    assert InSync(Revision(9)) == decode_feed_line(in_sync_line(Revision(9)))


@given(st.lists(st.integers(1, 20)).map(sorted), st.integers(0, 25), st.integers(0, 25))
def test_lines_after_a_revision_are_all_there_or_gone(revisions: list[int], dropped: int, since: int) -> None:
    """Whatever is forgotten: from a revision not before the floor all later lines are read, also of one revision."""
    log = log_of(*revisions)
    log.drop_up_to(Revision(dropped))
    assert dropped == log.floor
    if since >= log.floor:
        lines, position = log.take(log.position_after(Revision(since)), 1 << 20)
        assert [revision for revision in revisions if revision > since] == [line.at for line in lines]
        assert log.end == position
    assert log_of(*(line for line in revisions if line > dropped)).bytes_kept == log.bytes_kept


def test_a_reader_behind_what_is_kept_falls_off() -> None:
    """A position whose line was forgotten is refused; one that had read everything goes on."""
    log = log_of(1, 2, 3)
    behind, abreast = log.position_after(Revision(1)), log.end
    log.drop_up_to(Revision(3))
    with pytest.raises(RevisionGone):
        log.take(behind, 100)
    log.append(Line(Revision(4), "port", "p", None, b"4"))
    assert [b"4"] == [line.data for line in log.take(abreast, 100)[0]]


def test_a_break_throws_everybody_off() -> None:
    """Also those who had read everything: they have missed something."""
    log = log_of(1, 2)
    abreast = log.end
    log.break_off(Revision(9))
    with pytest.raises(RevisionGone):
        log.take(abreast, 100)
    assert ([], log.end) == log.take(log.position_after(Revision(9)), 100)
    assert (0, 9) == (log.bytes_kept, log.floor)


def test_a_chunk_is_limited_but_never_empty() -> None:
    """As many lines as fit, and at least one however long it is."""
    log = log_of(100, 200, 300)
    taken, position = log.take(log.position_after(Revision(0)), 6)
    assert [100, 200] == [line.at for line in taken]
    assert [300] == [line.at for line in log.take(position, 1)[0]]
