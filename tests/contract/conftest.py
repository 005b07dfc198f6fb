"""The two stores that one suite must hold for."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file of this version, to be copied: migrating is much slower."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture
def sqlite_store(tmp_path: Path, empty_database: Path) -> Iterator[Store]:
    """A database of this version, empty."""
    store = Store(f"sqlite:///{copy(empty_database, tmp_path / 'underlay.sqlite')}")
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite"])
def any_store(request: pytest.FixtureRequest) -> Store | MemoryStore:
    """Each implementation, empty."""
    if request.param == "memory":
        return MemoryStore()
    store: Store = request.getfixturevalue("sqlite_store")
    return store
