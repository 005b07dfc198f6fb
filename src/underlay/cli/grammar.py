"""argv of one command -> Request. Pure: no file is read, nothing is looked up.

Options that the command knows are read as such, wherever they stand; those that it does not know are passed on, with
their values, to `values.parse`. A bare `--` ends the known part: only what follows is passed on then, and unknown
options before it are not sent (as ever), which is said in a warning.

Bare words fill the positional arguments in order, even right after an unknown option, as they always did:
`net-create --tag red web` makes a network named red. What can only belong to an option (`type=dict`, `list=true`,
`action=clear`, `k=v`, and the word behind `type=` or `list=true`) never fills one: it was taken for the subnet's name
once, and the error spoke of that name.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from underlay.cli import values
from underlay.cli.errors import UsageError
from underlay.cli.view import LIST_VIEW, SHOW_VIEW
from underlay.cli.vocabulary import (
    Command,
    Creating,
    FromFile,
    Listing,
    Option,
    Plain,
    Positional,
    Showing,
    Updating,
    Value,
)

LIST_AND_SHOW_OPTIONS: Final = (
    Option("--show-details", "show_details", "nothing", True, short="-D", help="Show every field."),
    Option(
        "--field", "fields", setting=True, repeats=True, short="-F", metavar="FIELD", help="Ask for this field only."
    ),
    Option("--fields", "fields", setting=True, repeats=True),
)
PAGE_AND_SORT_OPTIONS: Final = (
    Option("--page-size", "page_size", "integer", True, short="-P", metavar="SIZE", help="Ask in pages of SIZE."),
    Option("--sort-key", "sort_key", setting=True, repeats=True, metavar="FIELD", help="Sort by this field."),
    Option(
        "--sort-dir",
        "sort_dir",
        setting=True,
        repeats=True,
        choices=("asc", "desc"),
        metavar="{asc,desc}",
        help="Direction of the sort key at the same place; asc when there is none.",
    ),
)
REQUEST_FORMAT: Final = Option("--request-format", "request_format", setting=True, choices=("json",))


class Request(Struct, frozen=True):
    """What one command line asks for.

    Attributes:
    positionals: by name, as typed; a positional that repeats holds several.
    attributes: what goes into the body, or into the query of a list.
    settings: what steers the command itself: `fields`, `page_size`, `formatter`, `columns` ...
    warnings: for stderr.
    """

    command: Command
    positionals: dict[str, list[str]]
    attributes: dict[str, Value]
    settings: dict[str, Any]
    warnings: tuple[str, ...] = ()


def options_of(command: Command) -> tuple[Option, ...]:
    """Every option that the command knows: its own, and those of its verb."""
    options = command.options
    match command.verb:
        case Listing(pages=pages):
            options += LIST_AND_SHOW_OPTIONS + (PAGE_AND_SORT_OPTIONS if pages else ()) + LIST_VIEW
        case Showing():
            options += LIST_AND_SHOW_OPTIONS + SHOW_VIEW
        case Creating() | Updating(shows=True):
            options += SHOW_VIEW
        case _:
            pass
    return (*options, REQUEST_FORMAT)


def parse(command: Command, argv: Sequence[str]) -> Request:
    """Read the words after the command's name; raises UsageError or CliError."""
    head, after = list(argv), None
    if "--" in head:
        cut = head.index("--")
        head, after = head[:cut], head[cut + 1 :]
    reading = _Reading(command)
    reading.read(head)
    warnings: tuple[str, ...] = ()
    unknown = reading.unknown
    if after is not None:
        if unknown:
            warnings = (f"Not sent, because a bare -- follows: {' '.join(unknown)}",)
        unknown = after
    if reading.missing:
        raise UsageError(_missing_text(command, reading.missing, argv))
    if unknown and not command.takes_unknown:
        raise UsageError(f"unrecognized arguments: {' '.join(unknown)}")
    attributes = _merge(reading.attributes, values.parse(unknown))
    return Request(command, reading.positionals, attributes, reading.settings, warnings)


class _Reading:
    """The state of reading one line from left to right.

    Attributes:
    after_unknown: the last option was not known.
    bare_unknown: it had no `=value`.
    awaits_value: its `type=` or `list=true` still lacks the value.
    """

    def __init__(self, command: Command) -> None:
        self.options: Final = _by_name(options_of(command))
        self.slots: Final = list(command.positionals)
        self.positionals: Final[dict[str, list[str]]] = {}
        self.attributes: Final[dict[str, Value]] = {}
        self.settings: Final[dict[str, Any]] = {}
        self.unknown: Final[list[str]] = []
        self.set_by: Final[dict[str, str]] = {}
        self.after_unknown = False
        self.bare_unknown = False
        self.awaits_value = False

    @property
    def missing(self) -> list[Positional]:
        """The positionals without a value."""
        return [slot for slot in self.slots if slot.to not in self.positionals]

    def read(self, tokens: Sequence[str]) -> None:
        """Take in every token."""
        rest = list(tokens)
        while rest:
            token = rest.pop(0)
            if values.is_option(token):
                self._take_option(token, rest)
            else:
                self._take_word(token)

    def _take_word(self, word: str) -> None:
        if self.after_unknown and (self.awaits_value or values.looks_like_value_spec(word)):
            self.unknown.append(word)
            self.awaits_value = values.wants_value(word) and self.bare_unknown
            return
        for slot in self.slots:
            if slot.repeats:
                self.positionals.setdefault(slot.to, []).append(word)
                return
            if slot.to not in self.positionals:
                self.positionals[slot.to] = [word]
                return
        self.unknown.append(word)

    def _take_option(self, token: str, rest: list[str]) -> None:
        name, equals, text = token.partition("=")
        if not token.startswith("--") and len(name) > 2:
            name, equals, text = token[:2], "=", token[2:].removeprefix("=")
        option = _find(self.options, name)
        passes_on = (
            option is not None and not option.setting and not equals and bool(rest) and values.is_marker(rest[0])
        )
        if option is None or passes_on:
            self.unknown.append(token if option is None else f"--{option.to}")
            self.after_unknown, self.bare_unknown, self.awaits_value = True, not equals, False
            return
        self.after_unknown = False
        if option.takes == "nothing":
            if equals and not token.startswith("--"):
                rest.insert(0, f"-{text}")
            elif equals:
                raise UsageError(f"argument {option.name}: ignored explicit argument '{text}'")
            self._set(option, option.constant)
            return
        if not equals:
            if not rest or values.is_option(rest[0]):
                raise UsageError(f"argument {option.name}: expected one argument")
            text = rest.pop(0)
        self._set(option, _read_value(option, text))

    def _set(self, option: Option, value: Value) -> None:
        target: dict[str, Any] = self.settings if option.setting else self.attributes
        if option.repeats:
            target[option.to] = [*target.get(option.to, []), value]
            return
        other = self.set_by.setdefault(option.to, option.name)
        if other != option.name:
            raise UsageError(f"{other} option and {option.name} option can not be used same time")
        target[option.to] = value


def _by_name(options: Sequence[Option]) -> dict[str, Option]:
    names = {option.name.replace("_", "-"): option for option in options}
    return names | {option.short: option for option in options if option.short}


def _find(options: Mapping[str, Option], name: str) -> Option | None:
    """By full name, with dashes or underscores, or by the only name that starts so."""
    dashed = name.replace("_", "-")
    exact = options.get(dashed)
    if exact is not None or not name.startswith("--"):
        return exact
    matches = [known for known in options if known.startswith(dashed)]
    if len(matches) > 1 and len({options[known].to for known in matches}) > 1:
        raise UsageError(f"ambiguous option: {name} could match {', '.join(sorted(matches))}")
    return options[matches[0]] if matches else None


def _read_value(option: Option, text: str) -> Value:
    if option.choices and text not in option.choices:
        choices = ", ".join(f"'{choice}'" for choice in option.choices)
        raise UsageError(f"argument {option.name}: invalid choice: '{text}' (choose from {choices})")
    if option.takes == "integer":
        return values.convert(option.name, "int", [text])[0]
    if option.takes == "mapping":
        return values.convert(option.name, "dict", [text])[0]
    match option.reads:
        case "file as base64":
            return FromFile(text, as_base64=True)
        case "key file":
            name, equals, path = text.partition("=")
            return FromFile(path, name) if equals else FromFile(text, _file_name(text))
        case "name=value":
            name, equals, rest = text.partition("=")
            if not name or not equals:
                raise UsageError(f"argument {option.name}: '{text}' is not of the form {option.metavar}")
            return {name: rest}
        case "as is":
            return text


def _file_name(path: str) -> str:
    """What a key from this file is called when nothing is said: `id` for `~/.ssh/id.pub`."""
    return path.rpartition("/")[2].removesuffix(".pub")


def _merge(known: Mapping[str, Value], passed_on: Mapping[str, Plain]) -> dict[str, Value]:
    """Lists of the same kind are joined; otherwise what was passed on wins."""
    merged = dict(known)
    for key, value in passed_on.items():
        before = known.get(key)
        joins = isinstance(before, list) and isinstance(value, list) and {type(x) for x in before + value}
        merged[key] = [*before, *value] if joins and len(joins) == 1 else value  # type: ignore[misc]
    return merged


def _missing_text(command: Command, missing: Sequence[Positional], argv: Sequence[str]) -> str:
    """Says what is missing; for the id of the thing to change, also where it belongs."""
    target = missing[0]
    if target.to != "id":
        return f"the following arguments are required: {', '.join(slot.metavar for slot in missing)}"
    thing = target.metavar.lower().replace("_", " ")
    given = f" {_quoted(argv)}" if argv else ""
    return f"the {thing} id is missing. Name the {thing} first:\n  quantum {command.name} {target.metavar}{given}"


def _quoted(argv: Sequence[str]) -> str:
    import shlex

    return " ".join(shlex.quote(word) for word in argv if word != "--")
