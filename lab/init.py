"""Process 1 of a container: prepares its file tree, then starts services, starts them again when they die, and reaps.

In: the container's folder (argument 1), its name (argument 2), a file descriptor to write `ready` to (argument 3).
It plays systemd's part on a host of the lab. When it ends, however it ends, the kernel ends everything in its pid
namespace, and with that go the container's mounts, links and network namespaces: pid_namespaces(7).

The file tree is the machine's own, except for:
    /run                       empty, private: /run/netns and /run/openvswitch are this host's own
    /etc /var/lib              writes go to memory, for this container only (overlay)
    /etc/underlay /etc/quantum /etc/openvswitch /var/lib/underlay   folders of the container, on disk
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import msgspec

from lab.service import Running, Service, Services, read_services, write_status

BINDS: Final = {
    "etc-underlay": "/etc/underlay",
    "etc-quantum": "/etc/quantum",
    "etc-openvswitch": "/etc/openvswitch",
    "var-lib-underlay": "/var/lib/underlay",
}
SIGNALS: Final = frozenset({signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM})
FIRST_DELAY_S: Final = 0.1
LONGEST_DELAY_S: Final = 5.0
GRACE_S: Final = 3.0
"""A service that was asked to end is killed after so long."""
STABLE_AFTER_S: Final = 10.0
"""A service that lived for so long starts again at once when it dies."""


class Life(msgspec.Struct):
    """One service as init sees it now (the only mutable record: init is the loop around it)."""

    service: Service
    pid: int | None = None
    starts: int = 0
    started_at: float = 0.0
    due_at: float = 0.0
    delay_s: float = FIRST_DELAY_S


def mount(*arguments: str) -> None:
    """mount(8); raises CalledProcessError."""
    subprocess.run(["mount", *arguments], check=True)


def prepare_tree(folder: Path) -> None:
    """Give the container its own places to write to. Must run in a mount namespace of its own."""
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "-o", "mode=755", "run", "/run")
    mount("-t", "sysfs", "sysfs", "/sys")
    for place in ("/etc", "/var/lib"):
        memory = Path("/run/lab") / place.strip("/").replace("/", "-")
        upper, work = memory / "upper", memory / "work"
        upper.mkdir(parents=True)
        work.mkdir()
        mount("-t", "overlay", "-o", f"lowerdir={place},upperdir={upper},workdir={work}", "overlay", place)
    for name, target in BINDS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        Path(target).mkdir(parents=True, exist_ok=True)
        mount("--bind", str(folder / name), target)
    for path in ("/run/lock", "/run/openvswitch", "/run/netns"):
        Path(path).mkdir()


def prepare_network(name: str) -> None:
    """Own host name, loopback up, and no IPv6 of its own on any link: the trunk carries only what was put there."""
    socket.sethostname(name)
    Path("/etc/hostname").write_text(f"{name}\n")
    for scope in ("all", "default"):
        path = Path(f"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6")
        if path.exists():
            path.write_text("1\n")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def start(name: str, life: Life, folder: Path) -> None:
    """Start the service, its output appended to `log/<name>.log`."""
    log = folder / "log" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    life.pid = os.posix_spawnp(
        life.service.argv[0],
        life.service.argv,
        dict(os.environ) | life.service.env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsigmask=(),
        setsid=True,
    )
    life.starts += 1
    life.started_at = time.monotonic()


def adopt(lives: dict[str, Life], ending: dict[int, float], services: Services) -> None:
    """Take over a changed list: end what is no longer on it or reads differently; new ones are due now.

    Args:
    ending: process groups that were asked to end -> when they are killed.
    """
    for name in [name for name, life in lives.items() if services.get(name) != life.service]:
        life = lives.pop(name)
        if life.pid is not None:
            os.killpg(life.pid, signal.SIGTERM)
            ending[life.pid] = time.monotonic() + GRACE_S
    for name, service in services.items():
        lives.setdefault(name, Life(service))


def reap(lives: dict[str, Life], ending: dict[int, float]) -> None:
    """Collect the dead; a service among them is due again, sooner or later by how long it lived."""
    now = time.monotonic()
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        ending.pop(pid, None)
        for name, life in lives.items():
            if life.pid == pid:
                stable = now - life.started_at > STABLE_AFTER_S
                life.delay_s = FIRST_DELAY_S if stable else min(life.delay_s * 2, LONGEST_DELAY_S)
                life.pid, life.due_at = None, now + life.delay_s
                print(
                    f"{name} ended with {os.waitstatus_to_exitcode(status)}, again in {life.delay_s:.1f} s", flush=True
                )


def supervise(folder: Path) -> None:
    """Keep the services running until SIGTERM."""
    lives: dict[str, Life] = {}
    ending: dict[int, float] = {}
    adopt(lives, ending, read_services(folder))
    while True:
        reap(lives, ending)
        now = time.monotonic()
        for pid in [pid for pid, deadline in ending.items() if deadline <= now]:
            os.killpg(pid, signal.SIGKILL)
            del ending[pid]
        for name, life in lives.items():
            if life.pid is None and life.due_at <= now:
                start(name, life, folder)
        write_status(folder, {name: Running(life.pid, life.starts) for name, life in lives.items()})
        due = [life.due_at for life in lives.values() if life.pid is None] + list(ending.values())
        received = signal.sigtimedwait(SIGNALS, max(0.01, min(due, default=now + 3600.0) - now))
        match received.si_signo if received else None:
            case signal.SIGHUP:
                adopt(lives, ending, read_services(folder))
            case signal.SIGTERM:
                return
            case _:
                pass


def main() -> None:
    """Run as process 1 of fresh net, mount, pid and uts namespaces."""
    folder, name, ready = Path(sys.argv[1]) / sys.argv[2], sys.argv[2], int(sys.argv[3])
    if os.getpid() != 1:
        sys.exit("lab.init must be process 1 of its own pid namespace")
    os.set_inheritable(ready, False)
    prepare_tree(folder)
    prepare_network(name)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    os.write(ready, b"ready")
    os.close(ready)
    supervise(folder)


if __name__ == "__main__":
    main()
