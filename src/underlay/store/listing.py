"""Lists: a `Query` -> one SQL statement (and one for the marker), records decoded."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, false, func, or_, select
from sqlalchemy.sql.elements import KeyedColumnElement

from underlay.model.change import KINDS, Kind, Record
from underlay.model.ids import ProjectId
from underlay.model.rbac_policy import EVERYBODY
from underlay.store.contract import FILTERS, LINK, SORTS, TAG_FILTERS, MarkerNotFound, Query, R
from underlay.store.lookups import granted_to, linking
from underlay.store.ranges import packed_or_none
from underlay.store.rows import TABLES, column_name, decode_as, decode_twin, is_of
from underlay.store.statements import Row, Session
from underlay.store.tables import addresses, links, networks, objects, ports, subnets, tags

Value = str | bool | int | None

groups = objects.alias("groups")
"""The table once more, for records that are seen by whose another is."""


class Lister:
    """Lists within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list_records(self, record_type: type[R], query: Query) -> list[R]:
        """As `contract.Listing.list_records`."""
        return [decode_as(record_type, row[0]) for row in self._rows(record_type, query)]

    def list_as_text(self, record_type: type[Record], query: Query) -> list[Any]:
        """As `contract.Listing.list_as_text`."""
        return [decode_twin(record_type, row[0]) for row in self._rows(record_type, query)]

    def _rows(self, record_type: type[Any], query: Query) -> Sequence[Row]:
        kind = KINDS[record_type]
        table = TABLES[kind]
        statement = select(table.c.record).where(is_of(kind), *_conditions(kind, query))
        keys = _sort_keys(kind, query)
        if query.marker is not None:
            statement = statement.where(self._beyond_marker(kind, keys, query.marker))
        statement = statement.order_by(*(key.asc() if ascending else key.desc() for key, ascending in keys))
        if query.limit is not None:
            statement = statement.limit(query.limit)
        rows = self._session.select(statement)
        return rows[::-1] if query.page_reverse else rows

    def _beyond_marker(
        self, kind: Kind, keys: Sequence[tuple[KeyedColumnElement[Any], bool]], marker: str
    ) -> ColumnElement[bool]:
        """(k1, k2, ...) beyond the marker's: k1 beyond, or k1 equal and k2 beyond, and so on."""
        columns = [key for key, _ in keys]
        rows = self._session.select(select(*columns).where(is_of(kind), TABLES[kind].c.id == marker))
        if not rows:
            raise MarkerNotFound(marker)
        steps = []
        for position, (key, ascending) in enumerate(keys):
            value = rows[0][position]
            equal_before = [before == rows[0][index] for index, before in enumerate(columns[:position])]
            steps.append(and_(*equal_before, key > value if ascending else key < value))
        return or_(*steps)


def _sort_keys(kind: Kind, query: Query) -> Sequence[tuple[KeyedColumnElement[Any], bool]]:
    """Columns and whether they ascend, as the statement walks: turned round for the page before a marker."""
    for name, _ in query.sort:
        if name not in SORTS[kind]:
            raise KeyError(name)
    table = TABLES[kind]
    wanted = [(table.c[column_name(name)], ascending) for name, ascending in query.sort]
    return [(key, ascending != query.page_reverse) for key, ascending in (*wanted, (table.c.created, True))]


def _conditions(kind: Kind, query: Query) -> list[ColumnElement[bool]]:
    found = [_condition(kind, name, values, query.asked_by) for name, values in query.filters.items()]
    if query.visible_to is not None:
        found.append(_visible(kind, query.visible_to))
    return found


def _condition(kind: Kind, name: str, values: Sequence[Value], asked_by: str | None) -> ColumnElement[bool]:
    if name.startswith(LINK):
        return TABLES[kind].c.id.in_(linking(kind, name.removeprefix(LINK), links.c.to_id.in_(values)))
    if name in TAG_FILTERS:
        return _tagged(kind, name, [str(value) for value in values])
    if name not in FILTERS[kind]:
        raise KeyError(name)
    match name:
        case "fixed_ips:ip_address":
            packed = [bytes_ for value in values if (bytes_ := packed_or_none(value)) is not None]
            return ports.c.id.in_(select(addresses.c.port_id).where(addresses.c.address.in_(packed)))
        case "fixed_ips:subnet_id":
            return ports.c.id.in_(select(addresses.c.port_id).where(addresses.c.subnet_id.in_(values)))
        case "shared" if kind == "subnet":
            is_shared: ColumnElement[bool] = subnets.c.network_id.in_(
                granted_to(asked_by or EVERYBODY, ("access_as_shared",))
            )
            return or_(*(is_shared if value else ~is_shared for value in values), false())
        case "shared" if asked_by is not None:
            granted = TABLES[kind].c.id.in_(granted_to(asked_by, ("access_as_shared",)))
            is_shared = or_(TABLES[kind].c.shared, granted)
            return or_(*(is_shared if value else ~is_shared for value in values), false())
        case _:
            column = TABLES[kind].c[column_name(name)]
            return column.in_([_as_stored(column, value) for value in values])


def _tagged(kind: Kind, name: str, wanted: Sequence[str]) -> ColumnElement[bool]:
    ids = select(tags.c.id).where(tags.c.kind == kind, tags.c.tag.in_(wanted))
    if not name.endswith("-any"):
        ids = ids.group_by(tags.c.id).having(func.count() == len(set(wanted)))
    has = TABLES[kind].c.id.in_(ids)
    return ~has if name.startswith("not-") else has


def _as_stored(column: KeyedColumnElement[Any], value: Value) -> Value:
    if value is None:
        return 0 if isinstance(column.type, Integer) else ""
    return value


def _visible(kind: Kind, project_id: ProjectId) -> ColumnElement[bool]:
    """What the project may see; nothing of the kinds that belong to no project."""
    own_networks = select(networks.c.id).where(networks.c.project_id == project_id)
    match kind:
        case "network":
            return or_(networks.c.project_id == project_id, networks.c.id.in_(granted_to(project_id)))
        case "subnet":
            return or_(
                subnets.c.project_id == project_id,
                subnets.c.network_id.in_(own_networks),
                subnets.c.network_id.in_(granted_to(project_id, ("access_as_shared",))),
            )
        case "port":
            return or_(ports.c.project_id == project_id, ports.c.network_id.in_(own_networks))
        case "instance" | "quota":
            return TABLES[kind].c.project_id == project_id
        case "agent" | "dhcp_binding":
            return false()
        case "security_group_rule":
            own_groups = select(groups.c.id).where(groups.c.kind == "security_group", groups.c.project_id == project_id)
            return objects.c.id.in_(linking(kind, "security_group", links.c.to_id.in_(own_groups)))
        case _:
            granted = objects.c.id.in_(granted_to(project_id, ("access_as_shared",)))
            return or_(objects.c.project_id == project_id, objects.c.shared, granted)
