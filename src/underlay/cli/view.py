"""How an answer is to be shown: the output options of every command, as data, and what they come to."""

from typing import Any, Final

from msgspec import Struct

from underlay.cli.vocabulary import Option

_COLUMN: Final = Option(
    "--column", "columns", setting=True, repeats=True, short="-c", metavar="COLUMN", help="Show this column only."
)
_MAX_WIDTH: Final = Option(
    "--max-width", "max_width", "integer", True, metavar="COLUMNS", help="Wrap the table to this width."
)
_NO_INDENT: Final = Option("--noindent", "noindent", "nothing", True, help="JSON on one line.")
LIST_VIEW: Final = (
    Option(
        "--format",
        "formatter",
        setting=True,
        choices=("csv", "json", "table", "value", "yaml"),
        short="-f",
        metavar="FORMAT",
        help="csv, json, table (default), value or yaml.",
    ),
    _COLUMN,
    Option(
        "--quote",
        "quote",
        setting=True,
        choices=("all", "minimal", "none", "nonnumeric"),
        metavar="MODE",
        help="CSV: what to quote: all, minimal, none or nonnumeric (default).",
    ),
    _MAX_WIDTH,
    _NO_INDENT,
)
SHOW_VIEW: Final = (
    Option(
        "--format",
        "formatter",
        setting=True,
        choices=("json", "shell", "table", "value", "yaml"),
        short="-f",
        metavar="FORMAT",
        help="json, shell, table (default), value or yaml.",
    ),
    _COLUMN,
    Option(
        "--variable",
        "variables",
        setting=True,
        repeats=True,
        metavar="VARIABLE",
        help="Shell: print this variable only.",
    ),
    Option("--prefix", "prefix", setting=True, metavar="PREFIX", help="Shell: put this before each variable's name."),
    _MAX_WIDTH,
    _NO_INDENT,
)


class View(Struct, frozen=True):
    """Attributes:
    columns: empty for the command's own choice.
    variables: of format shell; empty for all.
    max_width: 0 for no limit.
    """

    formatter: str = "table"
    columns: tuple[str, ...] = ()
    quote: str = "nonnumeric"
    variables: tuple[str, ...] = ()
    prefix: str = ""
    max_width: int = 0
    noindent: bool = False


def view_of(settings: dict[str, Any]) -> View:
    """The output settings of a request."""
    return View(
        formatter=settings.get("formatter", "table"),
        columns=tuple(settings.get("columns", ())),
        quote=settings.get("quote", "nonnumeric"),
        variables=tuple(settings.get("variables", ())),
        prefix=settings.get("prefix", ""),
        max_width=max(0, settings.get("max_width", 0)),
        noindent=settings.get("noindent", False),
    )
