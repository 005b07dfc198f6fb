"""JSON Schema (2020-12) as values: what attribute tables say of the form of what is sent and shown.

Only the words that the API needs. `plain` gives the JSON object.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType, structs

Type = Literal["string", "integer", "number", "boolean", "array", "object", "null"]


class Schema(msgspec.Struct, frozen=True, eq=False, omit_defaults=True, rename="camel"):
    """One schema; what is not said is not restricted. Fields are JSON Schema's words in snake case."""

    type: Type | tuple[Type, ...] | UnsetType = UNSET
    format: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    enum: tuple[Any, ...] | UnsetType = UNSET
    pattern: str | UnsetType = UNSET
    min_length: int | UnsetType = UNSET
    max_length: int | UnsetType = UNSET
    minimum: int | UnsetType = UNSET
    maximum: int | UnsetType = UNSET
    items: "Schema | UnsetType" = UNSET
    min_items: int | UnsetType = UNSET
    max_items: int | UnsetType = UNSET
    unique_items: bool | UnsetType = UNSET
    properties: "Mapping[str, Schema] | UnsetType" = UNSET
    required: tuple[str, ...] | UnsetType = UNSET
    max_properties: int | UnsetType = UNSET
    additional_properties: "bool | Schema | UnsetType" = UNSET
    any_of: "tuple[Schema, ...] | UnsetType" = UNSET
    ref: str | UnsetType = msgspec.field(default=UNSET, name="$ref")


TEXT: Final = Schema(type="string")
INTEGER: Final = Schema(type="integer")
BOOLEAN: Final = Schema(type="boolean")
UUID: Final = Schema(type="string", format="uuid")
TIME: Final = Schema(type="string", format="date-time")
IP: Final = Schema(any_of=(Schema(type="string", format="ipv4"), Schema(type="string", format="ipv6")))
CIDR: Final = Schema(type="string", pattern=r"^[0-9A-Fa-f.:]+/[0-9]{1,3}$")
MAC: Final = Schema(type="string", pattern=r"^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$")
OBJECT: Final = Schema(type="object")


def plain(schema: Schema) -> dict[str, Any]:
    """As JSON's dictionary."""
    as_json: dict[str, Any] = msgspec.to_builtins(schema)
    return as_json


def described(schema: Schema, description: str) -> Schema:
    """The same with words for people."""
    return structs.replace(schema, description=description)


def nullable(schema: Schema) -> Schema:
    """That, or null."""
    if isinstance(schema.type, str):
        enum = (*schema.enum, None) if isinstance(schema.enum, tuple) else schema.enum
        return structs.replace(schema, type=(schema.type, "null"), enum=enum)
    if isinstance(schema.any_of, tuple):
        return structs.replace(schema, any_of=(*schema.any_of, Schema(type="null")))
    return schema


def list_of(items: Schema, **limits: Any) -> Schema:
    """A list of such; `limits` are further words, as `max_items`."""
    return Schema(type="array", items=items, **limits)


def exactly(required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object with no other properties than these."""
    words = required or UNSET
    return Schema(type="object", properties=properties, required=words, additional_properties=False)


def shown(**properties: Schema) -> Schema:
    """An object that always has these properties."""
    return Schema(type="object", properties=properties, required=tuple(properties))


def map_of(each: Schema) -> Schema:
    """An object whose properties the clients name."""
    return Schema(type="object", additional_properties=each)
