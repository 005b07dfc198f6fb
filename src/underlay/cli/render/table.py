"""Format table, byte for byte as cliff with prettytable draws it.

Plain text of any length is drawn here, because importing prettytable takes longer than the rest of the command;
prettytable itself draws what is not plain: characters that are wider than one column, escape codes, and tables that
must be wrapped.
"""

from collections.abc import Sequence

from underlay.cli.cells import Cell

Row = Sequence[Cell]


def render_rows(columns: Sequence[str], rows: Sequence[Row], max_width: int = 0) -> str:
    """A table with a row an item; numbers stand right when the first row has a number there. No rows: a blank line."""
    if not rows:
        return "\n"
    numeric = [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in rows[0]]
    return _render(columns, [_texts(row) for row in rows], numeric, max_width, least_width=8)


def render_fields(columns: Sequence[str], values: Row, max_width: int = 0) -> str:
    """A table of two columns, Field and Value."""
    rows = [_texts(pair) for pair in zip(columns, values, strict=True)]
    if not rows:
        return "\n"
    return _render(("Field", "Value"), rows, [False, False], max_width, least_width=16)


def _texts(row: Row) -> list[str]:
    return [str(cell).replace("\r\n", "\n").replace("\r", " ") for cell in row]


def _render(
    columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], max_width: int, least_width: int
) -> str:
    if not all(_is_plain(cell) for row in (columns, *rows) for cell in row):
        return _render_with_prettytable(columns, rows, numeric, max_width, least_width)
    lines = [[cell.split("\n") for cell in row] for row in (columns, *rows)]
    widths = [max(len(line) for row in lines for line in row[place]) for place in range(len(columns))]
    if max_width and 1 + sum(width + 3 for width in widths) > max_width:
        return _render_with_prettytable(columns, rows, numeric, max_width, least_width)
    rule = "+" + "".join("-" * (width + 2) + "+" for width in widths)
    head = "".join(
        f"| {_justify(name, width, right)} " for name, width, right in zip(columns, widths, numeric, strict=True)
    )
    drawn = [rule, head + "|", rule]
    for row in lines[1:]:
        for height in range(max(len(cell) for cell in row)):
            parts = [cell[height] if height < len(cell) else "" for cell in row]
            drawn.append(
                "".join(
                    f"| {_justify(part, width, right)} "
                    for part, width, right in zip(parts, widths, numeric, strict=True)
                )
                + "|"
            )
    return "\n".join((*drawn, rule, ""))


def _justify(text: str, width: int, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _is_plain(text: str) -> bool:
    """Whether every character but the line end is one column wide."""
    return text.isascii() and text.replace("\n", "").isprintable()


def _render_with_prettytable(
    columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], max_width: int, least_width: int
) -> str:
    from prettytable import PrettyTable

    table = PrettyTable(list(columns))
    for name, right in zip(columns, numeric, strict=True):
        table.align[name] = "r" if right else "l"
    for row in rows:
        table.add_row(list(row))
    drawn = table.get_string()
    rule = drawn.partition("\n")[0]
    if not max_width or len(rule) <= max_width:
        return drawn + "\n"
    widths = [len(part) - 2 for part in rule.split("+")[1:-1]]
    for name, width in zip(columns, shrink(widths, max_width, least_width), strict=True):
        if width:
            table.max_width[name] = width
    return table.get_string() + "\n"


def shrink(widths: Sequence[int], max_width: int, least_width: int) -> list[int]:
    """The limit for each column so that the table fits, 0 for none, as cliff decides it.

    Columns narrower than an equal share keep their width; the others share what is left, the last one takes the rest,
    and none gets less than least_width: rather is the table too wide.
    """
    usable = max(0, max_width - 1 - 3 * len(widths))
    share = usable // len(widths)
    wide = [place for place, width in enumerate(widths) if width > share]
    left = usable - sum(width for width in widths if width <= share)
    limits = [0] * len(widths)
    each = left // len(wide)
    for place in wide[:-1]:
        limits[place] = max(least_width, each)
        left -= each
    limits[wide[-1]] = max(least_width, left)
    return limits
