"""`Query` in memory: what `listing` does in SQL, by looking at every record."""

from functools import partial
from typing import Any

from underlay.model.agent import Agent, DhcpBinding
from underlay.model.change import KINDS, Record
from underlay.model.ids import ProjectId
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.quota import Quota
from underlay.model.rbac_policy import EVERYBODY
from underlay.model.security_group import SecurityGroup, SecurityGroupRule
from underlay.model.subnet import Subnet
from underlay.store.contract import FILTERS, LINK, SORTS, TAG_FILTERS, MarkerNotFound, Query, R
from underlay.store.links import links_of, tags_of
from underlay.store.memory_state import State
from underlay.store.rows import column_name, columns_of


def select_records(state: State, record_type: type[R], query: Query) -> list[R]:
    """As `contract.Listing.list_records`."""
    kind = KINDS[record_type]
    for name in query.filters:
        if name not in FILTERS[kind] and not name.startswith(LINK) and name not in TAG_FILTERS:
            raise KeyError(name)
    for name, _ in query.sort:
        if name not in SORTS[kind]:
            raise KeyError(name)
    ordered = state.all_of(record_type)
    for name, ascending in reversed(query.sort):
        ordered.sort(key=partial(_value, name=name), reverse=not ascending)
    return _page(ordered, query, [record for record in ordered if _fits(state, record, query)])


def _page(ordered: list[R], query: Query, fitting: list[R]) -> list[R]:
    if query.marker is not None:
        ids: list[str] = [record.id for record in ordered]
        if query.marker not in ids:
            raise MarkerNotFound(query.marker)
        place = ids.index(query.marker)
        side = ids[:place] if query.page_reverse else ids[place + 1 :]
        fitting = [record for record in fitting if record.id in set(side)]
    if query.limit is None:
        return fitting
    return fitting[max(0, len(fitting) - query.limit) :] if query.page_reverse else fitting[: query.limit]


def _fits(state: State, record: Record, query: Query) -> bool:
    if query.visible_to is not None and not _visible(state, record, query.visible_to):
        return False
    return all(
        _has_one(record, name, values)
        if name != "shared"
        else _is_shared(state, record, query.asked_by or EVERYBODY) in values
        for name, values in query.filters.items()
    )


def _has_one(record: Record, name: str, values: tuple[str | bool | int | None, ...]) -> bool:
    if name.startswith(LINK):
        return any(LINK + relation == name and to_id in values for relation, to_id in links_of(record))
    if name in TAG_FILTERS:
        wanted, tags = set(values), tags_of(record)
        has = bool(wanted & tags) if name.endswith("-any") else wanted <= tags
        return has != name.startswith("not-")
    if isinstance(record, Port) and name == "fixed_ips:ip_address":
        return any(str(fixed_ip.ip_address) in values for fixed_ip in record.fixed_ips)
    if isinstance(record, Port) and name == "fixed_ips:subnet_id":
        return any(fixed_ip.subnet_id in values for fixed_ip in record.fixed_ips)
    value = _value(record, name)
    return value in values or (not value and value is not False and None in values)


def _is_shared(state: State, record: Record, project_id: ProjectId) -> bool:
    if isinstance(record, Subnet):
        return state.grants(record.network_id, project_id, "access_as_shared")
    return bool(_value(record, "shared")) or state.grants(record.id, project_id, "access_as_shared")


def _value(record: Record, name: str) -> Any:
    return columns_of(record)[column_name(name)]


def _visible(state: State, record: Record, project_id: ProjectId) -> bool:
    match record:
        case Network():
            return record.project_id == project_id or state.grants(record.id, project_id)
        case Subnet():
            network = state.find(Network, record.network_id)
            own = project_id in (record.project_id, network.project_id if network else None)
            return own or state.grants(record.network_id, project_id, "access_as_shared")
        case Port():
            network = state.find(Network, record.network_id)
            return project_id in (record.project_id, network.project_id if network else None)
        case Instance() | Quota():
            return record.project_id == project_id
        case Agent() | DhcpBinding():
            return False
        case SecurityGroupRule():
            group = state.find(SecurityGroup, record.security_group_id)
            return group is not None and group.project_id == project_id
        case _:
            columns = columns_of(record)
            seen = bool(columns["shared"]) or columns["project_id"] == project_id
            return seen or state.grants(record.id, project_id, "access_as_shared")
