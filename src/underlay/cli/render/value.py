"""Format value: the bare values, for scripts: a line an item, or a line a field."""

from collections.abc import Sequence
from typing import Any


def render_rows(rows: Sequence[Sequence[Any]]) -> str:
    """The values of an item are separated by a blank."""
    return "".join(" ".join(str(value) for value in row) + "\n" for row in rows)


def render_fields(values: Sequence[Any]) -> str:
    """One value a line."""
    return "".join(f"{value}\n" for value in values)
