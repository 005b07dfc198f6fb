"""One request, answered from the records."""

import pytest
from directories import ENTRY, directory
from hypothesis import given
from hypothesis import strategies as st

from underlay.metadata.answer import answer_from_records, path_of
from underlay.metadata.directory import Entry
from underlay.metadata.exchange import Request


@pytest.mark.parametrize(
    ("method", "target", "caller", "status"),
    [
        ("GET", b"/latest/meta-data/hostname", ENTRY, 200),
        ("HEAD", b"/latest/meta-data/hostname", ENTRY, 200),
        ("GET", b"/latest/meta-data/hostname?x=1#y", ENTRY, 200),
        ("GET", b"/latest/meta%2Ddata/hostname", ENTRY, 200),
        ("GET", b"http://169.254.169.254/latest", ENTRY, 200),
        ("GET", b"/openstack/latest/meta_data.json", ENTRY, 200),
        ("GET", b"/nope", ENTRY, 404),
        ("GET", b"/latest", None, 404),
        ("POST", b"/latest", ENTRY, 405),
        ("PUT", b"/latest/api/token", ENTRY, 405),
        ("GET", b"*", ENTRY, 404),
        ("GET", b"", ENTRY, 400),
        ("OPTIONS", b"*", None, 404),
    ],
)
def test_each_request_has_its_status(method: str, target: bytes, caller: Entry | None, status: int) -> None:
    """A stranger learns nothing, not even what could be asked."""
    assert status == answer_from_records(Request(method, target), directory(), caller).status


def test_randomness_is_new_each_time() -> None:
    """Two machines must not begin with the same."""
    request = Request("GET", b"/openstack/latest/meta_data.json")
    first, second = (answer_from_records(request, directory(), ENTRY).body for _ in range(2))
    assert first != second


@given(st.binary(max_size=80))
def test_any_target_has_a_path_or_none(target: bytes) -> None:
    """No bytes raise anything."""
    found = path_of(target)
    assert found is None or found
