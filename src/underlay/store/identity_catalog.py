"""What the administrator added to the catalog, in the database: `identity.records.Drawer`.

The columns of a table are the fields of its record, in the same order.
"""

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

import msgspec
from sqlalchemy import Boolean, Table, bindparam, delete, insert, select

from underlay.store.identity_shelf import Afterwards, OpenSession, Prepare, nothing_more
from underlay.store.identity_tables import endpoints, regions, services
from underlay.store.statements import Row, Session

T = TypeVar("T", bound=msgspec.Struct)


class DrawerStatements:
    """The statements for one table, compiled."""

    def __init__(self, prepare: Prepare, table: Table) -> None:
        self.booleans: Final = frozenset(
            index for index, column in enumerate(table.c) if isinstance(column.type, Boolean)
        )
        self.all: Final = prepare(select(table).order_by(table.c.id))
        self.add: Final = prepare(insert(table))
        self.delete: Final = prepare(delete(table).where(table.c.id == bindparam("id")))


class CatalogStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Prepare) -> None:
        self.regions: Final = DrawerStatements(prepare, regions)
        self.services: Final = DrawerStatements(prepare, services)
        self.endpoints: Final = DrawerStatements(prepare, endpoints)
        self.delete_of_service: Final = prepare(
            delete(endpoints).where(endpoints.c.service_id == bindparam("service_id"))
        )


class SqlDrawer(Generic[T]):
    """Part of `SqlIdentityStore`.

    Args:
    deleted: called in the transaction with the id of the record that was deleted.
    """

    def __init__(
        self,
        openers: tuple[OpenSession, OpenSession],
        sql: DrawerStatements,
        made: type[T],
        deleted: Afterwards = nothing_more,
    ) -> None:
        self._writing, self._reading = openers
        self._sql = sql
        self._made = made
        self._deleted = deleted

    def find(self) -> Sequence[T]:
        """All, sorted by id."""
        with self._reading() as session:
            return [self._record(row) for row in session.rows(self._sql.all, {})]

    def put(self, record: T) -> None:
        """Insert it, or replace the one of the same id."""
        values = msgspec.structs.asdict(record)
        with self._writing() as session:
            session.run(self._sql.delete, {"id": values["id"]})
            session.run(self._sql.add, values)

    def delete(self, record_id: str) -> bool:
        """Delete it with all that belongs to it; False when there was none."""
        with self._writing() as session:
            if not session.run(self._sql.delete, {"id": record_id}):
                return False
            self._deleted(session, record_id)
            return True

    def _record(self, row: Row) -> T:
        return self._made(*(bool(value) if index in self._sql.booleans else value for index, value in enumerate(row)))


def delete_endpoints(session: Session, sql: CatalogStatements, service_id: str) -> None:
    """The service has none any more."""
    session.run(sql.delete_of_service, {"service_id": service_id})
