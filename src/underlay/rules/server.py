"""Servers: guests of a project, placed on a host, with network and port decided in the transaction that makes them.

    asked for -> hosts that can run it (placement) -> its ports on the first where they can be (server_ports)
              -> Server, Instance (what metadata tells it), Ports: all or nothing

Source: Compute API v2.1, "Servers" and "Servers - run an action"; Nova's default policy.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET, UnsetType

from underlay.commands.server import (
    CreateServer,
    DeleteServer,
    RebootServer,
    ServerCommand,
    StartServer,
    StopServer,
    UpdateServer,
)
from underlay.model.caller import Caller
from underlay.model.change import Record, Ref, Writes
from underlay.model.errors import (
    HostNotCompatibleWithFixedIps,
    HostNotConnectedToAnySegment,
    IpAddressGenerationFailure,
    IpAddressGenerationFailureNoMatchingSubnet,
    NoNetworkFits,
    NoValidHost,
    ServerInvalid,
    ServerNotFound,
    ServerQuotaExceeded,
    ServerStateConflict,
    UnderlayError,
)
from underlay.model.ids import InstanceId
from underlay.model.instance import Instance
from underlay.model.keypair import Keypair, keypair_key
from underlay.model.security_group import SecurityGroup
from underlay.model.server import Server, ServerStatus
from underlay.rules import access, instance, placement, server_ports
from underlay.rules.amend import amended
from underlay.rules.placement import Asked, Place
from underlay.rules.quota import UNLIMITED
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

VM_STATES: Final[Mapping[ServerStatus, str]] = {
    "BUILD": "building",
    "ACTIVE": "active",
    "SHUTOFF": "stopped",
    "ERROR": "error",
}
"""Nova's word for the state beneath the status."""

_ELSEWHERE_PERHAPS: Final = (
    NoNetworkFits,
    NoValidHost,
    HostNotConnectedToAnySegment,
    HostNotCompatibleWithFixedIps,
    IpAddressGenerationFailure,
    IpAddressGenerationFailureNoMatchingSubnet,
)
"""Why ports cannot be on one host, while they may be on another."""


def judge(command: ServerCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Any command on a server that is there."""
    match command:
        case UpdateServer():
            return update(command, snapshot, caller, circumstances)
        case StartServer():
            return start(command, snapshot, caller, circumstances)
        case StopServer():
            return stop(command, snapshot, caller, circumstances)
        case RebootServer():
            return reboot(command, snapshot, caller, circumstances)
        case DeleteServer():
            return delete(command, snapshot, caller, circumstances)
        case _:
            raise AssertionError(command)


def create(
    command: CreateServer, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """A server on the host that has most room of those where its ports can be; only administrators name the host.

    Raises NoValidHost; if hosts have room and ports cannot be on any, what the best host's ports were refused with;
    ServerQuotaExceeded, ServerInvalid, and what ports are refused with anywhere.
    """
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_server", command, snapshot, command)
    instance.require_user_data(command.user_data)
    _require_room(command, snapshot, regulations)
    server_ports.require_room(command, snapshot, regulations)
    keys = _public_keys(command, snapshot, caller)
    groups = _security_groups(command, snapshot)
    server_id = InstanceId(circumstances.new_id())
    asked = Asked(command.flavor, command.availability_zone, command.host)
    refusals: list[UnderlayError] = []
    for place in placement.places(asked, snapshot, circumstances, regulations):
        machine = server_ports.Machine(server_id, command.project_id, place.host, place.zone, command.name, groups)
        try:
            plugged = server_ports.plug(command, machine, snapshot, caller, circumstances, regulations)
        except _ELSEWHERE_PERHAPS as refusal:
            refusals.append(refusal)
            continue
        server = _server(command, server_id, place, plugged, caller, circumstances)
        told = Instance(
            id=server_id,
            project_id=command.project_id,
            name=command.name,
            created_at=circumstances.now,
            updated_at=circumstances.now,
            public_keys=keys,
            user_data=command.user_data,
            meta=command.metadata,
            availability_zone=place.zone,
        )
        return Verdict(Writes(puts=(*plugged.puts, told, server)), server)
    unreached = [each for each in refusals if isinstance(each, NoValidHost)]
    others = [each for each in refusals if not isinstance(each, NoValidHost)]
    raise others[0] if others else NoValidHost(tuple(why for each in unreached for why in each.refusals))


def update(command: UpdateServer, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """A name, a description, other metadata; the guest reads name and metadata anew whenever it asks."""
    before = permitted(command.id, "update_server", snapshot, caller)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        description=command.description,
        metadata=command.metadata,
    )
    if after is before:
        return Verdict(result=before)
    puts: list[Record] = [after]
    told = snapshot.instance(before.id)
    if told is not None:
        retold = amended(told, circumstances.now, name=command.name, meta=command.metadata)
        puts += [retold] if retold is not told else []
    return Verdict(Writes(puts=tuple(puts)), after)


def start(command: StartServer, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """One that is stopped, or that failed, is to run. Raises ServerStateConflict."""
    before = permitted(command.id, "start_server", snapshot, caller)
    if before.status not in ("SHUTOFF", "ERROR"):
        raise ServerStateConflict("start", before.id, VM_STATES[before.status])
    return _changed(before, amended(before, circumstances.now, wanted="running"))


def stop(command: StopServer, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """One that runs, or failed, is to stop. Raises ServerStateConflict."""
    before = permitted(command.id, "stop_server", snapshot, caller)
    if before.status not in ("ACTIVE", "ERROR"):
        raise ServerStateConflict("stop", before.id, VM_STATES[before.status])
    return _changed(before, amended(before, circumstances.now, wanted="stopped"))


def reboot(command: RebootServer, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """One that runs starts anew; hard, whatever its state is once it was built. Raises ServerStateConflict."""
    before = permitted(command.id, "reboot_server", snapshot, caller)
    allowed = ("ACTIVE", "SHUTOFF", "ERROR") if command.hard else ("ACTIVE",)
    if before.status not in allowed:
        raise ServerStateConflict("reboot", before.id, VM_STATES[before.status])
    return _changed(before, amended(before, circumstances.now, wanted="running", reboots=before.reboots + 1))


def delete(command: DeleteServer, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """It goes with its disk, the ports that were made for it, and what metadata told it."""
    server = permitted(command.id, "delete_server", snapshot, caller)
    freed = server_ports.unplug(server, snapshot, caller, circumstances)
    told = (Ref("instance", server.id),) if snapshot.instance(server.id) else ()
    return Verdict(Writes(freed.puts, (Ref("server", server.id), *told, *freed.deletes)))


def visible(server_id: InstanceId, snapshot: Snapshot, caller: Caller) -> Server:
    """The server, if the caller may see it. Raises ServerNotFound."""
    return access.visible(Server, server_id, lambda missing: ServerNotFound(InstanceId(missing)), snapshot, caller)


def permitted(server_id: InstanceId, action: str, snapshot: Snapshot, caller: Caller) -> Server:
    """The server, if the caller may do this with it. Raises ServerNotFound, PolicyNotAuthorized."""
    found = visible(server_id, snapshot, caller)
    access.require(caller, action, found, snapshot)
    return found


def _changed(before: Server, after: Server) -> Verdict:
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def _server(
    command: CreateServer,
    server_id: InstanceId,
    place: Place,
    plugged: server_ports.Plugged,
    caller: Caller,
    circumstances: Circumstances,
) -> Server:
    return Server(
        id=server_id,
        project_id=command.project_id,
        user_id=caller.user_id,
        name=command.name,
        host=place.host,
        flavor=command.flavor,
        image_id=command.image_id,
        port_ids=plugged.ports,
        own_port_ids=plugged.own,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        key_name=command.key_name,
        metadata=command.metadata,
        availability_zone=place.zone,
        description=command.description,
    )


def _require_room(command: CreateServer, snapshot: Snapshot, regulations: Regulations) -> None:
    used = snapshot.count("server", command.project_id)
    if regulations.max_servers != UNLIMITED and used >= regulations.max_servers:
        raise ServerQuotaExceeded(regulations.max_servers, used)


def _public_keys(command: CreateServer, snapshot: Snapshot, caller: Caller) -> dict[str, str]:
    if not command.key_name:
        return {}
    found = snapshot.with_unique_key(Keypair, keypair_key(caller.user_id, command.key_name))
    if found is None:
        raise ServerInvalid("Invalid key_name provided.")
    return {found.name: found.public_key}


def _security_groups(command: CreateServer, snapshot: Snapshot) -> tuple[str, ...] | UnsetType:
    """Their ids. Names are the project's own; Nova takes ids too."""
    if command.security_groups is UNSET:
        return UNSET
    there = snapshot.records_of(SecurityGroup, command.project_id)
    ids: list[str] = []
    for wanted in dict.fromkeys(command.security_groups):
        found = [each.id for each in there if wanted in (each.id, each.name)]
        if len(found) != 1:
            problem = (
                f"Multiple security groups have the name '{wanted}'" if found else f"Security group {wanted} not found"
            )
            raise ServerInvalid(f"{problem} in project {command.project_id}.")
        ids.append(found[0])
    return tuple(dict.fromkeys(ids))
