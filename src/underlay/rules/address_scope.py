"""Address scopes: subnet pools within one share one routable space, so their addresses do not overlap.

Source: Networking API v2.0, extension address-scope; what is refused is what Neutron refuses.
"""

from typing import Final, assert_never

from underlay.commands.address_scope import (
    AddressScopeCommand,
    CreateAddressScope,
    DeleteAddressScope,
    UpdateAddressScope,
)
from underlay.model.address_scope import AddressScope
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import AddressScopeInUse, AddressScopeNotFound, AddressScopeUpdateError
from underlay.model.ids import ProjectId
from underlay.model.rbac_policy import SharedObject
from underlay.rules import access, share
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

SUBNET_POOLS: Final = "address_scope"
"""The relation in which a subnet pool names its address scope."""


def judge(command: AddressScopeCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Any command on address scopes."""
    match command:
        case CreateAddressScope():
            return create(command, snapshot, caller, circumstances)
        case UpdateAddressScope():
            return update(command, snapshot, caller, circumstances)
        case DeleteAddressScope():
            return delete(command, snapshot, caller)
        case _:
            assert_never(command)


def create(command: CreateAddressScope, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """A scope of one IP version."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_address_scope", command, snapshot, command)
    scope = AddressScope(
        id=circumstances.new_id(),
        project_id=command.project_id,
        name=command.name,
        ip_version=command.ip_version,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        shared=command.shared,
    )
    grants = (share.granting(_granted(scope), circumstances),) if scope.shared else ()
    return Verdict(Writes(puts=(scope, *grants)), scope)


def update(command: UpdateAddressScope, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The owner renames it, the administrator shares it. Raises AddressScopeUpdateError when it is to be unshared."""
    before = visible(command.id, snapshot, caller)
    access.require(caller, "update_address_scope", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    if before.shared and command.shared is False:
        raise AddressScopeUpdateError(before.id, "Shared address scope can't be unshared")
    after = amended(before, circumstances.now, name=command.name, shared=command.shared)
    if after is before:
        return Verdict(result=before)
    grants = share.follow(_granted(after), after.shared, snapshot, circumstances)
    return Verdict(Writes(puts=(after, *grants.puts), deletes=grants.deletes), after)


def delete(command: DeleteAddressScope, snapshot: Snapshot, caller: Caller) -> Verdict:
    """Raises AddressScopeInUse while subnet pools belong to it."""
    scope = visible(command.id, snapshot, caller)
    access.require(caller, "delete_address_scope", scope, snapshot)
    access.require_revision(command.revision, scope.revision_number)
    if snapshot.is_linked(scope.id, relations=(SUBNET_POOLS,)):
        raise AddressScopeInUse(scope.id)
    return Verdict(Writes(deletes=(*share.forget(scope.id, snapshot), Ref("address_scope", scope.id))))


def visible(scope_id: str, snapshot: Snapshot, caller: Caller) -> AddressScope:
    """The scope, if the caller may see it. Raises AddressScopeNotFound."""
    return access.visible(AddressScope, scope_id, AddressScopeNotFound, snapshot, caller)


def _granted(scope: AddressScope) -> tuple[SharedObject, str, ProjectId]:
    return "address_scope", scope.id, scope.project_id
