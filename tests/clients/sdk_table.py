"""What the tables of openstacksdk's resources are made of, and the site that their rows are about."""

from types import SimpleNamespace
from typing import NamedTuple

ABSENT = "00000000-0000-4000-8000-000000000000"


class Row(NamedTuple):
    """One resource.

    Attributes:
    name, plural: as in the calls.
    create, update: attributes as the SDK names them; what is sent must be shown.
    filters: parameter -> (a value that finds it, one that does not).
    unset: what stays None when it is created like this.
    parents: arguments of each call besides the resource itself.
    tags: whether it has tags.
    """

    name: str
    plural: str
    create: dict
    update: dict
    filters: dict
    unset: set = frozenset()
    parents: tuple = ()
    tags: bool = False


def make_site(network, other_project):
    """What the resources of the table need: one each."""
    site = SimpleNamespace(other_project=other_project)
    site.range = network.create_network_segment_range(
        name="hall", network_type="vlan", physical_network="hall", minimum=1000, maximum=1999
    )
    site.policy = network.create_qos_policy(name="gold")
    site.scope = network.create_address_scope(name="campus", ip_version=4)
    site.pool = network.create_subnet_pool(
        name="blocks", prefixes=["10.64.0.0/16"], default_prefix_length=24, address_scope_id=site.scope.id
    )
    site.lone_pool = network.create_subnet_pool(name="lone", prefixes=["10.67.0.0/16"])
    site.network = network.create_network(
        name="ground",
        provider_network_type="vlan",
        provider_physical_network="hall",
        provider_segmentation_id=1000,
    )
    site.subnet = network.create_subnet(network_id=site.network.id, name="ground", ip_version=4, cidr="10.32.0.0/24")
    site.port = network.create_port(network_id=site.network.id, name="parent")
    site.child = network.create_port(network_id=site.network.id, name="child")
    site.group = network.create_security_group(name="doors")
    site.addresses = network.create_address_group(name="friends", addresses=["192.0.2.0/24"])
    return site
