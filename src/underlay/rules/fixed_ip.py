"""Which addresses a port gets: those wished for, checked, and free ones chosen where a wish leaves the choice.

An address once chosen is kept: a wish for "one of that subnet" is fulfilled by the address that the port has there.
DHCP ports take the lowest free address, others one by chance. Source: Networking API v2.0, "Ports", fixed_ips.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from underlay.commands.port import FixedIpWish
from underlay.model.address import IpAddress, Mac
from underlay.model.errors import (
    AllocationOnAutoAddressSubnet,
    HTTPBadRequest,
    InvalidInput,
    InvalidIpForNetwork,
    InvalidIpForSubnet,
    IpAddressAlreadyAllocated,
    IpAddressGenerationFailure,
    IpAddressGenerationFailureNoMatchingSubnet,
    SubnetNotFound,
)
from underlay.model.ids import HostName, NetworkId, PortId
from underlay.model.port import DHCP_OWNER, ROUTER_OWNERS, FixedIp
from underlay.model.subnet import Subnet
from underlay.rules import ipam, routed
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot

_LOWEST_FIRST_OWNERS: Final = frozenset({DHCP_OWNER, "network:distributed"})

Wishes = tuple[FixedIpWish, ...]


class Claimant(msgspec.Struct, frozen=True):
    """The port that addresses are chosen for.

    Attributes:
    port_id: None when it does not exist yet.
    current: the addresses that it has.
    host: where it is bound.
    """

    network_id: NetworkId
    mac: Mac
    device_owner: str = ""
    port_id: PortId | None = None
    current: tuple[FixedIp, ...] = ()
    host: HostName | None = None


def assign(
    wishes: Wishes | UnsetType,
    claimant: Claimant,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> tuple[FixedIp, ...]:
    """The port's addresses: by the wishes; with none sent, one of each IP version; with an empty list, none.

    On a routed network they are of the segment of its host; without a host none, unless wished for (`routed`).

    On SLAAC subnets every port with addresses has the one that its guest makes itself.
    Raises InvalidInput, HTTPBadRequest, SubnetNotFound, InvalidIpForSubnet, InvalidIpForNetwork,
    IpAddressAlreadyAllocated, AllocationOnAutoAddressSubnet, IpAddressGenerationFailure,
    IpAddressGenerationFailureNoMatchingSubnet, and what
    `routed.candidates` raises.
    """
    if wishes == ():
        return ()
    everywhere = _serving(snapshot.subnets_of(claimant.network_id), claimant)
    subnets = routed.candidates(everywhere, claimant.network_id, claimant.host, wishes, snapshot)
    if wishes is UNSET:
        chosen = _one_of_each_version(subnets, claimant, snapshot, circumstances)
    else:
        if len(wishes) > regulations.max_fixed_ips_per_port:
            raise InvalidInput(
                f"Exceeded maximum amount of fixed ips per port: {len(wishes)} wished for, "
                f"{regulations.max_fixed_ips_per_port} allowed"
            )
        chosen = _as_wished(wishes, subnets, claimant, snapshot, circumstances)
    addressed = {fixed_ip.subnet_id for fixed_ip in chosen}
    automatic = [
        FixedIp(subnet.id, ipam.eui64_address(subnet.cidr, claimant.mac))
        for subnet in subnets
        if ipam.is_auto_address(subnet) and subnet.id not in addressed and claimant.device_owner not in ROUTER_OWNERS
    ]
    return (*chosen, *automatic)


def _serving(subnets: Sequence[Subnet], claimant: Claimant) -> Sequence[Subnet]:
    """Those that serve ports of this device_owner, those for it alone first; DHCP ports serve all that have DHCP.

    None that is leaving.

    Raises IpAddressGenerationFailureNoMatchingSubnet when there are subnets and none of these.
    """
    owner = claimant.device_owner
    staying = [subnet for subnet in subnets if not subnet.is_leaving]
    serving = [
        subnet
        for subnet in staying
        if not subnet.service_types or owner in subnet.service_types or (owner == DHCP_OWNER and subnet.enable_dhcp)
    ]
    if staying and not serving:
        raise IpAddressGenerationFailureNoMatchingSubnet(claimant.network_id, owner)
    return sorted(serving, key=lambda subnet: not subnet.service_types)


def for_mac(address: FixedIp, mac: Mac, snapshot: Snapshot) -> FixedIp:
    """The address as it is with another MAC: made anew on a SLAAC subnet, the same on others."""
    subnet = snapshot.subnet(address.subnet_id)
    if subnet is None or not ipam.is_auto_address(subnet):
        return address
    return FixedIp(subnet.id, ipam.eui64_address(subnet.cidr, mac))


def _one_of_each_version(
    subnets: Sequence[Subnet], claimant: Claimant, snapshot: Snapshot, circumstances: Circumstances
) -> tuple[FixedIp, ...]:
    chosen: list[FixedIp] = []
    for version in (4, 6):
        candidates = [subnet for subnet in subnets if subnet.ip_version == version and not ipam.is_auto_address(subnet)]
        if candidates:
            chosen.append(_first_with_room(candidates, claimant, snapshot, circumstances))
    return tuple(chosen)


def _first_with_room(
    candidates: Sequence[Subnet], claimant: Claimant, snapshot: Snapshot, circumstances: Circumstances
) -> FixedIp:
    for subnet in candidates:
        address = _free_address(subnet, (), claimant, snapshot, circumstances)
        if address is not None:
            return FixedIp(subnet.id, address)
    raise IpAddressGenerationFailure(claimant.network_id, tuple(subnet.id for subnet in candidates))


def _as_wished(
    wishes: Wishes, subnets: Sequence[Subnet], claimant: Claimant, snapshot: Snapshot, circumstances: Circumstances
) -> tuple[FixedIp, ...]:
    """One address for each wish, in their order; those that name the address are served first."""
    if not subnets:
        raise InvalidInput("IP allocation requires subnets for network")
    places = [_subnet_of(wish, subnets, claimant, snapshot) for wish in wishes]
    chosen: list[FixedIp | None] = [None] * len(wishes)
    for index, (wish, subnet) in enumerate(zip(wishes, places, strict=True)):
        if wish.ip_address is not None:
            named = _named_address(wish.ip_address, subnet, claimant, snapshot)
            if named in chosen:
                raise HTTPBadRequest(f"Invalid input for fixed_ips. Reason: Duplicate IP address '{named.ip_address}'.")
            chosen[index] = named
    kept = [fixed_ip for fixed_ip in claimant.current if fixed_ip not in chosen]
    for index, subnet in enumerate(places):
        if chosen[index] is None:
            chosen[index] = _some_address(subnet, kept, chosen, claimant, snapshot, circumstances)
    return tuple(fixed_ip for fixed_ip in chosen if fixed_ip is not None)


def _subnet_of(wish: FixedIpWish, subnets: Sequence[Subnet], claimant: Claimant, snapshot: Snapshot) -> Subnet:
    if wish.subnet_id is not None:
        for subnet in subnets:
            if subnet.id == wish.subnet_id:
                return subnet
        if snapshot.subnet(wish.subnet_id) is None:
            raise SubnetNotFound(wish.subnet_id)
        raise InvalidInput(
            f"Failed to create port on network {claimant.network_id}, "
            f"because fixed_ips included invalid subnet {wish.subnet_id}"
        )
    if wish.ip_address is None:
        raise InvalidInput("IP allocation requires subnet_id or ip_address")
    for subnet in subnets:
        if wish.ip_address in ipam.host_range(subnet.cidr):
            return subnet
    raise InvalidIpForNetwork(wish.ip_address)


def _named_address(address: IpAddress, subnet: Subnet, claimant: Claimant, snapshot: Snapshot) -> FixedIp:
    if address not in ipam.host_range(subnet.cidr):
        raise InvalidIpForSubnet(address)
    if ipam.is_auto_address(subnet) and address != ipam.eui64_address(subnet.cidr, claimant.mac):
        raise AllocationOnAutoAddressSubnet(address, subnet.id)
    owner = snapshot.address_owner(subnet.id, address)
    if owner is not None and owner != claimant.port_id:
        raise IpAddressAlreadyAllocated(address, subnet.id)
    return FixedIp(subnet.id, address)


def _some_address(
    subnet: Subnet,
    kept: list[FixedIp],
    chosen: Sequence[FixedIp | None],
    claimant: Claimant,
    snapshot: Snapshot,
    circumstances: Circumstances,
) -> FixedIp:
    """The address that the port has on the subnet already (it is then used up), else a free one."""
    if ipam.is_auto_address(subnet):
        automatic = FixedIp(subnet.id, ipam.eui64_address(subnet.cidr, claimant.mac))
        if automatic in chosen:
            raise InvalidInput(f"subnet {subnet.id} is named twice, and a port has one automatic address there")
        return automatic
    for fixed_ip in kept:
        if fixed_ip.subnet_id == subnet.id:
            kept.remove(fixed_ip)
            return fixed_ip
    taken = [fixed_ip.ip_address for fixed_ip in chosen if fixed_ip is not None and fixed_ip.subnet_id == subnet.id]
    address = _free_address(subnet, taken, claimant, snapshot, circumstances)
    if address is None:
        raise IpAddressGenerationFailure(claimant.network_id, (subnet.id,))
    return FixedIp(subnet.id, address)


def _free_address(
    subnet: Subnet,
    taken: Iterable[IpAddress],
    claimant: Claimant,
    snapshot: Snapshot,
    circumstances: Circumstances,
) -> IpAddress | None:
    excluded = set(taken)
    if subnet.gateway_ip is not None:
        excluded.add(subnet.gateway_ip)
    free = snapshot.free_ranges(subnet.id, ipam.CHANCE_RUNS + len(excluded))
    if claimant.device_owner in _LOWEST_FIRST_OWNERS:
        return ipam.lowest(free, excluded)
    return ipam.by_chance(free, subnet.allocation_pools, circumstances.below, excluded)
