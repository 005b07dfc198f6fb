"""Subnet pools: prefixes to take subnets from, in an address scope or not, with a share for each project.

What a subnet takes of a pool is `subnet_allocation`'s. Source: Networking API v2.0, extensions subnet_allocation,
subnetpool-prefix-ops, default-subnetpools, subnet_onboard, address-scope; what is refused is what Neutron refuses.
"""

from collections.abc import Sequence
from typing import Final, assert_never

from msgspec import UNSET

from underlay.commands.subnet_pool import (
    AddPrefixes,
    CreateSubnetPool,
    DeleteSubnetPool,
    OnboardNetworkSubnets,
    RemovePrefixes,
    SubnetPoolCommand,
    UpdateSubnetPool,
)
from underlay.model import prefixes
from underlay.model.address import IpNetwork
from underlay.model.address_scope import AddressScope
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import (
    AddressScopePrefixConflict,
    EmptySubnetPoolPrefixList,
    IllegalSubnetPoolIpVersionAssociationToAddressScope,
    IllegalSubnetPoolPrefixBounds,
    IllegalSubnetPoolPrefixUpdate,
    IllegalSubnetPoolUpdate,
    InvalidInput,
    NetworkAddressScopeAffinityError,
    PrefixVersionMismatch,
    SubnetPoolDeleteError,
    SubnetPoolNotFound,
)
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool, default_key
from underlay.rules import access, address_scope, quota, share
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

SUBNETS: Final = "subnetpool"
"""The relation in which a subnet names its pool."""

_LEAST: Final = {4: 8, 6: 64}
_MOST: Final = {4: 32, 6: 128}
_MAX_PREFIXES: Final = 1_000


def judge(
    command: SubnetPoolCommand,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Any command on subnet pools."""
    match command:
        case CreateSubnetPool():
            return create(command, snapshot, caller, circumstances, regulations)
        case UpdateSubnetPool():
            return update(command, snapshot, caller, circumstances)
        case DeleteSubnetPool():
            return delete(command, snapshot, caller)
        case AddPrefixes():
            return add_prefixes(command, snapshot, caller, circumstances)
        case RemovePrefixes():
            return remove_prefixes(command, snapshot, caller, circumstances)
        case OnboardNetworkSubnets():
            return onboard(command, snapshot, caller, circumstances)
        case _:
            assert_never(command)


def create(
    command: CreateSubnetPool,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """A pool of at least one prefix."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_subnetpool", command, snapshot, command)
    quota.require_room("subnetpool", command.project_id, snapshot, regulations)
    pool_prefixes = _checked_prefixes(command.prefixes)
    version = pool_prefixes[0].version
    least = _LEAST[version] if command.min_prefixlen is None else command.min_prefixlen
    pool = SubnetPool(
        id=circumstances.new_id(),
        project_id=command.project_id,
        name=command.name,
        prefixes=pool_prefixes,
        min_prefixlen=least,
        max_prefixlen=_MOST[version] if command.max_prefixlen is None else command.max_prefixlen,
        default_prefixlen=least if command.default_prefixlen is None else command.default_prefixlen,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        default_quota=command.default_quota,
        address_scope_id=command.address_scope_id,
        is_default=command.is_default,
        shared=command.shared,
        description=command.description,
    )
    _require_bounds(pool)
    _require_only_default(pool, snapshot)
    _require_scope(pool, snapshot, caller)
    grants = (share.granting(("subnetpool", pool.id, pool.project_id), circumstances),) if pool.shared else ()
    return Verdict(Writes(puts=(pool, *grants)), pool)


def update(command: UpdateSubnetPool, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The owner changes it; prefixes may be joined, not left out."""
    before = visible(command.id, snapshot, caller)
    access.require(caller, "update_subnetpool", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    pool_prefixes = before.prefixes
    if command.prefixes is not UNSET:
        pool_prefixes = _checked_prefixes(command.prefixes)
        if not prefixes.holds(pool_prefixes, before.prefixes):
            raise IllegalSubnetPoolPrefixUpdate("Existing prefixes must be a subset of the new prefixes")
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        prefixes=pool_prefixes,
        min_prefixlen=command.min_prefixlen,
        max_prefixlen=command.max_prefixlen,
        default_prefixlen=command.default_prefixlen,
        default_quota=command.default_quota,
        address_scope_id=command.address_scope_id,
        is_default=command.is_default,
        description=command.description,
    )
    return _changed(before, after, snapshot, caller)


def delete(command: DeleteSubnetPool, snapshot: Snapshot, caller: Caller) -> Verdict:
    """Raises SubnetPoolDeleteError while a subnet has a block of it."""
    pool = visible(command.id, snapshot, caller)
    access.require(caller, "delete_subnetpool", pool, snapshot)
    access.require_revision(command.revision, pool.revision_number)
    if snapshot.is_linked(pool.id, relations=(SUBNETS,)):
        raise SubnetPoolDeleteError("Subnet pool has existing allocations")
    return Verdict(Writes(deletes=(*share.forget(pool.id, snapshot), Ref("subnetpool", pool.id))))


def add_prefixes(command: AddPrefixes, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """The pool has these prefixes too."""
    before = visible(command.id, snapshot, caller)
    access.require(caller, "add_prefixes", before, snapshot)
    joined = _checked_prefixes((*before.prefixes, *command.prefixes))
    return _changed(before, amended(before, circumstances.now, prefixes=joined), snapshot, caller)


def remove_prefixes(
    command: RemovePrefixes, snapshot: Snapshot, caller: Caller, circumstances: Circumstances
) -> Verdict:
    """The pool has these prefixes no longer. Raises IllegalSubnetPoolPrefixUpdate when a subnet has some of them."""
    before = visible(command.id, snapshot, caller)
    access.require(caller, "remove_prefixes", before, snapshot)
    if not prefixes.overlap(before.prefixes, command.prefixes):
        return Verdict(result=before)
    subnets = snapshot.linked(Subnet, SUBNETS, before.id)
    if prefixes.overlap((subnet.cidr for subnet in subnets), command.prefixes):
        raise IllegalSubnetPoolPrefixUpdate("One or more the prefixes to be removed is in use by a subnet")
    same_version = [prefix for prefix in command.prefixes if prefix.version == before.ip_version]
    left = prefixes.without(before.prefixes, same_version)
    if not left:
        raise EmptySubnetPoolPrefixList()
    after = amended(before, circumstances.now, prefixes=prefixes.compact(left))
    return Verdict(Writes(puts=(after,)), after)


def onboard(
    command: OnboardNetworkSubnets, snapshot: Snapshot, caller: Caller, circumstances: Circumstances
) -> Verdict:
    """The network's subnets of the pool's IP version become the pool's. The result is the subnets.

    Raises IllegalSubnetPoolUpdate when one of them overlaps what the pool has given away.
    """
    pool = visible(command.id, snapshot, caller)
    access.require(caller, "onboard_network_subnets", pool, snapshot)
    network = access.visible_network(command.network_id, snapshot, caller)
    access.require(caller, "update_subnet", network, snapshot)
    subnets = [subnet for subnet in snapshot.subnets_of(network.id) if subnet.ip_version == pool.ip_version]
    taken = [subnet.cidr for subnet in snapshot.linked(Subnet, SUBNETS, pool.id)]
    for subnet in subnets:
        if prefixes.overlap((subnet.cidr,), taken):
            raise IllegalSubnetPoolUpdate(
                f"Onboarding subnet {subnet.id}: {subnet.cidr} conflicts with allocated prefixes in subnet pool "
                f"{pool.id}"
            )
    joined = _checked_prefixes((*pool.prefixes, *(subnet.cidr for subnet in subnets)))
    after = amended(pool, circumstances.now, prefixes=joined)
    verdict = _changed(pool, after, snapshot, caller)
    taken_in = tuple(amended(subnet, circumstances.now, subnetpool_id=pool.id) for subnet in subnets)
    return Verdict(Writes(puts=(*verdict.writes.puts, *taken_in)), taken_in)


def visible(pool_id: str, snapshot: Snapshot, caller: Caller) -> SubnetPool:
    """The pool, if the caller may see it. Raises SubnetPoolNotFound."""
    return access.visible(SubnetPool, pool_id, SubnetPoolNotFound, snapshot, caller)


def _changed(before: SubnetPool, after: SubnetPool, snapshot: Snapshot, caller: Caller) -> Verdict:
    """The pool as it is to be, when that is allowed."""
    if after is before:
        return Verdict(result=before)
    _require_bounds(after)
    if not before.is_default:
        _require_only_default(after, snapshot)
    if before.address_scope_id is not None:
        scope = address_scope.visible(before.address_scope_id, snapshot, caller)
        if not access.owns(caller, scope.project_id):
            raise IllegalSubnetPoolUpdate(
                f"subnetpool {before.id} cannot be updated when associated with shared address scope {scope.id}"
            )
    _require_scope(after, snapshot, caller)
    if after.address_scope_id is not None and after.address_scope_id != before.address_scope_id:
        _require_whole_networks(after, snapshot)
    return Verdict(Writes(puts=(after,)), after)


def _checked_prefixes(asked: Sequence[IpNetwork]) -> tuple[IpNetwork, ...]:
    if not asked:
        raise EmptySubnetPoolPrefixList()
    if len({prefix.version for prefix in asked}) > 1:
        raise PrefixVersionMismatch()
    joined = prefixes.compact(asked)
    if len(joined) > _MAX_PREFIXES:
        raise InvalidInput(f"a subnet pool has at most {_MAX_PREFIXES} prefixes, and not {len(joined)}")
    return joined


def _require_bounds(pool: SubnetPool) -> None:
    """min <= default <= max <= the IP version's length."""
    least, most, default = pool.min_prefixlen, pool.max_prefixlen, pool.default_prefixlen
    longest = _MOST[pool.ip_version]
    if least > most:
        raise IllegalSubnetPoolPrefixBounds("min_prefixlen", least, "max_prefixlen", most)
    if most > longest:
        raise IllegalSubnetPoolPrefixBounds("max_prefixlen", most, "ip_version_max", longest)
    if default < least:
        raise IllegalSubnetPoolPrefixBounds("default_prefixlen", default, "min_prefixlen", least)
    if default > most:
        raise IllegalSubnetPoolPrefixBounds("default_prefixlen", default, "max_prefixlen", most)


def _require_only_default(pool: SubnetPool, snapshot: Snapshot) -> None:
    if pool.is_default and snapshot.with_unique_key(SubnetPool, default_key(pool.ip_version)) is not None:
        raise InvalidInput(
            "A default subnetpool for this IP family has already been set. Only one default may exist per IP family"
        )


def _require_scope(pool: SubnetPool, snapshot: Snapshot, caller: Caller) -> None:
    """The scope is one that the caller sees, of the pool's IP version, and no other pool there shares an address."""
    if pool.address_scope_id is None:
        return
    scope: AddressScope = address_scope.visible(pool.address_scope_id, snapshot, caller)
    if scope.ip_version != pool.ip_version:
        raise IllegalSubnetPoolIpVersionAssociationToAddressScope(pool.id, scope.id, scope.ip_version)
    for other in snapshot.linked(SubnetPool, address_scope.SUBNET_POOLS, scope.id):
        if other.id != pool.id and prefixes.overlap(other.prefixes, pool.prefixes):
            raise AddressScopePrefixConflict()


def _require_whole_networks(pool: SubnetPool, snapshot: Snapshot) -> None:
    """A pool that changes its scope takes all subnets of its IP version of its networks along."""
    moved = snapshot.linked(Subnet, SUBNETS, pool.id)
    for network_id in dict.fromkeys(subnet.network_id for subnet in moved):
        for subnet in snapshot.subnets_of(network_id):
            if subnet.ip_version == pool.ip_version and subnet.subnetpool_id != pool.id:
                raise NetworkAddressScopeAffinityError()
