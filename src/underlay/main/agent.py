"""underlay-agent: reads the settings, puts the agent together, runs it (docs/agent.md)."""

import argparse
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from underlay.agent import snapshot
from underlay.agent.effects.handles import Handles
from underlay.agent.feeding import feed_in_background
from underlay.agent.hints import Hints, Stop
from underlay.agent.loop import Loop, Parts
from underlay.agent.mirror import Mirror
from underlay.agent.observed.host import Observer
from underlay.agent.observed.pumps import PumpWatch, is_serving
from underlay.agent.preflight import obstacles
from underlay.agent.report.health import Life
from underlay.agent.report.reporter import Reporter
from underlay.agent.report.server import HttpServer
from underlay.agent.state.site import Site
from underlay.client.credentials import Credentials
from underlay.client.errors import ClientError
from underlay.client.exchange import Tls
from underlay.client.feed import Feed
from underlay.client.http import Session
from underlay.client.transport import Transport
from underlay.dataplane import links
from underlay.dataplane.ovsdb import Ovsdb, OvsdbUnavailableError
from underlay.dataplane.vswitch import VswitchWatch
from underlay.main.config import load_settings, parse_bridge_interfaces, parse_bridge_mappings
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import AgentSettings, Settings
from underlay.model.ids import HostName
from underlay.pump.tables import PORTS

_OVSDB_TIMEOUT_S: Final = 60.0
_OFCTL_TIMEOUT_S: Final = 30.0
_OVSDB_RETRY_S: Final = 1.0
_ONCE_LIMIT_S: Final = 60.0
_DEFAULT_RUN_DIR: Final = "/var/run/openvswitch"

_log = structlog.get_logger()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGTERM; the exit status: 0 asked to end, 1 cannot begin or not finished with --once, 2 settings."""
    options = _parser().parse_args(arguments)
    try:
        settings, notes = load_settings(options.config, os.environ, options.quantum_config)
        site = site_of(settings.agent, socket.gethostname())
        session = session_of(settings.agent, site.host)
    except ConfigError as error:
        print(f"underlay-agent: {error}", file=sys.stderr)
        return 2
    for note in notes:
        print(f"underlay-agent: {note}", file=sys.stderr)
    hints = Hints()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: hints.put(Stop()))
    ovsdb = connect(settings.agent.ovsdb, hints)
    if ovsdb is None:
        return 0
    ovsdb.run()
    found = obstacles(site, {row.name for row in ovsdb.rows("Bridge")}, links.exists)
    for obstacle in found:
        print(f"underlay-agent: {obstacle}", file=sys.stderr)
    return 1 if found else _run(settings, site, ovsdb, session, hints, is_once=options.once)


def site_of(settings: AgentSettings, kernel_name: str) -> Site:
    """The settings in the agent's terms; raises ConfigError."""
    return Site(
        host=HostName(settings.host or kernel_name),
        integration_bridge=settings.integration_bridge,
        bridge_mappings=parse_bridge_mappings(settings.bridge_mappings),
        bridge_interfaces=parse_bridge_interfaces(settings.bridge_interfaces),
        datapath_type=settings.datapath_type,
        dhcp_agent=settings.dhcp_agent,
        local_service=settings.local_service,
        local_namespace=settings.local_namespace,
        metadata_route=settings.dhcp_metadata_route,
        isolated_metadata=settings.enable_isolated_metadata,
        lease_time_s=settings.dhcp_lease_duration_s,
        dns_domain=settings.dns_domain,
        availability_zone=settings.availability_zone,
    )


def run_dir_of(ovsdb: str, default: str) -> Path:
    """Where the bridges' management sockets are: beside ovsdb-server's."""
    scheme, _, path = ovsdb.partition(":")
    return Path(path).parent if scheme == "unix" else Path(default)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="underlay-agent", description="Wires this host's ports in Open vSwitch.")
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with the settings, table [agent]")
    parser.add_argument("--quantum-config", type=Path, metavar="DIR", help="folder with quantum's own files")
    parser.add_argument("--once", action="store_true", help="make the host as the server says, then end")
    return parser


def session_of(settings: AgentSettings, host: HostName) -> Session:
    """A session with the server, by the host's key; raises ConfigError."""
    path = Path(settings.password_file)
    try:
        key = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(
            f"[agent] password_file: {path} cannot be read: {error.strerror}; "
            f"it holds the key that `underlay-server host-add {host}` prints"
        ) from None
    credentials = Credentials(key, username=settings.username or host)
    transport = Transport(tls=Tls(settings.server_ca_file))
    return Session(settings.server_url, credentials, settings.server_url, transport=transport)


def connect(remote: str, hints: Hints) -> Ovsdb | None:
    """The connection, as soon as ovsdb-server answers; None when asked to end before."""
    while not any(isinstance(hint, Stop) for hint in hints.drain()):
        try:
            return Ovsdb(remote, _OVSDB_TIMEOUT_S)
        except OvsdbUnavailableError as error:
            _log.warning("waiting for Open vSwitch", reason=str(error))
            time.sleep(_OVSDB_RETRY_S)  # nothing tells when a socket of another program begins to answer
    return None


def _run(settings: Settings, site: Site, ovsdb: Ovsdb, session: Session, hints: Hints, *, is_once: bool) -> int:
    pumps = {"dhcp": Path(settings.dhcp.table_dir), "metadata": Path(settings.metadata.table_dir)}
    folders = pumps | {f"{kind}/{PORTS}": folder / PORTS for kind, folder in pumps.items()}
    snapshot_path = Path(settings.agent.state_dir, "agent", "mirror.json")
    run_dir = run_dir_of(settings.agent.ovsdb, os.environ.get("OVS_RUNDIR", _DEFAULT_RUN_DIR))
    mirror = Mirror(site.host, snapshot.load(snapshot_path))
    started_at = datetime.now(UTC)
    reporter = Reporter(site.host, HttpServer(session))
    watch = VswitchWatch(run_dir / f"{site.integration_bridge}.mgmt")
    loop = Loop(
        Parts(
            handles=Handles(site, ovsdb, run_dir, folders, _OFCTL_TIMEOUT_S),
            observer=Observer(site, ovsdb, run_dir, folders, _OFCTL_TIMEOUT_S),
            watch=watch,
            pumps=PumpWatch(pumps),
            mirror=mirror,
            reporter=reporter,
            hints=hints,
            life=lambda: Life(started_at, is_serving(folders["dhcp"]), is_serving(folders["metadata"])),
            snapshot_path=snapshot_path,
            report_interval_s=settings.agent.report_interval_s,
        )
    )
    since = mirror.revision if mirror.revision else None
    feed = Feed(session, site.host, (), random.random, since, tell_trouble)
    _log.info("agent begins", host=site.host, standing=mirror.standing.value, revision=mirror.revision)
    threading.excepthook = lambda fault: end_with_thread(fault, hints)
    feed_in_background(feed, hints)
    reporter.start()
    is_finished = True
    if is_once:
        is_finished = loop.run_once(_ONCE_LIMIT_S) and reporter.wait_until_told(_ONCE_LIMIT_S)
    else:
        loop.run()
    feed.close()
    reporter.stop(1.0)
    _log.info("agent ends, everything stays in place", host=site.host)
    return 0 if is_finished and not loop.failure else 1


def end_with_thread(fault: threading.ExceptHookArgs, hints: Hints) -> None:
    """Without its feed or its reports the agent would be deaf or dumb: it ends, and is started again."""
    name = fault.thread.name if fault.thread is not None else "unknown"
    _log.error("thread died", thread=name, exc_info=(fault.exc_type, fault.exc_value, fault.exc_traceback))
    hints.put(Stop(f"thread {name} died: {fault.exc_value}"))


def tell_trouble(error: ClientError, delay_s: float) -> None:
    """Log that the feed is broken."""
    _log.warning("feed broken", reason=str(error), again_in_s=round(delay_s, 2))


if __name__ == "__main__":
    sys.exit(main())
