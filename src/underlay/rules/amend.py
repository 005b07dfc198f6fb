"""Changing a record: the one place where `revision_number` and `updated_at` move."""

from datetime import datetime
from typing import Protocol, TypeVar, cast

from msgspec import UNSET, Struct, structs


class Revised(Protocol):
    """A record that counts its changes; `updated_at` is beside it."""

    @property
    def revision_number(self) -> int:
        """From 1."""
        ...


R = TypeVar("R", bound=Revised)


def touched(record: R, now: datetime) -> R:
    """The record one revision on, with the same fields: something that belongs to it has changed."""
    counted = {"revision_number": record.revision_number + 1, "updated_at": now}
    return cast(R, structs.replace(cast(Struct, record), **counted))


def amended(record: R, now: datetime, **changes: object) -> R:
    """The record with these fields, one revision on; the record itself when they are so already.

    A field that is UNSET stays as it is.
    """
    wanted = {name: value for name, value in changes.items() if value is not UNSET}
    after = cast(R, structs.replace(cast(Struct, record), **wanted))
    if after == record:
        return record
    return touched(after, now)
