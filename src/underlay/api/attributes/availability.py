"""How full networks are: `/v2.0/network-ip-availabilities`. Only administrators see it.

Source: Networking API v2.0, extensions network-ip-availability and network-ip-availability-details.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource
from underlay.model.errors import NetworkNotFound
from underlay.model.network import Network
from underlay.model.subnet import Subnet

_HOST_BITS_UNUSED = {4: 2, 6: 0}


class SubnetAvailability(msgspec.Struct, frozen=True):
    """Attributes:
    used, used_in_pools: how many addresses ports have, and how many of these are of the allocation pools.
    """

    subnet: Subnet
    used: int
    used_in_pools: int

    @property
    def in_pools(self) -> int:
        """How many addresses the allocation pools have."""
        return sum(pool.size for pool in self.subnet.allocation_pools)

    @property
    def total(self) -> int:
        """How many addresses ports can get; all of the block where there are no pools, as Neutron counts."""
        return self.in_pools if self.subnet.allocation_pools else self.subnet.cidr.num_addresses

    @property
    def in_subnet(self) -> int:
        """How many addresses the block has, in IPv4 without its first and last."""
        return self.subnet.cidr.num_addresses - _HOST_BITS_UNUSED[self.subnet.ip_version]


class NetworkAvailability(msgspec.Struct, frozen=True):
    """A network and how full its subnets are."""

    network: Network
    subnets: tuple[SubnetAvailability, ...]

    @property
    def id(self) -> str:
        """The network's."""
        return self.network.id


def _details(*subnets: SubnetAvailability) -> dict[str, int]:
    return {
        "total_ips_in_subnet": sum(each.in_subnet for each in subnets),
        "total_ips_in_allocation_pool": sum(each.in_pools for each in subnets),
        "used_ips_in_subnet": sum(each.used for each in subnets),
        "used_ips_in_allocation_pool": sum(each.used_in_pools for each in subnets),
    }


_DETAILS = schema.shown(
    total_ips_in_subnet=schema.INTEGER,
    total_ips_in_allocation_pool=schema.INTEGER,
    used_ips_in_subnet=schema.INTEGER,
    used_ips_in_allocation_pool=schema.INTEGER,
)
_SUBNET = schema.shown(
    subnet_id=schema.UUID,
    subnet_name=schema.TEXT,
    cidr=schema.CIDR,
    ip_version=schema.INTEGER,
    total_ips=schema.INTEGER,
    used_ips=schema.INTEGER,
    ip_availability_details=_DETAILS,
)


def _show_subnet(each: SubnetAvailability) -> dict[str, Any]:
    return {
        "subnet_id": each.subnet.id,
        "subnet_name": each.subnet.name,
        "cidr": str(each.subnet.cidr),
        "ip_version": each.subnet.ip_version,
        "total_ips": each.total,
        "used_ips": each.used,
        "ip_availability_details": _details(each),
    }


def _text(name: str, description: str, show: Callable[[NetworkAvailability], Any]) -> Attribute:
    return Attribute(name, description, show=lambda record, _: show(record), filter=standard.text, sort=True)


AVAILABILITY = Resource(
    name="network_ip_availability",
    collection="network_ip_availabilities",
    path="network-ip-availabilities",
    kind="network",
    record_type=NetworkAvailability,
    missing=NetworkNotFound,
    attributes=(
        _text("network_id", "The network.", lambda record: record.network.id),
        _text("network_name", "Its name.", lambda record: record.network.name),
        _text("project_id", "Its project.", lambda record: record.network.project_id),
        _text("tenant_id", "The old name of `project_id`.", lambda record: record.network.project_id),
        Attribute(
            "total_ips",
            "How many addresses its allocation pools have; of a subnet without pools its whole block.",
            show=lambda record, _: sum(each.total for each in record.subnets),
            shown=schema.INTEGER,
        ),
        Attribute(
            "used_ips",
            "How many addresses ports have, inside the pools and outside.",
            show=lambda record, _: sum(each.used for each in record.subnets),
            shown=schema.INTEGER,
        ),
        Attribute(
            "subnet_ip_availability",
            "The same of each subnet: `subnet_id`, `subnet_name`, `cidr`, `ip_version`, `total_ips`, `used_ips`, "
            "`ip_availability_details`.",
            show=lambda record, _: [_show_subnet(each) for each in record.subnets],
            shown=schema.list_of(_SUBNET),
        ),
        Attribute(
            "ip_availability_details",
            "`total_ips_in_subnet`, `total_ips_in_allocation_pool`, `used_ips_in_subnet`, "
            "`used_ips_in_allocation_pool`.",
            show=lambda record, _: _details(*record.subnets),
            shown=_DETAILS,
        ),
        Attribute(
            "ip_version", "Lists: only subnets of this IP version, and networks that have such.", filter=values.integer
        ),
    ),
)
