"""In which address scope a network is, by IP version: that of the pools of its subnets, which all share one."""

from collections.abc import Mapping

from underlay.model.ids import NetworkId
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool
from underlay.rules.snapshot import Snapshot

Scopes = Mapping[int, str]
"""IP version -> id of the address scope; versions without one are left out."""


def scopes_of(network_id: NetworkId, snapshot: Snapshot) -> Scopes:
    """Of one network."""
    scopes: dict[int, str] = {}
    for subnet in snapshot.subnets_of(network_id):
        pool = snapshot.record(SubnetPool, subnet.subnetpool_id) if subnet.subnetpool_id is not None else None
        if pool is not None and pool.address_scope_id is not None:
            scopes[subnet.ip_version] = pool.address_scope_id
    return scopes


def all_scopes(snapshot: Snapshot) -> Mapping[NetworkId, Scopes]:
    """Of all networks that are in one: a statement for the pools and one for their subnets."""
    scoped = {pool.id: pool.address_scope_id for pool in snapshot.records_of(SubnetPool) if pool.address_scope_id}
    scopes: dict[NetworkId, dict[int, str]] = {}
    for subnet in snapshot.linked_to(Subnet, "subnetpool", tuple(scoped)) if scoped else ():
        scopes.setdefault(subnet.network_id, {})[subnet.ip_version] = scoped[subnet.subnetpool_id or ""]
    return scopes
