"""SQL text made once, run many times.

Statements are written as SQLAlchemy Core constructs, so that they are the same for SQLite and for PostgreSQL; each is
compiled when the store is opened and then goes straight to the driver. That leaves out SQLAlchemy's type conversion:
values are what drivers take (str, bytes, int, bool, None).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ClauseElement, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection

Row = tuple[Any, ...]


class Prepared:
    """One compiled statement.

    Attributes:
    text: in the driver's parameter style.
    """

    __slots__ = ("_defaults", "_names", "text")

    def __init__(self, clause: ClauseElement, dialect: Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        self.text: Final = str(compiled)
        self._names: Final = getattr(compiled, "positiontup", None)
        self._defaults: Final = {name: value for name, value in compiled.params.items() if value is not None}

    def bind(self, values: Mapping[str, Any]) -> Any:
        """The values in the form that the driver wants; KeyError when one is missing."""
        if self._names is None:
            return {**self._defaults, **values}
        if not self._defaults:
            return [values[name] for name in self._names]
        everything = {**self._defaults, **values}
        return [everything[name] for name in self._names]


class Session:
    """One driver connection, on which prepared statements run. Not for use by two threads at once.

    It keeps the connection: one that nobody holds would go back to its pool and to another thread.
    """

    __slots__ = ("_connection", "_cursor", "dialect")

    def __init__(self, connection: DBAPIConnection, dialect: Dialect) -> None:
        self._connection: Final = connection
        self._cursor: Final = connection.cursor()
        self.dialect: Final = dialect

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """Run a statement that gives no rows; how many it changed."""
        self._cursor.execute(statement.text, statement.bind(values))
        return self._cursor.rowcount

    def run_many(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each."""
        self._cursor.executemany(statement.text, [statement.bind(row) for row in rows])

    def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """All rows."""
        self._cursor.execute(statement.text, statement.bind(values))
        return self._cursor.fetchall()

    def row(self, statement: Prepared, values: Mapping[str, Any]) -> Row | None:
        """The first row, None when there is none."""
        self._cursor.execute(statement.text, statement.bind(values))
        found: Row | None = self._cursor.fetchone()
        return found

    def select(self, clause: ClauseElement) -> Sequence[Row]:
        """All rows of a statement that is made for this one call, with its values in it."""
        compiled = clause.compile(dialect=self.dialect, compile_kwargs={"render_postcompile": True})
        names = getattr(compiled, "positiontup", None)
        values = compiled.params if names is None else [compiled.params[name] for name in names]
        self._cursor.execute(str(compiled), values)
        return self._cursor.fetchall()

    def control(self, text: str) -> None:
        """BEGIN, COMMIT."""
        self._cursor.execute(text)

    def undo(self) -> None:
        """ROLLBACK, unless the database has ended the transaction by itself, as it does when the disk is full."""
        self._connection.rollback()

    def close(self) -> None:
        """Give the connection back."""
        self._cursor.close()
        self._connection.close()
