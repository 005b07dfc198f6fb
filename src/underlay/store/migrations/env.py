"""Run by Alembic for `migrations.upgrade`, which gives the connection and owns the transaction."""

from alembic import context

from underlay.store import identity_tables
from underlay.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()

__all__ = ["identity_tables"]
