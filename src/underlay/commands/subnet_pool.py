"""Commands on subnet pools."""

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.address import IpNetwork
from underlay.model.ids import NetworkId, ProjectId


class CreateSubnetPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prefix lengths None: IPv4 8, IPv6 64 at least; 32 or 128 at most; the least by default."""

    project_id: ProjectId
    name: str
    prefixes: tuple[IpNetwork, ...]
    min_prefixlen: int | None = None
    max_prefixlen: int | None = None
    default_prefixlen: int | None = None
    default_quota: int | None = None
    address_scope_id: str | None = None
    is_default: bool = False
    shared: bool = False
    description: str = ""


class UpdateSubnetPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """prefixes: all of them; those that the pool has may only be joined, not left out."""

    id: str
    revision: int | None = None
    name: str | UnsetType = UNSET
    prefixes: tuple[IpNetwork, ...] | UnsetType = UNSET
    min_prefixlen: int | UnsetType = UNSET
    max_prefixlen: int | UnsetType = UNSET
    default_prefixlen: int | UnsetType = UNSET
    default_quota: int | None | UnsetType = UNSET
    address_scope_id: str | None | UnsetType = UNSET
    is_default: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DeleteSubnetPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    revision: int | None = None


class AddPrefixes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To the prefixes that the pool has."""

    id: str
    prefixes: tuple[IpNetwork, ...]


class RemovePrefixes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From the prefixes of the pool, as far as they are there; none that a subnet has taken."""

    id: str
    prefixes: tuple[IpNetwork, ...]


class OnboardNetworkSubnets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The network's subnets of the pool's IP version become the pool's, with their prefixes."""

    id: str
    network_id: NetworkId


SubnetPoolCommand = (
    CreateSubnetPool | UpdateSubnetPool | DeleteSubnetPool | AddPrefixes | RemovePrefixes | OnboardNetworkSubnets
)
