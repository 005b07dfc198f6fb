"""The console's file: its last part is told, its length is bounded."""

from pathlib import Path

from underlay.compute import console


def test_the_end_is_told_and_the_rest_is_dropped(tmp_path: Path) -> None:
    """After a trim the tail is the same, and what comes then follows it."""
    path = tmp_path / "console.log"
    assert (None, b"") == (console.mark(path), console.tail(path))
    path.write_bytes(b"".join(b"line %06d\n" % number for number in range(150_000)))
    before = console.tail(path)
    assert console.MOST_BYTES == len(before)
    console.trim(path)
    assert before == console.tail(path)
    with path.open("ab") as file:
        file.write(b"more\n")
    assert before[5:] + b"more\n" == console.tail(path)
    assert path.stat().st_size < console.MOST_BYTES


def test_a_short_console_is_left_alone(tmp_path: Path) -> None:
    """It is told as it is."""
    path = tmp_path / "console.log"
    path.write_bytes(b"hello\n")
    console.trim(path)
    assert [path] == list(tmp_path.iterdir())
    assert b"hello\n" == console.tail(path)
