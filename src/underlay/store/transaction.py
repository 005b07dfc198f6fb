"""The store on a database: every write one transaction, reads beside it.

    write(work)   queue -> lock -> BEGIN IMMEDIATE -> work(moment), of all that queued -> COMMIT (on disk) -> listeners
    read()        another connection -> BEGIN -> a moment that later commits do not change

A lost race (a unique index, a lock of another process) undoes the transaction and `work` runs again on a fresh moment.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final, TypeVar

from underlay.model.errors import Conflict
from underlay.model.ids import Revision
from underlay.store.database import borrowed, conflicts_told, open_engine
from underlay.store.identity import IdentityStatements, SqlIdentityStore
from underlay.store.job import Job
from underlay.store.log import DatabaseLog, LogStatements
from underlay.store.lookups import LookupStatements
from underlay.store.migrations import upgrade
from underlay.store.moment import Moment, Statements
from underlay.store.statements import Prepared, Session
from underlay.store.writer import WriterStatements

T = TypeVar("T")

_ATTEMPTS: Final = 5
_BATCH: Final = 64
"""Commands that share a commit at most."""
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
        self._queue: Final[deque[Job[Any]]] = deque()
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
        job: Job[T] = Job(work)
        self._queue.append(job)
        while not job.is_done:
            with self._lock:
                if not job.is_done:
                    self._run_queue()
        return job.outcome()

    def _run_queue(self) -> None:
        """Note [Commits are shared]. Writers that wait for the lock have queued what they want. Who gets the lock runs
        all of it in one transaction, each in a savepoint of its own, so that a disk that takes long to commit is
        waited for once. When that transaction fails as a whole, each is run again in one of its own."""
        batch: list[Job[Any]] = []
        while self._queue and len(batch) < _BATCH:
            batch.append(self._queue.popleft())
        try:
            if len(batch) == 1 or not self._run_together(batch):
                for job in batch:
                    self._run_alone(job)
        finally:
            self._queue.extendleft(job for job in reversed(batch) if not job.is_done)
        if any(job.newest is not None for job in batch):
            for listener in self._listeners:
                listener()

    def _run_together(self, batch: Sequence[Job[Any]]) -> bool:
        """Whether it was committed; what single jobs raised is kept in them, and undone."""
        try:
            with self._begun() as session:
                for job in batch:
                    session.control("SAVEPOINT job")
                    if not job.run(self._moment(session)):
                        session.control("ROLLBACK TO job")
                        self._tell_conflict(job)
                    session.control("RELEASE job")
                self._prune(session, batch)
        except Exception:
            # Whatever it was, each job meets it again alone, if it is its own.
            return False
        for job in batch:
            job.is_done = True
        return True

    def _run_alone(self, job: Job[Any]) -> None:
        try:
            with conflicts_told(self._engine), self._begun() as session:
                if not job.run(self._moment(session)):
                    job.outcome()
                self._prune(session, [job])
        except BaseException as error:
            job.fail(error)
        job.is_done = True

    def _tell_conflict(self, job: Job[Any]) -> None:
        try:
            with conflicts_told(self._engine):
                job.outcome()
        except BaseException as error:
            job.fail(error)

    def _moment(self, session: Session) -> Moment:
        return Moment(session, self._statements, writable=True)

    def _prune(self, session: Session, batch: Sequence[Job[Any]]) -> None:
        """Now and then, forget old changes."""
        newest = max((job.newest for job in batch if job.newest is not None), default=None)
        if newest is not None and newest >= self._pruned_at + _PRUNE_EVERY:
            self._moment(session).prune_changes(Revision(newest - self._retention))
            self._pruned_at = newest

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """For identity: alone, without a moment."""
        with self._lock, conflicts_told(self._engine), self._begun() as session:
            yield session

    @contextmanager
    def _begun(self) -> Iterator[Session]:
        """The one writing connection, inside a transaction. The lock must be held."""
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
