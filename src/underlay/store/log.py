"""The change log and the records as JSON, for the feed: nothing is decoded here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ClauseElement, ColumnElement, Select, bindparam, func, literal, null, select

from underlay.model.change import Kind
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, Revision
from underlay.model.server import ON_HOST
from underlay.store.contract import ChangeRow, Place, StoredRecord
from underlay.store.rows import TABLES, is_of
from underlay.store.statements import Prepared, Row, Session
from underlay.store.tables import changes, dhcp_bindings, links, ports

_HOSTS: Final = msgspec.json.Decoder(tuple[HostName, ...])
_CHUNK: Final = 500
"""Ids a statement, well below what any database allows."""


class LogStatements:
    """The statements of this module, compiled."""

    def __init__(self, prepare: Callable[[ClauseElement], Prepared]) -> None:
        # Two questions, since SQLite answers both in one only by walking the table.
        self.bounds: Final = prepare(
            select(
                select(func.min(changes.c.revision)).scalar_subquery(),
                select(func.max(changes.c.revision)).scalar_subquery(),
            )
        )
        self.changes_after: Final = prepare(
            select(changes)
            .where(changes.c.revision > bindparam("since"))
            .order_by(changes.c.revision)
            .limit(bindparam("limit"))
        )
        self.places: Final = prepare(select(ports.c.id, ports.c.network_id, ports.c.host, ports.c.device_id))
        self.dhcp_hosts: Final = prepare(
            select(dhcp_bindings.c.network_id, dhcp_bindings.c.agent_id, dhcp_bindings.c.host)
        )
        self.stored: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(_stored(kind).where(TABLES[kind].c.created > bindparam("after")).limit(bindparam("limit")))
            for kind in TABLES
        }
        self.of_host: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(_stored(kind).where(table.c.host == bindparam("host")))
            for kind, table in TABLES.items()
            if "host" in table.c
        } | {"server": prepare(_servers_of_host())}


def _stored(kind: Kind) -> Select[Any]:
    table = TABLES[kind]
    network_id: ColumnElement[Any] = table.c.network_id if "network_id" in table.c else null()
    if kind == "network":
        network_id = table.c.id
    columns = (table.c.created, literal(kind), table.c.id, network_id, table.c.record)
    return select(*columns).where(is_of(kind)).order_by(table.c.created)


def _servers_of_host() -> Select[Any]:
    here = (links.c.to_id == bindparam("host"), links.c.relation == ON_HOST, links.c.kind == "server")
    return _stored("server").where(TABLES["server"].c.id.in_(select(links.c.id).where(*here)))


class DatabaseLog:
    """`contract.Log` within one read transaction."""

    def __init__(self, session: Session, sql: LogStatements) -> None:
        self._session = session
        self._sql = sql

    def revision(self) -> Revision:
        """As `contract.Log.revision`."""
        return self._bounds()[1]

    def oldest_revision(self) -> Revision:
        """As `contract.Log.oldest_revision`."""
        return self._bounds()[0]

    def changes_after(self, since: Revision, limit: int) -> Sequence[ChangeRow]:
        """As `contract.Log.changes_after`."""
        rows = self._session.rows(self._sql.changes_after, {"since": since, "limit": limit})
        return [
            ChangeRow(revision, kind, id_, network_id, _HOSTS.decode(hosts), _bytes(text), _bytes(replaced))
            for revision, kind, id_, network_id, hosts, text, replaced in rows
        ]

    def places(self) -> Sequence[Place]:
        """As `contract.Log.places`."""
        return [
            Place(PortId(port_id), NetworkId(network_id), HostName(host) if host else None, InstanceId(device_id))
            for port_id, network_id, host, device_id in self._session.rows(self._sql.places, {})
        ]

    def dhcp_hosts(self) -> Sequence[tuple[NetworkId, AgentId, HostName]]:
        """As `contract.Log.dhcp_hosts`."""
        return [
            (NetworkId(network_id), AgentId(agent_id), HostName(host))
            for network_id, agent_id, host in self._session.rows(self._sql.dhcp_hosts, {})
        ]

    def stored(self, kind: Kind, after: Revision, limit: int) -> Sequence[StoredRecord]:
        """As `contract.Log.stored`."""
        return _records(self._session.rows(self._sql.stored[kind], {"after": after, "limit": limit}))

    def stored_by_id(self, kind: Kind, ids: Collection[str]) -> Sequence[StoredRecord]:
        """As `contract.Log.stored_by_id`."""
        return self._stored_where(kind, "id", ids)

    def stored_of_networks(self, kind: Kind, network_ids: Collection[NetworkId]) -> Sequence[StoredRecord]:
        """As `contract.Log.stored_of_networks`."""
        return self._stored_where(kind, "id" if kind == "network" else "network_id", network_ids)

    def stored_of_host(self, kind: Kind, host: HostName) -> Sequence[StoredRecord]:
        """As `contract.Log.stored_of_host`."""
        return _records(self._session.rows(self._sql.of_host[kind], {"host": host}))

    def _stored_where(self, kind: Kind, column: str, values: Collection[str]) -> Sequence[StoredRecord]:
        wanted = sorted(set(values))
        found: list[StoredRecord] = []
        for start in range(0, len(wanted), _CHUNK):
            some = wanted[start : start + _CHUNK]
            found += _records(self._session.select(_stored(kind).where(TABLES[kind].c[column].in_(some))))
        return sorted(found, key=lambda stored: stored.created)

    def _bounds(self) -> tuple[Revision, Revision]:
        row = self._session.row(self._sql.bounds, {})
        if row is None or row[0] is None:
            return Revision(0), Revision(0)
        return Revision(row[0] - 1), Revision(row[1])


def _records(rows: Sequence[Row]) -> list[StoredRecord]:
    return [
        StoredRecord(Revision(created), kind, id_, network_id, text.encode())
        for created, kind, id_, network_id, text in rows
    ]


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()
