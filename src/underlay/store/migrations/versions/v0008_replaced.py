"""The change log says what a change replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; of the changes that are there it is not known."""
    op.add_column("changes", sa.Column("replaced", sa.Text(), nullable=True))
