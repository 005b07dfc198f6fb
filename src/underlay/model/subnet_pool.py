"""A subnet pool: prefixes from which subnets get their block, so that nobody has to keep a list of them.

Source: Networking API v2.0, extensions subnet_allocation, default-subnetpools, address-scope.
"""

from datetime import datetime
from typing import Final

import msgspec

from underlay.model.address import IpNetwork
from underlay.model.ids import ProjectId

QUOTA_UNIT: Final = {4: 32, 6: 64}
"""The prefix length that `default_quota` counts in, by IP version."""

PREFIX_DELEGATION: Final = "prefix_delegation"
"""Instead of a pool's id: Neutron lets a router ask outside for an IPv6 prefix. There are no routers here."""


class SubnetPool(msgspec.Struct, frozen=True, tag="subnetpool", tag_field="kind"):
    """Attributes:
    prefixes: of one IP version, in their shortest form, ascending, not empty.
    default_quota: so much a project may take, in addresses (IPv4) or /64s (IPv6); None: all of it.
    address_scope_id: no two pools of one scope share an address.
    is_default: taken by `use_default_subnetpool`; one of each IP version.
    """

    id: str
    project_id: ProjectId
    name: str
    prefixes: tuple[IpNetwork, ...]
    min_prefixlen: int
    max_prefixlen: int
    default_prefixlen: int
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    default_quota: int | None = None
    address_scope_id: str | None = None
    is_default: bool = False
    shared: bool = False
    description: str = ""
    tags: tuple[str, ...] = ()

    @property
    def ip_version(self) -> int:
        """4 or 6."""
        return self.prefixes[0].version if self.prefixes else 4


def default_key(ip_version: int) -> str:
    """What only one pool of the IP version may have: that it is the default."""
    return f"default of IPv{ip_version}"
