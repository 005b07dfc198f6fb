"""Filters of lists, on what is shown: `name=x`, `name__contains=x` and its kin. Source: Identity API v3."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Json = dict[str, Any]

_COMPARISONS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "": lambda shown, wanted: shown == wanted,
    "equals": lambda shown, wanted: shown == wanted,
    "contains": lambda shown, wanted: wanted in shown,
    "startswith": lambda shown, wanted: shown.startswith(wanted),
    "endswith": lambda shown, wanted: shown.endswith(wanted),
    "iequals": lambda shown, wanted: shown.lower() == wanted.lower(),
    "icontains": lambda shown, wanted: wanted.lower() in shown.lower(),
    "istartswith": lambda shown, wanted: shown.lower().startswith(wanted.lower()),
    "iendswith": lambda shown, wanted: shown.lower().endswith(wanted.lower()),
}
_NO: Final = ("false", "0", "no", "off")


def filtered(shown: Sequence[Json], query: Mapping[str, str], fields: Sequence[str]) -> list[Json]:
    """Those that fit every filter of the query that names one of the fields; others are passed over, as in Keystone."""
    return [each for each in shown if all(_fits(each, key, value, fields) for key, value in query.items())]


def is_true(query: Mapping[str, str], name: str) -> bool:
    """Whether a flag is given: alone, or with anything but false, 0, no, off."""
    return name in query and query[name].lower() not in _NO


def _fits(shown: Json, key: str, wanted: str, fields: Sequence[str]) -> bool:
    field, _, comparison = key.partition("__")
    if field not in fields or comparison not in _COMPARISONS:
        return True
    value = shown.get(field)
    if isinstance(value, bool):
        return value == (wanted.lower() not in _NO)
    return _COMPARISONS[comparison]("" if value is None else str(value), wanted)
