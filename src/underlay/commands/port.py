"""Commands on ports."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.address import IpAddress, Mac
from underlay.model.ids import HostName, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.port import AllowedAddressPair, ExtraDhcpOpt


class FixedIpWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At least one of the two: an address, a subnet to take one from, or both."""

    subnet_id: SubnetId | None = None
    ip_address: IpAddress | None = None


class CreatePort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """mac_address None: the server makes one. fixed_ips UNSET: one per IP version; empty: no address at all.
    port_security_enabled UNSET: as the network has it. security_group_ids UNSET: the project's default group."""

    project_id: ProjectId
    network_id: NetworkId
    name: str = ""
    mac_address: Mac | None = None
    fixed_ips: tuple[FixedIpWish, ...] | UnsetType = UNSET
    admin_state_up: bool = True
    device_id: str = ""
    device_owner: str = ""
    host: HostName | None = None
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}
    extra_dhcp_opts: tuple[ExtraDhcpOpt, ...] = ()
    port_security_enabled: bool | UnsetType = UNSET
    security_group_ids: tuple[str, ...] | UnsetType = UNSET
    allowed_address_pairs: tuple[AllowedAddressPair, ...] | UnsetType = UNSET
    description: str = ""
    dns_name: str = ""
    dns_domain: str = ""
    tags: tuple[str, ...] = ()
    qos_policy_id: str | None = None
    propagate_uplink_status: bool = True


class UpdatePort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """mac_address None: the server makes a new one. host None or "": unbind.

    extra_dhcp_opts are set over those of the same (opt_name, ip_version), others stay
    but for `removed_dhcp_opts`, which names them so."""

    id: PortId
    revision: int | None = None
    name: str | UnsetType = UNSET
    mac_address: Mac | None | UnsetType = UNSET
    fixed_ips: tuple[FixedIpWish, ...] | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    device_id: str | UnsetType = UNSET
    device_owner: str | UnsetType = UNSET
    host: HostName | None | UnsetType = UNSET
    vnic_type: str | UnsetType = UNSET
    profile: dict[str, Any] | UnsetType = UNSET
    extra_dhcp_opts: tuple[ExtraDhcpOpt, ...] | UnsetType = UNSET
    removed_dhcp_opts: tuple[tuple[str, Literal[4, 6]], ...] = ()
    port_security_enabled: bool | UnsetType = UNSET
    security_group_ids: tuple[str, ...] | UnsetType = UNSET
    allowed_address_pairs: tuple[AllowedAddressPair, ...] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    dns_name: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    qos_policy_id: str | None | UnsetType = UNSET
    propagate_uplink_status: bool | UnsetType = UNSET


class DeletePort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: PortId
    revision: int | None = None
