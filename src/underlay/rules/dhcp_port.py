"""The ports by which DHCP agents are on their networks: which there are, and with which addresses.

A network with a DHCP subnet always has a DHCP port with an address on each such subnet, unless only its hosts serve it:
one for each agent that does, or, while none does, a reserved one, which the next agent takes over with MAC and
addresses. Its addresses are decided here, when a subnet gets DHCP, and stay: the subnet's `dhcp_address` if that is
free, else the lowest free.

Source: Neutron's naming of these ports, which Nova, dashboards and operators know.
"""

from collections.abc import Collection, Iterator, Sequence
from uuid import NAMESPACE_DNS, uuid5

import msgspec
from msgspec import structs

from underlay.model.address import IpAddress
from underlay.model.agent import DhcpBinding
from underlay.model.change import Ref, Writes
from underlay.model.errors import IpAddressGenerationFailure
from underlay.model.ids import HostName, NetworkId, PortId, SubnetId
from underlay.model.network import Network
from underlay.model.port import DHCP_OWNER, RESERVED_DHCP_DEVICE, Binding, FixedIp, Port
from underlay.model.subnet import Subnet
from underlay.rules import ipam, mac, reach, routed
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot


class DhcpService(msgspec.Struct, frozen=True):
    """What a network's DHCP is made of, as it will be after the command.

    Attributes:
    ports: its ports of owner network:dhcp, as they are; in order of creation.
    bindings: the agents that are to serve it.
    reaches: the physical networks of hosts whose agents' records are not written yet.
    """

    network: Network
    subnets: tuple[Subnet, ...]
    ports: tuple[Port, ...]
    bindings: tuple[DhcpBinding, ...]
    reaches: dict[HostName, frozenset[str]] = {}


def device_id(host: HostName, network_id: NetworkId) -> str:
    """The device_id of the DHCP port of the host's agent: `dhcp<uuid5 of the host's short name>-<network id>`."""
    return f"dhcp{uuid5(NAMESPACE_DNS, host.split('.')[0])}-{network_id}"


def ports_of(network_id: NetworkId, snapshot: Snapshot) -> tuple[Port, ...]:
    """The network's DHCP ports, reserved ones among them, in order of creation."""
    return tuple(snapshot.ports_of(network_id, device_owner=DHCP_OWNER))


def serves(port: Port, bindings: Sequence[DhcpBinding]) -> bool:
    """Whether it is the port by which one of these agents serves the network."""
    return port.device_owner == DHCP_OWNER and any(
        port.device_id == device_id(binding.host, binding.network_id) for binding in bindings
    )


def cover(
    service: DhcpService, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> tuple[Port, ...]:
    """The DHCP ports to put, so that every agent of the service has one with an address on every DHCP subnet.

    An agent's own port is kept; else it takes over a reserved one; else it gets a new one. Empty when that is so.
    Raises IpAddressGenerationFailure when a subnet has no address left.
    """
    ports = cover_if_room(service, snapshot, circumstances, regulations)
    if ports is None:
        served = tuple(subnet.id for subnet in service.subnets if subnet.enable_dhcp)
        raise IpAddressGenerationFailure(service.network.id, served)
    return ports


def cover_if_room(
    service: DhcpService, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> tuple[Port, ...] | None:
    """As `cover`, but None when a subnet has no address left."""
    served = [subnet for subnet in service.subnets if subnet.enable_dhcp]
    if not served or (service.network.dhcp_served_by == "hosts" and not service.bindings):
        return ()
    chosen: set[tuple[SubnetId, IpAddress]] = set()
    covered: list[Port] = []
    for before, placed in _placed(service, snapshot, circumstances, regulations):
        here = _working_here(service, placed, served, snapshot)
        if not here:
            continue
        port = _without_lost(placed, service, here)
        addresses = _addresses(port, here, chosen, snapshot)
        if addresses is None:
            return None
        chosen.update((fixed_ip.subnet_id, fixed_ip.ip_address) for fixed_ip in addresses)
        if before is None:
            covered.append(structs.replace(port, fixed_ips=addresses))
            continue
        after = amended(
            before,
            circumstances.now,
            device_id=port.device_id,
            binding=port.binding,
            status=port.status,
            status_reason=port.status_reason,
            fixed_ips=addresses,
        )
        if after is not before:
            covered.append(after)
    return tuple(covered)


def waiting(port: Port) -> Port:
    """The port as it waits for the next agent: reserved, plugged nowhere; still of the same revision."""
    return structs.replace(port, device_id=RESERVED_DHCP_DEVICE, binding=Binding(), status="DOWN", status_reason="")


def leave(subnet_id: SubnetId, ports: Sequence[Port], circumstances: Circumstances) -> Writes:
    """The ports give back their addresses of a subnet that has DHCP no longer; one without any address left goes."""
    puts: list[Port] = []
    deletes: list[Ref] = []
    for port in ports:
        left = tuple(fixed_ip for fixed_ip in port.fixed_ips if fixed_ip.subnet_id != subnet_id)
        if left == port.fixed_ips:
            continue
        if left:
            puts.append(amended(port, circumstances.now, fixed_ips=left))
        else:
            deletes.append(Ref("port", port.id))
    return Writes(tuple(puts), tuple(deletes))


def _placed(
    service: DhcpService, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> Iterator[tuple[Port | None, Port]]:
    """Each port that is to serve or to wait: (as it is, None for a new one; as it is to be, but for its addresses)."""
    by_device = {port.device_id: port for port in service.ports}
    reserved = [port for port in service.ports if port.device_id == RESERVED_DHCP_DEVICE]
    for binding in service.bindings:
        device = device_id(binding.host, service.network.id)
        own = by_device.get(device)
        if own is not None:
            yield own, own
        elif reserved:
            before, taken = _fitting(service, binding.host, reserved, snapshot), Binding(host=binding.host)
            reserved.remove(before)
            yield before, structs.replace(before, device_id=device, binding=taken, status="DOWN", status_reason="")
        else:
            yield None, _new(service.network, device, binding.host, snapshot, circumstances, regulations)
    if not service.bindings:
        if reserved:
            yield reserved[0], reserved[0]
        else:
            yield None, _new(service.network, RESERVED_DHCP_DEVICE, None, snapshot, circumstances, regulations)


def _fitting(service: DhcpService, host: HostName, reserved: Sequence[Port], snapshot: Snapshot) -> Port:
    """The reserved port to take over: one that has an address of the segment that the host is on, else any."""
    served = [subnet for subnet in service.subnets if subnet.enable_dhcp]
    here = {subnet.id for subnet in _on_segment_of(host, service, served, snapshot)}
    return next((port for port in reserved if any(each.subnet_id in here for each in port.fixed_ips)), reserved[0])


def _working_here(service: DhcpService, port: Port, served: Sequence[Subnet], snapshot: Snapshot) -> Sequence[Subnet]:
    """Those of the subnets whose segment the port's host is on; all while it waits."""
    host = port.binding.host
    return served if host is None else _on_segment_of(host, service, served, snapshot)


def _on_segment_of(
    host: HostName, service: DhcpService, served: Sequence[Subnet], snapshot: Snapshot
) -> Sequence[Subnet]:
    if not routed.is_routed(served):
        return served
    reached = service.reaches.get(host, reach.reach(host, snapshot))
    here = reach.segment_reached(service.network, reached, snapshot)
    return [subnet for subnet in served if subnet.segment_id in (None, here)]


def _without_lost(port: Port, service: DhcpService, here: Sequence[Subnet]) -> Port:
    """The port without addresses of other segments than its host's."""
    segments = {subnet.segment_id for subnet in here}
    lost = {subnet.id for subnet in service.subnets if subnet.segment_id not in segments | {None}}
    if not any(fixed_ip.subnet_id in lost for fixed_ip in port.fixed_ips):
        return port
    left = tuple(fixed_ip for fixed_ip in port.fixed_ips if fixed_ip.subnet_id not in lost)
    return structs.replace(port, fixed_ips=left)


def _new(
    network: Network,
    device: str,
    host: HostName | None,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Port:
    return Port(
        id=PortId(circumstances.new_id()),
        network_id=network.id,
        project_id=network.project_id,
        name="",
        mac_address=mac.choose(network.id, snapshot, circumstances, regulations),
        created_at=circumstances.now,
        updated_at=circumstances.now,
        device_id=device,
        device_owner=DHCP_OWNER,
        binding=Binding(host=host),
        port_security_enabled=False,
    )


def _addresses(
    port: Port, served: Sequence[Subnet], chosen: Collection[tuple[SubnetId, IpAddress]], snapshot: Snapshot
) -> tuple[FixedIp, ...] | None:
    """The port's addresses and one on each served subnet where it has none; None when one has no room."""
    addresses = list(port.fixed_ips)
    present = {fixed_ip.subnet_id for fixed_ip in addresses}
    for subnet in served:
        if subnet.id in present:
            continue
        taken = {address for subnet_id, address in chosen if subnet_id == subnet.id}
        address = _address_on(subnet, port, taken, snapshot)
        if address is None:
            return None
        addresses.append(FixedIp(subnet.id, address))
    return tuple(addresses)


def _address_on(subnet: Subnet, port: Port, taken: Collection[IpAddress], snapshot: Snapshot) -> IpAddress | None:
    if ipam.is_auto_address(subnet):
        return ipam.eui64_address(subnet.cidr, port.mac_address)
    asked = subnet.dhcp_address
    if asked is not None and asked not in taken and snapshot.address_owner(subnet.id, asked) is None:
        return asked
    stored = snapshot.subnet(subnet.id)
    if stored is None:
        return ipam.lowest(subnet.allocation_pools, taken)
    if stored.allocation_pools == subnet.allocation_pools:
        return ipam.lowest(snapshot.free_ranges(subnet.id, len(taken) + 2), {*taken, *_gateway(subnet)})
    return next(
        (
            address
            for address in ipam.addresses(subnet.allocation_pools)
            if address not in taken and snapshot.address_owner(subnet.id, address) is None
        ),
        None,
    )


def _gateway(subnet: Subnet) -> tuple[IpAddress, ...]:
    return () if subnet.gateway_ip is None else (subnet.gateway_ip,)
