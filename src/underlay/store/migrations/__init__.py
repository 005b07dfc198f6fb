"""How a database of an older version, or an empty one, becomes one of this version.

One script a step in `versions/`, run in order by Alembic; a test proves that together they make exactly
`tables.metadata`.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def upgrade(engine: Engine, version: str = "head") -> None:
    """Run the scripts that the database has not seen yet, up to `version`, all in one transaction, alone."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            config.attributes["connection"] = connection
            command.upgrade(config, version)
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
