"""Tags, and who besides its project may see an object; what was shared is granted to all."""

from uuid import uuid4

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the two tables; write an RBAC policy for each network that is shared."""
    op.create_table(
        "tags",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "tag", name=op.f("pk_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tags_kind_tag"), "tags", ["kind", "tag"], unique=False)
    op.create_table(
        "grants",
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target_project", sa.Text(), nullable=False),
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("object_id", "action", "target_project", name=op.f("pk_grants")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_grants_target_project_object_id"), "grants", ["target_project", "object_id"], unique=False)
    _grant_shared_networks(op.get_bind())


def _grant_shared_networks(database: sa.Connection) -> None:
    newest = database.execute(sa.text("SELECT coalesce(max(revision), 0) FROM changes")).scalar_one()
    shared = database.execute(sa.text("SELECT id, project_id FROM networks WHERE shared ORDER BY created")).all()
    for revision_, (network_id, project_id) in enumerate(shared, newest + 1):
        policy = {
            "kind": "rbac_policy",
            "id": str(uuid4()),
            "project_id": project_id,
            "object_type": "network",
            "object_id": network_id,
            "action": "access_as_shared",
            "target_project": "*",
        }
        values = {**policy, "revision": revision_, "record": msgspec.json.encode(policy).decode()}
        database.execute(
            sa.text("INSERT INTO objects VALUES (:revision, :kind, :id, :project_id, '', false, :record)"), values
        )
        database.execute(sa.text("INSERT INTO links VALUES ('rbac_policy', :id, 'object', :object_id)"), values)
        database.execute(sa.text("INSERT INTO grants VALUES (:object_id, :action, :target_project, :id)"), values)
        database.execute(
            sa.text(
                "INSERT INTO changes (revision, kind, id, network_id, hosts, record)"
                " VALUES (:revision, :kind, :id, NULL, '[]', :record)"
            ),
            values,
        )
        database.execute(
            sa.text(
                "INSERT INTO usage VALUES (:project_id, 'rbac_policy', 1)"
                " ON CONFLICT (project_id, resource) DO UPDATE SET used = used + 1"
            ),
            values,
        )
