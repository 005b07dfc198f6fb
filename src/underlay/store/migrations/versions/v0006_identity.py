"""Domains; roles of the administrator's making; roles on domains and the system; application credentials.

Tables whose unique names become unique within a domain are made anew: SQLite cannot change a constraint. What refers
to them goes first, so that no deletion cascades.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_SET_ASIDE = (
    "CREATE TEMPORARY TABLE old_projects AS SELECT * FROM projects",
    "CREATE TEMPORARY TABLE old_users AS SELECT * FROM users",
    "CREATE TEMPORARY TABLE old_assignments AS SELECT * FROM assignments",
)
_TAKE_BACK = (
    "INSERT INTO domains VALUES ('default', 'Default', 1, 'The default domain')",
    "INSERT INTO projects SELECT id, name, enabled, description, 'default' FROM old_projects",
    "INSERT INTO users SELECT id, name, password_hash, enabled, default_project_id, host, description, email, "
    "generation, 'default' FROM old_users",
    "INSERT INTO assignments SELECT user_id, project_id, role FROM old_assignments",
    "DROP TABLE old_projects",
    "DROP TABLE old_users",
    "DROP TABLE old_assignments",
)


def upgrade() -> None:
    """Make the tables; what exists is put in the default domain."""
    for statement in _SET_ASIDE:
        op.execute(statement)
    for table in ("assignments", "users", "projects"):
        op.drop_table(table)
    _make_domains_users_and_projects()
    _make_roles()
    for statement in _TAKE_BACK:
        op.execute(statement)


def _make_domains_users_and_projects() -> None:
    op.create_table(
        "domains",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domains")),
        sa.UniqueConstraint("name", name=op.f("uq_domains_name")),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("domain_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_projects_domain_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("domain_id", "name", name=op.f("uq_projects_domain_id_name")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("default_project_id", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("domain_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["default_project_id"], ["projects.id"], name=op.f("fk_users_default_project_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name=op.f("fk_users_domain_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("domain_id", "name", name=op.f("uq_users_domain_id_name")),
    )
    op.create_index(op.f("ix_users_default_project_id"), "users", ["default_project_id"], unique=False)


def _make_roles() -> None:
    op.create_table(
        "roles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
    )
    op.create_table(
        "role_implications",
        sa.Column("prior", sa.Text(), nullable=False),
        sa.Column("implied", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("prior", "implied", name=op.f("pk_role_implications")),
    )
    _make_assignments("assignments", "project_id", "projects")
    _make_assignments("domain_assignments", "domain_id", "domains")
    op.create_table(
        "system_assignments",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_system_assignments_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_system_assignments")),
    )
    op.create_table(
        "application_credentials",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unrestricted", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_application_credentials_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_application_credentials_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_credentials")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_application_credentials_user_id_name")),
    )
    op.create_index(
        op.f("ix_application_credentials_project_id"), "application_credentials", ["project_id"], unique=False
    )


def _make_assignments(table: str, column: str, target: str) -> None:
    op.create_table(
        table,
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column(column, sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", column, "role", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
