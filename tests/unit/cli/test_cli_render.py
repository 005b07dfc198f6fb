"""Values -> text."""

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prettytable import PrettyTable

from underlay.cli.render import csv, json, shell, table, yaml

NAMES = st.text(alphabet="abcdefgh_:", min_size=1, max_size=12)
CELLS = st.one_of(
    st.integers(),
    st.booleans(),
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30),
    st.text(alphabet='ab "{}\n', max_size=20),
)


@st.composite
def grids(draw: st.DrawFn) -> tuple[list[str], list[list[object]]]:
    """Columns with distinct names, and rows that fit them."""
    columns = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    rows = draw(st.lists(st.lists(CELLS, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=5))
    return columns, rows


@given(grids())
@example((["name", "n"], [["網路", 1], ["e\u0301t\u00e9", 22]]))
@example((["name"], [["\x1b[31mred\x1b[0m"]]))
@settings(max_examples=60)
def test_a_table_is_drawn_as_prettytable_draws_it(grid: tuple[list[str], list[list[object]]]) -> None:
    """Byte for byte, for any text; a column whose first cell is a number stands right."""
    columns, rows = grid
    drawn = PrettyTable(columns)
    for name, cell in zip(columns, rows[0], strict=True):
        drawn.align[name] = "r" if type(cell) is int else "l"
    drawn.add_rows(rows)
    assert drawn.get_string() + "\n" == table.render_rows(columns, rows)  # type: ignore[arg-type]


@given(st.lists(st.integers(1, 80), min_size=1, max_size=6), st.integers(10, 200))
@example([1, 4, 7, 8, 9, 1], 48)
def test_a_table_is_narrowed_only_as_far_as_it_stays_readable(widths: list[int], max_width: int) -> None:
    """It fits max_width, or every column that was narrowed has the least width; the last of them may have more, because
    cliff gives it what equal shares leave, and counts shares before it widens them to the least width."""
    if 1 + sum(width + 3 for width in widths) <= max_width:
        return
    limits = table.shrink(widths, max_width, 8)
    after = [min(width, limit) if limit else width for width, limit in zip(widths, limits, strict=True)]
    fits = 1 + sum(width + 3 for width in after) <= max_width
    narrowed = [limit for limit in limits if limit]
    assert fits or {8} == set(narrowed[:-1] or narrowed)


@pytest.mark.parametrize("text", ["", "pub100", 'a"b', "$(reboot)", "`reboot`", "$HOME", "a\\", "two\nlines", "x'y"])
def test_a_shell_reads_back_what_was_there(text: str) -> None:
    """Nothing in a value is run or replaced by the shell that evaluates the line."""
    line = shell.render_fields(["name"], [text], "os_", [])
    script = f'{line}printf "%s|" "$os_name"'
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert f"{text}|" == ran.stdout


def test_shell_names_are_names() -> None:
    """What cannot be in a variable's name becomes an underscore; --variable takes either spelling."""
    columns, cells = ["provider:network_type", "router:external", "name"], ["vlan", True, "x"]
    assert 'provider_network_type="vlan"\nrouter_external="True"\nname="x"\n' == shell.render_fields(
        columns, cells, "", []
    )
    assert 'provider_network_type="vlan"\n' == shell.render_fields(columns, cells, "", ["provider:network_type"])


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("nonnumeric", '"id","n"\r\n"a",1\r\n'),
        ("all", '"id","n"\r\n"a","1"\r\n'),
        ("minimal", "id,n\r\na,1\r\n"),
        ("none", "id,n\r\na,1\r\n"),
    ],
)
def test_csv_quotes_as_asked(quote: str, text: str) -> None:
    """Lines end in CRLF."""
    assert text == csv.render_rows(["id", "n"], [["a", 1]], quote)


def test_json_and_yaml_keep_types() -> None:
    """Values come out as they came in."""
    assert '[{"a": [1, true, null]}]\n' == json.render_rows(["a"], [[[1, True, None]]], noindent=True)
    assert "- a:\n  - 1\n  - true\n  - null\n" == yaml.render_rows(["a"], [[[1, True, None]]])
    assert "b: 1\na: x\n" == yaml.render_fields(["b", "a"], [1, "x"])
