"""underlay-compute: reads the settings, puts together what runs this host's guests, runs it (docs/compute.md)."""

import argparse
import os
import random
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import structlog

from underlay.agent import snapshot
from underlay.agent.feeding import feed_in_background
from underlay.agent.hints import Hints, Stop
from underlay.agent.mirror import Mirror
from underlay.client.feed import Feed
from underlay.client.http import Session
from underlay.commands.host import AgentState
from underlay.compute.images import Images
from underlay.compute.loop import Loop, Parts
from underlay.compute.qemu import Qemu, is_usable
from underlay.compute.report import Reporter
from underlay.compute.taps import Taps
from underlay.dataplane.ovsdb import Ovsdb
from underlay.main.agent import connect, end_with_thread, session_of, tell_trouble
from underlay.main.config import load_settings
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import HypervisorSettings, Settings
from underlay.model.agent import COMPUTE_AGENT
from underlay.model.ids import HostName

_KINDS: Final = ("server", "port", "network")
_KEPT_FOR_HOST_MB: Final = 512

_log = structlog.get_logger()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM; the exit status: 0 asked to end, 1 cannot begin or go on, 2 settings."""
    options = _parser().parse_args(arguments)
    try:
        settings, _ = load_settings(options.config, os.environ, options.quantum_config)
        host = HostName(settings.agent.host or socket.gethostname())
        session = session_of(settings.agent, host)
    except ConfigError as error:
        print(f"underlay-compute: {error}", file=sys.stderr)
        return 2
    if not is_usable(settings.hypervisor.emulator):
        print(f"underlay-compute: {settings.hypervisor.emulator} and qemu-img are needed", file=sys.stderr)
        return 1
    hints = Hints()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: hints.put(Stop()))
    ovsdb = connect(settings.agent.ovsdb, hints)
    return 0 if ovsdb is None else _run(settings, host, ovsdb, session, hints)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="underlay-compute", description="Runs this host's guests.")
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with the settings")
    parser.add_argument("--quantum-config", type=Path, metavar="DIR", help="folder with quantum's own files")
    return parser


def _run(settings: Settings, host: HostName, ovsdb: Ovsdb, session: Session, hints: Hints) -> int:
    state = Path(settings.agent.state_dir, "compute")
    snapshot_path = state / "mirror.json"
    mirror = Mirror(host, snapshot.load(snapshot_path))
    hypervisor = Qemu(
        state, Path(settings.hypervisor.run_dir), settings.hypervisor.emulator, settings.hypervisor.accelerator
    )
    agent = _agent(settings, state, lambda: _running(hypervisor), hypervisor.name)
    reporter = Reporter(host, session, agent, hypervisor.console, settings.agent.report_interval_s)
    loop = Loop(
        Parts(
            host=host,
            hypervisor=hypervisor,
            taps=Taps(ovsdb, settings.agent.integration_bridge),
            images=Images(state / "images", session),
            mirror=mirror,
            reporter=reporter,
            hints=hints,
            snapshot_path=snapshot_path,
        )
    )
    since = mirror.revision if mirror.revision else None
    feed = Feed(session, host, _KINDS, random.random, since, tell_trouble)
    _log.info("underlay-compute begins", host=host, standing=mirror.standing.value, revision=mirror.revision)
    threading.excepthook = lambda fault: end_with_thread(fault, hints)
    feed_in_background(feed, hints)
    reporter.start()
    loop.run()
    feed.close()
    reporter.stop(1.0)
    _log.info("underlay-compute ends, guests go on", host=host)
    return 1 if loop.failure else 0


def _running(hypervisor: Qemu) -> int:
    return sum(run.life == "running" for run in hypervisor.runs().values())


def _agent(settings: Settings, state: Path, running: Callable[[], int], name: str) -> Callable[[], AgentState]:
    """What each heartbeat says."""
    started_at = datetime.now(UTC)
    zone = settings.agent.availability_zone
    state.mkdir(parents=True, exist_ok=True)
    capacity = _capacity(settings.hypervisor, state)

    def now() -> AgentState:
        told: dict[str, Any] = {**capacity, "hypervisor": name, "running": running()}
        return AgentState(COMPUTE_AGENT, "underlay-compute", "N/A", started_at, told, zone)

    return now


def _capacity(settings: HypervisorSettings, state: Path) -> dict[str, int]:
    ram_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // (1 << 20)
    return {
        "vcpus": settings.vcpus or os.cpu_count() or 1,
        "ram_mb": settings.ram_mb or max(0, ram_mb - _KEPT_FOR_HOST_MB),
        "disk_gb": settings.disk_gb or shutil.disk_usage(state).total // (1 << 30),
    }


if __name__ == "__main__":
    sys.exit(main())
