"""The tables of records, and of everything that is an index over them.

A table a kind, or `objects` for kinds that are few: `record` is the whole record as JSON, the truth; the other columns
are copies of what is filtered, sorted or made unique, written by `rows` and `indexes` only. Types are those that every
driver takes as they are, because statements run without SQLAlchemy's type conversion (see `statements`).

`created` is the revision of the change that first put the record: unique over all kinds, and the order of creation.
Text that a record lacks (no host, no gateway) is '' and a missing number 0: sorting and page marks need no NULL.
Foreign keys are checked at commit, so that the order of writes inside a transaction does not matter.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_REVISION: Final = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite: exactly INTEGER, so that the primary key is the row's own number and costs no second tree."""


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def _reference(name: str, target: str) -> Column[str]:
    return Column(name, Text, ForeignKey(target, deferrable=True, initially="DEFERRED"), nullable=False)


def _table_of_kind(name: str, *columns: Column[Any] | Index | UniqueConstraint) -> Table:
    return Table(
        name,
        metadata,
        Column("created", _REVISION, primary_key=True, autoincrement=False),
        _text("id", unique=True),
        *columns,
        _text("record"),
    )


networks: Final = _table_of_kind(
    "networks",
    _text("project_id", index=True),
    _text("name", index=True),
    Column("shared", Boolean, nullable=False, index=True),
    Column("admin_state_up", Boolean, nullable=False),
    Column("mtu", Integer, nullable=False),
    _text("network_type"),
    _text("physical_network"),
    Column("vid", Integer, nullable=False),
)

subnets: Final = _table_of_kind(
    "subnets",
    _reference("network_id", "networks.id"),
    _text("project_id", index=True),
    _text("name", index=True),
    _text("cidr"),
    Column("ip_version", Integer, nullable=False),
    _text("gateway_ip"),
    Column("enable_dhcp", Boolean, nullable=False),
    Index(None, "network_id", "project_id"),
)

ports: Final = _table_of_kind(
    "ports",
    _reference("network_id", "networks.id"),
    _text("project_id", index=True),
    _text("name", index=True),
    _text("mac_address"),
    _text("device_id", index=True),
    _text("device_owner"),
    _text("host", index=True),
    _text("status"),
    Column("admin_state_up", Boolean, nullable=False),
    UniqueConstraint("network_id", "mac_address"),
    Index(None, "network_id", "device_owner"),
    Index(None, "network_id", "project_id", "device_owner"),
)

agents: Final = _table_of_kind(
    "agents",
    _text("host"),
    _text("agent_type"),
    _text("binary"),
    Column("admin_state_up", Boolean, nullable=False),
    _text("heartbeat_timestamp"),
    UniqueConstraint("host", "agent_type"),
)

dhcp_bindings: Final = _table_of_kind(
    "dhcp_bindings",
    _reference("network_id", "networks.id"),
    _reference("agent_id", "agents.id"),
    _text("host", index=True),
    UniqueConstraint("network_id", "agent_id"),
    Index(None, "agent_id"),
)

instances: Final = _table_of_kind("instances", _text("project_id", index=True), _text("name", index=True))

quotas: Final = _table_of_kind("quotas", _text("project_id"))

objects: Final = Table(
    "objects",
    metadata,
    Column("created", _REVISION, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("id"),
    _text("project_id"),
    _text("name"),
    Column("shared", Boolean, nullable=False),
    _text("record"),
    UniqueConstraint("kind", "id"),
    Index(None, "kind", "project_id"),
    Index(None, "kind", "name"),
)
"""The records of all kinds that have no table of their own, because they are few beside ports."""

links: Final = Table(
    "links",
    metadata,
    _text("kind", primary_key=True),
    _text("id", primary_key=True),
    _text("relation", primary_key=True),
    _text("to_id", primary_key=True),
    Index(None, "to_id", "relation"),
    sqlite_with_rowid=False,
)
"""Which record names which other one, and as what (`links.links_of`)."""

tags: Final = Table(
    "tags",
    metadata,
    _text("kind", primary_key=True),
    _text("id", primary_key=True),
    _text("tag", primary_key=True),
    Index(None, "kind", "tag"),
    sqlite_with_rowid=False,
)
"""The tags of records that have such."""

grants: Final = Table(
    "grants",
    metadata,
    _text("object_id", primary_key=True),
    _text("action", primary_key=True),
    _text("target_project", primary_key=True),
    _text("policy_id"),
    Index(None, "target_project", "object_id"),
    sqlite_with_rowid=False,
)
"""Who besides its project may see an object, by RBAC policies: a project, or '*' for all."""

unique_keys: Final = Table(
    "unique_keys",
    metadata,
    _text("kind", primary_key=True),
    _text("key", primary_key=True),
    _text("id"),
    Index(None, "kind", "id"),
    sqlite_with_rowid=False,
)
"""What only one record of a kind may have (`links.unique_keys_of`)."""

segments: Final = Table(
    "segments",
    metadata,
    _text("physical_network", primary_key=True),
    Column("vid", Integer, primary_key=True, autoincrement=False),
    _reference("network_id", "networks.id"),
    Index(None, "network_id"),
)
"""VLANs in use; vid 0 is the physical network's flat network."""

addresses: Final = Table(
    "addresses",
    metadata,
    Column("subnet_id", Text, ForeignKey("subnets.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("address", LargeBinary, primary_key=True, index=True),
    _reference("port_id", "ports.id"),
    Index(None, "port_id"),
    sqlite_with_rowid=False,
)
"""Addresses that ports have, in wire order, 4 or 16 bytes: sorts as the numbers do within a subnet."""

free_ranges: Final = Table(
    "free_ranges",
    metadata,
    Column("subnet_id", Text, ForeignKey("subnets.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("first", LargeBinary, primary_key=True),
    Column("last", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The maximal runs of free addresses of each pool, both ends included. Pools are sorted and disjoint, so that the
order of `first` is the order of pools too; runs of adjacent pools stay apart."""

free_prefixes: Final = Table(
    "free_prefixes",
    metadata,
    _text("pool_id", primary_key=True),
    Column("network", LargeBinary, primary_key=True),
    Column("prefixlen", Integer, nullable=False),
    Index(None, "pool_id", "prefixlen"),
    sqlite_with_rowid=False,
)
"""The free blocks of each subnet pool, as large as they can be (a buddy system): to take or to give back a prefix costs
at most two statements a bit of its length, however many subnets there are."""

subnet_use: Final = Table(
    "subnet_use",
    metadata,
    Column("subnet_id", Text, ForeignKey("subnets.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("used", Integer, nullable=False),
    Column("used_in_pools", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many addresses of each subnet ports have, and how many of these are in its allocation pools."""

usage: Final = Table(
    "usage",
    metadata,
    _text("project_id", primary_key=True),
    _text("resource", primary_key=True),
    Column("used", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many records of each kind a project has: what quotas compare, at a cost that does not grow."""

consoles: Final = Table(
    "consoles",
    metadata,
    _text("server_id", primary_key=True),
    Column("output", LargeBinary, nullable=False),
)
"""The last that each server said on its console; no record, so that the feed does not carry it."""

changes: Final = Table(
    "changes",
    metadata,
    Column("revision", _REVISION, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("id"),
    Column("network_id", Text, nullable=True),
    _text("hosts"),
    Column("record", Text, nullable=True),
    Column("replaced", Text, nullable=True),
)
"""The change log: `hosts` a JSON list, `record` NULL for what is gone, `replaced` as in `contract.ChangeRow`. The
newest row is never dropped."""
