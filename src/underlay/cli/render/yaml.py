"""Format yaml: the values as they came."""

from collections.abc import Sequence
from typing import Any

import yaml


def render_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A list of mappings."""
    return _dump([dict(zip(columns, row, strict=True)) for row in rows])


def render_fields(columns: Sequence[str], values: Sequence[Any]) -> str:
    """One mapping, in the order of the columns."""
    return "".join(_dump({name: value}) for name, value in zip(columns, values, strict=True))


def _dump(value: Any) -> str:
    return str(yaml.safe_dump(value, default_flow_style=False))
