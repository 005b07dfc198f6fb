"""What runs in a container, told through files; and what init does with it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from lab.container import ContainerError
from lab.init import Life, adopt, reap, start
from lab.service import Running, Service, read_services, read_status, write_services, write_status
from lab.software import secret_in


def test_nothing_told_is_nothing_to_run(tmp_path: Path) -> None:
    """Without files there are no services and no status."""
    assert ({}, {}) == (read_services(tmp_path), read_status(tmp_path))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Services and status survive the way through their files, and no other file is left."""
    services = {"server": Service(("underlay-server", "serve"), {"LANG": "C"})}
    status = {"server": Running(7, 1), "agent": Running(None, 3)}
    write_services(tmp_path, services)
    write_status(tmp_path, status)
    assert (services, status) == (read_services(tmp_path), read_status(tmp_path))
    assert {"services.json", "status.json"} == {path.name for path in tmp_path.iterdir()}


def test_a_service_that_dies_is_due_again_later_each_time(tmp_path: Path) -> None:
    """One that ends at once gets a longer delay each time; its output is in its log."""
    life = Life(Service(("sh", "-c", "echo said")))
    delays = []
    for _ in range(3):
        start("short", life, tmp_path)
        assert life.pid is not None
        os.waitid(os.P_PID, life.pid, os.WEXITED | os.WNOWAIT)
        reap({"short": life}, {})
        assert life.pid is None
        delays.append(life.delay_s)
    assert sorted(set(delays)) == delays
    assert (3, "said\nsaid\nsaid\n") == (life.starts, (tmp_path / "log" / "short.log").read_text())


def test_a_changed_service_is_ended_and_due_anew(tmp_path: Path) -> None:
    """Services off the list or changed are asked to end, the others are not touched."""
    sleep = Service(("sleep", "60"))
    lives = {name: Life(sleep) for name in ("kept", "changed", "gone")}
    for name, life in lives.items():
        start(name, life, tmp_path)
    pids = {name: life.pid for name, life in lives.items()}
    ending: dict[int, float] = {}
    adopt(lives, ending, {"kept": sleep, "changed": Service(("sleep", "61"))})
    assert {pids["changed"], pids["gone"]} == set(ending)
    assert {"kept": pids["kept"], "changed": None} == {name: life.pid for name, life in lives.items()}
    for pid in ending:
        assert -signal.SIGTERM == os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    kept = lives["kept"].pid
    assert kept is not None
    subprocess.run(["kill", str(kept)], check=True)
    os.waitpid(kept, 0)


def test_the_password_in_what_the_server_printed() -> None:
    """The word after the notice that it is shown once; without one the text is shown as the reason."""
    printed = "made: user admin, administrator, project admin\nits password, shown this once: S3cr3t-_x\n"
    assert "S3cr3t-_x" == secret_in(printed)
    with pytest.raises(ContainerError, match="exists: user admin"):
        secret_in("exists: user admin")
