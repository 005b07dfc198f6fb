"""Format csv: a header, then a line an item, ending in CRLF (RFC 4180)."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Literal

from underlay.cli.cells import Cell


def render_rows(columns: Sequence[str], rows: Sequence[Sequence[Cell]], quote: str) -> str:
    """`quote` is all, minimal, none or nonnumeric."""
    text = StringIO()
    modes: dict[str, Literal[0, 1, 2, 3]] = {
        "all": csv.QUOTE_ALL,
        "minimal": csv.QUOTE_MINIMAL,
        "none": csv.QUOTE_NONE,
        "nonnumeric": csv.QUOTE_NONNUMERIC,
    }
    writer = csv.writer(text, quoting=modes[quote], escapechar="\\")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
