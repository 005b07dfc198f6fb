"""Address groups: a project's prefixes under one name, which rules of security groups refer to.

Source: Networking API v2.0, extension address-group; what is refused is what Neutron refuses.
"""

from collections.abc import Iterable
from typing import Final, assert_never

from underlay.commands.address_group import (
    AddAddresses,
    AddressGroupCommand,
    CreateAddressGroup,
    DeleteAddressGroup,
    RemoveAddresses,
    UpdateAddressGroup,
)
from underlay.model.address import IpNetwork
from underlay.model.address_group import MAX_ADDRESSES, AddressGroup
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import (
    AddressesAlreadyExist,
    AddressesNotFound,
    AddressGroupInUse,
    AddressGroupNotFound,
    InvalidInput,
)
from underlay.rules import access, share
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

OF_RULE: Final = "remote_address_group"
"""The relation in which a rule names the address group of the other end."""


def judge(command: AddressGroupCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Any command on address groups."""
    match command:
        case CreateAddressGroup():
            return create(command, snapshot, caller, circumstances)
        case UpdateAddressGroup():
            before = _owned(command.id, "update_address_group", command.revision, snapshot, caller)
            after = amended(before, circumstances.now, name=command.name, description=command.description)
            return _changed(before, after)
        case AddAddresses():
            return add(command, snapshot, caller, circumstances)
        case RemoveAddresses():
            return remove(command, snapshot, caller, circumstances)
        case DeleteAddressGroup():
            return delete(command, snapshot, caller)
        case _:
            assert_never(command)


def create(command: CreateAddressGroup, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """A group of these prefixes, each once."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_address_group", command, snapshot, command)
    group = AddressGroup(
        id=circumstances.new_id(),
        project_id=command.project_id,
        name=command.name,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        description=command.description,
        addresses=tuple(dict.fromkeys(command.addresses)),
    )
    return Verdict(Writes(puts=(group,)), group)


def add(command: AddAddresses, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The prefixes join the group. Raises AddressesAlreadyExist, and InvalidInput when it is full."""
    before = _owned(command.id, "add_addresses", command.revision, snapshot, caller)
    known = frozenset(before.addresses)
    present = [address for address in dict.fromkeys(command.addresses) if address in known]
    if present:
        raise AddressesAlreadyExist(_listed(present), before.id)
    addresses = (*before.addresses, *dict.fromkeys(command.addresses))
    if len(addresses) > MAX_ADDRESSES:
        raise InvalidInput(f"an address group has at most {MAX_ADDRESSES} addresses, and not {len(addresses)}")
    return _changed(before, amended(before, circumstances.now, addresses=addresses))


def remove(command: RemoveAddresses, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The prefixes leave the group. Raises AddressesNotFound when it lacks one of them."""
    before = _owned(command.id, "remove_addresses", command.revision, snapshot, caller)
    known, leaving = frozenset(before.addresses), frozenset(command.addresses)
    absent = [address for address in dict.fromkeys(command.addresses) if address not in known]
    if absent:
        raise AddressesNotFound(_listed(absent), before.id)
    addresses = tuple(address for address in before.addresses if address not in leaving)
    return _changed(before, amended(before, circumstances.now, addresses=addresses))


def delete(command: DeleteAddressGroup, snapshot: Snapshot, caller: Caller) -> Verdict:
    """Raises AddressGroupInUse while a rule names it."""
    group = _owned(command.id, "delete_address_group", command.revision, snapshot, caller)
    if snapshot.is_linked(group.id, relations=(OF_RULE,)):
        raise AddressGroupInUse(group.id)
    return Verdict(Writes(deletes=(*share.forget(group.id, snapshot), Ref("address_group", group.id))))


def visible(group_id: str, snapshot: Snapshot, caller: Caller) -> AddressGroup:
    """The group, if the caller may see it. Raises AddressGroupNotFound."""
    return access.visible(AddressGroup, group_id, AddressGroupNotFound, snapshot, caller)


def _owned(group_id: str, action: str, revision: int | None, snapshot: Snapshot, caller: Caller) -> AddressGroup:
    """The group, if the caller may change it. Who only sees it is told that there is none, as Neutron does."""
    group = visible(group_id, snapshot, caller)
    access.require_or_hide(caller, action, group, snapshot, AddressGroupNotFound(group_id))
    access.require_revision(revision, group.revision_number)
    return group


def _changed(before: AddressGroup, after: AddressGroup) -> Verdict:
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def _listed(addresses: Iterable[IpNetwork]) -> str:
    return str([str(address) for address in addresses])
