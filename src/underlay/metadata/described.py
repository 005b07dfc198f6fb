"""What is told of one instance, from its record and its ports of one network; without a record, from the port alone.

Pure. `content.py` lays it out in the trees of EC2 and OpenStack.
"""

import base64
import binascii
import re
from typing import Final

import msgspec

from underlay.metadata.directory import Directory, Entry
from underlay.model.ids import InstanceId, ProjectId

_NOT_IN_HOST_NAMES: Final = re.compile(r"[^a-z0-9.-]+")
_LONGEST_HOST_NAME: Final = 63


class Described(msgspec.Struct, frozen=True):
    """Attributes:
    entries: of this instance in this network, the caller's address first.
    user_data: as the guest gets it; None when there is none.
    """

    instance_id: InstanceId
    project_id: ProjectId
    name: str
    hostname: str
    availability_zone: str
    public_keys: dict[str, str]
    meta: dict[str, str]
    user_data: bytes | None
    directory: Directory
    entries: tuple[Entry, ...]


def describe(directory: Directory, caller: Entry) -> Described:
    """Everything that is known of the instance that asks."""
    others = (
        entry
        for entry in directory.entries
        if entry.device_id == caller.device_id and entry.project_id == caller.project_id and entry is not caller
    )
    instance = caller.instance
    name = instance.name if instance else ""
    fallback = "host-" + str(caller.address).replace(".", "-").replace(":", "-")
    return Described(
        instance_id=caller.device_id,
        project_id=instance.project_id if instance else caller.project_id,
        name=name or fallback,
        hostname=host_name(name) or fallback,
        availability_zone=instance.availability_zone if instance else "nova",
        public_keys=instance.public_keys if instance else {},
        meta=instance.meta if instance else {},
        user_data=_user_data(instance.user_data) if instance else None,
        directory=directory,
        entries=(caller, *others),
    )


def host_name(name: str) -> str:
    """A name made fit for a host, as Nova does: lower case, blanks and underscores become hyphens, the rest goes."""
    hyphened = name.lower().replace(" ", "-").replace("_", "-")
    return _NOT_IN_HOST_NAMES.sub("", hyphened).strip(".-")[:_LONGEST_HOST_NAME]


def _user_data(text: str) -> bytes | None:
    if not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return text.encode()
