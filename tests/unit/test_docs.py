"""What the documents point to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "DESIGN.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each relative link of a document is a file or folder of the repository."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
    relative = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [] == [target for target in relative if not (document.parent / target).exists()]


def test_every_document_is_named_in_the_readme() -> None:
    """Who reads on finds all of them from there."""
    text = (ROOT / "README.md").read_text()
    assert [] == [document.name for document in DOCUMENTS[1:] if f"{document.name})" not in text]
