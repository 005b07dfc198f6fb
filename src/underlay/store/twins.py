"""Records for showing only: the same fields, but addresses and times are the text that JSON has, which nobody parses.

A list of thousands of records is read so in a third of the time. `twin_of(Port)` is a type with the fields of `Port`,
and of the types that these are made of; it has no methods and properties.
"""

from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from underlay.model.address import IpAddress, IpNetwork, Mac
from underlay.model.codec import encode

_AS_TEXT = (Mac, IpAddress, IpNetwork, datetime)


@cache
def twin_of(record_type: type[Any]) -> type[Any]:
    """The type with text in it that decodes the same JSON, with the same defaults."""
    config = record_type.__struct_config__
    types = get_type_hints(record_type, include_extras=True)
    fields = [_field(field, _twin_type(types[field.name])) for field in msgspec.structs.fields(record_type)]
    return msgspec.defstruct(
        f"Shown{record_type.__name__}", fields, frozen=True, tag=config.tag, tag_field=config.tag_field
    )


def _field(field: msgspec.structs.FieldInfo, twin_type: Any) -> tuple[Any, ...]:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.name, twin_type, msgspec.field(default_factory=field.default_factory)
    if isinstance(field.default, msgspec.Struct):
        default = msgspec.json.decode(encode(field.default), type=twin_type)
        return field.name, twin_type, msgspec.field(default_factory=lambda: default)
    if field.default is msgspec.NODEFAULT:
        return field.name, twin_type
    return field.name, twin_type, field.default


def _twin_type(of: Any) -> Any:
    if of in _AS_TEXT:
        return str
    if isinstance(of, type) and issubclass(of, msgspec.Struct):
        return twin_of(of)
    origin = get_origin(of)
    if origin in (Union, UnionType):
        return Union[tuple(_twin_type(one) for one in get_args(of))]  # noqa: UP007 - made of a tuple
    if origin is tuple:
        return tuple[tuple(_twin_type(one) for one in get_args(of))]  # type: ignore[misc]
    return of
