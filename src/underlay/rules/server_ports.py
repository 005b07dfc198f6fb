"""The ports of a server: made for it on a host, or taken over from its project, and given back when it goes."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

import msgspec
from msgspec import UNSET, UnsetType, structs

from underlay.commands.network_selection import SelectNetwork
from underlay.commands.port import CreatePort, DeletePort, FixedIpWish
from underlay.commands.server import CreateServer, Nic
from underlay.model.address import AddressRange, IpAddress, Mac
from underlay.model.caller import Caller
from underlay.model.change import Record, Ref, Writes
from underlay.model.errors import (
    NoValidHost,
    ServerInvalid,
    ServerPortInUse,
)
from underlay.model.ids import HostName, InstanceId, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.network_selection import NetworkSelection
from underlay.model.port import Binding, FixedIp, Port
from underlay.model.server import Server
from underlay.rules import access, network_selection, port, quota, reach
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

OWNER: Final = "compute:"
_LONGEST_LABEL: Final = 63


class Machine(msgspec.Struct, frozen=True):
    """The server that ports are for. Attributes: security_group_ids: UNSET for the project's default group."""

    id: InstanceId
    project_id: ProjectId
    host: HostName
    zone: str
    name: str
    security_group_ids: tuple[str, ...] | UnsetType = UNSET


class Plugged(msgspec.Struct, frozen=True):
    """Attributes:
    ports: all of the server's, in order.
    own: those that were made for it.
    puts: what is to be written.
    """

    ports: tuple[PortId, ...] = ()
    own: tuple[PortId, ...] = ()
    puts: tuple[Record, ...] = ()


def require_room(command: CreateServer, snapshot: Snapshot, regulations: Regulations) -> None:
    """The project may have as many ports more as are to be made. Raises OverQuota."""
    wanted = 1 if command.nics == "auto" else sum(1 for nic in command.nics if nic.port_id is None)
    quota.require_room("port", command.project_id, snapshot, regulations, wanted)


def plug(
    command: CreateServer,
    machine: Machine,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Plugged:
    """The ports that the server is to have, bound to its host.

    Raises NoNetworkFits, NoValidHost if the host does not reach a network, ServerPortInUse, ServerInvalid, and what
    `port.create` raises.
    """
    if command.nics == "auto":
        wish = SelectNetwork(_wish(machine, NetworkId(""), UNSET))
        made = network_selection.select(wish, snapshot, caller, circumstances, regulations, _make)
        chosen = cast(NetworkSelection, made.result).port
        return Plugged((chosen.id,), (chosen.id,), made.writes.puts)
    plugged = Plugged()
    for nic in command.nics:
        if nic.port_id is not None:
            taken = _taken_over(nic.port_id, machine, snapshot, caller, circumstances, regulations)
            if taken.id in plugged.ports:
                raise ServerPortInUse(taken.id)
            plugged = Plugged((*plugged.ports, taken.id), plugged.own, (*plugged.puts, taken))
            continue
        beside = cast(Snapshot, _Beside(snapshot, plugged.puts))
        verdict = _made(nic, machine, beside, caller, circumstances, regulations)
        new = cast(Port, verdict.result)
        plugged = Plugged((*plugged.ports, new.id), (*plugged.own, new.id), (*plugged.puts, *verdict.writes.puts))
    return plugged


def unplug(server: Server, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Writes:
    """Its own ports go; the others are free again. What was deleted meanwhile stays so."""
    puts: list[Record] = []
    deletes: list[Ref] = []
    for port_id in server.port_ids:
        found = snapshot.port(port_id)
        if found is None or found.device_id != server.id:
            continue
        if port_id in server.own_port_ids:
            deletes.extend(port.delete(DeletePort(port_id), snapshot, caller).writes.deletes)
            continue
        loose = Binding(vnic_type=found.binding.vnic_type, profile=found.binding.profile)
        cleared = {"device_id": "", "device_owner": "", "binding": loose, "status": "DOWN", "status_reason": ""}
        puts.append(amended(found, circumstances.now, **cleared))
    return Writes(tuple(puts), tuple(deletes))


def host_name(name: str) -> str:
    """What of the server's name is fit for DNS, as Nova does it; empty when nothing is."""
    spaced = re.sub(r"[ _]", "-", name.lower())
    return re.sub(r"[^a-z0-9-]", "", spaced)[:_LONGEST_LABEL].strip("-")


def _made(
    nic: Nic,
    machine: Machine,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    network = access.visible_network(nic.network_id or NetworkId(""), snapshot, caller)
    _require_reach(network.id, machine.host, snapshot)
    addresses = UNSET if nic.fixed_ip is None else (FixedIpWish(ip_address=nic.fixed_ip),)
    return _make(_wish(machine, network.id, addresses), snapshot, caller, circumstances, regulations)


def _make(
    command: CreatePort, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """What the caller may ask for by itself; the host is the server's choice."""
    asked = structs.replace(command, host=None)
    access.require(caller, "create_port", asked, snapshot, asked)
    return port.make(command, snapshot, caller, circumstances, regulations)


def _wish(machine: Machine, network_id: NetworkId, addresses: tuple[FixedIpWish, ...] | UnsetType) -> CreatePort:
    return CreatePort(
        project_id=machine.project_id,
        network_id=network_id,
        fixed_ips=addresses,
        device_id=machine.id,
        device_owner=OWNER + machine.zone,
        host=machine.host,
        security_group_ids=machine.security_group_ids,
        dns_name=host_name(machine.name),
    )


def _taken_over(
    port_id: PortId,
    machine: Machine,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Port:
    found, _ = access.visible_port(port_id, snapshot, caller)
    access.require(caller, "update_port", found, snapshot)
    if found.project_id != machine.project_id:
        raise ServerInvalid(f"Port {port_id} belongs to another project than the server.")
    if found.device_id:
        raise ServerPortInUse(port_id)
    _require_reach(found.network_id, machine.host, snapshot)
    addresses = port.addresses_on(machine.host, found, snapshot, circumstances, regulations)
    bound = structs.replace(found.binding, host=machine.host, by_plug=False)
    stays = found.binding.host == machine.host
    return amended(
        found,
        circumstances.now,
        device_id=machine.id,
        device_owner=OWNER + machine.zone,
        binding=bound,
        fixed_ips=addresses,
        status=found.status if stays else "DOWN",
        status_reason=found.status_reason if stays else "",
        dns_name=found.dns_name or host_name(machine.name),
    )


def _require_reach(network_id: NetworkId, host: HostName, snapshot: Snapshot) -> None:
    network = snapshot.network(network_id)
    if network is not None and not reach.reaches(network, host, snapshot):
        raise NoValidHost(((host, f"it does not reach network {network.name or network_id}"),))


class _Beside:
    """The snapshot, and ports that are not written yet: chance must not give their addresses and MACs again."""

    def __init__(self, snapshot: Snapshot, puts: Iterable[Record]) -> None:
        self._snapshot = snapshot
        ports = [each for each in puts if isinstance(each, Port)]
        self._macs = {(each.network_id, each.mac_address): each.id for each in ports}
        self._addresses = {fixed_ip: each.id for each in ports for fixed_ip in each.fixed_ips}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._snapshot, name)

    def mac_owner(self, network_id: NetworkId, mac: Mac) -> PortId | None:
        return self._macs.get((network_id, mac)) or self._snapshot.mac_owner(network_id, mac)

    def address_owner(self, subnet_id: SubnetId, address: IpAddress) -> PortId | None:
        return self._addresses.get(FixedIp(subnet_id, address)) or self._snapshot.address_owner(subnet_id, address)

    def free_ranges(self, subnet_id: SubnetId, limit: int) -> Sequence[AddressRange]:
        taken = [one.ip_address for one in self._addresses if one.subnet_id == subnet_id]
        ranges = list(self._snapshot.free_ranges(subnet_id, limit + len(taken)))
        for address in taken:
            ranges = [part for each in ranges for part in _without(each, address)]
        return ranges


def _without(run: AddressRange, address: IpAddress) -> Iterable[AddressRange]:
    if address not in run:
        return (run,)
    parts = ((run.start, address - 1), (address + 1, run.end))
    return [AddressRange(first, last) for first, last in parts if int(first) <= int(last)]
