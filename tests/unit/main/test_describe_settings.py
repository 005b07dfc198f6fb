"""docs/settings.md."""

from pathlib import Path

from underlay.main.describe import describe_settings

ROOT = Path(__file__).parents[3]


def test_settings_document_does_not_lag() -> None:
    """docs/settings.md is what `underlay-server settings` prints."""
    assert describe_settings() == (ROOT / "docs" / "settings.md").read_text()
