"""Bindings of a port to several hosts, of which one is active: live migration makes the next one ready beforehand.

Only the active one is told to a host; the others wait in the port's record. All of it is the administrator's.

Source: Networking API v2.0, extension binding-extended; what is refused is what Neutron refuses.
"""

from typing import Final, assert_never

from msgspec import UNSET, structs

from underlay.commands.port_binding import (
    ActivatePortBinding,
    CreatePortBinding,
    DeletePortBinding,
    PortBindingCommand,
    UpdatePortBinding,
)
from underlay.model.caller import Caller
from underlay.model.change import Writes
from underlay.model.errors import (
    BadRequest,
    PortBindingAlreadyActive,
    PortBindingAlreadyExists,
    PortBindingNotFound,
)
from underlay.model.ids import HostName, PortId
from underlay.model.port import Binding, FixedIp, Port
from underlay.model.port_binding import PortBinding, bindings_of
from underlay.rules import access
from underlay.rules.amend import amended
from underlay.rules.port import addresses_on
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

_OWNERS_THAT_MOVE: Final = ("compute:", "manila:")
"""device_owners of ports whose machine can be on two hosts for a while."""


def judge(
    command: PortBindingCommand,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Any command on bindings."""
    match command:
        case CreatePortBinding():
            return create(command, snapshot, caller, circumstances, regulations)
        case UpdatePortBinding():
            return update(command, snapshot, caller, circumstances, regulations)
        case DeletePortBinding():
            return delete(command, snapshot, caller, circumstances)
        case ActivatePortBinding():
            return activate(command, snapshot, caller, circumstances, regulations)
        case _:
            assert_never(command)


def create(
    command: CreatePortBinding,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Inactive beside the active one; active when the port has none, and then its addresses are of the host's segment.

    Raises PortBindingAlreadyExists, HostNotCompatibleWithFixedIps.
    """
    port = movable(command.port_id, "create_port_binding", snapshot, caller)
    if any(each.host == command.host for each in bindings_of(port)):
        raise PortBindingAlreadyExists(port.id, command.host)
    new = Binding(command.host, vnic_type=command.vnic_type, profile=command.profile)
    if port.binding.host is None:
        addresses = addresses_on(command.host, port, snapshot, circumstances, regulations)
        return _verdict(port, _bound(port, new, port.inactive_bindings, circumstances, addresses), command.host)
    after = amended(port, circumstances.now, inactive_bindings=(*port.inactive_bindings, new))
    return _verdict(port, after, command.host)


def update(
    command: UpdatePortBinding,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Raises PortBindingNotFound, PortBindingAlreadyExists when it is moved onto another one, and
    HostNotCompatibleWithFixedIps when the active one is moved to another segment."""
    port = movable(command.port_id, "update_port_binding", snapshot, caller)
    find(port, command.host)
    host = command.host if command.new_host is UNSET else command.new_host
    if host != command.host and any(each.host == host for each in bindings_of(port)):
        raise PortBindingAlreadyExists(port.id, host)

    def changed(binding: Binding) -> Binding:
        return structs.replace(
            binding,
            host=host,
            by_plug=binding.by_plug and host == command.host,
            plugged=binding.plugged and host == command.host,
            vnic_type=binding.vnic_type if command.vnic_type is UNSET else command.vnic_type,
            profile=binding.profile if command.profile is UNSET else command.profile,
        )

    if port.binding.host == command.host:
        addresses = addresses_on(host, port, snapshot, circumstances, regulations)
        after = _bound(port, changed(port.binding), port.inactive_bindings, circumstances, addresses)
        return _verdict(port, after, host)
    inactive = tuple(changed(each) if each.host == command.host else each for each in port.inactive_bindings)
    return _verdict(port, amended(port, circumstances.now, inactive_bindings=inactive), host)


def delete(command: DeletePortBinding, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Without its active one, no host has the port. Raises PortBindingNotFound."""
    port = movable(command.port_id, "delete_port_binding", snapshot, caller)
    find(port, command.host)
    if port.binding.host == command.host:
        unbound = Binding(vnic_type=port.binding.vnic_type)
        return Verdict(Writes(puts=(_bound(port, unbound, port.inactive_bindings, circumstances, port.fixed_ips),)))
    left = without(port.inactive_bindings, command.host)
    return Verdict(Writes(puts=(amended(port, circumstances.now, inactive_bindings=left),)))


def activate(
    command: ActivatePortBinding,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """This host has the port from now on, and the one that had it is made ready only. The port is DOWN until reported.

    Raises PortBindingNotFound, PortBindingAlreadyActive, HostNotCompatibleWithFixedIps.
    """
    port = movable(command.port_id, "activate", snapshot, caller)
    if find(port, command.host).status == "ACTIVE":
        raise PortBindingAlreadyActive(port.id, command.host)
    chosen = next(structs.replace(each, plugged=False) for each in port.inactive_bindings if each.host == command.host)
    left = without(port.inactive_bindings, command.host)
    if port.binding.host is not None:
        left = (*left, structs.replace(port.binding, by_plug=False, plugged=port.status == "ACTIVE"))
    addresses = addresses_on(command.host, port, snapshot, circumstances, regulations)
    return _verdict(port, _bound(port, chosen, left, circumstances, addresses), command.host)


def movable(port_id: PortId, action: str, snapshot: Snapshot, caller: Caller) -> Port:
    """The port, for who may do this, if it may have several bindings. Raises PortNotFound, PolicyNotAuthorized,
    BadRequest."""
    port, _ = access.visible_port(port_id, snapshot, caller)
    access.require(caller, action, port, snapshot)
    if not port.device_owner.startswith(_OWNERS_THAT_MOVE):
        raise BadRequest("port", f"Invalid port {port.id}. Operation only valid on compute and shared filesystem ports")
    return port


def find(port: Port, host: HostName) -> PortBinding:
    """The port's binding to the host. Raises PortBindingNotFound."""
    for binding in bindings_of(port):
        if binding.host == host:
            return binding
    raise PortBindingNotFound(port.id, host)


def without(bindings: tuple[Binding, ...], host: HostName | None) -> tuple[Binding, ...]:
    """The bindings to other hosts."""
    return tuple(each for each in bindings if each.host != host)


def _bound(
    port: Port,
    binding: Binding,
    inactive: tuple[Binding, ...],
    circumstances: Circumstances,
    addresses: tuple[FixedIp, ...],
) -> Port:
    """The port with that active binding and the addresses that it has there; what another host said is void."""
    if binding == port.binding:
        return amended(port, circumstances.now, inactive_bindings=inactive)
    return amended(
        port,
        circumstances.now,
        binding=binding,
        inactive_bindings=inactive,
        fixed_ips=addresses,
        status="DOWN",
        status_reason="",
    )


def _verdict(before: Port, after: Port, host: HostName) -> Verdict:
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), find(after, host))
