"""Records, their indexes, the change log; users and projects."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "agents",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("agent_type", sa.Text(), nullable=False),
        sa.Column("binary", sa.Text(), nullable=False),
        sa.Column("admin_state_up", sa.Boolean(), nullable=False),
        sa.Column("heartbeat_timestamp", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_agents")),
        sa.UniqueConstraint("host", "agent_type", name=op.f("uq_agents_host_agent_type")),
        sa.UniqueConstraint("id", name=op.f("uq_agents_id")),
    )
    op.create_table(
        "changes",
        sa.Column(
            "revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("network_id", sa.Text(), nullable=True),
        sa.Column("hosts", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_changes")),
    )
    op.create_table(
        "instances",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_instances")),
        sa.UniqueConstraint("id", name=op.f("uq_instances_id")),
    )
    op.create_index(op.f("ix_instances_name"), "instances", ["name"], unique=False)
    op.create_index(op.f("ix_instances_project_id"), "instances", ["project_id"], unique=False)
    op.create_table(
        "networks",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("admin_state_up", sa.Boolean(), nullable=False),
        sa.Column("mtu", sa.Integer(), nullable=False),
        sa.Column("network_type", sa.Text(), nullable=False),
        sa.Column("physical_network", sa.Text(), nullable=False),
        sa.Column("vid", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_networks")),
        sa.UniqueConstraint("id", name=op.f("uq_networks_id")),
    )
    op.create_index(op.f("ix_networks_name"), "networks", ["name"], unique=False)
    op.create_index(op.f("ix_networks_project_id"), "networks", ["project_id"], unique=False)
    op.create_index(op.f("ix_networks_shared"), "networks", ["shared"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("name", name=op.f("uq_projects_name")),
    )
    op.create_table(
        "quotas",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_quotas")),
        sa.UniqueConstraint("id", name=op.f("uq_quotas_id")),
    )
    op.create_table(
        "revoked_tokens",
        sa.Column("audit_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_revoked_tokens")),
    )
    op.create_index(op.f("ix_revoked_tokens_expires_at"), "revoked_tokens", ["expires_at"], unique=False)
    op.create_table(
        "usage",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "resource", name=op.f("pk_usage")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dhcp_bindings",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_dhcp_bindings_agent_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_dhcp_bindings_network_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_dhcp_bindings")),
        sa.UniqueConstraint("id", name=op.f("uq_dhcp_bindings_id")),
        sa.UniqueConstraint("network_id", "agent_id", name=op.f("uq_dhcp_bindings_network_id_agent_id")),
    )
    op.create_index(op.f("ix_dhcp_bindings_agent_id"), "dhcp_bindings", ["agent_id"], unique=False)
    op.create_index(op.f("ix_dhcp_bindings_host"), "dhcp_bindings", ["host"], unique=False)
    op.create_table(
        "ports",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mac_address", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("device_owner", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("admin_state_up", sa.Boolean(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_ports_network_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_ports")),
        sa.UniqueConstraint("id", name=op.f("uq_ports_id")),
        sa.UniqueConstraint("network_id", "mac_address", name=op.f("uq_ports_network_id_mac_address")),
    )
    op.create_index(op.f("ix_ports_device_id"), "ports", ["device_id"], unique=False)
    op.create_index(op.f("ix_ports_host"), "ports", ["host"], unique=False)
    op.create_index(op.f("ix_ports_name"), "ports", ["name"], unique=False)
    op.create_index(op.f("ix_ports_network_id_device_owner"), "ports", ["network_id", "device_owner"], unique=False)
    op.create_index(
        op.f("ix_ports_network_id_project_id_device_owner"),
        "ports",
        ["network_id", "project_id", "device_owner"],
        unique=False,
    )
    op.create_index(op.f("ix_ports_project_id"), "ports", ["project_id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("physical_network", sa.Text(), nullable=False),
        sa.Column("vid", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_segments_network_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("physical_network", "vid", name=op.f("pk_segments")),
    )
    op.create_index(op.f("ix_segments_network_id"), "segments", ["network_id"], unique=False)
    op.create_table(
        "subnets",
        sa.Column("created", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("network_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cidr", sa.Text(), nullable=False),
        sa.Column("ip_version", sa.Integer(), nullable=False),
        sa.Column("gateway_ip", sa.Text(), nullable=False),
        sa.Column("enable_dhcp", sa.Boolean(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_subnets_network_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("created", name=op.f("pk_subnets")),
        sa.UniqueConstraint("id", name=op.f("uq_subnets_id")),
    )
    op.create_index(op.f("ix_subnets_name"), "subnets", ["name"], unique=False)
    op.create_index(op.f("ix_subnets_network_id_project_id"), "subnets", ["network_id", "project_id"], unique=False)
    op.create_index(op.f("ix_subnets_project_id"), "subnets", ["project_id"], unique=False)
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
        sa.ForeignKeyConstraint(
            ["default_project_id"], ["projects.id"], name=op.f("fk_users_default_project_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_index(op.f("ix_users_default_project_id"), "users", ["default_project_id"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("subnet_id", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("port_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["port_id"], ["ports.id"], name=op.f("fk_addresses_port_id"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["subnet_id"], ["subnets.id"], name=op.f("fk_addresses_subnet_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("subnet_id", "address", name=op.f("pk_addresses")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_addresses_address"), "addresses", ["address"], unique=False)
    op.create_index(op.f("ix_addresses_port_id"), "addresses", ["port_id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_assignments_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "project_id", "role", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_project_id"), "assignments", ["project_id"], unique=False)
    op.create_table(
        "free_ranges",
        sa.Column("subnet_id", sa.Text(), nullable=False),
        sa.Column("first", sa.LargeBinary(), nullable=False),
        sa.Column("last", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subnet_id"], ["subnets.id"], name=op.f("fk_free_ranges_subnet_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("subnet_id", "first", name=op.f("pk_free_ranges")),
        sqlite_with_rowid=False,
    )
