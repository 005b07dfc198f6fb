"""The tables of domains, users, groups, projects, roles and the catalog: no record, no revision, no part of the feed.

The fixed roles are not stored, so that roles are named by name, without a foreign key.
"""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from underlay.store.tables import metadata

LIST: Final = {"is_list": True}
"""Of a column of text: a JSON list of texts."""

domains: Final = Table(
    "domains",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("enabled", Boolean, nullable=False),
    Column("description", Text, nullable=False),
)

projects: Final = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("description", Text, nullable=False),
    Column("domain_id", Text, ForeignKey("domains.id", ondelete="CASCADE"), nullable=False),
    Column("tags", Text, nullable=False, server_default="[]", info=LIST),
    UniqueConstraint("domain_id", "name"),
)

users: Final = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("default_project_id", Text, ForeignKey("projects.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("host", Text, nullable=True),
    Column("description", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("domain_id", Text, ForeignKey("domains.id", ondelete="CASCADE"), nullable=False),
    UniqueConstraint("domain_id", "name"),
)

assignments: Final = Table(
    "assignments",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, primary_key=True),
)

domain_assignments: Final = Table(
    "domain_assignments",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("domain_id", Text, ForeignKey("domains.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, primary_key=True),
)

system_assignments: Final = Table(
    "system_assignments",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, primary_key=True),
)

groups: Final = Table(
    "groups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("domain_id", Text, ForeignKey("domains.id", ondelete="CASCADE"), nullable=False),
    UniqueConstraint("domain_id", "name"),
)

group_members: Final = Table(
    "group_members",
    metadata,
    Column("group_id", Text, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)

group_assignments: Final = Table(
    "group_assignments",
    metadata,
    Column("group_id", Text, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, primary_key=True),
)

group_domain_assignments: Final = Table(
    "group_domain_assignments",
    metadata,
    Column("group_id", Text, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("domain_id", Text, ForeignKey("domains.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, primary_key=True),
)

group_system_assignments: Final = Table(
    "group_system_assignments",
    metadata,
    Column("group_id", Text, ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, primary_key=True),
)

roles: Final = Table(
    "roles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False),
)

implications: Final = Table(
    "role_implications",
    metadata,
    Column("prior", Text, primary_key=True),
    Column("implied", Text, primary_key=True),
)

application_credentials: Final = Table(
    "application_credentials",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("project_id", Text, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("unrestricted", Boolean, nullable=False),
    Column("expires_at", Text, nullable=True),
    UniqueConstraint("user_id", "name"),
)
"""`roles` a JSON list of names."""

regions: Final = Table(
    "regions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("description", Text, nullable=False),
    Column("parent_region_id", Text, nullable=True),
)

services: Final = Table(
    "services",
    metadata,
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
)

endpoints: Final = Table(
    "endpoints",
    metadata,
    Column("id", Text, primary_key=True),
    Column("service_id", Text, nullable=False),
    Column("interface", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("region_id", Text, nullable=True),
    Column("enabled", Boolean, nullable=False),
)
"""`service_id` and `region_id` without foreign keys, because those that are always there are not stored."""

revoked_tokens: Final = Table(
    "revoked_tokens",
    metadata,
    Column("audit_id", Text, primary_key=True),
    Column("expires_at", Text, nullable=False, index=True),
)
"""`expires_at` in UTC, ISO 8601 with microseconds: sorts as time does."""
