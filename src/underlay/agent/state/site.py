"""What the operator set for this host, in the agent's terms."""

from typing import Literal

import msgspec

from underlay.model.ids import HostName


class Site(msgspec.Struct, frozen=True):
    """Attributes:
    bridge_mappings: physical network -> bridge.
    bridge_interfaces: bridge -> the interface that belongs in it.
    availability_zone: where the host is, as networks ask for it.
    dhcp_agent: whether whole networks are served from here.
    local_service: whether the host's own ports are served here, from `local_namespace`.
    metadata_route: whether a route to the metadata address is told by DHCP; `auto`: where a guest needs one.
    """

    host: HostName
    integration_bridge: str = "br-int"
    bridge_mappings: dict[str, str] = {}
    bridge_interfaces: dict[str, str] = {}
    datapath_type: str = "system"
    dhcp_agent: bool = False
    local_service: bool = True
    local_namespace: str = "underlay-local"
    metadata_route: Literal["auto", "always", "never"] = "auto"
    isolated_metadata: bool = True
    lease_time_s: int = 86_400
    dns_domain: str = "openstacklocal"
    availability_zone: str = "nova"
