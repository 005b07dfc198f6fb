"""The tables of users and projects: no record, no revision, no part of the feed.

There is one domain, and four fixed roles: neither is stored.
"""

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from underlay.store.tables import metadata

projects: Final = Table(
    "projects",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("enabled", Boolean, nullable=False),
    Column("description", Text, nullable=False),
)

users: Final = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("default_project_id", Text, ForeignKey("projects.id", ondelete="SET NULL"), nullable=True, index=True),
    Column("host", Text, nullable=True),
    Column("description", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("generation", Integer, nullable=False),
)

assignments: Final = Table(
    "assignments",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("project_id", Text, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("role", Text, primary_key=True),
)

revoked_tokens: Final = Table(
    "revoked_tokens",
    metadata,
    Column("audit_id", Text, primary_key=True),
    Column("expires_at", Text, nullable=False, index=True),
)
"""`expires_at` in UTC, ISO 8601 with microseconds: sorts as time does."""
