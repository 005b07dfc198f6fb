"""Trunks: a parent port and subports, each in one trunk only, told apart by VLAN ids of the machine's.

Source: Networking API v2.0, extension trunk; what is refused is what Neutron refuses.
"""

from collections.abc import Iterable
from typing import Final, assert_never

from msgspec import structs

from underlay.commands.trunk import (
    AddSubPorts,
    CreateTrunk,
    DeleteTrunk,
    RemoveSubPorts,
    SubPortWish,
    TrunkCommand,
    UpdateTrunk,
)
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import (
    DuplicateSubPort,
    InvalidInput,
    ParentPortInUse,
    PortInUse,
    PortInUseAsSubPort,
    PortInUseAsTrunkParent,
    SubPortMtuGreaterThanTrunkPortMtu,
    SubPortNotFound,
    TrunkDisabled,
    TrunkInUse,
    TrunkNotFound,
    TrunkPortInUse,
)
from underlay.model.ids import PortId, Vid
from underlay.model.network import Network, Vlan
from underlay.model.port import Port
from underlay.model.trunk import SubPort, Trunk, port_key
from underlay.rules import access
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

PARENT: Final = "trunk_parent"
"""The relation in which a trunk names its parent port."""

SUB_PORT: Final = "trunk_sub_port"
"""That in which it names its subports."""

_VLAN: Final = "vlan"
_INHERIT: Final = "inherit"
_LAST_VID: Final = 4094


def judge(command: TrunkCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Any command on trunks."""
    match command:
        case CreateTrunk():
            return create(command, snapshot, caller, circumstances)
        case UpdateTrunk():
            return update(command, snapshot, caller, circumstances)
        case DeleteTrunk():
            return delete(command, snapshot, caller)
        case AddSubPorts():
            return add_sub_ports(command, snapshot, caller, circumstances)
        case RemoveSubPorts():
            return remove_sub_ports(command, snapshot, caller, circumstances)
        case _:
            assert_never(command)


def create(command: CreateTrunk, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """A trunk on a port of the caller's that no host and no trunk has. Raises TrunkPortInUse, ParentPortInUse."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_trunk", command, snapshot, command)
    parent, network = access.visible_port(command.port_id, snapshot, caller)
    access.require(caller, "create_trunk", parent, snapshot)
    _require_in_no_trunk(parent.id, snapshot)
    if parent.binding.host is not None:
        raise ParentPortInUse(parent.id)
    trunk = Trunk(
        id=circumstances.new_id(),
        project_id=command.project_id,
        name=command.name,
        port_id=parent.id,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        admin_state_up=command.admin_state_up,
        description=command.description,
        tags=command.tags,
    )
    trunk = structs.replace(trunk, sub_ports=_joined(trunk, command.sub_ports, network, snapshot, caller))
    return Verdict(Writes(puts=(trunk,)), trunk)


def update(command: UpdateTrunk, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The owner renames, describes or disables it."""
    before = visible(command.id, snapshot, caller)
    access.require(caller, "update_trunk", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        admin_state_up=command.admin_state_up,
        description=command.description,
    )
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def delete(command: DeleteTrunk, snapshot: Snapshot, caller: Caller) -> Verdict:
    """The trunk goes, its ports stay. Raises TrunkDisabled, and TrunkInUse while a host has the parent port."""
    trunk = visible(command.id, snapshot, caller)
    access.require(caller, "delete_trunk", trunk, snapshot)
    access.require_revision(command.revision, trunk.revision_number)
    _require_enabled(trunk)
    parent = snapshot.port(trunk.port_id)
    if parent is not None and parent.binding.host is not None:
        raise TrunkInUse(trunk.id)
    return Verdict(Writes(deletes=(Ref("trunk", trunk.id),)))


def add_sub_ports(command: AddSubPorts, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """All of them or none. Raises TrunkDisabled, DuplicateSubPort and what keeps a port from being a subport."""
    trunk = visible(command.id, snapshot, caller)
    access.require(caller, "add_subports", trunk, snapshot)
    _require_enabled(trunk)
    parent = snapshot.port(trunk.port_id)
    network = snapshot.network(parent.network_id) if parent else None
    if network is None:
        raise TrunkNotFound(trunk.id)
    sub_ports = _joined(trunk, command.sub_ports, network, snapshot, caller)
    after = amended(trunk, circumstances.now, sub_ports=sub_ports)
    return Verdict(Writes(puts=(after,)) if after is not trunk else Writes(), after)


def remove_sub_ports(
    command: RemoveSubPorts, snapshot: Snapshot, caller: Caller, circumstances: Circumstances
) -> Verdict:
    """All of them or none. Raises TrunkDisabled, SubPortNotFound."""
    trunk = visible(command.id, snapshot, caller)
    access.require(caller, "remove_subports", trunk, snapshot)
    _require_enabled(trunk)
    present = {sub_port.port_id for sub_port in trunk.sub_ports}
    for port_id in command.port_ids:
        if port_id not in present:
            raise SubPortNotFound(port_id, trunk.id)
    left = tuple(sub_port for sub_port in trunk.sub_ports if sub_port.port_id not in command.port_ids)
    after = amended(trunk, circumstances.now, sub_ports=left)
    return Verdict(Writes(puts=(after,)) if after is not trunk else Writes(), after)


def visible(trunk_id: str, snapshot: Snapshot, caller: Caller) -> Trunk:
    """The trunk, if the caller may see it. Raises TrunkNotFound."""
    return access.visible(Trunk, trunk_id, TrunkNotFound, snapshot, caller)


def require_untrunked(port_id: PortId, snapshot: Snapshot) -> None:
    """The port may go: no trunk has it. Raises PortInUseAsSubPort, PortInUseAsTrunkParent."""
    trunk = snapshot.with_unique_key(Trunk, port_key(port_id))
    if trunk is None:
        return
    if trunk.port_id == port_id:
        raise PortInUseAsTrunkParent(port_id, trunk.id)
    raise PortInUseAsSubPort(port_id, trunk.id)


def _require_enabled(trunk: Trunk) -> None:
    if not trunk.admin_state_up:
        raise TrunkDisabled(trunk.id)


def _require_in_no_trunk(port_id: PortId, snapshot: Snapshot) -> None:
    trunk = snapshot.with_unique_key(Trunk, port_key(port_id))
    if trunk is not None and trunk.port_id == port_id:
        raise ParentPortInUse(port_id)
    if trunk is not None:
        raise TrunkPortInUse(port_id)


def _joined(
    trunk: Trunk, wishes: Iterable[SubPortWish], parent_network: Network, snapshot: Snapshot, caller: Caller
) -> tuple[SubPort, ...]:
    """The trunk's subports and those wished for, each fit to be one."""
    joined = list(trunk.sub_ports)
    for wish in wishes:
        if wish.port_id == trunk.port_id:
            raise ParentPortInUse(wish.port_id)
        port, network = access.visible_port(wish.port_id, snapshot, caller)
        access.require(caller, "add_subports", port, snapshot)
        if network.mtu > parent_network.mtu:
            raise SubPortMtuGreaterThanTrunkPortMtu(network.mtu, port.id, parent_network.mtu, trunk.port_id)
        vid = _vid_of(wish, network)
        _require_idle(port, snapshot)
        if any(port.id == other.port_id for other in joined):
            raise TrunkPortInUse(port.id)
        if any(vid == other.segmentation_id for other in joined):
            raise DuplicateSubPort(_VLAN, vid, trunk.id)
        joined.append(SubPort(port.id, vid))
    return tuple(joined)


def _require_idle(port: Port, snapshot: Snapshot) -> None:
    _require_in_no_trunk(port.id, snapshot)
    if port.device_id:
        raise PortInUse(port.id, port.network_id, port.device_id)


def _vid_of(wish: SubPortWish, network: Network) -> Vid:
    """The VLAN id asked for, or that of the port's network. Raises InvalidInput."""
    if wish.segmentation_type == _INHERIT:
        if not isinstance(network.segment, Vlan):
            raise InvalidInput(
                f"subport {wish.port_id} cannot inherit a VLAN id: its network has no VLAN; send segmentation_type and "
                "segmentation_id"
            )
        return network.segment.vid
    if wish.segmentation_type is None or wish.segmentation_id is None:
        raise InvalidInput(
            f"Invalid subport details '{wish.port_id}': missing segmentation information. Must specify both "
            "segmentation_id and segmentation_type"
        )
    if wish.segmentation_type != _VLAN:
        raise InvalidInput(f"Unknown segmentation_type '{wish.segmentation_type}'")
    if not 1 <= wish.segmentation_id <= _LAST_VID:
        raise InvalidInput(f"Segmentation ID '{wish.segmentation_id}' is not in range")
    return Vid(wish.segmentation_id)
