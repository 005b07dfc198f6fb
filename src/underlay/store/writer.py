"""`Writes` -> rows: records, their indexes, and the change records, in one transaction.

Deletes are carried out before puts, so that what they free can be taken by a put beside them; in the change log
puts come first, in their order, as `contract.Writing` says.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ClauseElement, bindparam, delete, func, insert, select, update

from underlay.model.agent import Agent
from underlay.model.change import Kind, Record, Ref, Writes, kind_of, network_of
from underlay.model.codec import encode
from underlay.model.ids import AgentId, HostName, InstanceId, Revision
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool
from underlay.store.indexes import Indexes, IndexStatements
from underlay.store.records import Records
from underlay.store.rows import TABLES, columns_of, hosts_of, is_of, replaced_fields
from underlay.store.statements import Prepared, Session
from underlay.store.tables import agents, changes, consoles


class WriterStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Callable[[ClauseElement], Prepared]) -> None:
        self.indexes: Final = IndexStatements(prepare)
        self.insert: Final[Mapping[Kind, Prepared]] = {kind: prepare(insert(table)) for kind, table in TABLES.items()}
        self.update: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(_update(kind, [column.name for column in table.c if column.name not in _FIXED]))
            for kind, table in TABLES.items()
        }
        self.update_record: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(_update(kind, ["record"])) for kind in TABLES
        }
        self.delete: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(delete(table).where(is_of(kind), table.c.id == bindparam("id")))
            for kind, table in TABLES.items()
        }
        self.touch: Final = prepare(
            update(agents).where(agents.c.id == bindparam("of_id")).values(heartbeat_timestamp=bindparam("now"))
        )
        self.forget_console: Final = prepare(delete(consoles).where(consoles.c.server_id == bindparam("of_id")))
        self.keep_console: Final = prepare(insert(consoles))
        self.last_revision: Final = prepare(select(func.max(changes.c.revision)))
        self.add_change: Final = prepare(insert(changes))
        self.prune: Final = prepare(delete(changes).where(changes.c.revision <= bindparam("up_to")))


_FIXED: Final = frozenset({"created", "kind", "id", "heartbeat_timestamp"})
"""Columns that a put of an existing record leaves alone."""


def _update(kind: Kind, names: Sequence[str]) -> ClauseElement:
    table = TABLES[kind]
    found = update(table).where(is_of(kind), table.c.id == bindparam("of_id"))
    return found.values({name: bindparam(name) for name in names})


class Writer:
    """Writes of one transaction."""

    def __init__(self, session: Session, sql: WriterStatements, records: Records) -> None:
        self._session = session
        self._sql = sql
        self._records = records
        self._indexes = Indexes(
            session,
            sql.indexes,
            lambda subnet_id: records.find(Subnet, subnet_id),
            lambda pool_id: records.find(SubnetPool, pool_id),
        )
        self._revision: Revision | None = None

    def commit_writes(self, writes: Writes) -> Revision:
        """As `contract.Writing.commit_writes`."""
        first = last = self._last_revision()
        deleted = [old for ref in writes.deletes if (old := self._delete(ref)) is not None]
        log: list[dict[str, Any]] = []
        for record in writes.puts:
            text = self._put(record, Revision(last + 1))
            if text is not None:
                last = Revision(last + 1)
                log.append(text | {"revision": last})
        for old in deleted:
            last = Revision(last + 1)
            log.append({"revision": last, **_change_row(old, hosts_of(old), None, encode(old))})
        if last != first:
            self._session.run_many(self._sql.add_change, log)
            self._revision = last
        return last

    def touch_agents(self, agent_ids: Sequence[AgentId], now: datetime) -> None:
        """As `contract.Writing.touch_agents`."""
        rows = [{"of_id": agent_id, "now": now.isoformat()} for agent_id in agent_ids]
        self._session.run_many(self._sql.touch, rows)

    def keep_console(self, server_id: InstanceId, output: bytes) -> None:
        """As `contract.Writing.keep_console`."""
        self._session.run(self._sql.forget_console, {"of_id": server_id})
        self._session.run(self._sql.keep_console, {"server_id": server_id, "output": output})

    def prune(self, up_to: Revision) -> None:
        """Forget the changes up to that revision, which must not be the newest."""
        self._session.run(self._sql.prune, {"up_to": up_to})

    @property
    def newest(self) -> Revision | None:
        """The newest revision that this transaction wrote; None when it wrote no change."""
        return self._revision

    def _last_revision(self) -> Revision:
        if self._revision is not None:
            return self._revision
        row = self._session.row(self._sql.last_revision, {})
        return Revision(row[0] or 0) if row else Revision(0)

    def _put(self, record: Record, revision: Revision) -> dict[str, Any] | None:
        """The change's row without its revision; None when the record is stored already."""
        ref = Ref(kind_of(record), record.id)
        old = self._records.stored(ref)
        if old == record:
            return None
        text = encode(record).decode()
        columns = columns_of(record)
        if old is None:
            row = {"created": revision, **columns, "record": text}
            if isinstance(record, Agent):
                row["heartbeat_timestamp"] = record.created_at.isoformat()
            self._session.run(self._sql.insert[ref.kind], row)
        elif columns == columns_of(old):
            self._session.run(self._sql.update_record[ref.kind], {"of_id": ref.id, "record": text})
        else:
            self._session.run(self._sql.update[ref.kind], {"of_id": ref.id, **columns, "record": text})
        self._records.remember(ref, record)
        self._indexes.change(old, record)
        if old is None:
            return _change_row(record, hosts_of(record), text, None)
        hosts = tuple(dict.fromkeys((*hosts_of(old), *hosts_of(record))))
        return _change_row(record, hosts, text, encode(replaced_fields(old, record)))

    def _delete(self, ref: Ref) -> Record | None:
        """What was there."""
        old = self._records.stored(ref)
        if old is not None:
            self._indexes.change(old, None)
            self._session.run(self._sql.delete[ref.kind], {"id": ref.id})
            self._records.remember(ref, None)
            if ref.kind == "server":
                self._session.run(self._sql.forget_console, {"of_id": ref.id})
        return old


def _change_row(
    record: Record, hosts: tuple[HostName, ...], text: str | None, replaced: bytes | None
) -> dict[str, Any]:
    return {
        "kind": kind_of(record),
        "id": record.id,
        "network_id": network_of(record),
        "hosts": encode(hosts).decode(),
        "record": text,
        "replaced": None if replaced is None else replaced.decode(),
    }
