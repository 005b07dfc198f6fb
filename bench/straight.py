"""The limit for creates: the very SQL transactions that the store ran, run again straight on SQLite.

The store's statements are noted, values and all, while it creates; then a copy of the database as it was before gets
the same statements from the driver alone: the same rows, indexes and commits to disk, with nothing judged or encoded.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
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
from underlay.store.database import open_engine
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


class Replay:
    """Noted transactions, to be run again from the first on, some at a time, as durably as by the store."""

    def __init__(self, file: str, statements: Sequence[Statement]) -> None:
        self.statements = len(statements)
        self._rest = iter(statements)
        self._engine = open_engine(f"sqlite:///{file}")
        self._cursor = self._engine.raw_connection().cursor()

    def rate(self, transactions: int) -> float:
        """Transactions a second, of the next so many."""
        started = time.perf_counter()
        for _ in range(transactions):
            for sql, values in self._rest:
                self._cursor.execute(sql, values)
                self._cursor.fetchall()
                if sql == "COMMIT":
                    break
        return transactions / (time.perf_counter() - started)

    def close(self) -> None:
        """Let go of the database."""
        self._cursor.close()
        self._engine.dispose()


class NotingStore:
    """A store on that file whose statements are noted."""

    def __init__(self, file: str, connections: list[NotingConnection]) -> None:
        self.store = Store(f"sqlite:///{file}")
        self._file = file
        self._connections = connections

    def note(self, work: Callable[[], object], times: int, before: str) -> tuple[float, Replay]:
        """The work so many times, once before that to warm up: times a second in the process, and its transactions.

        `before` is where the database is copied to as it was before, for the replay.
        """
        work()
        copied(self._file, before)
        for connection in self._connections:
            connection.noted.clear()
        started = time.perf_counter()
        for _ in range(times):
            work()
        seconds = time.perf_counter() - started
        noted = max((connection.noted for connection in self._connections), key=len)
        return times / seconds, Replay(before, list(noted))


@contextmanager
def noting_store(file: str) -> Iterator[NotingStore]:
    """While it is open, all stores note."""
    connections: list[NotingConnection] = []

    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> NotingConnection:
        connection = sqlite3.connect(*arguments, **options, factory=NotingConnection)
        connections.append(connection)
        return connection

    event.listen(Engine, "do_connect", connect)
    noting = NotingStore(file, connections)
    try:
        yield noting
    finally:
        noting.store.close()
        event.remove(Engine, "do_connect", connect)


def copied(file: str, to: str) -> str:
    """The database as it is now, in another file."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)
    return to


def measure(creates: int) -> None:
    """So many networks, then as many subnets and ports: the store with the rules, and the same SQL alone."""
    with TemporaryDirectory(dir=Path.cwd()) as folder, noting_store(f"{folder}/bench.sqlite") as noting:
        store = noting.store
        store.migrate()
        networks: list[Any] = []

        def network() -> None:
            wish = ProviderAttributes("vlan", "default", len(networks) + 1)
            networks.append(judged(store, CreateNetwork(PROJECT, provider=wish)))

        cidrs = IPv4Network("10.0.0.0/8").subnets(new_prefix=24)
        places = iter(range(10**9))
        kinds: dict[str, Callable[[], object]] = {
            "networks": network,
            "subnets": lambda: judged(store, CreateSubnet(PROJECT, networks[next(places)].id, next(cidrs))),
            "ports": lambda: judged(store, CreatePort(PROJECT, networks[next(places) % len(networks)].id)),
        }
        for kind, create in kinds.items():
            progress(f"creating {creates} {kind} in the process, and by their SQL alone")
            rate, replay = noting.note(create, creates, before=f"{folder}/{kind}.sqlite")
            emit("straight", f"{kind}_create_in_process", rate, "creates/s", count=creates)
            emit("straight", f"{kind}_create_straight", replay.rate(creates), "creates/s", count=creates)
            emit("straight", f"{kind}_statements", replay.statements / creates, "statements/create", count=creates)
            replay.close()
