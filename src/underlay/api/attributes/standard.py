"""The attributes that several resources have in the same form."""

from typing import Any

from underlay.api import values
from underlay.api.attributes.attribute import Attribute, View, timestamp
from underlay.api.values import Reader

NAME_LENGTH = 255
DESCRIPTION_LENGTH = 255
PROJECT_ID_LENGTH = 255


def text(value: Any) -> str:
    """A filter's value as it stands in the query."""
    return str(value)


def identifier(of: str) -> Attribute:
    """`id`, made by the server."""
    return Attribute(
        "id", f"Identifies the {of}; made by the server.", show=lambda record, _: record.id, filter=text, sort=True
    )


def name(of: str) -> Attribute:
    """`name`, free text."""
    reader = values.text_up_to(NAME_LENGTH)
    return Attribute(
        "name",
        f"Name of the {of}, for people; need not be unique. At most {NAME_LENGTH} characters.",
        show=lambda record, _: record.name,
        post=reader,
        put=reader,
        filter=text,
        sort=True,
    )


def owner() -> tuple[Attribute, Attribute]:
    """`project_id` and its old name `tenant_id`, always equal."""

    def row(label: str, description: str) -> Attribute:
        return Attribute(
            label,
            description,
            show=_show_project_id,
            post=values.text_up_to(PROJECT_ID_LENGTH),
            filter=text,
            sort=True,
        )

    return (
        row("project_id", "The project that owns it. Only an administrator may name another than his own."),
        row("tenant_id", "The old name of `project_id`; both are read and both are shown, always equal."),
    )


def _show_project_id(record: Any, _: View) -> Any:
    return record.project_id


def flag(name: str, description: str, *, put: Reader | None = values.boolean) -> Attribute:
    """A boolean that has the same name in the record."""
    return Attribute(
        name,
        description,
        show=lambda record, _: getattr(record, name),
        post=values.boolean,
        put=put,
        filter=values.boolean,
        sort=True,
    )


def description(of: str) -> Attribute:
    """`description`, free text."""
    reader = values.null_as("", values.text_up_to(DESCRIPTION_LENGTH))
    return Attribute(
        "description",
        f"What the {of} is for; free text of at most {DESCRIPTION_LENGTH} characters.",
        show=lambda record, _: record.description,
        post=reader,
        put=reader,
        filter=text,
        sort=True,
    )


def history() -> tuple[Attribute, ...]:
    """`created_at`, `updated_at`, `revision_number`."""
    return (
        Attribute(
            "created_at",
            "When it was created, UTC.",
            show=lambda record, _: timestamp(record.created_at),
            filter=text,
            sort=True,
        ),
        Attribute(
            "updated_at",
            "When it was last changed, UTC.",
            show=lambda record, _: timestamp(record.updated_at),
            filter=text,
            sort=True,
        ),
        Attribute(
            "revision_number",
            "Counts its changes from 1; `If-Match: revision_number=N` makes a change conditional on it.",
            show=lambda record, _: record.revision_number,
            filter=values.integer,
            sort=True,
        ),
    )
