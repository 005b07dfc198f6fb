"""Golden cases: a command line and what the server said -> stdout, stderr and exit status, byte for byte.

A case is a folder of tests/cases/cli:

    command      the line as typed; more lines for more words, read as a shell reads them
    wire.yaml    what is asked of the server and what it answers, in order; absent when nothing may be asked
    stdout, stderr, exit   what comes out; absent for nothing, and 0
    files/       the folder that the command is run in, if it reads files
"""

import io
import shlex
from pathlib import Path

import pytest
import yaml

from fakes.replay_session import ReplaySession
from underlay.cli.main import run

CASES = Path(__file__).parents[2] / "cases" / "cli"


def text_of(path: Path) -> str:
    """The file, with its line ends as they are; empty when there is none."""
    return path.read_bytes().decode() if path.exists() else ""


@pytest.mark.parametrize("case", sorted(path for path in CASES.iterdir() if path.is_dir()), ids=lambda case: case.name)
def test_case(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command asks what is recorded, prints what is written, and exits as written."""
    session = ReplaySession(yaml.safe_load(text_of(case / "wire.yaml")) or [])
    stdout, stderr = io.StringIO(newline=""), io.StringIO(newline="")
    if (case / "files").exists():
        monkeypatch.chdir(case / "files")
    program, *argv = shlex.split(text_of(case / "command"))
    status = run(argv, {}, stdout, stderr, lambda *_: session)
    expected = (
        "quantum",
        text_of(case / "stdout"),
        text_of(case / "stderr"),
        int(text_of(case / "exit") or 0),
        [],
    )
    assert expected == (program, stdout.getvalue(), stderr.getvalue(), status, session.left)
