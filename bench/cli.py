"""Wall time of `quantum net-list`, and of `openstack network list` beside it when there is one.

Both ask the same server, in turns, so that what else the machine does falls on both. Each run logs in anew, as each
command line does. `python -m bench.cli [OPENSTACK]`: the program of an environment with python-openstackclient
(tests/clients/requirements-openstack.lock); otherwise the one on PATH, or none.
"""

import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

import msgspec

from bench.figures import emit, progress
from bench.server import SCRIPTS, RunningServer, running_server

RUNS = 15
NETWORKS = 4


class Run(msgspec.Struct, frozen=True):
    """One run of a program, in seconds."""

    wall_s: float
    cpu_s: float


def _environment(server: RunningServer) -> dict[str, str]:
    return {
        **server.environment,
        "OS_AUTH_URL": f"{server.url}/v3",
        "OS_USERNAME": server.username,
        "OS_PASSWORD": server.password,
        "OS_PROJECT_NAME": "admin",
        "OS_USER_DOMAIN_NAME": "Default",
        "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_IDENTITY_API_VERSION": "3",
    }


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(line: Sequence[str], environment: dict[str, str]) -> Run:
    cpu_s, start = _cpu_s(), time.perf_counter()
    subprocess.run(line, env=environment, check=True, stdout=subprocess.DEVNULL)
    return Run(time.perf_counter() - start, _cpu_s() - cpu_s)


def _prepare(environment: dict[str, str]) -> None:
    """The scenario's networks, so that the list has something to show."""
    quantum = str(SCRIPTS / "quantum")
    for number in range(NETWORKS):
        for words in (
            [
                "net-create",
                f"pub{number}",
                "--provider:network_type",
                "vlan",
                f"--provider:segmentation_id={number + 1}",
            ],
            ["subnet-create", f"pub{number}", f"10.10.{number}.0/24"],
        ):
            subprocess.run([quantum, *words], env=environment, check=True, stdout=subprocess.DEVNULL)


def _measure(programs: dict[str, Sequence[str]], environment: dict[str, str]) -> dict[str, list[Run]]:
    runs: dict[str, list[Run]] = {name: [] for name in programs}
    for turn in range(RUNS + 1):
        for name, line in programs.items():
            run = _run(line, environment)
            if turn:  # the first fills the caches of files and bytecode
                runs[name].append(run)
    return runs


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> None:
    """Run the whole bench."""
    openstack = arguments[0] if arguments else shutil.which("openstack")
    programs: dict[str, Sequence[str]] = {
        "python": [sys.executable, "-c", "pass"],
        "quantum": [str(SCRIPTS / "quantum"), "net-list"],
        "quantum_help": [str(SCRIPTS / "quantum"), "help", "net-list"],
    }
    if openstack:
        programs["openstack"] = [openstack, "network", "list"]
    with running_server(network_vlan_ranges="default:1:100") as server:
        environment = _environment(server)
        _prepare(environment)
        progress(f"{RUNS} runs of {', '.join(programs)}")
        runs = _measure(programs, environment)
    wall_s = {name: statistics.median(run.wall_s for run in of) for name, of in runs.items()}
    for name, of in runs.items():
        emit("cli", f"{name}_wall", wall_s[name], "s", runs=RUNS, fastest=round(min(run.wall_s for run in of), 4))
        emit("cli", f"{name}_cpu", statistics.median(run.cpu_s for run in of), "s", runs=RUNS)
    if openstack:
        emit("cli", "openstack_over_quantum", wall_s["openstack"] / wall_s["quantum"], "times", runs=RUNS)
    else:
        progress("no openstack program: not compared")


if __name__ == "__main__":
    main()
