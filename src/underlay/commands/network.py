"""Commands on networks."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import NetworkId, ProjectId
from underlay.model.network import DhcpServedBy


class ProviderAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`provider:*` as sent, each None when not sent."""

    network_type: str | None = None
    physical_network: str | None = None
    segmentation_id: int | None = None


class CreateNetwork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """mtu, dhcp_served_by None: the server's default. further: the segments beside that of `provider`."""

    project_id: ProjectId
    name: str = ""
    admin_state_up: bool = True
    shared: bool = False
    mtu: int | None = None
    description: str = ""
    dns_domain: str = ""
    port_security_enabled: bool = True
    provider: ProviderAttributes = ProviderAttributes()
    further: tuple[ProviderAttributes, ...] = ()
    external: bool = False
    is_default: bool = False
    project_default: bool = False
    availability_zone_hints: tuple[str, ...] = ()
    dhcp_served_by: DhcpServedBy | None = None
    qos_policy_id: str | None = None


class UpdateNetwork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: NetworkId
    revision: int | None = None
    name: str | UnsetType = UNSET
    admin_state_up: bool | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    mtu: int | UnsetType = UNSET
    description: str | UnsetType = UNSET
    dns_domain: str | UnsetType = UNSET
    port_security_enabled: bool | UnsetType = UNSET
    provider: ProviderAttributes | UnsetType = UNSET
    external: bool | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    project_default: bool | UnsetType = UNSET
    dhcp_served_by: DhcpServedBy | UnsetType = UNSET
    qos_policy_id: str | None | UnsetType = UNSET


class DeleteNetwork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: NetworkId
    revision: int | None = None
