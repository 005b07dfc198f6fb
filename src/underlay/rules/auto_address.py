"""Automatic addresses of ports that were there before their subnet, and after it: given and taken in parts.

A guest makes its address itself as soon as it hears the prefix, so every port gets it when a SLAAC subnet comes, and
loses it when that goes. A network may have very many ports; so a transaction sees to `PART` of them and leaves the rest
to the next (`Verdict.then`). What a restart interrupts is taken up again: `Subnet.is_spreading`, `Subnet.is_leaving`.
Source: RFC 4862; Neutron's treatment of subnets with mode slaac or dhcpv6-stateless.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from underlay.commands.subnet import DeleteSubnet, GiveAutoAddresses
from underlay.model.change import Writes
from underlay.model.errors import SubnetInUse
from underlay.model.ids import SubnetId
from underlay.model.port import DHCP_OWNER, ROUTER_OWNERS, FixedIp, Port
from underlay.model.subnet import Subnet
from underlay.rules import dhcp_port, ipam, reach
from underlay.rules.amend import amended
from underlay.rules.network import AUTO_DELETED_OWNERS
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

PART: Final = 200
"""How many ports one transaction changes: in about a tenth of a second."""


def first_part(
    subnet: Subnet, snapshot: Snapshot, circumstances: Circumstances
) -> tuple[tuple[Port, ...], GiveAutoAddresses | None]:
    """For a new subnet: the first ports with their addresses, and what is left to do."""
    if not ipam.is_auto_address(subnet):
        return (), None
    ports = snapshot.ports_by_mac(subnet.network_id, None, PART)
    return _given(subnet, ports, snapshot, circumstances), _rest(subnet.id, ports)


def give(command: GiveAutoAddresses, snapshot: Snapshot, circumstances: Circumstances) -> Verdict:
    """The next ports get their addresses; after the last the subnet is no longer spreading.

    Nothing when it is gone, or leaving.
    """
    subnet = snapshot.subnet(command.id)
    if subnet is None or subnet.is_leaving:
        return Verdict()
    ports = snapshot.ports_by_mac(subnet.network_id, command.after, PART)
    given = _given(subnet, ports, snapshot, circumstances)
    rest = _rest(subnet.id, ports)
    done = () if rest is not None else (amended(subnet, circumstances.now, is_spreading=False),)
    return Verdict(Writes(puts=(*done, *given)), then=rest)


def take(subnet: Subnet, snapshot: Snapshot, circumstances: Circumstances) -> tuple[Writes, DeleteSubnet | None]:
    """For a subnet that is to go: ports lose their addresses; with a rest left to do it stays for the moment, leaving.

    A leaving subnet gives no addresses any more (rules.fixed_ip), so that what was begun can be ended.
    Raises SubnetInUse while a router's port has an address of it.
    """
    for owner in ROUTER_OWNERS:
        for port in snapshot.ports_of(subnet.network_id, device_owner=owner):
            if any(fixed_ip.subnet_id == subnet.id for fixed_ip in port.fixed_ips):
                raise SubnetInUse(subnet.id, port.id)
    ports = snapshot.ports_using(subnet.id, PART)
    servers = [port for port in ports if port.device_owner in AUTO_DELETED_OWNERS]
    left = dhcp_port.leave(subnet.id, servers, circumstances)
    guests = [port for port in ports if port.device_owner not in AUTO_DELETED_OWNERS]
    puts = (*left.puts, *(_without(subnet.id, port, circumstances) for port in guests))
    if len(ports) < PART:
        return Writes(puts=puts, deletes=left.deletes), None
    leaving = amended(subnet, circumstances.now, is_leaving=True, is_spreading=False)
    return Writes(puts=(leaving, *puts), deletes=left.deletes), DeleteSubnet(subnet.id)


def _given(subnet: Subnet, ports: Iterable[Port], snapshot: Snapshot, circumstances: Circumstances) -> tuple[Port, ...]:
    """Those of the ports that need it, with their address. DHCP ports have theirs from the service."""
    given = []
    for port in ports:
        if port.device_owner in (DHCP_OWNER, *ROUTER_OWNERS) or port.ip_allocation == "none":
            continue
        if any(fixed_ip.subnet_id == subnet.id for fixed_ip in port.fixed_ips) or not _reaches(port, subnet, snapshot):
            continue
        address = FixedIp(subnet.id, ipam.eui64_address(subnet.cidr, port.mac_address))
        given.append(amended(port, circumstances.now, fixed_ips=(*port.fixed_ips, address)))
    return tuple(given)


def _reaches(port: Port, subnet: Subnet, snapshot: Snapshot) -> bool:
    """Whether the subnet works where the port is."""
    if subnet.segment_id is None:
        return True
    host = port.binding.host
    return host is not None and reach.segment_of(subnet.network_id, host, snapshot) == subnet.segment_id


def _rest(subnet_id: SubnetId, ports: Sequence[Port]) -> GiveAutoAddresses | None:
    return GiveAutoAddresses(subnet_id, ports[-1].mac_address) if len(ports) == PART else None


def _without(subnet_id: SubnetId, port: Port, circumstances: Circumstances) -> Port:
    left = tuple(fixed_ip for fixed_ip in port.fixed_ips if fixed_ip.subnet_id != subnet_id)
    return amended(port, circumstances.now, fixed_ips=left)
