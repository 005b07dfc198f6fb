"""The policy in force: the table's defaults, an operator's expressions over them, and what both come to for a caller.

A rule is reduced once for each set of roles and kept; what is left asks only the object, and mostly nothing is left. An
expression that names the caller itself (`user_id:...`) is reduced each time.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final, TypeVar

import msgspec

from underlay.model.policy.expression import (
    NO,
    YES,
    Check,
    Credential,
    Every,
    Not,
    Some,
    Subject,
    Target,
    holds,
    parse,
    reduce,
    rules_in,
)
from underlay.model.policy.table import DEFAULTS, WORDS, Table

V = TypeVar("V")

_Key = tuple[str, frozenset[str]]
_MOST_KEPT: Final = 20_000
_NO_OVERRIDES: Final[Table] = {}
_NOTHING: Final[Mapping[str, object]] = {}


class BadRule(ValueError):  # noqa: N818 - named as the errors of the model are
    """A rule that cannot be in force. `args`: its name, and what would be right."""


class _Anyone(msgspec.Struct, frozen=True):
    """A reader of whichever project."""

    user_id: str = ""
    project_id: str = ""
    roles: frozenset[str] = frozenset({"reader"})
    host: str | None = None


class Policy:
    """Rules by name; made once, when the server starts."""

    __slots__ = ("_attributes", "_checks", "_guarded", "_personal", "_reduced", "expressions")

    def __init__(self, overrides: Table = _NO_OVERRIDES) -> None:
        """Raises BadRule for an override whose name or expression is none."""
        self.expressions: Final[Table] = {**DEFAULTS, **overrides}
        self._checks: Final = {name: _parsed(name, text) for name, text in self.expressions.items()}
        for name in overrides:
            if name not in DEFAULTS and not _may_be_added(name):
                raise BadRule(name, f"there is no rule '{name}'{_similar(name)}")
        for name, check in self._checks.items():
            for named in rules_in(check) - self._checks.keys():
                raise BadRule(name, f"there is no rule '{named}'{_similar(named)}")
        for name in overrides:
            self._require_no_circle(name)
        self._attributes: Final[dict[str, tuple[str, ...]]] = {}
        for name in self._checks:
            action, colon, attribute = name.partition(":")
            if colon:
                self._attributes[action] = (*self._attributes.get(action, ()), attribute)
        self._personal: Final = frozenset(name for name in self._checks if self._is_personal(self._checks[name]))
        self._reduced: Final[dict[_Key, Check]] = {}
        self._guarded: Final[dict[_Key, Sequence[tuple[str, Check]]]] = {}

    def left_of(self, name: str, subject: Subject) -> Check:
        """What of the rule is left to ask of an object when this caller asks: mostly `YES` or `NO`."""
        if name in self._personal:
            return reduce(self._checks[name], subject, self._checks.__getitem__)
        key = (name, subject.roles)
        found = self._reduced.get(key)
        if found is None:
            found = reduce(self._checks[name], subject, self._checks.__getitem__)
            _keep(self._reduced, key, found)
        return found

    def allows(self, name: str, subject: Subject, target: Target = _NOTHING) -> bool:
        """Whether the caller may do this with the object."""
        left = self.left_of(name, subject)
        return left is YES or (left is not NO and holds(left, subject, target))

    def guarded(self, action: str, subject: Subject) -> Sequence[tuple[str, Check]]:
        """The attributes whose own rule for the action does not let the caller do it always, and what is left of it."""
        key = (action, subject.roles)
        found = self._guarded.get(key)
        if found is None:
            rules = ((name, self.left_of(f"{action}:{name}", subject)) for name in self._attributes.get(action, ()))
            found = tuple((name, left) for name, left in rules if left is not YES)
            if not any(f"{action}:{name}" in self._personal for name in self._attributes.get(action, ())):
                _keep(self._guarded, key, found)
        return found

    def is_plain(self, name: str, subject: Subject) -> bool:
        """Whether the caller sees just what the store gives to its project: its own and what is shared with it."""
        return self.left_of(name, subject) == DEFAULT_POLICY.left_of(name, _ANYONE)

    def who(self, name: str) -> str:
        """In words, who may."""
        text = self.expressions[name]
        return WORDS.get(text, f"who fits '{text}'" if text else "anybody")

    def _is_personal(self, check: Check) -> bool:
        match check:
            case Credential():
                return True
            case Not(part):
                return self._is_personal(part)
            case Every(parts) | Some(parts):
                return any(map(self._is_personal, parts))
            case _:
                return any(self._is_personal(self._checks[name]) for name in rules_in(check))

    def _require_no_circle(self, name: str) -> None:
        """It does not lead back to itself."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            for named in rules_in(self._checks[waiting.pop()]):
                if named == name:
                    raise BadRule(name, f"'{self.expressions[name]}' leads back to '{name}' itself")
                if named not in seen:
                    seen.add(named)
                    waiting.append(named)


def _keep(kept: dict[_Key, V], key: _Key, value: V) -> None:
    """Sets of roles are few; should somebody make many, it starts again."""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = value


def _parsed(name: str, text: str) -> Check:
    try:
        return parse(text)
    except ValueError as unfit:
        raise BadRule(name, str(unfit)) from None


def _may_be_added(name: str) -> bool:
    """A rule that others may name; an action's is known, or nothing would ever ask it."""
    return ":" not in name and not name.startswith(("create_", "get_", "update_", "delete_"))


def _similar(name: str) -> str:
    close = get_close_matches(name, DEFAULTS, n=3)
    return f"; did you mean {' or '.join(repr(each) for each in close)}?" if close else ""


_ANYONE: Final = _Anyone()
DEFAULT_POLICY: Final = Policy()
"""Without any operator's file."""
