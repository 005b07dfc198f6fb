"""Answer + view -> the text for stdout. Imports only the format that is asked for."""

from collections.abc import Sequence
from typing import Any, assert_never

from underlay.cli.cells import field_cell, list_cell
from underlay.cli.errors import CliError
from underlay.cli.perform import Answer, Fields, Rows, Said
from underlay.cli.view import View


def present(answer: Answer, view: View) -> str:
    """What is printed; raises CliError when none of the columns asked for is there."""
    match answer:
        case Said(text=text):
            return f"{text}\n"
        case Rows():
            return _rows(answer, view)
        case Fields():
            return _fields(answer, view)
        case _:
            assert_never(answer)


def _rows(answer: Rows, view: View) -> str:
    columns = answer.columns
    match view.formatter:
        case "json":
            from underlay.cli.render import json

            return json.render_rows(columns, _raw(answer), view.noindent)
        case "yaml":
            from underlay.cli.render import yaml

            return yaml.render_rows(columns, _raw(answer))
        case "value":
            from underlay.cli.render import value

            return value.render_rows(_raw(answer))
    cells = [[list_cell(column, item) for column in columns] for item in answer.items]
    if view.formatter == "csv":
        from underlay.cli.render import csv

        return csv.render_rows(columns, cells, view.quote)
    from underlay.cli.render import table

    return table.render_rows(columns, cells, view.max_width)


def _raw(answer: Rows) -> list[list[Any]]:
    """The values of the items; nothing is shown as empty text."""
    return [["" if item.get(column) is None else item[column] for column in answer.columns] for item in answer.items]


def _fields(answer: Fields, view: View) -> str:
    columns = _chosen(sorted(answer.fields), view.columns)
    raw = [answer.fields[column] for column in columns]
    match view.formatter:
        case "json":
            from underlay.cli.render import json

            return json.render_fields(columns, raw, view.noindent)
        case "yaml":
            from underlay.cli.render import yaml

            return yaml.render_fields(columns, raw)
        case "value":
            from underlay.cli.render import value

            return value.render_fields(raw)
    cells = [field_cell(value, answer.indent) for value in raw]
    if view.formatter == "shell":
        from underlay.cli.render import shell

        return shell.render_fields(columns, cells, view.prefix, view.variables)
    from underlay.cli.render import table

    headline = f"{answer.headline}\n" if answer.headline else ""
    return headline + table.render_fields(columns, cells, view.max_width)


def _chosen(known: Sequence[str], asked: Sequence[str]) -> list[str]:
    if not asked:
        return list(known)
    chosen = [name for name in known if name in asked]
    if not chosen:
        raise CliError(f"No recognized column names in {', '.join(asked)}. There are: {', '.join(known)}")
    return chosen
