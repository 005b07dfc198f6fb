"""`underlay-server serve`: wires store, rules, identity, feed and API together and runs them until SIGTERM."""

import asyncio
import gc
import random
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast
from uuid import UUID

import msgspec
import structlog
import uvicorn
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.types import ASGIApp

from underlay.api.app import build_app
from underlay.api.compute.service import Compute
from underlay.api.exchange import Service
from underlay.api.execute import declare_default_ranges, finish_interrupted
from underlay.api.images.directory import ImageDirectory
from underlay.identity.key import read_key
from underlay.main.config import parse_base_mac, parse_flavors, parse_mtus, parse_vlan_ranges
from underlay.main.connections import Limits, Lobby, allowed_connections
from underlay.main.identity import entrance
from underlay.main.nova import notifier_of
from underlay.main.policy_file import read_policy
from underlay.main.server_setup import SetupError, database_file, opened_store
from underlay.main.settings import ComputeSettings, ImageSettings, ServerSettings, Settings
from underlay.rules.snapshot import Circumstances, Regulations
from underlay.store.feed import Feed
from underlay.store.transaction import Store

SHUTDOWN_LIMIT_S: Final = 5
WORKERS: Final = 16
BACKLOG: Final = 1024
KEEP_ALIVE_S: Final = 75
GARBAGE_THRESHOLD: Final = 50_000
"""New objects between two searches for cycles; Python's 700 makes a long list of records a hundred searches."""


class Operation(msgspec.Struct, frozen=True):
    """What the settings come to beside the store. Attributes: key: signs tokens; compute: None for no servers."""

    regulations: Regulations
    key: bytes
    compute: Compute | None = None


class Stopping(msgspec.Struct, frozen=True):
    """Attributes:
    event: set when the server is to stop; streams of the feed end then.
    call: what SIGTERM and SIGINT do.
    """

    event: asyncio.Event
    call: Callable[[], None]


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT. Raises SetupError or ConfigError when it cannot start."""
    server = settings.server
    regulations = msgspec.structs.replace(regulations_of(server), max_servers=settings.compute.max_servers)
    compute = compute_of(settings.compute, settings.image)
    key = _read_key(server)
    check_tls(server)
    read_policy(server.policy_file)
    file = database_file(server)
    if file is not None and not file.exists():
        raise SetupError(f"there is no database {file}; `underlay-server init` makes it")
    with opened_store(server) as store:
        declare_default_ranges(store, regulations, present_circumstances())
        notifier = notifier_of(settings.nova, store)
        if notifier is not None:
            notifier.start()
        try:
            return _run(server, store, Operation(regulations, key, compute))
        finally:
            if notifier is not None:
                notifier.close()


def regulations_of(settings: ServerSettings) -> Regulations:
    """The settings that rules need. Raises ConfigError."""
    return Regulations(
        vlan_ranges=parse_vlan_ranges(settings.network_vlan_ranges),
        tenant_network_type=settings.tenant_network_type,
        base_mac=parse_base_mac(settings.base_mac),
        default_mtu=settings.default_mtu,
        physical_network_mtus=parse_mtus(settings.physical_network_mtus),
        quota_defaults={
            "network": settings.quota_network,
            "subnet": settings.quota_subnet,
            "port": settings.quota_port,
            "subnetpool": settings.quota_subnetpool,
            "rbac_policy": settings.quota_rbac_policy,
            "security_group": settings.quota_security_group,
            "security_group_rule": settings.quota_security_group_rule,
        },
        dns_domain=settings.dns_domain,
        max_dns_nameservers=settings.max_dns_nameservers,
        max_host_routes=settings.max_subnet_host_routes,
        max_fixed_ips_per_port=settings.max_fixed_ips_per_port,
        unenforced=settings.unenforced,
        max_allowed_address_pairs=settings.max_allowed_address_pairs,
        agent_down_time_s=settings.agent_down_time_s,
        dhcp_agents_per_network=settings.dhcp_agents_per_network,
        dhcp_served_by=settings.dhcp_served_by,
        allow_automatic_dhcp_failover=settings.allow_automatic_dhcp_failover,
    )


def compute_of(compute: ComputeSettings, image: ImageSettings) -> Compute | None:
    """What the Compute and Image APIs work with; None when they are not to be served. Raises ConfigError."""
    flavors = parse_flavors(compute.flavors)
    if not compute.enabled:
        return None
    directory = Path(image.directory)
    if not directory.is_dir():
        structlog.get_logger().warning("no_image_directory", directory=str(directory), remedy="[image] directory")

    def warn(path: Path, reason: str) -> None:
        structlog.get_logger().warning("image_description_unfit", file=str(path), reason=reason)

    return Compute(flavors, ImageDirectory(directory, warn))


def present_circumstances() -> Circumstances:
    """The clock's time and chance from the kernel's generator."""
    chance = random.SystemRandom()
    return Circumstances(
        now=datetime.now(UTC),
        new_id=lambda: str(UUID(int=chance.getrandbits(128), version=4)),
        below=chance.randrange,
    )


def application(
    settings: ServerSettings,
    store: Store,
    operation: Operation,
    workers: Executor,
    stopping: Stopping | None = None,
) -> ASGIApp:
    """The whole ASGI application on an open store. `stopping` is given when signals are ours to handle."""
    identity = entrance(settings, store.identity(), operation.key, has_compute=operation.compute is not None)
    feed = Feed(store)
    service = Service(
        store=store,
        regulations=operation.regulations,
        verify=identity.verify,
        circumstances=present_circumstances,
        public_url=settings.public_url,
        max_request_bytes=settings.max_request_bytes,
        pagination_max_limit=settings.pagination_max_limit,
        identity_url=identity.identity_url,
        policy=read_policy(settings.policy_file),
        compute=operation.compute,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        feed.start()
        await run_sync(finish_interrupted, service)
        if stopping is not None:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, stopping.call)
        structlog.get_logger().info("serving", address=settings.listen_address, port=settings.listen_port)
        yield
        await run_sync(feed.close)
        structlog.get_logger().info("stopped")

    return build_app(
        service,
        feed,
        workers,
        stopping.event if stopping else asyncio.Event(),
        identity.routes,
        lifespan,
    )


def _run(settings: ServerSettings, store: Store, operation: Operation) -> int:
    event = asyncio.Event()

    def stop() -> None:
        event.set()
        server.should_exit = True

    with _listening(settings) as listener, ThreadPoolExecutor(WORKERS, thread_name_prefix="api") as workers:
        app = application(settings, store, operation, workers, Stopping(event, stop))
        lobby = Lobby(Limits(connections=allowed_connections(settings.max_connections)))
        server = uvicorn.Server(_uvicorn_config(app, settings, lobby))
        gc.freeze()  # What is loaded stays: no search for cycles needs to look at it.
        gc.set_threshold(GARBAGE_THRESHOLD)
        server.run([listener])
    return 0 if event.is_set() else 1


def _listening(settings: ServerSettings) -> socket.socket:
    """Clients can connect from now on; they wait until the application is up."""
    address = (settings.listen_address, settings.listen_port)
    family = socket.AF_INET6 if ":" in settings.listen_address else socket.AF_INET
    try:
        return socket.create_server(address, family=family, backlog=BACKLOG)
    except OSError as error:
        raise SetupError(f"cannot listen on {address[0]} port {address[1]}: {error.strerror}") from None


def _uvicorn_config(app: ASGIApp, settings: ServerSettings, lobby: Lobby) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=cast(type[asyncio.Protocol], lobby.connect),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_LIMIT_S,
        ssl_certfile=settings.tls_certificate_file or None,
        ssl_keyfile=settings.tls_key_file or None,
    )


def check_tls(settings: ServerSettings) -> None:
    """Raises SetupError unless certificate and key can be read and fit each other."""
    if not settings.tls_certificate_file:
        if settings.tls_key_file:
            raise SetupError("[server] tls_key_file is set, but no tls_certificate_file; both serve HTTPS, none HTTP")
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.tls_certificate_file, settings.tls_key_file or None)
    except (OSError, ssl.SSLError) as error:
        named = f"{settings.tls_certificate_file} {settings.tls_key_file}".strip()
        raise SetupError(
            f"[server] TLS certificate and key cannot be used: {named}: {error.strerror or error}"
        ) from None


def _read_key(settings: ServerSettings) -> bytes:
    try:
        return read_key(Path(settings.secret_file))
    except FileNotFoundError:
        raise SetupError(f"there is no signing key {settings.secret_file}; `underlay-server init` makes it") from None
    except (OSError, ValueError) as error:
        raise SetupError(f"signing key {settings.secret_file}: {error}") from None
