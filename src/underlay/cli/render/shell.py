"""Format shell: `name="value"` lines that a shell can evaluate.

cliff protects only the quote character; a network named `$(reboot)` would then be run by `eval`. Here everything that
is special between double quotes (POSIX.1-2017 XCU 2.2.3) is protected.
"""

import re
from collections.abc import Sequence
from typing import Final

from underlay.cli.cells import Cell

_SPECIAL: Final = re.compile(r'([\\"$`])')
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9_]")


def render_fields(columns: Sequence[str], values: Sequence[Cell], prefix: str, variables: Sequence[str]) -> str:
    """A line a field; only those in `variables` when it is not empty, by the field's or the variable's name."""
    lines = []
    for column, value in zip(columns, values, strict=True):
        name = _NOT_IN_A_NAME.sub("_", column.lower())
        if not variables or name in variables or column in variables:
            lines.append(f'{prefix}{name}="{_SPECIAL.sub(_escape, str(value))}"\n')
    return "".join(lines)


def _escape(found: re.Match[str]) -> str:
    return "\\" + found[0]
