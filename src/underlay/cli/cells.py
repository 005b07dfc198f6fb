"""One field's value -> the text of its cell, for people: formats table, csv and shell.

Formats json, yaml and value get the value itself.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

Cell = str | int | float | bool

_RUNS_A_LINE: Final = 5


def list_cell(column: str, item: Mapping[str, Any]) -> Cell:
    """The cell of a list: subnets as `id cidr`, hosts and ranges as words, other lists a JSON value a line."""
    value = item.get(column)
    if isinstance(value, list):
        if _are_numbers(value):
            return _runs(value)
        if column == "hosts":
            return "\n".join(value)
        if column == "ranges":
            return "\n".join(f"{part['minimum']}-{part['maximum']}" for part in value)
        if column == "subnets":
            return "\n".join(f"{subnet['id']} {subnet.get('cidr', '')}" for subnet in value)
        return "\n".join(json.dumps(part) for part in value)
    return _cell(value, None)


def field_cell(value: Any, indent: int | None) -> Cell:
    """The value of one field: lists a line an item, numbers as runs, mappings as JSON."""
    if isinstance(value, list):
        if _are_numbers(value):
            return _runs(value)
        return "\n".join(json.dumps(part, indent=indent) if isinstance(part, dict) else str(part) for part in value)
    return _cell(value, indent)


def _are_numbers(values: list[Any]) -> bool:
    return bool(values) and all(type(each) is int for each in values)


def _runs(numbers: list[int]) -> str:
    """Ascending numbers, as `100-103 200`, not too many in a line."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        first, last = runs.pop() if runs and number == runs[-1][1] + 1 else (number, number)
        runs.append((first, max(last, number)))
    words = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    return "\n".join(" ".join(words[start : start + _RUNS_A_LINE]) for start in range(0, len(words), _RUNS_A_LINE))


def _cell(value: Any, indent: int | None) -> Cell:
    if value is None:
        return ""
    if isinstance(value, dict):
        return json.dumps(value, indent=indent)
    if isinstance(value, str | int | float):
        return value
    return str(value)
