"""Records with little said, for tests."""

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Final

from underlay.model.address import Mac
from underlay.model.agent import Agent, DhcpBinding
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, ProjectId, SubnetId, Vid
from underlay.model.network import Network, Segment, Vlan
from underlay.model.port import DHCP_OWNER, Binding, FixedIp, Port
from underlay.model.subnet import Subnet

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
PROJECT: Final = ProjectId("project")
HOST: Final = HostName("host1")


def uuid_of(kind: int, number: int) -> str:
    """A UUID that tells what it is for; different in its first 11 characters too."""
    return f"{kind:04x}{number:04x}-0000-4000-8000-000000000000"


def network(number: int, segment: Segment | None = None, subnets: int = 0) -> Network:
    """Network `number`, by default on VLAN 100 + number of `default`."""
    return Network(
        id=NetworkId(uuid_of(1, number)),
        project_id=PROJECT,
        name=f"net{number}",
        segment=segment or Vlan("default", Vid(100 + number)),
        created_at=NOW,
        updated_at=NOW,
        subnet_ids=tuple(SubnetId(uuid_of(2, number * 16 + index)) for index in range(subnets)),
    )


def subnet(of: Network, index: int = 0, cidr: str = "10.0.0.0/24", gateway: str | None = "10.0.0.1") -> Subnet:
    """Subnet `index` of the network."""
    return Subnet(
        id=of.subnet_ids[index],
        network_id=of.id,
        project_id=PROJECT,
        name="",
        cidr=ip_network(cidr),
        created_at=NOW,
        updated_at=NOW,
        gateway_ip=None if gateway is None else ip_address(gateway),
    )


def port(
    number: int, of: Network, host: HostName | None = HOST, addresses: tuple[tuple[Subnet, str], ...] = ()
) -> Port:
    """Port `number`, bound to the host."""
    return Port(
        id=PortId(uuid_of(3, number)),
        network_id=of.id,
        project_id=PROJECT,
        name="",
        mac_address=Mac(0xFA163E000000 + number),
        created_at=NOW,
        updated_at=NOW,
        fixed_ips=tuple(FixedIp(of_subnet.id, ip_address(address)) for of_subnet, address in addresses),
        device_id=InstanceId(uuid_of(4, number)),
        binding=Binding(host),
    )


def dhcp_port(number: int, of: Network, addresses: tuple[tuple[Subnet, str], ...]) -> Port:
    """The network's DHCP port on HOST."""
    made = port(number, of, HOST, addresses)
    return Port(**{name: getattr(made, name) for name in made.__struct_fields__} | {"device_owner": DHCP_OWNER})


def dhcp_binding(of: Network, host: HostName = HOST) -> DhcpBinding:
    """HOST's DHCP agent serves the network."""
    return DhcpBinding(of.id, AgentId(uuid_of(5, 1)), host)


def dhcp_agent(host: HostName = HOST) -> Agent:
    """HOST's DHCP agent."""
    return Agent(AgentId(uuid_of(5, 1)), "DHCP agent", "underlay-dhcp", host, "dhcp_agent", NOW, NOW)
