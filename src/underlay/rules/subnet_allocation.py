"""Which block a subnet gets: the one asked for, or a free one of a subnet pool.

The store keeps each pool's free blocks, so that the cost does not grow with the number of subnets; the transaction
makes sure that no two get the same one. Source: Networking API v2.0, extensions subnet_allocation, default-subnetpools.
"""

from collections.abc import Sequence
from fractions import Fraction
from ipaddress import ip_network

from msgspec import UNSET

from underlay.commands.subnet import CreateSubnet
from underlay.model.address import IpNetwork
from underlay.model.caller import Caller
from underlay.model.errors import (
    BadRequest,
    InvalidInput,
    MaxPrefixSubnetAllocationError,
    MinPrefixSubnetAllocationError,
    NetworkAddressScopeAffinityError,
    NetworkSubnetPoolAffinityError,
    SubnetAllocationError,
    SubnetPoolNotFound,
    SubnetPoolQuotaExceeded,
)
from underlay.model.ids import ProjectId
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import PREFIX_DELEGATION, QUOTA_UNIT, SubnetPool, default_key
from underlay.rules import subnet_pool
from underlay.rules.snapshot import Snapshot


def pool_of(command: CreateSubnet, snapshot: Snapshot, caller: Caller) -> SubnetPool | None:
    """The pool that the subnet is to be of, if any; the default one where that is asked for.

    Raises BadRequest, SubnetPoolNotFound.
    """
    if command.subnetpool_id is not None and command.use_default_subnetpool:
        raise BadRequest("subnets", "subnetpool_id and use_default_subnetpool cannot both be specified")
    if command.subnetpool_id == PREFIX_DELEGATION:
        raise BadRequest("subnets", "IPv6 prefix delegation needs a router that asks for the prefix; send a cidr")
    if command.subnetpool_id is not None:
        pool = subnet_pool.visible(command.subnetpool_id, snapshot, caller)
    elif command.use_default_subnetpool:
        pool = _default_pool(command, snapshot, caller)
    else:
        return None
    version = command.cidr.version if command.cidr is not None else command.ip_version
    if version not in (None, pool.ip_version):
        raise BadRequest("subnets", f"Cannot allocate IPv{version} subnet from IPv{pool.ip_version} subnet pool")
    if command.cidr is None and command.allocation_pools is not UNSET:
        raise BadRequest("subnets", "allocation_pools allowed only for specific subnet requests")
    return pool


def block_of(command: CreateSubnet, pool: SubnetPool | None, snapshot: Snapshot) -> IpNetwork:
    """The subnet's block. Raises BadRequest, MinPrefixSubnetAllocationError, MaxPrefixSubnetAllocationError,
    SubnetPoolQuotaExceeded, SubnetAllocationError."""
    if pool is None:
        if command.cidr is None:
            raise BadRequest("subnets", "a subnetpool must be specified in the absence of a cidr")
        return command.cidr
    asked = command.cidr if command.cidr is not None else _around_gateway(command, pool)
    prefixlen = asked.prefixlen if asked is not None else _prefixlen(command, pool)
    if prefixlen > pool.max_prefixlen:
        raise MaxPrefixSubnetAllocationError(prefixlen, pool.max_prefixlen)
    if prefixlen < pool.min_prefixlen:
        raise MinPrefixSubnetAllocationError(prefixlen, pool.min_prefixlen)
    _require_share(pool, command.project_id, prefixlen, snapshot)
    if asked is not None:
        if not snapshot.is_free(pool.id, asked):
            raise SubnetAllocationError("Cannot allocate requested subnet from the available set of prefixes")
        return asked
    block = snapshot.free_block(pool.id, prefixlen)
    if block is None:
        raise SubnetAllocationError(f"Insufficient prefix space to allocate subnet size /{prefixlen}")
    return ip_network((block.network_address, prefixlen))


def require_affinity(pool: SubnetPool | None, cidr: IpNetwork, siblings: Sequence[Subnet], snapshot: Snapshot) -> None:
    """All subnets of one IP version on a network are of one pool, or of pools of one address scope.

    Raises NetworkAddressScopeAffinityError, NetworkSubnetPoolAffinityError.
    """
    same_version = [sibling for sibling in siblings if sibling.ip_version == cidr.version]
    others = {sibling.subnetpool_id for sibling in same_version}
    if not others or others == {pool.id if pool else None}:
        return
    scopes = {_scope_of(pool_id, snapshot) for pool_id in others} - {None}
    if pool is not None and scopes:
        if pool.address_scope_id not in scopes:
            raise NetworkAddressScopeAffinityError()
        return
    raise NetworkSubnetPoolAffinityError()


def _scope_of(pool_id: str | None, snapshot: Snapshot) -> str | None:
    pool = snapshot.record(SubnetPool, pool_id) if pool_id is not None else None
    return pool.address_scope_id if pool is not None else None


def _default_pool(command: CreateSubnet, snapshot: Snapshot, caller: Caller) -> SubnetPool:
    version = command.cidr.version if command.cidr is not None else command.ip_version
    if version is None:
        raise BadRequest("subnets", "ip_version must be specified in the absence of cidr and subnetpool_id")
    pool = snapshot.with_unique_key(SubnetPool, default_key(version))
    try:
        return subnet_pool.visible("" if pool is None else pool.id, snapshot, caller)
    except SubnetPoolNotFound:
        raise BadRequest("subnets", f"No default subnetpool found for IPv{version}") from None


def _prefixlen(command: CreateSubnet, pool: SubnetPool) -> int:
    return pool.default_prefixlen if command.prefixlen is None else command.prefixlen


def _around_gateway(command: CreateSubnet, pool: SubnetPool) -> IpNetwork | None:
    """A gateway that is asked for says where the block is."""
    gateway = command.gateway_ip
    if gateway is UNSET or gateway is None:
        return None
    prefixlen = _prefixlen(command, pool)
    if gateway.version != pool.ip_version or prefixlen > gateway.max_prefixlen:
        raise InvalidInput(f"gateway_ip '{gateway}' does not match the ip_version '{pool.ip_version}'")
    return ip_network((gateway, prefixlen), strict=False)


def _require_share(pool: SubnetPool, project_id: ProjectId, prefixlen: int, snapshot: Snapshot) -> None:
    """The project has not more of the pool than `default_quota` with one more prefix of that length."""
    if not pool.default_quota:
        return
    unit = QUOTA_UNIT[pool.ip_version]
    lengths = [cidr.prefixlen for cidr in snapshot.taken_from(pool.id, project_id)]
    if sum(Fraction(2) ** (unit - length) for length in (*lengths, prefixlen)) > pool.default_quota:
        raise SubnetPoolQuotaExceeded()
