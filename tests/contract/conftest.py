"""The two stores that one suite must hold for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from underlay.store.memory import MemoryStore
from underlay.store.transaction import Store


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """A database of this version, empty."""
    store = Store(f"sqlite:///{tmp_path}/underlay.sqlite")
    store.migrate()
    yield store
    store.close()


@pytest.fixture(params=["memory", "sqlite"])
def any_store(request: pytest.FixtureRequest) -> Store | MemoryStore:
    """Each implementation, empty."""
    if request.param == "memory":
        return MemoryStore()
    store: Store = request.getfixturevalue("sqlite_store")
    return store
