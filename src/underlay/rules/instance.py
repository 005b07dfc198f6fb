"""Instances: what the metadata service tells a machine of a project.

An instance is told only to ports of its own project, whoever chose the device_id: that is the reader's rule
(agent, metadata); here, a project writes its own instances only.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64
from typing import Final

from msgspec import UNSET, UnsetType

from underlay.commands.instance import CreateInstance, DeleteInstance, UpdateInstance
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import InstanceInUse, InvalidInput
from underlay.model.ids import InstanceId
from underlay.model.instance import Instance
from underlay.rules import access
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

_LONGEST_USER_DATA: Final = 65535


def create(command: CreateInstance, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """An instance under the id given, which may be the device_id of ports to come. Raises InstanceInUse."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_instance", command, snapshot, command)
    require_user_data(command.user_data)
    if command.id is not None and snapshot.instance(command.id) is not None:
        raise InstanceInUse(command.id)
    instance = Instance(
        id=command.id or InstanceId(circumstances.new_id()),
        project_id=command.project_id,
        name=command.name,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        public_keys=command.public_keys,
        user_data=command.user_data,
        meta=command.meta,
        availability_zone=command.availability_zone,
    )
    return Verdict(Writes(puts=(instance,)), instance)


def update(command: UpdateInstance, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """What is sent replaces what was; keys and meta as a whole."""
    before = access.visible_instance(command.id, snapshot, caller)
    access.require(caller, "update_instance", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    require_user_data(command.user_data)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        public_keys=command.public_keys,
        user_data=command.user_data,
        meta=command.meta,
        availability_zone=command.availability_zone,
    )
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def delete(command: DeleteInstance, snapshot: Snapshot, caller: Caller) -> Verdict:
    """The instance goes; its ports stay."""
    instance = access.visible_instance(command.id, snapshot, caller)
    access.require(caller, "delete_instance", instance, snapshot)
    access.require_revision(command.revision, instance.revision_number)
    return Verdict(Writes(deletes=(Ref("instance", instance.id),)))


def require_user_data(user_data: str | UnsetType) -> None:
    """Base64, as long as Nova allows. Raises InvalidInput."""
    if user_data is UNSET:
        return
    if len(user_data) > _LONGEST_USER_DATA:
        raise InvalidInput(f"user_data has {len(user_data)} characters of base64; {_LONGEST_USER_DATA} are allowed")
    try:
        a2b_base64("".join(user_data.split()), strict_mode=True)
    except (Base64Error, ValueError):
        raise InvalidInput("user_data is not base64; encode it first, for example with `base64`") from None
