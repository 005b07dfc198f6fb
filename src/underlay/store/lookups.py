"""The statements behind the lookups of rules: how many rows each reads does not grow with the number of ports."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)

from underlay.model.change import Kind
from underlay.model.port import DHCP_OWNER
from underlay.model.rbac_policy import EVERYBODY, RbacAction
from underlay.store.prefix_index import PrefixStatements
from underlay.store.rows import TABLES, is_of
from underlay.store.statements import Prepared
from underlay.store.tables import (
    addresses,
    agents,
    changes,
    consoles,
    dhcp_bindings,
    free_ranges,
    grants,
    links,
    networks,
    ports,
    segments,
    subnet_use,
    subnets,
    unique_keys,
    usage,
)


class LookupStatements:
    """Compiled. Those that end in `_of` or `_on` give records in order of creation."""

    def __init__(self, prepare: Callable[[ClauseElement], Prepared]) -> None:
        self.by_id: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(select(table.c.record).where(is_of(kind), table.c.id == bindparam("id")))
            for kind, table in TABLES.items()
        }
        self.granted: Final = prepare(
            select(grants.c.object_id)
            .where(
                grants.c.object_id == bindparam("object_id"),
                or_(grants.c.target_project == EVERYBODY, grants.c.target_project == bindparam("project_id")),
            )
            .limit(1)
        )
        self.granted_to: Final = prepare(
            select(grants.c.object_id).where(
                grants.c.target_project == bindparam("project_id"), grants.c.action == bindparam("action")
            )
        )
        self.next_project: Final = prepare(
            select(func.min(ports.c.project_id)).where(
                ports.c.network_id == bindparam("network_id"), ports.c.project_id > bindparam("after")
            )
        )
        self.subnet_projects: Final = prepare(
            select(subnets.c.project_id).where(subnets.c.network_id == bindparam("network_id")).distinct()
        )
        self.projects_naming: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(_projects_naming(kind)) for kind, table in TABLES.items() if "project_id" in table.c
        }
        self.linked: Final[Mapping[Kind, Prepared]] = {kind: prepare(_linked(kind)) for kind in TABLES}
        self.with_unique_key: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(_with_unique_key(kind)) for kind in TABLES
        }
        self.some_linker: Final = prepare(
            select(links.c.kind, links.c.id)
            .where(links.c.to_id == bindparam("to_id"), links.c.relation == bindparam("relation"))
            .limit(1)
        )
        self.naming: Final[Mapping[Kind, Prepared]] = {kind: prepare(_naming(kind)) for kind in TABLES}
        self.named_by: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(_named_by(kind, links.c.id == bindparam("by_id"))) for kind in TABLES
        }
        self.named_by_any: Final[Mapping[Kind, Prepared]] = {kind: prepare(_named_by(kind, true())) for kind in TABLES}
        self.all_of: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(select(table.c.record).where(is_of(kind)).order_by(table.c.created))
            for kind, table in TABLES.items()
        }
        self.all_of_project: Final[Mapping[Kind, Prepared]] = {
            kind: prepare(
                select(table.c.record)
                .where(is_of(kind), table.c.project_id == bindparam("project_id"))
                .order_by(table.c.created)
            )
            for kind, table in TABLES.items()
            if "project_id" in table.c and kind != "quota"
        }
        self.revision: Final = prepare(select(func.max(changes.c.revision)))
        self.used: Final = prepare(
            select(usage.c.used).where(
                usage.c.project_id == bindparam("project_id"), usage.c.resource == bindparam("resource")
            )
        )
        self.subnets_of: Final = prepare(
            select(subnets.c.record).where(subnets.c.network_id == bindparam("network_id")).order_by(subnets.c.created)
        )
        self.ports_of: Final = prepare(
            select(ports.c.record)
            .where(ports.c.network_id == bindparam("network_id"), ports.c.device_owner == bindparam("device_owner"))
            .order_by(ports.c.created)
        )
        self.ports_by_mac: Final = prepare(
            select(ports.c.record)
            .where(ports.c.network_id == bindparam("network_id"), ports.c.mac_address > bindparam("after"))
            .order_by(ports.c.mac_address)
            .limit(bindparam("limit"))
        )
        self.ports_using: Final = prepare(
            select(ports.c.record)
            .join(addresses, addresses.c.port_id == ports.c.id)
            .where(addresses.c.subnet_id == bindparam("subnet_id"))
            .limit(bindparam("limit"))
        )
        self.foreign_use: Final = prepare(_foreign_use())
        self.segment: Final = prepare(
            select(segments.c.network_id).where(
                segments.c.physical_network == bindparam("physical_network"), segments.c.vid == bindparam("vid")
            )
        )
        self.vids: Final = prepare(
            select(segments.c.vid).where(
                segments.c.physical_network == bindparam("physical_network"), segments.c.vid > 0
            )
        )
        self.segments_in_use: Final = prepare(
            select(segments.c.physical_network, segments.c.vid, networks.c.id, networks.c.project_id)
            .join(networks, networks.c.id == segments.c.network_id)
            .order_by(segments.c.physical_network, segments.c.vid)
        )
        self.address: Final = prepare(
            select(addresses.c.port_id).where(
                addresses.c.subnet_id == bindparam("subnet_id"), addresses.c.address == bindparam("address")
            )
        )
        self.mac: Final = prepare(
            select(ports.c.id).where(
                ports.c.network_id == bindparam("network_id"), ports.c.mac_address == bindparam("mac_address")
            )
        )
        self.runs: Final = prepare(
            select(free_ranges.c.first, free_ranges.c.last)
            .where(free_ranges.c.subnet_id == bindparam("subnet_id"))
            .order_by(free_ranges.c.first)
            .limit(bindparam("limit"))
        )
        self.agents: Final = prepare(
            select(agents.c.record, agents.c.heartbeat_timestamp)
            .where(agents.c.agent_type == bindparam("agent_type"))
            .order_by(agents.c.created)
        )
        self.agent_on: Final = prepare(
            select(agents.c.record).where(
                agents.c.host == bindparam("host"), agents.c.agent_type == bindparam("agent_type")
            )
        )
        self.heartbeat: Final = prepare(select(agents.c.heartbeat_timestamp).where(agents.c.id == bindparam("id")))
        self.console: Final = prepare(select(consoles.c.output).where(consoles.c.server_id == bindparam("server_id")))
        self.heartbeats: Final = prepare(select(agents.c.id, agents.c.heartbeat_timestamp))
        self.bindings_of: Final = prepare(
            select(dhcp_bindings.c.record)
            .where(dhcp_bindings.c.network_id == bindparam("network_id"))
            .order_by(dhcp_bindings.c.created)
        )
        self.bindings_on: Final = prepare(
            select(dhcp_bindings.c.record)
            .where(dhcp_bindings.c.agent_id == bindparam("agent_id"))
            .order_by(dhcp_bindings.c.created)
        )
        self.loads: Final = prepare(select(dhcp_bindings.c.agent_id, func.count()).group_by(dhcp_bindings.c.agent_id))
        self.underserved: Final = prepare(_underserved())
        self.prefixes: Final = PrefixStatements(prepare)
        use = select(subnet_use.c.subnet_id, subnet_use.c.used, subnet_use.c.used_in_pools)
        self.in_use: Final = prepare(use)
        self.in_use_of: Final = prepare(
            use.join(subnets, subnets.c.id == subnet_use.c.subnet_id).where(
                subnets.c.network_id == bindparam("network_id")
            )
        )


def port_of_other_owner(network_id: str, owners: tuple[str, ...]) -> ClauseElement:
    """One port of the network that none of these owns."""
    return select(ports.c.record).where(ports.c.network_id == network_id, ports.c.device_owner.not_in(owners)).limit(1)


def port_of_other_owner_using(subnet_id: str, owners: tuple[str, ...]) -> ClauseElement:
    """One port with an address of the subnet that none of these owns."""
    return (
        select(ports.c.record)
        .join(addresses, addresses.c.port_id == ports.c.id)
        .where(addresses.c.subnet_id == subnet_id, ports.c.device_owner.not_in(owners))
        .limit(1)
    )


def some_link(to_id: str, relations: tuple[str, ...] | None) -> ClauseElement:
    """One link to that id, in one of the relations."""
    found = select(links.c.id).where(links.c.to_id == to_id).limit(1)
    return found if relations is None else found.where(links.c.relation.in_(relations))


def linked_to_any(kind: Kind, relation: str, to_ids: tuple[str, ...]) -> ClauseElement:
    """The records of the kind that name one of the ids in that relation."""
    table = TABLES[kind]
    ids = linking(kind, relation, links.c.to_id.in_(to_ids))
    return select(table.c.record).where(is_of(kind), table.c.id.in_(ids)).order_by(table.c.created)


def linking(kind: Kind, relation: ColumnElement[str] | str, to_id: ColumnElement[bool]) -> Select[tuple[str]]:
    """The ids of the records of the kind that name such an id in that relation."""
    return select(links.c.id).where(links.c.kind == kind, links.c.relation == relation, to_id)


def granted_to(project_id: str, actions: tuple[RbacAction, ...] | None = None) -> Select[tuple[str]]:
    """The ids of the objects that RBAC policies grant to the project or to all; by one of these actions."""
    found = select(grants.c.object_id).where(grants.c.target_project.in_((EVERYBODY, project_id)))
    return found if actions is None else found.where(grants.c.action.in_(actions))


def _projects_naming(kind: Kind) -> ClauseElement:
    table = TABLES[kind]
    ids = linking(kind, bindparam("relation"), links.c.to_id == bindparam("to_id"))
    return select(table.c.project_id).where(is_of(kind), table.c.id.in_(ids)).distinct()


def _linked(kind: Kind) -> ClauseElement:
    table = TABLES[kind]
    ids = linking(kind, bindparam("relation"), links.c.to_id == bindparam("to_id"))
    return select(table.c.record).where(is_of(kind), table.c.id.in_(ids)).order_by(table.c.created)


def _naming(kind: Kind) -> ClauseElement:
    table = TABLES[kind]
    ids = select(links.c.id).where(links.c.kind == kind, links.c.relation == bindparam("relation"))
    return select(table.c.record).where(is_of(kind), table.c.id.in_(ids)).order_by(table.c.created)


def _named_by(kind: Kind, which: ColumnElement[bool]) -> ClauseElement:
    table = TABLES[kind]
    ids = select(links.c.to_id).where(links.c.kind == bindparam("by"), links.c.relation == bindparam("relation"), which)
    return select(table.c.record).where(is_of(kind), table.c.id.in_(ids)).order_by(table.c.created)


def _with_unique_key(kind: Kind) -> ClauseElement:
    table = TABLES[kind]
    ids = select(unique_keys.c.id).where(unique_keys.c.kind == kind, unique_keys.c.key == bindparam("key"))
    return select(table.c.record).where(is_of(kind), table.c.id.in_(ids))


def _foreign_use() -> ClauseElement:
    """Two ranges of an index instead of "not equal", so that the project's own ports are not walked."""
    network: BindParameter[str] = bindparam("network_id")
    project: BindParameter[str] = bindparam("project_id")
    of_ports = select(ports.c.id).where(ports.c.network_id == network, ports.c.device_owner != DHCP_OWNER)
    of_subnets = select(subnets.c.id).where(subnets.c.network_id == network)
    return union_all(
        of_ports.where(ports.c.project_id < project),
        of_ports.where(ports.c.project_id > project),
        of_subnets.where(or_(subnets.c.project_id < project, subnets.c.project_id > project)),
    ).limit(1)


def _underserved() -> ClauseElement:
    serving = select(func.count()).where(dhcp_bindings.c.network_id == subnets.c.network_id).scalar_subquery()
    is_routed = exists().where(links.c.kind == "subnet", links.c.id == subnets.c.id, links.c.relation == "segment")
    return (
        select(subnets.c.network_id)
        .where(subnets.c.enable_dhcp, or_(serving < bindparam("wanted"), is_routed))
        .group_by(subnets.c.network_id)
        .order_by(func.min(subnets.c.created))
    )
