"""One field's value -> the text of its cell, for people: formats table, csv and shell.

Formats json, yaml and value get the value itself.
"""

import json
from collections.abc import Mapping
from typing import Any

Cell = str | int | float | bool


def list_cell(column: str, item: Mapping[str, Any]) -> Cell:
    """The cell of a list: subnets as `id cidr`, other lists a JSON value a line."""
    value = item.get(column)
    if isinstance(value, list):
        if column == "subnets":
            return "\n".join(f"{subnet['id']} {subnet.get('cidr', '')}" for subnet in value)
        return "\n".join(json.dumps(part) for part in value)
    return _cell(value, None)


def field_cell(value: Any, indent: int | None) -> Cell:
    """The value of one field: lists a line an item, mappings as JSON."""
    if isinstance(value, list):
        return "\n".join(json.dumps(part, indent=indent) if isinstance(part, dict) else str(part) for part in value)
    return _cell(value, indent)


def _cell(value: Any, indent: int | None) -> Cell:
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, indent=indent)
    if isinstance(value, str | int | float):
        return value
    return str(value)
