"""Networks: created on a VLAN asked for or chosen, shared or not, deleted with what goes with them.

Source: Networking API v2.0, "Networks", provider and MTU extensions.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Final

from msgspec import UNSET, UnsetType

from underlay.commands.network import CreateNetwork, DeleteNetwork, UpdateNetwork
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import (
    DefaultExternalNetworkExists,
    InvalidInput,
    InvalidSharedSetting,
    NetworkInUse,
    NetworkMTUSubnetConflict,
)
from underlay.model.ids import NetworkId, ProjectId
from underlay.model.network import DEFAULT_NETWORK, Network, Segment, physical_network_of
from underlay.model.port import DHCP_OWNER
from underlay.model.rbac_policy import RbacAction, SharedObject
from underlay.model.segment import NetworkSegment
from underlay.rules import access, dhcp_service, qos_policy, quota, segment, segments, share, zones
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

AUTO_DELETED_OWNERS: Final = (DHCP_OWNER, "network:distributed", "network:floatingip_agent_gateway")
"""device_owners of ports that nobody made by hand: they go with their network or subnet."""

MINIMUM_MTU: Final = {4: 68, 6: 1280}
"""Bytes that every link for this IP version must carry (RFC 791, RFC 8200)."""


def create(
    command: CreateNetwork, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """A network on the VLAN asked for, or on a free one."""
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_network", command, snapshot, command)
    quota.require_room("network", command.project_id, snapshot, regulations)
    zones.require_known(command.availability_zone_hints, snapshot)
    if command.is_default:
        _require_no_default(None, snapshot)
    first, *further = segments.choose_all(
        (command.provider, *command.further), command.project_id, snapshot, circumstances, regulations
    )
    mtu = _mtu_on((first, *further), command.mtu, regulations)
    network = Network(
        id=NetworkId(circumstances.new_id()),
        project_id=command.project_id,
        name=command.name,
        segment=first,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        admin_state_up=command.admin_state_up,
        shared=command.shared,
        mtu=mtu,
        description=command.description,
        dns_domain=command.dns_domain,
        port_security_enabled=command.port_security_enabled,
        further_segments=tuple(further),
        external=command.external,
        is_default=command.is_default,
        project_default=command.project_default,
        availability_zone_hints=command.availability_zone_hints,
        qos_policy_id=_first_qos_policy(command, snapshot, caller),
        dhcp_served_by=command.dhcp_served_by or regulations.dhcp_served_by,
    )
    wanted = {"access_as_shared": network.shared, "access_as_external": network.external}
    actions: tuple[RbacAction, ...] = ("access_as_shared", "access_as_external")
    grants = tuple(share.granting(_granted(network), circumstances, action) for action in actions if wanted[action])
    return Verdict(Writes(puts=(network, *segment.of_new_network(network, circumstances), *grants)), network)


def update(
    command: UpdateNetwork, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The network's owner changes it; who shares it, and its VLAN id, the administrator."""
    before = access.visible_network(command.id, snapshot, caller)
    access.require(caller, "update_network", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    if command.shared is False and before.shared:
        _require_unshareable(before, snapshot)
    if command.is_default is True:
        _require_no_default(before.id, snapshot)
    wanted: Segment | UnsetType = UNSET
    if command.provider is not UNSET:
        wanted = segments.change(before, command.provider, snapshot)
    mtu: int | UnsetType = UNSET
    if command.mtu is not UNSET:
        mtu = _mtu_on(before.segments, command.mtu, regulations)
        _require_mtu_for_subnets(before.id, mtu, snapshot)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        admin_state_up=command.admin_state_up,
        shared=command.shared,
        description=command.description,
        dns_domain=command.dns_domain,
        port_security_enabled=command.port_security_enabled,
        mtu=mtu,
        segment=wanted,
        external=command.external,
        is_default=command.is_default,
        project_default=command.project_default,
        dhcp_served_by=command.dhcp_served_by,
        qos_policy_id=qos_policy.assigned(command.qos_policy_id, before.qos_policy_id, snapshot, caller),
    )
    if after is before:
        return Verdict(result=after)
    moved: tuple[NetworkSegment, ...] = ()
    if after.segment != before.segment:
        moved = segment.moved(before.id, before.segment, after.segment, snapshot, circumstances)
    grants = external = Writes()
    if after.shared != before.shared:
        grants = share.follow(_granted(after), after.shared, snapshot, circumstances)
    if after.external != before.external:
        external = share.follow(_granted(after), after.external, snapshot, circumstances, "access_as_external")
    dhcp = _follow_dhcp(before, after, snapshot, circumstances, regulations)
    puts = (after, *moved, *grants.puts, *external.puts, *dhcp.puts)
    return Verdict(Writes(puts=puts, deletes=(*grants.deletes, *external.deletes, *dhcp.deletes)), after)


def delete(command: DeleteNetwork, snapshot: Snapshot, caller: Caller) -> Verdict:
    """The network goes with its subnets, DHCP bindings and the ports that nobody made by hand.

    Raises NetworkInUse while there is any other port.
    """
    network = access.visible_network(command.id, snapshot, caller)
    access.require(caller, "delete_network", network, snapshot)
    access.require_revision(command.revision, network.revision_number)
    kept_by = snapshot.some_port_of(network.id, not_owned_by=AUTO_DELETED_OWNERS)
    if kept_by is not None:
        raise NetworkInUse(network.id, kept_by.id)
    ports = chain.from_iterable(snapshot.ports_of(network.id, device_owner=owner) for owner in AUTO_DELETED_OWNERS)
    return Verdict(
        Writes(
            deletes=(
                *(Ref("port", port.id) for port in ports),
                *(Ref("dhcp_binding", binding.id) for binding in snapshot.dhcp_bindings_of(network.id)),
                *(Ref("subnet", subnet.id) for subnet in snapshot.subnets_of(network.id)),
                *(Ref("segment", each.id) for each in snapshot.linked(NetworkSegment, "network", network.id)),
                *share.forget(network.id, snapshot),
                Ref("network", network.id),
            )
        )
    )


def _follow_dhcp(
    before: Network, after: Network, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> Writes:
    """Agents and DHCP ports go when only the hosts are to serve it, and come when not."""
    if (before.dhcp_served_by == "hosts") == (after.dhcp_served_by == "hosts"):
        return Writes()
    if after.dhcp_served_by == "hosts":
        return Writes(deletes=dhcp_service.withdraw(after.id, snapshot))
    subnets = tuple(snapshot.subnets_of(after.id))
    return Writes(puts=dhcp_service.serve(after, subnets, snapshot, circumstances, regulations))


def _granted(network: Network) -> tuple[SharedObject, str, ProjectId]:
    return "network", network.id, network.project_id


def require_mtu(network_id: NetworkId, mtu: int, ip_version: int) -> None:
    """The network carries the smallest packet that IP of that version needs. Raises NetworkMTUSubnetConflict."""
    if mtu < MINIMUM_MTU[ip_version]:
        raise NetworkMTUSubnetConflict(network_id, MINIMUM_MTU[ip_version])


def _require_mtu_for_subnets(network_id: NetworkId, mtu: int, snapshot: Snapshot) -> None:
    for subnet in snapshot.subnets_of(network_id):
        require_mtu(network_id, mtu, subnet.ip_version)


def _require_no_default(own: NetworkId | None, snapshot: Snapshot) -> None:
    """No other network is the default one. Raises DefaultExternalNetworkExists."""
    other = snapshot.with_unique_key(Network, DEFAULT_NETWORK)
    if other is not None and other.id != own:
        raise DefaultExternalNetworkExists(other.id)


def _first_qos_policy(command: CreateNetwork, snapshot: Snapshot, caller: Caller) -> str | None:
    """The QoS policy asked for, else the project's default."""
    if command.qos_policy_id is None:
        return qos_policy.default_of(command.project_id, snapshot)
    return qos_policy.visible(command.qos_policy_id, snapshot, caller).id


def _mtu_on(wired: Iterable[Segment], wanted: int | None, regulations: Regulations) -> int:
    """The MTU asked for; else (0, None) the default one, or less where a physical network carries less.

    Raises InvalidInput when a physical network does not carry it."""
    carried = regulations.physical_network_mtus
    most = min(carried.get(physical_network_of(each) or "", regulations.default_mtu) for each in wired)
    if wanted and wanted > most:
        raise InvalidInput(f"Requested MTU is too big, maximum is {most}")
    return wanted or min(most, regulations.default_mtu)


def _require_unshareable(network: Network, snapshot: Snapshot) -> None:
    if snapshot.some_foreign_use(network.id, project_id=network.project_id):
        raise InvalidSharedSetting(network.name or network.id)
