"""The limit for creates: the very SQL transactions that the store ran, run again straight on SQLite.

The store's statements are noted, values and all, while it creates; then a copy of the database as it was before gets
the same statements from the driver alone: the same rows, indexes and commits to disk, with nothing judged or encoded.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, event

from bench.figures import emit, progress
from bench.store import PROJECT, judged
from underlay.commands.network import CreateNetwork, ProviderAttributes
from underlay.commands.port import CreatePort
from underlay.commands.subnet import CreateSubnet
from underlay.model.network import Network
from underlay.store.transaction import Store

Statement = tuple[str, Any]


class NotingCursor(sqlite3.Cursor):
    """Notes every statement in its connection's list before it runs it."""

    def execute(self, sql: str, parameters: Any = ()) -> "NotingCursor":
        """As sqlite3."""
        self.connection.noted.append((sql, parameters))  # type: ignore[attr-defined]
        super().execute(sql, parameters)
        return self

    def executemany(self, sql: str, rows: Any) -> "NotingCursor":
        """As sqlite3; noted as single statements."""
        rows = list(rows)
        self.connection.noted.extend((sql, row) for row in rows)  # type: ignore[attr-defined]
        super().executemany(sql, rows)
        return self


class NotingConnection(sqlite3.Connection):
    """A connection whose cursors note."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.noted: list[Statement] = []

    def cursor(self, factory: Any = NotingCursor) -> Any:
        """As sqlite3."""
        return super().cursor(factory)


def noting(connections: list[NotingConnection]) -> Callable[..., NotingConnection]:
    """A SQLAlchemy `do_connect` listener that opens noting connections and keeps them in the list."""

    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> NotingConnection:
        connection = sqlite3.connect(*arguments, **options, factory=NotingConnection)
        connections.append(connection)
        return connection

    return connect


def replayed(file: str, statements: Sequence[Statement]) -> float:
    """Seconds that the statements take in the driver, on that database, as durably as in the store."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    started = time.perf_counter()
    for sql, values in statements:
        connection.execute(sql, values).fetchall()
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def measure(creates: int) -> None:
    """So many networks, then as many subnets and ports: the store with the rules, and the same SQL alone."""
    connections: list[NotingConnection] = []
    listener = noting(connections)
    event.listen(Engine, "do_connect", listener)
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        file = f"{folder}/bench.sqlite"
        store = Store(f"sqlite:///{file}")
        store.migrate()
        networks: list[Network] = []

        def network() -> None:
            wish = ProviderAttributes("vlan", "default", len(networks) + 1)
            made = judged(store, CreateNetwork(PROJECT, provider=wish))
            assert isinstance(made, Network)
            networks.append(made)

        cidrs = IPv4Network("10.0.0.0/8").subnets(new_prefix=24)
        places = iter(range(10**9))
        kinds: dict[str, Callable[[], object]] = {
            "networks": network,
            "subnets": lambda: judged(store, CreateSubnet(PROJECT, networks[next(places)].id, next(cidrs))),
            "ports": lambda: judged(store, CreatePort(PROJECT, networks[next(places) % len(networks)].id)),
        }
        for kind, create in kinds.items():
            progress(f"creating {creates} {kind} in the process, and by their SQL alone")
            create()
            before = f"{folder}/{kind}.sqlite"
            with sqlite3.connect(file) as source, sqlite3.connect(before) as copy:
                source.backup(copy)
            shutil.copymode(file, before)
            for connection in connections:
                connection.noted.clear()
            started = time.perf_counter()
            for _ in range(creates):
                create()
            seconds = time.perf_counter() - started
            noted = max((connection.noted for connection in connections), key=len)
            straight = replayed(before, noted)
            emit("straight", f"{kind}_create_in_process", creates / seconds, "creates/s", count=creates)
            emit("straight", f"{kind}_create_straight", creates / straight, "creates/s", count=creates)
            emit("straight", f"{kind}_statements", len(noted) / creates, "statements/create", count=creates)
        store.close()
    event.remove(Engine, "do_connect", listener)
