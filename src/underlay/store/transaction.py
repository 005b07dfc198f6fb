"""The store on a database: every write one transaction, reads beside it.

    write(work)   lock of this process -> BEGIN IMMEDIATE -> work(moment) -> COMMIT (on disk) -> listeners
    read()        another connection -> BEGIN -> a moment that later commits do not change

A lost race (a unique index, a lock of another process) undoes the transaction and `work` runs again on a fresh moment.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final, TypeVar

from underlay.model.errors import Conflict
from underlay.model.ids import Revision
from underlay.store.database import borrowed, conflicts_told, open_engine
from underlay.store.identity import IdentityStatements, SqlIdentityStore
from underlay.store.log import DatabaseLog, LogStatements
from underlay.store.lookups import LookupStatements
from underlay.store.migrations import upgrade
from underlay.store.moment import Moment, Statements
from underlay.store.statements import Prepared, Session
from underlay.store.writer import WriterStatements

T = TypeVar("T")

_ATTEMPTS: Final = 5
_PRUNE_EVERY: Final = 256
"""Revisions between two cuts of the change log."""


class Store:
    """One database, for all threads of a process; `url` is its address.

    Args:
    url: SQLAlchemy URL of a SQLite file.
    change_retention: so many changes at least are kept for watchers that come back.
    busy_timeout_s: how long one try of a write waits for a transaction of another process.
    """

    def __init__(self, url: str, change_retention: int = 100_000, busy_timeout_s: float = 5.0) -> None:
        self.url: Final = url
        self._engine: Final = open_engine(url, busy_timeout_s)
        dialect = self._engine.dialect
        self._statements: Final = Statements(
            LookupStatements(lambda clause: Prepared(clause, dialect)),
            WriterStatements(lambda clause: Prepared(clause, dialect)),
        )
        self._log_statements: Final = LogStatements(lambda clause: Prepared(clause, dialect))
        self._identity_statements: Final = IdentityStatements(lambda clause: Prepared(clause, dialect))
        self._retention: Final = max(1, change_retention)
        self._pruned_at = Revision(0)
        self._lock: Final = Lock()
        self._writer: Session | None = None
        self._listeners: tuple[Callable[[], None], ...] = ()

    def migrate(self) -> None:
        """Bring the database's tables to this version; makes the file when there is none."""
        with self._lock:
            upgrade(self._engine)

    def write(self, work: Callable[[Moment], T]) -> T:
        """Run `work` in one transaction and give what it returns; what it raises undoes the transaction.

        Raises Conflict when the race was lost that many times; so `work` must be fit to be repeated."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._write_once(work)
            except Conflict:
                continue
        return self._write_once(work)

    @contextmanager
    def read(self) -> Iterator[Moment]:
        """All that is committed now, whatever is committed meanwhile."""
        with self._reading() as session:
            yield Moment(session, self._statements, writable=False)

    @contextmanager
    def read_log(self) -> Iterator[DatabaseLog]:
        """The same for the feed."""
        with self._reading() as session:
            yield DatabaseLog(session, self._log_statements)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """As `contract.LogSource.on_commit`."""
        self._listeners = (*self._listeners, listener)

    def identity(self) -> SqlIdentityStore:
        """Users, projects and their roles, in the same database."""
        return SqlIdentityStore(self._transaction, self._reading, self._identity_statements)

    def close(self) -> None:
        """Close all connections. Threads that still read fail."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
            self._engine.dispose()

    def _write_once(self, work: Callable[[Moment], T]) -> T:
        with self._transaction() as session:
            moment = Moment(session, self._statements, writable=True)
            result = work(moment)
            newest = moment.newest_written()
            if newest is not None and newest >= self._pruned_at + _PRUNE_EVERY:
                moment.prune_changes(Revision(newest - self._retention))
                self._pruned_at = newest
        if newest is not None:
            for listener in self._listeners:
                listener()
        return result

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """The one writing connection, inside a transaction."""
        with self._lock, conflicts_told(self._engine):
            if self._writer is None:
                self._writer = Session(self._engine.raw_connection(), self._engine.dialect)
            session = self._writer
            session.control("BEGIN IMMEDIATE")
            try:
                yield session
                session.control("COMMIT")
            except BaseException:
                session.undo()
                raise

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with borrowed(self._engine) as connection:
            session = Session(connection, self._engine.dialect)
            session.control("BEGIN")
            yield session
