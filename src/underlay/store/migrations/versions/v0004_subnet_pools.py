"""Free blocks of subnet pools; how many addresses of each subnet are in use."""

from ipaddress import ip_address

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the two tables, and count what is in use."""
    op.create_table(
        "free_prefixes",
        sa.Column("pool_id", sa.Text(), nullable=False),
        sa.Column("network", sa.LargeBinary(), nullable=False),
        sa.Column("prefixlen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("pool_id", "network", name=op.f("pk_free_prefixes")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_free_prefixes_pool_id_prefixlen"), "free_prefixes", ["pool_id", "prefixlen"], unique=False)
    op.create_table(
        "subnet_use",
        sa.Column("subnet_id", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("used_in_pools", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subnet_id"], ["subnets.id"], name=op.f("fk_subnet_use_subnet_id"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("subnet_id", name=op.f("pk_subnet_use")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for subnet_id, record in connection.execute(sa.text("SELECT id, record FROM subnets")).fetchall():
        addresses = sa.text("SELECT address FROM addresses WHERE subnet_id = :id")
        used = [int.from_bytes(row[0], "big") for row in connection.execute(addresses, {"id": subnet_id})]
        pools = [
            (int(ip_address(pool["start"])), int(ip_address(pool["end"])))
            for pool in msgspec.json.decode(record).get("allocation_pools", [])
        ]
        in_pools = sum(any(first <= address <= last for first, last in pools) for address in used)
        connection.execute(
            sa.text("INSERT INTO subnet_use (subnet_id, used, used_in_pools) VALUES (:id, :used, :in_pools)"),
            {"id": subnet_id, "used": len(used), "in_pools": in_pools},
        )
