from typing import Any

from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED_MEMBER, Cloud, addresses
from underlay.commands.port import CreatePort, FixedIpWish, UpdatePort
from underlay.commands.subnet import UpdateSubnet
from underlay.model.errors import InvalidInput, IpAddressGenerationFailureNoMatchingSubnet, SubnetNotFound
from underlay.model.network import Network


def owned(network: Network, owner: str, **fields: Any) -> CreatePort:
    """A port of that owner, wished for."""
    return structs.replace(CreatePort(network.project_id, network.id, device_owner=owner), **fields)


def test_ports_get_addresses_of_subnets_that_serve_them() -> None:
    """Of a subnet for their device_owner rather than of one for all."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24", enable_dhcp=False)
    cloud.subnet(network, "10.1.0.0/24", enable_dhcp=False, service_types=("compute:nova", "baremetal:x"))
    assert "10.0.0" == addresses(cloud.port(network))[0].rpartition(".")[0]
    assert "10.1.0" == addresses(cloud.port(network, device_owner="compute:nova"))[0].rpartition(".")[0]
    assert "10.0.0" == addresses(cloud.port(network, device_owner="compute:other"))[0].rpartition(".")[0]


def test_no_subnet_may_serve_a_port() -> None:
    """Then it is refused, also when the subnet is named; a network without subnets is none of that."""
    cloud = Cloud()
    network = cloud.network()
    assert [] == addresses(cloud.port(network))
    subnet = cloud.subnet(network, "10.0.0.0/24", enable_dhcp=False, service_types=("network:router_gateway",))
    refused = IpAddressGenerationFailureNoMatchingSubnet(network.id, "compute:nova")
    assert refused == cloud.refusal(owned(network, "compute:nova"))
    named = (FixedIpWish(subnet.id),)
    assert refused == cloud.refusal(owned(network, "compute:nova", fixed_ips=named))
    cloud.subnet(network, "10.1.0.0/24", enable_dhcp=False)
    assert isinstance(cloud.refusal(owned(network, "compute:nova", fixed_ips=named)), InvalidInput)
    port = cloud.port(network)
    cloud.do(UpdatePort(port.id, device_owner="network:router_gateway", fixed_ips=named), ADMIN)


def test_dhcp_is_served_on_every_subnet_that_has_it() -> None:
    """Whatever its service types."""
    cloud = Cloud()
    network = cloud.network()
    cloud.dhcp_agent("host1")
    cloud.subnet(network, "10.0.0.0/24", service_types=("compute:nova",))
    assert ["10.0.0.2"] == addresses(cloud.dhcp_ports(network)[0])
    assert "10.0.0" == addresses(cloud.port(network, device_owner="network:dhcp"))[0].rpartition(".")[0]


def test_service_types_change() -> None:
    """For ports that come; those that are there keep their addresses. The network's owner changes them."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    subnet = cloud.subnet(network, "10.0.0.0/24", enable_dhcp=False)
    port = cloud.port(network)
    change = UpdateSubnet(subnet.id, service_types=("compute:nova",))
    assert isinstance(cloud.refusal(change, BLUE_MEMBER), SubnetNotFound)
    cloud.do(change, RED_MEMBER)
    assert port == cloud.stored(port)
    assert isinstance(cloud.refusal(owned(network, "")), IpAddressGenerationFailureNoMatchingSubnet)
    cloud.do(UpdateSubnet(subnet.id, service_types=()))
    cloud.port(network)
