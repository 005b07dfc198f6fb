"""Expressions of policy: text as operators know it from oslo.policy -> a tree -> what it comes to for a caller.

    expression := and-part ("or" and-part)*         and-part := part ("and" part)*
    part       := "not" part | "(" expression ")" | check
    check      := "@" always | "!" never | "" always
                | role:NAME                         the caller has the role, in upper or lower case
                | rule:NAME                         another rule of the table
                | CREDENTIAL:%(TARGET)s             what the caller is and what the object says are the same
                | CREDENTIAL:TEXT | 'TEXT':%(TARGET)s
                | field:RESOURCE:TARGET=TEXT        the object says TEXT; `=~REGEX`: it begins so

A tree is reduced for a caller's roles before any object is known: what is left of it asks only what the object says,
and mostly nothing is left but yes or no. Never imported here: the caller, the records; both come as protocols.

Source: oslo.policy's documentation, "Policy rule expressions"; Neutron's `field:`.
"""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Final, Protocol, assert_never

import msgspec

CREDENTIALS: Final = {
    "project_id": "project_id",
    "tenant_id": "project_id",
    "tenant": "project_id",
    "user_id": "user_id",
    "user": "user_id",
    "host": "host",
}
"""What an expression calls it -> what the caller has."""

TARGETS: Final = frozenset(
    {
        "id",
        "name",
        "description",
        "project_id",
        "tenant_id",
        "user_id",
        "shared",
        "router:external",
        "is_default",
        "status",
        "admin_state_up",
        "network_id",
        "network:project_id",
        "network:tenant_id",
        "device_id",
        "device_owner",
        "security_group:project_id",
        "security_group:tenant_id",
        "ext_parent:project_id",
        "ext_parent:tenant_id",
        "target_tenant",
        "target_project",
        "host",
    }
)
"""What an expression may ask of an object; of one that does not have it, the check is false."""

_OF_TARGET: Final = re.compile(r"%\(([^()]*)\)s")
_ADMINISTRATOR: Final = "context_is_admin"


class Subject(Protocol):
    """Who asks."""

    @property
    def user_id(self) -> str:
        """The user."""
        ...

    @property
    def project_id(self) -> str:
        """The project that the token is for."""
        ...

    @property
    def roles(self) -> frozenset[str]:
        """By name, with those implied."""
        ...

    @property
    def host(self) -> str | None:
        """The host that speaks."""
        ...


class Target(Protocol):
    """What is asked for."""

    def get(self, name: str, /) -> object:
        """What the object says of one of `TARGETS`; None when it says nothing."""
        ...


class Always(msgspec.Struct, frozen=True):
    """Yes, or no, whoever asks for whatever."""

    outcome: bool


class HasRole(msgspec.Struct, frozen=True):
    """The caller has the role; lower case."""

    role: str


class Rule(msgspec.Struct, frozen=True):
    """As another rule says."""

    name: str


class Credential(msgspec.Struct, frozen=True):
    """What the caller is, by a value of `CREDENTIALS`, is this text."""

    name: str
    text: str


class Same(msgspec.Struct, frozen=True):
    """What the caller is and what the object says are the same."""

    credential: str
    target: str


class Says(msgspec.Struct, frozen=True):
    """The object says the text, or something that begins with what the regular expression fits."""

    target: str
    text: str
    is_pattern: bool = False


class Not(msgspec.Struct, frozen=True):
    """The other way round."""

    part: "Check"


class Every(msgspec.Struct, frozen=True):
    """All of at least two."""

    parts: tuple["Check", ...]


class Some(msgspec.Struct, frozen=True):
    """One of at least two."""

    parts: tuple["Check", ...]


Check = Always | HasRole | Rule | Credential | Same | Says | Not | Every | Some

YES: Final = Always(True)
NO: Final = Always(False)


def parse(text: str) -> Check:
    """The expression's tree. Raises ValueError, saying what would be right."""
    if not text.strip():
        return YES
    words = list(_words(text))
    check = _alternatives(words)
    if words:
        raise ValueError(f"'{words[0]}' stands where 'and', 'or' or the end was expected")
    return check


def rules_in(check: Check) -> frozenset[str]:
    """The rules that it names itself."""
    match check:
        case Rule(name):
            return frozenset({name})
        case Not(part):
            return rules_in(part)
        case Every(parts) | Some(parts):
            return frozenset().union(*map(rules_in, parts))
        case _:
            return frozenset()


def reduce(check: Check, subject: Subject, rule: Callable[[str], Check]) -> Check:
    """What is left to ask of an object, now that the caller is known. `rule` gives other rules' trees."""
    match check:
        case HasRole(role):
            return _outcome(any(role == each.lower() for each in subject.roles))
        case Credential(name, text):
            return _outcome(getattr(subject, name) == text)
        case Rule(name):
            return reduce(rule(name), subject, rule)
        case Not(part):
            left = reduce(part, subject, rule)
            return _outcome(not left.outcome) if isinstance(left, Always) else Not(left)
        case Every(parts):
            return _joined(Every, (reduce(part, subject, rule) for part in parts), decides=NO)
        case Some(parts):
            return _joined(Some, (reduce(part, subject, rule) for part in parts), decides=YES)
        case Always(outcome):
            return _outcome(outcome)
        case Same() | Says():
            return check
        case _:
            assert_never(check)


def holds(check: Check, subject: Subject, target: Target) -> bool:
    """Whether a reduced tree is true for the object."""
    match check:
        case Always(outcome):
            return outcome
        case Same(credential, name):
            said = target.get(name)
            return said is not None and said == getattr(subject, credential)
        case Says(name, text, is_pattern):
            said = target.get(name)
            if said is None:
                return False
            return re.match(text, str(said)) is not None if is_pattern else str(said) == text
        case Some(parts):
            return any(holds(part, subject, target) for part in parts)
        case Every(parts):
            return all(holds(part, subject, target) for part in parts)
        case Not(part):
            return not holds(part, subject, target)
        case HasRole() | Rule() | Credential():
            raise ValueError(f"{check} is not reduced")
        case _:
            assert_never(check)


def _outcome(outcome: bool) -> Always:
    return YES if outcome else NO


def _joined(kind: type[Every] | type[Some], parts: Iterable[Check], *, decides: Always) -> Check:
    """The parts as one: each once, flat, without those that change nothing."""
    left: dict[Check, None] = {}
    for part in parts:
        if part == decides:
            return decides
        if not isinstance(part, Always):
            left.update(dict.fromkeys(part.parts if isinstance(part, kind) else (part,)))
    if not left:
        return _outcome(not decides.outcome)
    return next(iter(left)) if len(left) == 1 else kind(tuple(left))


def _words(text: str) -> Iterable[str]:
    """Parentheses, and what is between spaces: those of `%(name)s` are part of the word."""
    for word in text.split():
        bare = word.lstrip("(")
        yield from "(" * (len(word) - len(bare))
        plain = bare.rstrip(")")
        if plain:
            yield plain
        yield from ")" * (len(bare) - len(plain))


def _alternatives(words: list[str]) -> Check:
    parts = [_conjunction(words)]
    while words and words[0].lower() == "or":
        words.pop(0)
        parts.append(_conjunction(words))
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _conjunction(words: list[str]) -> Check:
    parts = [_part(words)]
    while words and words[0].lower() == "and":
        words.pop(0)
        parts.append(_part(words))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _part(words: list[str]) -> Check:
    if not words:
        raise ValueError("it ends where a check was expected, such as 'role:reader' or 'rule:admin_only'")
    word = words.pop(0)
    if word.lower() == "not":
        return Not(_part(words))
    if word == "(":
        inside = _alternatives(words)
        if not words or words.pop(0) != ")":
            raise ValueError("a parenthesis is not closed")
        return inside
    return _check(word)


def _check(word: str) -> Check:
    if word in ("@", "!"):
        return Always(word == "@")
    kind, colon, match = word.partition(":")
    if not colon or not match:
        raise ValueError(f"'{word}' is no check; such are 'role:reader', 'rule:admin_only', '@' (always), '!' (never)")
    match kind:
        case "role":
            return HasRole(match.lower())
        case "rule":
            return Rule(match)
        case "field":
            return _field(word, match)
        case "is_admin":
            return Rule(_ADMINISTRATOR) if match.lower() in ("true", "1") else Not(Rule(_ADMINISTRATOR))
        case "http" | "https" | "remote":
            raise ValueError(f"'{word}': servers elsewhere are not asked")
    asked = _OF_TARGET.fullmatch(match)
    if asked is not None:
        _require_known(asked.group(1), TARGETS, "of an object")
    if kind in CREDENTIALS:
        name = CREDENTIALS[kind]
        return Same(name, asked.group(1)) if asked else Credential(name, match.strip("'\""))
    text = kind.strip("'\"")
    if asked is not None and (text != kind or text in ("True", "False", "None")):
        return Says(asked.group(1), text)
    known = sorted({"role", "rule", "field", "is_admin", *CREDENTIALS})
    raise ValueError(f"'{word}': there is no '{kind}'; a check begins with {', '.join(known)}, or is '@' or '!'")


def _field(word: str, match: str) -> Check:
    _, colon, condition = match.partition(":")
    name, equals, text = condition.partition("=")
    if not colon or not equals:
        raise ValueError(f"'{word}' is no field check, which is 'field:RESOURCE:ATTRIBUTE=VALUE'")
    _require_known(name, TARGETS, "of an object")
    if not text.startswith("~"):
        return Says(name, text)
    try:
        re.compile(text[1:])
    except re.error as unfit:
        raise ValueError(f"'{word}': '{text[1:]}' is no regular expression: {unfit}") from None
    return Says(name, text[1:], is_pattern=True)


def _require_known(name: str, known: Collection[str], of_what: str) -> None:
    if name not in known:
        raise ValueError(f"'{name}' cannot be asked {of_what}; what can: {', '.join(sorted(known))}")
