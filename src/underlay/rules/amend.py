"""Changing a record: the one place where `revision_number` and `updated_at` move."""

from datetime import datetime
from typing import TypeVar

from msgspec import UNSET, structs

from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.subnet import Subnet

R = TypeVar("R", Network, Subnet, Port, Instance)


def amended(record: R, now: datetime, **changes: object) -> R:
    """The record with these fields, one revision on; the record itself when they are so already.

    A field that is UNSET stays as it is.
    """
    after = structs.replace(record, **{name: value for name, value in changes.items() if value is not UNSET})
    if after == record:
        return record
    return structs.replace(after, revision_number=record.revision_number + 1, updated_at=now)
