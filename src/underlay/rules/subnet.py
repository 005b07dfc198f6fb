"""Subnets: a block of addresses, its gateway and pools, what DHCP says; and with it the network's DHCP port.

Creating one decides, in the same verdict, which agent serves the network and which address its DHCP port has.
Source: Networking API v2.0, "Subnets"; what is refused is what Neutron refuses.
"""

from typing import Final

from msgspec import UNSET, UnsetType, structs

from underlay.commands.subnet import CreateSubnet, DeleteSubnet, UpdateSubnet
from underlay.model.address import AddressRange, IpAddress
from underlay.model.caller import Caller
from underlay.model.change import Record, Ref, Writes
from underlay.model.errors import GatewayIpInUse, SubnetInUse
from underlay.model.ids import SubnetId
from underlay.model.network import Network
from underlay.model.port import DHCP_OWNER
from underlay.model.subnet import Subnet
from underlay.rules import (
    access,
    auto_address,
    dhcp_port,
    dhcp_service,
    ipam,
    quota,
    routed,
    subnet_allocation,
    subnet_form,
)
from underlay.rules.amend import amended
from underlay.rules.network import AUTO_DELETED_OWNERS, require_mtu
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

_ROUTER_OWNERS: Final = "network:router_"


def create(
    command: CreateSubnet, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """A subnet that overlaps none of its network, with an address for the DHCP port and an agent to serve it."""
    network = access.visible_network(command.network_id, snapshot, caller)
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_subnet", command, snapshot, command)
    pool = subnet_allocation.pool_of(command, snapshot, caller)
    cidr = subnet_allocation.block_of(command, pool, snapshot)
    gateway = command.gateway_ip
    if gateway is UNSET:
        gateway = ipam.default_gateway(cidr, chosen_by_pool=command.cidr is None)
    subnet = Subnet(
        id=SubnetId(circumstances.new_id()),
        network_id=network.id,
        project_id=command.project_id,
        name=command.name,
        cidr=cidr,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        gateway_ip=gateway,
        host_routes=command.host_routes,
        dns_nameservers=command.dns_nameservers,
        enable_dhcp=command.enable_dhcp,
        dhcp_address=command.dhcp_address,
        ipv6_ra_mode=command.ipv6_ra_mode,
        ipv6_address_mode=command.ipv6_address_mode,
        description=command.description,
        service_types=command.service_types,
        dns_publish_fixed_ip=command.dns_publish_fixed_ip,
        subnetpool_id=pool.id if pool is not None else None,
        segment_id=command.segment_id,
    )
    subnet_form.require_valid(subnet, None, regulations)
    if command.gateway_ip is not UNSET and gateway is not None:
        ipam.require_gateway_usable(gateway, subnet.cidr)
    siblings = tuple(snapshot.subnets_of(network.id))
    subnet_form.require_apart(subnet, siblings)
    routed.require_segment(command.segment_id, network, siblings, snapshot)
    subnet_allocation.require_affinity(pool, cidr, siblings, snapshot)
    require_mtu(network.id, network.mtu, subnet.ip_version)
    pools = (
        ipam.default_pools(subnet.cidr, gateway)
        if command.allocation_pools is UNSET
        else ipam.checked_pools(command.allocation_pools, subnet.cidr, gateway)
    )
    subnet = routed.with_peers(structs.replace(subnet, allocation_pools=pools), siblings)
    quota.require_room("subnet", command.project_id, snapshot, regulations)
    grown = amended(
        network,
        circumstances.now,
        subnet_ids=(*network.subnet_ids, subnet.id),
        is_routed=subnet.segment_id is not None,
    )
    peers = routed.peers_with(subnet, siblings, circumstances.now)
    served: tuple[Record, ...] = ()
    if subnet.enable_dhcp:
        served = dhcp_service.serve(grown, (*siblings, subnet), snapshot, circumstances, regulations)
    automatic, rest = auto_address.first_part(subnet, snapshot, circumstances)
    subnet = structs.replace(subnet, is_spreading=rest is not None)
    return Verdict(Writes(puts=(grown, subnet, *peers, *served, *automatic)), subnet, then=rest)


def update(
    command: UpdateSubnet, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """What DHCP says, the gateway and the pools change; DHCP on or off gives or takes the DHCP port's address.

    Ports keep addresses that a new pool no longer holds.
    """
    before, network = access.visible_subnet(command.id, snapshot, caller)
    access.require(caller, "update_subnet", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    gateway = before.gateway_ip if command.gateway_ip is UNSET else command.gateway_ip
    pools: tuple[AddressRange, ...] | UnsetType = UNSET
    if command.allocation_pools is not UNSET:
        pools = ipam.checked_pools(command.allocation_pools, before.cidr, gateway)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        gateway_ip=gateway,
        allocation_pools=pools,
        host_routes=command.host_routes,
        dns_nameservers=command.dns_nameservers,
        enable_dhcp=command.enable_dhcp,
        description=command.description,
        service_types=command.service_types,
        dns_publish_fixed_ip=command.dns_publish_fixed_ip,
        segment_id=command.segment_id,
    )
    if after is before:
        return Verdict(result=before)
    if command.segment_id is not UNSET:
        routed.require_change(before, command.segment_id, network, snapshot)
        network = amended(network, circumstances.now, is_routed=after.segment_id is not None)
    subnet_form.require_valid(after, before, regulations)
    _require_gateway(before, after, snapshot)
    if after.segment_id is not None and network.is_routed:
        peers = snapshot.subnets_of(network.id)
        old_gateway = before.gateway_ip if after.gateway_ip != before.gateway_ip else None
        after = routed.with_peers(after, peers, old_gateway)
    puts: tuple[Record, ...] = (after,) if command.segment_id is UNSET else (network, after)
    if after.enable_dhcp == before.enable_dhcp:
        return Verdict(Writes(puts=puts), after)
    if after.enable_dhcp:
        subnets = tuple(after if subnet.id == after.id else subnet for subnet in snapshot.subnets_of(network.id))
        served = dhcp_service.serve(network, subnets, snapshot, circumstances, regulations)
        return Verdict(Writes(puts=(*puts, *served)), after)
    left = dhcp_port.leave(after.id, dhcp_port.ports_of(network.id, snapshot), circumstances)
    return Verdict(Writes(puts=(*puts, *left.puts), deletes=left.deletes), after)


def delete(command: DeleteSubnet, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The subnet goes, and its addresses from the ports that nobody made by hand, automatic ones from all.

    Raises SubnetInUse while any other port has an address of it.
    """
    subnet, network = access.visible_subnet(command.id, snapshot, caller)
    access.require(caller, "delete_subnet", subnet, snapshot)
    access.require_revision(command.revision, subnet.revision_number)
    if ipam.is_auto_address(subnet):
        taken, rest = auto_address.take(subnet, snapshot, circumstances)
        if rest is not None:
            return Verdict(taken, then=rest)
    else:
        taken = _taken_from_own(subnet, network, snapshot, circumstances)
    left_ids = tuple(each for each in network.subnet_ids if each != subnet.id)
    shrunk = amended(network, circumstances.now, subnet_ids=left_ids, is_routed=network.is_routed and bool(left_ids))
    peers: tuple[Subnet, ...] = ()
    if subnet.segment_id is not None:
        peers = routed.peers_without(subnet, snapshot.subnets_of(network.id), circumstances.now)
    return Verdict(Writes(puts=(shrunk, *peers, *taken.puts), deletes=(*taken.deletes, Ref("subnet", subnet.id))))


def _taken_from_own(subnet: Subnet, network: Network, snapshot: Snapshot, circumstances: Circumstances) -> Writes:
    """The ports that nobody made by hand lose their addresses. Raises SubnetInUse when another port has one."""
    kept_by = snapshot.some_port_using(subnet.id, not_owned_by=AUTO_DELETED_OWNERS)
    if kept_by is not None:
        raise SubnetInUse(subnet.id, kept_by.id)
    ports = [port for owner in AUTO_DELETED_OWNERS for port in snapshot.ports_of(network.id, device_owner=owner)]
    return dhcp_port.leave(subnet.id, ports, circumstances)


def _require_gateway(before: Subnet, after: Subnet, snapshot: Snapshot) -> None:
    """A new gateway is usable, outside the pools, no DHCP port's address, and the old one no router port's."""
    if after.gateway_ip == before.gateway_ip:
        return
    if after.gateway_ip is not None:
        ipam.require_gateway_usable(after.gateway_ip, after.cidr)
        ipam.require_gateway_outside(after.gateway_ip, after.allocation_pools)
        _require_not_owned(after, after.gateway_ip, DHCP_OWNER, snapshot)
    if before.gateway_ip is not None:
        _require_not_owned(before, before.gateway_ip, _ROUTER_OWNERS, snapshot)


def _require_not_owned(subnet: Subnet, address: IpAddress, owner_prefix: str, snapshot: Snapshot) -> None:
    port_id = snapshot.address_owner(subnet.id, address)
    port = snapshot.port(port_id) if port_id is not None else None
    if port is not None and port.device_owner.startswith(owner_prefix):
        raise GatewayIpInUse(address, port.id)
