"""Format json: the values as they came, an object an item."""

import json
from collections.abc import Sequence
from typing import Any


def render_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], noindent: bool) -> str:
    """A list of objects."""
    return _dump([dict(zip(columns, row, strict=True)) for row in rows], noindent)


def render_fields(columns: Sequence[str], values: Sequence[Any], noindent: bool) -> str:
    """One object."""
    return _dump(dict(zip(columns, values, strict=True)), noindent)


def _dump(value: Any, noindent: bool) -> str:
    return json.dumps(value, indent=None if noindent else 2) + "\n"
