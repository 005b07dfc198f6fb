"""Records of kinds without a table of their own; which record names which; what only one may have."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "objects",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_objects")),
        sa.UniqueConstraint("kind", "id", name=op.f("uq_objects_kind_id")),
    )
    op.create_index(op.f("ix_objects_kind_name"), "objects", ["kind", "name"], unique=False)
    op.create_index(op.f("ix_objects_kind_project_id"), "objects", ["kind", "project_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "relation", "to_id", name=op.f("pk_links")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_links_to_id_relation"), "links", ["to_id", "relation"], unique=False)
    op.create_table(
        "unique_keys",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_unique_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_unique_keys_kind_id"), "unique_keys", ["kind", "id"], unique=False)
