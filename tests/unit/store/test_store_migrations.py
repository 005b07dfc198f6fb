"""Migrations make exactly the tables that the code uses."""

import importlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec import structs
from sqlalchemy import Engine, text
from sqlalchemy.schema import CreateIndex, CreateTable

from fakes import records
from fakes.records import PROJECT
from underlay.model.change import Writes
from underlay.model.ids import ProjectId
from underlay.model.network import Network
from underlay.model.rbac_policy import EVERYBODY, RbacPolicy
from underlay.model.segment import NetworkSegment, first_segment_id
from underlay.store import identity_tables, tables
from underlay.store.contract import Query
from underlay.store.database import UnsupportedDatabase, open_engine
from underlay.store.migrations import upgrade
from underlay.store.transaction import Store


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Of an empty database."""
    return open_engine(f"sqlite:///{tmp_path}/migrated.sqlite")


def schema_of(engine: Engine) -> dict[str, str]:
    """Every table and index as the database has it, by name."""
    with engine.connect() as connection:
        rows = connection.execute(text("select name, sql from sqlite_master where sql is not null")).all()
    return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def schema_meant(engine: Engine) -> dict[str, str]:
    """The same as `tables` and `identity_tables` say it."""
    assert identity_tables.users.metadata is tables.metadata
    meant: dict[str, str] = {}
    for table in tables.metadata.sorted_tables:
        meant[table.name] = str(CreateTable(table).compile(engine))
        for index in table.indexes:
            meant[str(index.name)] = str(CreateIndex(index).compile(engine))
    return {name: " ".join(sql.split()) for name, sql in meant.items()}


def test_migrations_make_exactly_the_tables(engine: Engine) -> None:
    """From an empty database all scripts together make the metadata's tables, indexes and constraints, no more."""
    upgrade(engine)
    with engine.connect() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), tables.metadata)
    made, meant = schema_of(engine), schema_meant(engine)
    assert meant.keys() == made.keys()
    for name, sql in meant.items():
        assert words(sql) == words(made[name])


def words(sql: str) -> list[str]:
    """Every clause of a CREATE statement, in any order: constraints of one table have no order."""
    clauses = sql.replace("(", ",", 1).replace(") WITHOUT", ", WITHOUT")
    return sorted(" ".join(clause.replace("(", " ").replace(")", " ").split()) for clause in clauses.split(","))


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    """`upgrade` is safe to repeat, and keeps what is stored."""
    upgrade(engine)
    with engine.connect() as connection:
        connection.execute(text("insert into quotas values (1, 'p', 'p', '{}')"))
    before = schema_of(engine)
    upgrade(engine)
    assert before == schema_of(engine)
    with engine.connect() as connection:
        assert [(1, "p", "p", "{}")] == [tuple(row) for row in connection.execute(text("select * from quotas"))]


def test_what_was_acknowledged_survives_power_loss(engine: Engine) -> None:
    """Every connection has the write-ahead log, reaches the disk at each commit, and checks references."""
    with engine.connect() as connection:
        settings = [
            connection.execute(text(f"pragma {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert ["wal", 2, 1] == settings


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://underlay@db/underlay"])
def test_other_databases_are_refused(url: str) -> None:
    """Anything but a SQLite file is refused with what would be right."""
    with pytest.raises(UnsupportedDatabase, match="SQLite file"):
        open_engine(url)


def test_users_of_before_there_were_domains_are_of_the_default_one(engine: Engine) -> None:
    """Users, projects and assignments of a database of version 0004 are all there afterwards."""
    upgrade(engine, "0004")
    with engine.connect() as connection:
        connection.execute(text("insert into projects values ('p', 'lab', 1, 'd')"))
        connection.execute(text("insert into users values ('u', 'mary', 'hash', 1, 'p', 'hv1', 'd', 'm@x', 7)"))
        connection.execute(text("insert into assignments values ('u', 'p', 'member')"))
    upgrade(engine)
    with engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(text(f"select * from {name}"))]
            for name in ("domains", "projects", "users", "assignments")
        }
    assert {
        "domains": [("default", "Default", 1, "The default domain")],
        "projects": [("p", "lab", 1, "d", "default", "[]")],
        "users": [("u", "mary", "hash", 1, "p", "hv1", "d", "m@x", 7, "default")],
        "assignments": [("u", "p", "member")],
    } == found


def test_networks_that_were_shared_are_granted_to_all(tmp_path: Path) -> None:
    """A database of before RBAC gets a policy for each, told by the feed; everybody sees them as before."""
    network = records.network(1)
    shared = structs.replace(network, shared=True)
    database = Store(f"sqlite:///{tmp_path}/old.sqlite")
    database.migrate()
    database.write(lambda moment: moment.commit_writes(Writes(puts=(shared, records.network(2)))))
    module = importlib.import_module("underlay.store.migrations.versions.v0003_tags_grants")
    with database.read() as before:
        assert [] == before.list_records(Network, Query(visible_to=ProjectId("other")))
        revision = before.revision()
    with open_engine(database.url).connect() as connection:
        module._grant_shared_networks(connection)
    with database.read() as after:
        assert [shared] == after.list_records(Network, Query(visible_to=ProjectId("other")))
        (policy,) = after.linked(RbacPolicy, "object", shared.id)
        assert (PROJECT, EVERYBODY) == (policy.project_id, policy.target_project)
        assert (revision + 1, 1) == (after.revision(), after.count("rbac_policy", PROJECT))
    database.close()


def test_networks_of_before_segments_get_one(tmp_path: Path) -> None:
    """With the id that the server would have given it, told by the feed, and found by its network."""
    network = records.network(1)
    database = Store(f"sqlite:///{tmp_path}/old.sqlite")
    database.migrate()
    database.write(lambda moment: moment.commit_writes(Writes(puts=(network,))))
    module = importlib.import_module("underlay.store.migrations.versions.v0005_segments")
    with open_engine(database.url).connect() as connection:
        module._record_segments(connection)
    with database.read() as after:
        (segment,) = after.linked(NetworkSegment, "network", network.id)
        assert (first_segment_id(network.id), network.segment) == (segment.id, segment.segment)
        assert 2 == after.revision()
    database.close()
