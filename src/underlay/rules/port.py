"""Ports: a machine's place on a network, with MAC and addresses, made and changed by its project.

Source: Networking API v2.0, "Ports", binding and extra_dhcp_opt extensions; Neutron's default policy.
"""

from collections.abc import Iterable

from msgspec import UNSET, structs

from underlay.commands.port import CreatePort, DeletePort, UpdatePort
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import (
    HostNotCompatibleWithFixedIps,
    InvalidInput,
    ServicePortInUse,
)
from underlay.model.ids import HostName, PortId
from underlay.model.network import Network
from underlay.model.port import Binding, ExtraDhcpOpt, FixedIp, IpAllocation, Port, PortStatus
from underlay.rules import access, dhcp_port, dns, fixed_ip, port_mac, port_security, qos_policy, quota, routed, trunk
from underlay.rules.amend import amended
from underlay.rules.fixed_ip import Claimant
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict


def create(
    command: CreatePort, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """A port on a network that the caller sees, with a free MAC and free addresses where none are asked for."""
    access.visible_network(command.network_id, snapshot, caller)
    access.require_own_project(caller, command.project_id)
    access.require(caller, "create_port", command, snapshot, command)
    return make(command, snapshot, caller, circumstances, regulations)


def make(
    command: CreatePort, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """As `create`, for who has judged whether the caller may: of a server's port the server itself says the host."""
    network = access.visible_network(command.network_id, snapshot, caller)
    _require_options(command.extra_dhcp_opts)
    dns.require_name(command.dns_name, regulations)
    quota.require_room("port", command.project_id, snapshot, regulations)
    chosen_mac = port_mac.at_creation(command, network.id, snapshot, circumstances, regulations)
    with_mac = structs.replace(command, mac_address=chosen_mac)
    guard = port_security.at_creation(with_mac, network, snapshot, caller, circumstances, regulations)
    claimant = Claimant(network.id, chosen_mac, command.device_owner, host=command.host or None)
    addresses = fixed_ip.assign(command.fixed_ips, claimant, snapshot, circumstances, regulations)
    port = Port(
        id=PortId(circumstances.new_id()),
        network_id=network.id,
        project_id=command.project_id,
        name=command.name,
        mac_address=chosen_mac,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        fixed_ips=addresses,
        admin_state_up=command.admin_state_up,
        device_id=command.device_id,
        device_owner=command.device_owner,
        binding=Binding(command.host or None, vnic_type=command.vnic_type, profile=command.profile),
        extra_dhcp_opts=command.extra_dhcp_opts,
        description=command.description,
        dns_name=command.dns_name,
        dns_domain=command.dns_domain,
        port_security_enabled=guard.port_security_enabled,
        security_group_ids=guard.security_group_ids,
        allowed_address_pairs=guard.allowed_address_pairs,
        ip_allocation=_ip_allocation(command, network, addresses),
        tags=command.tags,
        propagate_uplink_status=command.propagate_uplink_status,
        qos_policy_id=command.qos_policy_id and qos_policy.visible(command.qos_policy_id, snapshot, caller).id,
    )
    return Verdict(Writes(puts=(*guard.puts, port)), port)


def update(
    command: UpdatePort, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The port's owner changes it. A port that is switched off, or moved to another host, is DOWN until reported."""
    before, _ = access.visible_port(command.id, snapshot, caller)
    access.require(caller, "update_port", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    dns.require_name(command.dns_name, regulations)
    options = _merged_options(command, before)
    _require_options(options)
    binding = _updated_binding(command, before.binding)
    new_mac = port_mac.in_update(command, before, binding, snapshot, circumstances, regulations)
    guard = port_security.in_update(command, before, new_mac, snapshot, caller, regulations)
    owner = before.device_owner if command.device_owner is UNSET else command.device_owner
    claimant = Claimant(before.network_id, new_mac, owner, before.id, before.fixed_ips, binding.host)
    admin_state_up = before.admin_state_up if command.admin_state_up is UNSET else command.admin_state_up
    stays = admin_state_up and binding.host == before.binding.host
    status: PortStatus = before.status if stays else "DOWN"
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        mac_address=new_mac,
        fixed_ips=_updated_addresses(command, before, claimant, snapshot, circumstances, regulations),
        admin_state_up=admin_state_up,
        device_id=command.device_id,
        device_owner=command.device_owner,
        status=status,
        status_reason=before.status_reason if stays else "",
        binding=binding,
        extra_dhcp_opts=options,
        port_security_enabled=guard.port_security_enabled,
        security_group_ids=guard.security_group_ids,
        allowed_address_pairs=guard.allowed_address_pairs,
        description=command.description,
        dns_name=command.dns_name,
        dns_domain=command.dns_domain,
        inactive_bindings=tuple(each for each in before.inactive_bindings if each.host != binding.host),
        propagate_uplink_status=command.propagate_uplink_status,
        qos_policy_id=qos_policy.assigned(command.qos_policy_id, before.qos_policy_id, snapshot, caller),
    )
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def delete(command: DeletePort, snapshot: Snapshot, caller: Caller) -> Verdict:
    """The port goes.

    Raises PortInUseAsTrunkParent, PortInUseAsSubPort, and ServicePortInUse for the DHCP port of an agent that serves
    the network.
    """
    port, network = access.visible_port(command.id, snapshot, caller)
    access.require(caller, "delete_port", port, snapshot)
    access.require_revision(command.revision, port.revision_number)
    trunk.require_untrunked(port.id, snapshot)
    if dhcp_port.serves(port, snapshot.dhcp_bindings_of(network.id)):
        raise ServicePortInUse(
            port.id,
            "its DHCP agent serves the network by it; take the network from the agent first, or switch DHCP off",
        )
    return Verdict(Writes(deletes=(Ref("port", port.id),)))


def waits_for_host(port: Port) -> bool:
    """Whether its addresses are chosen when its host is known."""
    return port.ip_allocation == "deferred" and not port.fixed_ips


def addresses_on(
    host: HostName, port: Port, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> tuple[FixedIp, ...]:
    """The port's addresses once it is bound to the host: chosen now if they waited for it, else they must work there.

    Raises HostNotCompatibleWithFixedIps, and what `fixed_ip.assign` raises.
    """
    if waits_for_host(port):
        claimant = Claimant(port.network_id, port.mac_address, port.device_owner, port.id, host=host)
        return fixed_ip.assign(UNSET, claimant, snapshot, circumstances, regulations)
    if port.binding.host != host:
        require_working(port, host, snapshot)
    return port.fixed_ips


def require_working(port: Port, host: HostName, snapshot: Snapshot) -> None:
    """The port's addresses work on the host. Raises HostNotCompatibleWithFixedIps."""
    network = snapshot.network(port.network_id)
    if network is None or not network.is_routed or not port.fixed_ips:
        return
    if not routed.works_on(port.fixed_ips, snapshot.subnets_of(network.id), network.id, host, snapshot):
        raise HostNotCompatibleWithFixedIps(host, port.id)


def _ip_allocation(command: CreatePort, network: Network, addresses: tuple[FixedIp, ...]) -> IpAllocation:
    if command.fixed_ips == ():
        return "none"
    waits = network.is_routed and command.fixed_ips is UNSET and not command.host and not addresses
    return "deferred" if waits else "immediate"


def _require_options(options: Iterable[ExtraDhcpOpt]) -> None:
    """DHCP options have a name, and neither name nor value breaks the line that it may be written to."""
    for option in options:
        if not option.opt_name.strip():
            raise InvalidInput("an extra_dhcp_opt has no opt_name")
        if any(ord(character) < ord(" ") for character in option.opt_name + option.opt_value):
            raise InvalidInput(f"extra_dhcp_opt {option.opt_name!r} contains a line break or another control character")


def _merged_options(command: UpdatePort, before: Port) -> tuple[ExtraDhcpOpt, ...]:
    """The options that the port had, those sent put in place of their namesakes or behind, those taken back gone."""
    merged = {(option.opt_name, option.ip_version): option for option in before.extra_dhcp_opts}
    for option in () if command.extra_dhcp_opts is UNSET else command.extra_dhcp_opts:
        merged[option.opt_name, option.ip_version] = option
    return tuple(option for name, option in merged.items() if name not in command.removed_dhcp_opts)


def _updated_binding(command: UpdatePort, before: Binding) -> Binding:
    """The binding with what is sent; a host that is sent is no longer one learnt from a plug."""
    changed = structs.replace(
        before,
        vnic_type=before.vnic_type if command.vnic_type is UNSET else command.vnic_type,
        profile=before.profile if command.profile is UNSET else command.profile,
    )
    if command.host is UNSET:
        return changed
    return structs.replace(changed, host=command.host or None, by_plug=False)


def _updated_addresses(
    command: UpdatePort,
    before: Port,
    claimant: Claimant,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> tuple[FixedIp, ...]:
    """The addresses wished for; with a new MAC and no wish, those that it has, the automatic ones made anew.

    Those that waited for the host are chosen when it is bound; those that it has must work on a new host.
    """
    if command.fixed_ips is UNSET and claimant.host is not None and claimant.host != before.binding.host:
        if waits_for_host(before):
            return fixed_ip.assign(UNSET, claimant, snapshot, circumstances, regulations)
        require_working(before, claimant.host, snapshot)
    if command.fixed_ips is not UNSET:
        return fixed_ip.assign(command.fixed_ips, claimant, snapshot, circumstances, regulations)
    if claimant.mac != before.mac_address:
        return tuple(fixed_ip.for_mac(address, claimant.mac, snapshot) for address in before.fixed_ips)
    return before.fixed_ips
