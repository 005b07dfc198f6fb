"""docs/api.md."""

from pathlib import Path

import pytest

from underlay.api.attributes import RESOURCES
from underlay.api.attributes.attribute import Resource
from underlay.api.describe import describe_api, describe_errors

ROOT = Path(__file__).parents[3]


def test_the_api_document_does_not_lag() -> None:
    """docs/api.md is what `python -m underlay.api.describe` prints."""
    assert describe_api() == (ROOT / "docs" / "api.md").read_text()


def test_the_manual_tells_every_error() -> None:
    """docs/errors.md is what `python -m underlay.api.describe errors` prints."""
    assert describe_errors() == (ROOT / "docs" / "errors.md").read_text()


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_attribute_is_explained_once(resource: Resource) -> None:
    """Each has a name of its own and a sentence."""
    names = [row.name for row in resource.attributes]
    unexplained = [row.name for row in resource.attributes if not row.description.endswith(".")]
    assert (len(names), []) == (len(set(names)), unexplained)
