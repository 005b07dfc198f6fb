"""Connections to the database, set up so that what was acknowledged survives; and the driver's errors as ours.

SQLite: write-ahead log (readers beside the one writer), synchronous=FULL (each commit reaches the disk), foreign keys
on. Transactions are begun and ended by the store in so many words (`BEGIN IMMEDIATE`), not by the driver.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.engine import make_url

from underlay.model.errors import Conflict

_POOL: Final = 32
"""Connections that are kept open; as many more are opened for a while when that many threads read at once."""

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -8192",
    "PRAGMA temp_store = MEMORY",
)
_UNIQUE_FAILED: Final = re.compile(r"UNIQUE constraint failed: (.+)")


class UnsupportedDatabase(ValueError):  # noqa: N818 - says what is wrong, as the errors of the model do
    """The URL names a database that the store does not work on."""


def open_engine(url: str, busy_timeout_s: float = 5.0) -> Engine:
    """An engine whose connections are in autocommit mode, any thread may use them, one at a time.

    A transaction waits so long for one of another process (`underlay-server` commands) before it gives up.

    Raises UnsupportedDatabase for anything but a SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise UnsupportedDatabase(
            f"'{parsed.render_as_string()}' is not supported: give a SQLite file, sqlite:////path/to/underlay.sqlite"
        )
    engine = create_engine(
        parsed,
        isolation_level="AUTOCOMMIT",
        pool_size=_POOL,
        max_overflow=_POOL,
        pool_use_lifo=True,
        pool_reset_on_return=None,
    )

    def set_up(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (f"PRAGMA busy_timeout = {round(busy_timeout_s * 1000)}", *_PRAGMAS):
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine, "connect", set_up)
    return engine


@contextmanager
def borrowed(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """A connection of the pool, given back at the end, outside any transaction."""
    connection = engine.raw_connection()
    try:
        yield connection
    finally:
        connection.rollback()
        connection.close()


@contextmanager
def conflicts_told(engine: Engine) -> Iterator[None]:
    """Turns the driver's refusal (a unique index, a reference, a lock held for too long) into `Conflict`."""
    driver = engine.dialect.loaded_dbapi
    try:
        yield
    except driver.IntegrityError as error:
        unique = _UNIQUE_FAILED.search(str(error))
        raise Conflict(what=f"unique {unique[1]}" if unique else str(error)) from error
    except driver.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise Conflict(what="database locked by another process") from error
