"""The attributes that several resources have in the same form."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from underlay.api import schema, values
from underlay.api.attributes.attribute import Attribute, Field, timestamp
from underlay.api.schema import Schema
from underlay.api.values import Reader
from underlay.model.errors import InvalidInput

NAME_LENGTH = 255
DESCRIPTION_LENGTH = 255
PROJECT_ID_LENGTH = 255
TAG_LENGTH = 255

read_project = values.text_up_to(PROJECT_ID_LENGTH)
"""The id of a project, which is whatever text identity gives it."""


@values.reads(schema.TEXT)
def text(value: Any) -> str:
    """A filter's value as it stands in the query."""
    return str(value)


def identifier(of: str) -> Attribute:
    """`id`, made by the server."""
    return Attribute("id", f"Identifies the {of}; made by the server.", show=Field("id"), filter=text, sort=True)


def name(of: str) -> Attribute:
    """`name`, free text."""
    reader = values.text_up_to(NAME_LENGTH)
    return Attribute(
        "name",
        f"Name of the {of}, for people; need not be unique. At most {NAME_LENGTH} characters.",
        show=Field("name"),
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
            show=Field("project_id"),
            post=read_project,
            filter=text,
            sort=True,
        )

    return (
        row("project_id", "The project that owns it. Only an administrator may name another than his own."),
        row("tenant_id", "The old name of `project_id`; both are read and both are shown, always equal."),
    )


def flag(name: str, description: str, *, put: Reader[Any] | None = values.boolean) -> Attribute:
    """A boolean that has the same name in the record."""
    return Attribute(
        name,
        description,
        show=Field(name),
        post=values.boolean,
        put=put,
        filter=values.boolean,
        sort=True,
    )


def shared(description: str) -> Attribute:
    """`shared`: with all, or, as shown and filtered, with the caller's project by an RBAC policy."""
    return Attribute(
        "shared",
        description,
        show=lambda record, view: record.shared or view.is_granted(record.id),
        post=values.boolean,
        put=values.boolean,
        filter=values.boolean,
        sort=True,
    )


def shared_by_policies(of: str) -> Attribute:
    """`shared`, of what only RBAC policies share."""
    return Attribute(
        "shared",
        f"Whether the {of} is shared with all projects or with the caller's, by RBAC policies.",
        show=lambda record, view: record.shared or view.is_granted(record.id),
        filter=values.boolean,
    )


def post_description(of: str) -> Attribute:
    """`description` of what is never changed."""
    return Attribute(
        "description",
        f"What the {of} is for; free text of at most {DESCRIPTION_LENGTH} characters.",
        show=Field("description"),
        post=values.null_as("", values.text_up_to(DESCRIPTION_LENGTH)),
        filter=text,
        sort=True,
    )


def description(of: str) -> Attribute:
    """`description`, free text."""
    reader = values.null_as("", values.text_up_to(DESCRIPTION_LENGTH))
    return Attribute(
        "description",
        f"What the {of} is for; free text of at most {DESCRIPTION_LENGTH} characters.",
        show=Field("description"),
        post=reader,
        put=reader,
        filter=text,
        sort=True,
    )


@values.reads(schema.list_of(Schema(type="string", max_length=TAG_LENGTH), unique_items=True))
def read_tags(value: Any) -> tuple[str, ...]:
    """A list of tags, each once; sorted. Raises ValueError with Neutron's reasons."""
    if not isinstance(value, list):
        raise ValueError(f"'{values.shown(value)}' is not a list")
    tag = values.text_up_to(TAG_LENGTH)
    read = [tag(one) for one in value]
    double = sorted(one for one, count in Counter(read).items() if count > 1)
    if double:
        raise ValueError(f"Duplicate items in the list: '{values.shown(', '.join(double))}'")
    return tuple(sorted(read))


def tags(*, post: bool = False) -> tuple[Attribute, ...]:
    """`tags`, and the filters by them. They are changed at `/{id}/tags`; post: also sent when the record is created."""

    def only_filter(name: str, description: str) -> Attribute:
        return Attribute(name, f"Lists only: {description} these tags, split by commas.", filter=text)

    return (
        Attribute(
            "tags",
            f"Words to find it by, of at most {TAG_LENGTH} characters; as a filter: has all of these, split by commas.",
            show=Field("tags"),
            shown=schema.list_of(schema.TEXT),
            post=values.null_as((), read_tags) if post else None,
            filter=text,
        ),
        only_filter("tags-any", "has at least one of"),
        only_filter("not-tags", "has not all of"),
        only_filter("not-tags-any", "has none of"),
    )


@values.reads(schema.TIME)
def _read_moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidInput(
            f"The input {values.shown(value)} must be in the following format: YYYY-MM-DDTHH:MM:SSZ"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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
            "changed_since",
            "Lists only: changed at this time, `2026-11-22T10:00:00Z`, or later.",
            show=lambda record, _: timestamp(record.updated_at),
            filter=_read_moment,
            match=lambda shown, wanted: any(_read_moment(shown) >= moment for moment in wanted),
            filter_only=True,
        ),
        Attribute(
            "revision_number",
            "Counts its changes from 1; `If-Match: revision_number=N` makes a change conditional on it.",
            show=Field("revision_number"),
            filter=values.integer,
            sort=True,
        ),
    )
