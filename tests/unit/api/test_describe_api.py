"""docs/api.md."""

from pathlib import Path

import pytest

from underlay.api.attributes import INSIDE, RESOURCES
from underlay.api.attributes.attribute import Resource
from underlay.api.describe import describe_api, describe_errors, describe_extensions
from underlay.api.extensions import EXTENSIONS
from underlay.api.extensions.extension import NOT_YET

ROOT = Path(__file__).parents[3]


def test_the_api_document_does_not_lag() -> None:
    """docs/api.md is what `python -m underlay.api.describe` prints."""
    assert describe_api() == (ROOT / "docs" / "api.md").read_text()


def test_the_manual_tells_every_error() -> None:
    """docs/errors.md is what `python -m underlay.api.describe errors` prints."""
    assert describe_errors() == (ROOT / "docs" / "errors.md").read_text()


def test_the_table_of_extensions_does_not_lag() -> None:
    """docs/extensions.md is what `python -m underlay.api.describe extensions` prints."""
    assert describe_extensions() == (ROOT / "docs" / "extensions.md").read_text()


def test_what_warns_that_it_is_not_enforced_is_said_to_be_so() -> None:
    """Attributes and resources that hosts do not enforce belong to extensions of which the table says so, and back."""
    warned = {row.unenforced for each in (*RESOURCES, *INSIDE) for row in each.attributes} | {
        each.unenforced for each in (*RESOURCES, *INSIDE)
    }
    not_yet = {each.alias for each in EXTENSIONS if each.where == NOT_YET}
    assert {"security-group", "port-security", "allowed-address-pairs", "qos", "trunk"} <= not_yet
    subjects = ("security groups", "port security", "shape or mark", "subports")
    assert [] == [text for text in warned if text and not any(subject in text for subject in subjects)]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_attribute_is_explained_once(resource: Resource) -> None:
    """Each has a name of its own and a sentence."""
    names = [row.name for row in resource.attributes]
    unexplained = [row.name for row in resource.attributes if not row.description.endswith(".")]
    assert (len(names), []) == (len(set(names)), unexplained)
