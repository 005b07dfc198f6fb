"""The cost of a lookup does not grow with the number of records: none walks a table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Dialect

from underlay.store.database import borrowed, open_engine
from underlay.store.indexes import IndexStatements
from underlay.store.log import LogStatements
from underlay.store.lookups import LookupStatements
from underlay.store.migrations import upgrade
from underlay.store.prefix_index import PrefixStatements
from underlay.store.statements import Prepared
from underlay.store.writer import WriterStatements

WHOLE_TABLES = {
    "heartbeats",
    "loads",
    "underserved",
    "places",
    "dhcp_hosts",
    "addresses_of",
    "agents",
    "all_of",
    "in_use",
} | {"segments_in_use"}
"""Those that are asked for everything of their kind, or (agents) for a kind of which there are few."""


def statements_of(dialect: Dialect) -> Iterator[tuple[str, Prepared]]:
    """Every prepared statement, by the name of its attribute."""
    for group in (PrefixStatements, LookupStatements, IndexStatements, WriterStatements, LogStatements):
        for name, value in vars(group(lambda clause: Prepared(clause, dialect))).items():
            if isinstance(value, Prepared):
                yield name, value
            elif isinstance(value, dict):
                yield from ((f"{name}[{kind}]", each) for kind, each in value.items())


@pytest.fixture
def plans(tmp_path: Path) -> dict[str, list[str]]:
    """Statement -> what SQLite would do for it, step by step."""
    engine = open_engine(f"sqlite:///{tmp_path}/plans.sqlite")
    upgrade(engine)
    found = {}
    with borrowed(engine) as connection:
        cursor = connection.cursor()
        for name, statement in statements_of(engine.dialect):
            cursor.execute("explain query plan " + statement.text, [1] * statement.text.count("?"))
            found[name] = [row[3] for row in cursor.fetchall()]
    return found


def walks(step: str) -> bool:
    """Whether the step reads a whole table or index; `CONSTANT ROW` is none."""
    return step.startswith("SCAN") and not step.startswith("SCAN CONSTANT ROW")


def test_no_statement_walks_a_table(plans: dict[str, list[str]]) -> None:
    """Every step of every statement goes by an index or the primary key."""
    walked = {
        name: steps
        for name, steps in plans.items()
        if name.partition("[")[0] not in WHOLE_TABLES and any(walks(step) for step in steps)
    }
    assert {} == walked
    assert len(plans) > 60
