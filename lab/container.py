"""Containers: a process 1 in net, mount, pid and uts namespaces of its own, and commands run inside.

Which containers run is read from /proc, never remembered: a container is the process whose arguments are those of
`lab.init` with this lab's folder. So nothing goes stale when something is killed or the machine is restarted.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from lab.service import Service, read_services, write_services
from lab.topology import Lab

READY_WITHIN_S: Final = 20.0
END_WITHIN_S: Final = 10.0
SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ContainerError(Exception):
    """A container could not be started or ended, or is not there; the text says which and why."""


def running(lab: Lab) -> dict[str, int]:
    """Name -> process id, seen from outside, of each container's process 1."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        words = _arguments(entry)
        if words[1:4] == ["-m", "lab.init", str(lab.state)] and _is_first(entry):
            found[words[4]] = int(entry.name)
    return found


def _is_first(process: Path) -> bool:
    """Whether it is process 1 of a pid namespace; a child of init has init's arguments until it executes its own."""
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return False
    return any(line.startswith("NSpid:") and line.split()[-1] == "1" for line in lines)


def _arguments(process: Path) -> list[str]:
    """The process' arguments; empty when it is gone or a zombie."""
    try:
        return (process / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def pid_of(lab: Lab, name: str) -> int:
    """Process 1 of the container, seen from outside; raises ContainerError when it does not run."""
    pid = running(lab).get(name)
    if pid is None:
        raise ContainerError(f"{name} does not run in lab {lab.name}: bring it up with `python -m lab up`")
    return pid


def start(lab: Lab, names: Sequence[str]) -> None:
    """Start the containers side by side, and return when all are ready for commands."""
    waiting = {name: _spawn(lab, name) for name in names}
    for name, ready in waiting.items():
        readable, _, _ = select.select([ready], [], [], READY_WITHIN_S)
        told = os.read(ready, 16) if readable else b""
        os.close(ready)
        if told != b"ready":
            log = lab.folder(name) / "log" / "init.log"
            raise ContainerError(f"{name} did not start; the end of {log}:\n{log.read_text()[-1500:]}")


def _spawn(lab: Lab, name: str) -> int:
    """Start one container; returns the descriptor on which its init says `ready`, or ends without a word."""
    log = lab.folder(name) / "log" / "init.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    ready, tell = os.pipe()
    namespaces = ["--net", "--mount", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc"]
    init = [sys.executable, "-m", "lab.init", str(lab.state), name, str(tell)]
    with log.open("ab") as output:
        subprocess.Popen(
            ["unshare", *namespaces, *init],
            cwd=lab.root,
            env=base_environment(lab),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(tell,),
            start_new_session=True,
        )
    os.close(tell)
    return ready


def stop(pids: Sequence[int]) -> None:
    """End containers by killing their process 1: as with loss of power, everything in them ends. Waits for it."""
    watched = [process for pid in pids if (parent := _parent(pid)) for process in (pid, parent) if process != 1]
    descriptors = []
    for pid in watched:
        try:
            descriptors.append(os.pidfd_open(pid))
        except ProcessLookupError:
            continue
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    late = [d for d in descriptors if not select.select([d], [], [], END_WITHIN_S)[0]]
    for descriptor in descriptors:
        os.close(descriptor)
    for pid in watched:
        with contextlib.suppress(ChildProcessError):  # started by another run: the machine's own init collects it
            os.waitpid(pid, os.WNOHANG)
    if late:
        raise ContainerError(f"a container was killed and is still there after {END_WITHIN_S:.0f} s")


def _parent(pid: int) -> int | None:
    """The process' parent; None when the process is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def command_inside(lab: Lab, name: str, argv: Sequence[str], *, pid: int | None = None) -> list[str]:
    """The command that runs `argv` inside the container, in the checkout's folder."""
    target = str(pid or pid_of(lab, name))
    return ["nsenter", "--target", target, "--net", "--mount", "--pid", "--uts", "env", "-C", str(lab.root), *argv]


def environment(lab: Lab, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What commands inside see: the lab's own programs first on the path, nothing of the caller's but the terminal."""
    kept = {key: os.environ[key] for key in ("TERM", "COLUMNS") if key in os.environ}
    return {**base_environment(lab), **kept, **(extra or {})}


def base_environment(lab: Lab) -> dict[str, str]:
    """The environment of every process in the lab. Root's bytecode stays out of the folders of the checkout's owner."""
    return {
        "PATH": f"{lab.root}/.venv/bin:{SYSTEM_PATH}",
        "HOME": "/root",
        "LANG": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(lab.root / ".state" / "pycache"),
    }


def run(
    lab: Lab,
    name: str,
    argv: Sequence[str],
    *,
    text_in: str | None = None,
    env: Mapping[str, str] | None = None,
    within_s: float = 60.0,
) -> subprocess.CompletedProcess[str]:
    """Run a command inside to its end; its code, stdout and stderr. It is killed (code 124 or 137) after `within_s`."""
    limited = ["timeout", "--kill-after=2", f"{within_s:g}", *argv]
    return subprocess.run(
        command_inside(lab, name, limited),
        env=environment(lab, env),
        input=text_in,
        stdin=subprocess.DEVNULL if text_in is None else None,
        capture_output=True,
        text=True,
        check=False,
    )


def do(lab: Lab, name: str, argv: Sequence[str], *, text_in: str | None = None) -> str:
    """Run a command inside that must succeed; its stdout. Raises ContainerError with what it said."""
    done = run(lab, name, argv, text_in=text_in)
    if done.returncode != 0:
        raise ContainerError(f"{name}: `{' '.join(argv)}` ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def change_services(lab: Lab, name: str, put: Mapping[str, Service], delete: Sequence[str] = ()) -> None:
    """Add, replace and remove services of a running container; its init looks at once."""
    folder = lab.folder(name)
    before = read_services(folder)
    after = {key: service for key, service in {**before, **put}.items() if key not in delete}
    if after != before:
        write_services(folder, after)
        os.kill(pid_of(lab, name), signal.SIGHUP)
