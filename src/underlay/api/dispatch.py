"""Finds the row of the URL table for a path: a dictionary lookup for a fixed path, a few comparisons for others."""

from collections.abc import Iterable, Mapping

import msgspec

from underlay.api.exchange import Endpoint


class Match(msgspec.Struct, frozen=True):
    """What the table has for a path: an endpoint a method, and the values of the path's parameters."""

    by_method: Mapping[str, Endpoint]
    parameters: Mapping[str, str]


class UrlTable:
    """The rows, ready to be searched. A fixed path goes before one with parameters."""

    __slots__ = ("_fixed", "_with_parameters")

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        by_path: dict[str, dict[str, Endpoint]] = {}
        for endpoint in endpoints:
            by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
        self._fixed = {path: Match(rows, {}) for path, rows in by_path.items() if "{" not in path}
        self._with_parameters: dict[int, list[tuple[list[str], dict[str, Endpoint]]]] = {}
        for path, rows in by_path.items():
            if "{" in path:
                segments = path.split("/")
                self._with_parameters.setdefault(len(segments), []).append((segments, rows))

    def find(self, path: str) -> Match | None:
        """The path's rows; None when the table has none. A parameter is never empty.

        As in Neutron, a collection may be written with dashes or underscores: some clients do one, some the other.
        """
        return self._as_written(path) or next(
            (found for spelling in _spellings(path) if (found := self._as_written(spelling))), None
        )

    def _as_written(self, path: str) -> Match | None:
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed
        segments = path.split("/")
        for template, rows in self._with_parameters.get(len(segments), ()):
            parameters = _parameters(template, segments)
            if parameters is not None:
                return Match(rows, parameters)
        return None


def _spellings(path: str) -> Iterable[str]:
    """The path with the collection, `/v2.0/<collection>/...`, spelled in the other ways."""
    parts = path.split("/")
    if len(parts) > 2:
        for other in {parts[2].replace("-", "_"), parts[2].replace("_", "-")} - {parts[2]}:
            yield "/".join((*parts[:2], other, *parts[3:]))


def _parameters(template: list[str], segments: list[str]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for expected, given in zip(template, segments, strict=True):
        if expected.startswith("{"):
            if not given:
                return None
            parameters[expected[1:-1]] = given
        elif expected != given:
            return None
    return parameters
