"""One kind of named record of identity (domains, projects, users, groups, roles) in its table:
`identity.records.Shelf`.

The columns of a table are the fields of its record, in the same order.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Generic, TypeVar

import msgspec
from sqlalchemy import BindParameter, Boolean, ClauseElement, Table, bindparam, delete, insert, select, update

from underlay.model.identity import DomainId, NameTaken
from underlay.store.identity_tables import LIST
from underlay.store.statements import Prepared, Row, Session

T = TypeVar("T", bound=msgspec.Struct)
K = TypeVar("K", bound=str)

OpenSession = Callable[[], AbstractContextManager[Session]]
Prepare = Callable[[ClauseElement], Prepared]
Afterwards = Callable[[Session, Any], None]


class ShelfStatements:
    """The statements for one table, compiled."""

    def __init__(self, prepare: Prepare, table: Table) -> None:
        self.booleans: Final = frozenset(
            index for index, column in enumerate(table.c) if isinstance(column.type, Boolean)
        )
        self.lists: Final = frozenset(index for index, column in enumerate(table.c) if column.info == LIST)
        self.one: Final = prepare(select(table).where(table.c.id == bindparam("id")))
        self.all: Final = prepare(select(table).order_by(table.c.name, table.c.id))
        self.named: Final = prepare(select(table).where(table.c.name == bindparam("name")).order_by(table.c.id))
        self.add: Final = prepare(insert(table))
        self.change: Final = prepare(_change(table))
        self.delete: Final = prepare(delete(table).where(table.c.id == bindparam("id")))


def _change(table: Table) -> ClauseElement:
    values: dict[str, BindParameter[Any]] = {
        column.name: bindparam(column.name) for column in table.c if column.name != "id"
    }
    return update(table).where(table.c.id == bindparam("of_id")).values(values)


def nothing_more(_session: Session, _record: Any) -> None:
    """What there is to do besides, for kinds where that is nothing."""


class SqlShelf(Generic[T, K]):
    """Args:
    kind: as NameTaken tells it.
    changed: called in the transaction with the record that an update wrote.
    deleted: called in the transaction with the record that was deleted.
    """

    def __init__(
        self,
        openers: tuple[OpenSession, OpenSession],
        sql: ShelfStatements,
        kind: tuple[str, type[T]],
        changed: Afterwards = nothing_more,
        deleted: Afterwards = nothing_more,
    ) -> None:
        self._writing, self._reading = openers
        self._sql = sql
        self._kind, self._type = kind
        self._changed = changed
        self._deleted = deleted

    def get(self, record_id: K) -> T | None:
        """The record of that id."""
        with self._reading() as session:
            return self._one(session, record_id)

    def find(self, name: str | None = None, domain_id: DomainId | None = None) -> Sequence[T]:
        """All, or those of exactly that name, or of that domain; sorted by (name, id)."""
        statement = self._sql.all if name is None else self._sql.named
        with self._reading() as session:
            found = [self._record(row) for row in session.rows(statement, {"name": name})]
        return [each for each in found if domain_id is None or _domain_of(each) == domain_id]

    def add(self, record: T) -> None:
        """Insert. Raises NameTaken."""
        with self._writing() as session:
            self._refuse_taken(session, record)
            session.run(self._sql.add, _values(record))

    def update(self, record_id: K, change: Callable[[T], T]) -> T | None:
        """Read, change and write in one transaction; the new record, None when there is none. Raises NameTaken."""
        with self._writing() as session:
            before = self._one(session, record_id)
            if before is None:
                return None
            after = change(before)
            self._refuse_taken(session, after)
            session.run(self._sql.change, {**_values(after), "of_id": record_id})
            self._changed(session, after)
            return after

    def delete(self, record_id: K) -> bool:
        """Delete it with all that belongs to it; False when there was none."""
        with self._writing() as session:
            record = self._one(session, record_id)
            if record is None:
                return False
            session.run(self._sql.delete, {"id": record_id})
            self._deleted(session, record)
            return True

    def _one(self, session: Session, record_id: K) -> T | None:
        row = session.row(self._sql.one, {"id": record_id})
        return None if row is None else self._record(row)

    def _record(self, row: Row) -> T:
        return self._type(*(self._field(index, value) for index, value in enumerate(row)))

    def _field(self, index: int, value: Any) -> Any:
        """SQLite has only numbers for truth values, and no lists."""
        if index in self._sql.lists:
            return msgspec.json.decode(value, type=tuple[str, ...])
        return bool(value) if index in self._sql.booleans else value

    def _refuse_taken(self, session: Session, record: Any) -> None:
        """Within the transaction that will write it; the unique index stands behind."""
        for row in session.rows(self._sql.named, {"name": record.name}):
            found: Any = self._record(row)
            if found.id != record.id and _domain_of(found) == _domain_of(record):
                raise NameTaken(self._kind, record.name)


def _values(record: msgspec.Struct) -> dict[str, Any]:
    return {
        name: msgspec.json.encode(value).decode() if isinstance(value, tuple) else value
        for name, value in msgspec.structs.asdict(record).items()
    }


def _domain_of(record: Any) -> str | None:
    return getattr(record, "domain_id", None)
