"""A port: one machine's place on a network, with its MAC and addresses, and where it is plugged.

Source: Networking API v2.0, "Ports", with the binding and extra_dhcp_opt extensions.
"""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from underlay.model.address import IpAddress, Mac
from underlay.model.ids import HostName, NetworkId, PortId, ProjectId, SubnetId

DHCP_OWNER: Final = "network:dhcp"
RESERVED_DHCP_DEVICE: Final = "reserved_dhcp_port"
"""device_id of a DHCP port that waits for the next agent, which takes it over with address and MAC."""

ROUTER_OWNERS: Final = (
    "network:router_interface",
    "network:router_interface_distributed",
    "network:ha_router_replicated_interface",
    "network:router_centralized_snat",
)
"""device_owners of routers' ports: they have just the addresses that they are given."""

PortStatus = Literal["ACTIVE", "DOWN"]
IpAllocation = Literal["immediate", "deferred", "none"]


class FixedIp(msgspec.Struct, frozen=True, order=True):
    """One address of a port; unique in its subnet."""

    subnet_id: SubnetId
    ip_address: IpAddress


class ExtraDhcpOpt(msgspec.Struct, frozen=True, order=True):
    """One DHCP option for this port only: dnsmasq's option name or number, and its value as text."""

    opt_name: str
    opt_value: str
    ip_version: Literal[4, 6] = 4


class AllowedAddressPair(msgspec.Struct, frozen=True, order=True):
    """Addresses beside its own that the port may use.

    Attributes:
    ip_address: an address or a prefix, as the client wrote it.
    mac_address: None only in what a client asks for, for the port's own.
    """

    ip_address: str
    mac_address: Mac | None = None


class Binding(msgspec.Struct, frozen=True):
    """Where the port is plugged.

    Attributes:
    host: the host that wires the port; None until it is known.
    by_plug: the host was learnt from where the device appeared, not set by an API client; unplugging clears it.
    profile: the client's own data, passed through.
    plugged: of an inactive one: its host says that the device is there already, as before a live migration.
    """

    host: HostName | None = None
    by_plug: bool = False
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}
    plugged: bool = False


class Port(msgspec.Struct, frozen=True, tag="port", tag_field="kind"):
    """Attributes:
    mac_address: unique in its network.
    qos_policy_id: None: that of its network.
    inactive_bindings: hosts made ready for it, as for live migration; none of them wires it.
    propagate_uplink_status: for devices of an SR-IOV card, which are none of Open vSwitch's; kept for clients.
    status: ACTIVE once the host reports that the device is plugged and wired and the port is up.
    ip_allocation: when it gets its addresses: when it is created; when its host is known, as that decides which can
        work; or never, as none were wished for.
    status_reason: why it is not wired, in the host's words; empty when there is nothing to say.
    port_security_enabled: whether only its own and its allowed addresses may be used, and its groups' rules hold.
    """

    id: PortId
    network_id: NetworkId
    project_id: ProjectId
    name: str
    mac_address: Mac
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    fixed_ips: tuple[FixedIp, ...] = ()
    admin_state_up: bool = True
    device_id: str = ""
    device_owner: str = ""
    status: PortStatus = "DOWN"
    status_reason: str = ""
    binding: Binding = Binding()
    extra_dhcp_opts: tuple[ExtraDhcpOpt, ...] = ()
    port_security_enabled: bool = True
    security_group_ids: tuple[str, ...] = ()
    allowed_address_pairs: tuple[AllowedAddressPair, ...] = ()
    description: str = ""
    dns_name: str = ""
    dns_domain: str = ""
    tags: tuple[str, ...] = ()
    qos_policy_id: str | None = None
    inactive_bindings: tuple[Binding, ...] = ()
    propagate_uplink_status: bool = True
    ip_allocation: IpAllocation = "immediate"
