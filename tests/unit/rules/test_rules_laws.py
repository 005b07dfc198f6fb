"""Laws that hold after any sequence of commands, whatever chance says."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from ipaddress import ip_address, ip_network
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from fakes.cloud import ADMIN, OPERATIONS, RED, RED_MEMBER, REGULATIONS, Cloud, host_caller, pool
from underlay.commands.agent import AddNetworkToDhcpAgent, DeleteAgent, RemoveNetworkFromDhcpAgent, UpdateAgent
from underlay.commands.command import Command
from underlay.commands.host import PortState, ReportPorts
from underlay.commands.network import CreateNetwork, DeleteNetwork, ProviderAttributes, UpdateNetwork
from underlay.commands.port import CreatePort, DeletePort, FixedIpWish, UpdatePort
from underlay.commands.subnet import CreateSubnet, DeleteSubnet, UpdateSubnet
from underlay.model.address import AddressRange
from underlay.model.agent import DHCP_AGENT, OVS_AGENT, Agent, DhcpBinding
from underlay.model.errors import IpAddressGenerationFailure, NoNetworkAvailable, UnderlayError
from underlay.model.ids import HostName, SubnetId, Vid
from underlay.model.network import Network, Vlan
from underlay.model.port import Port
from underlay.model.subnet import Subnet
from underlay.rules import dhcp_port, ipam
from underlay.store.memory import MemoryMoment

HOSTS = ("net1", "net2", "cmp1")
CIDRS = ("10.0.0.0/29", "10.1.0.0/28", "10.2.0.0/30", "2001:db8::/64")


def next_step(draw: st.DrawFn, cloud: Cloud) -> Command | str:
    """Any command on what is there, or a host to beat for."""
    networks, subnets, ports = cloud.records(Network), cloud.records(Subnet), cloud.records(Port)
    dhcp_agents = [agent for agent in cloud.records(Agent) if agent.agent_type == DHCP_AGENT]
    steps: list[Callable[[], Command | str]] = [
        lambda: CreateNetwork(OPERATIONS, shared=draw(st.booleans())),
        lambda: CreateNetwork(RED),
        lambda: CreateNetwork(OPERATIONS, provider=ProviderAttributes("vlan", None, draw(st.integers(99, 104)))),
        lambda: draw(st.sampled_from(HOSTS)),
    ]
    if networks:
        network = draw(st.sampled_from(networks))
        cidr = ip_network(draw(st.sampled_from(CIDRS)))
        steps += [
            lambda: CreateSubnet(OPERATIONS, network.id, cidr, enable_dhcp=draw(st.booleans())),
            lambda: CreateSubnet(OPERATIONS, network.id, cidr, dhcp_address=cidr.network_address + 3),
            lambda: CreatePort(OPERATIONS, network.id),
            lambda: CreatePort(RED, network.id),
            lambda: DeleteNetwork(network.id),
            lambda: UpdateNetwork(network.id, provider=ProviderAttributes(segmentation_id=draw(st.integers(99, 104)))),
        ]
        if dhcp_agents:
            agent = draw(st.sampled_from(dhcp_agents))
            steps += [
                lambda: AddNetworkToDhcpAgent(agent.id, network.id),
                lambda: RemoveNetworkFromDhcpAgent(agent.id, network.id),
                lambda: DeleteAgent(agent.id),
                lambda: UpdateAgent(agent.id, admin_state_up=draw(st.booleans())),
            ]
    if subnets:
        subnet = draw(st.sampled_from(subnets))
        wish = FixedIpWish(subnet.id, subnet.cidr.network_address + draw(st.integers(0, 7)))
        steps += [
            lambda: UpdateSubnet(subnet.id, enable_dhcp=draw(st.booleans())),
            lambda: UpdateSubnet(subnet.id, allocation_pools=subnet.allocation_pools[:1]),
            lambda: DeleteSubnet(subnet.id),
            lambda: CreatePort(OPERATIONS, subnet.network_id, fixed_ips=(wish,)),
            lambda: CreatePort(OPERATIONS, subnet.network_id, fixed_ips=(FixedIpWish(subnet.id),)),
        ]
    if ports:
        port = draw(st.sampled_from(ports))
        host = HostName(draw(st.sampled_from(HOSTS)))
        state = PortState(port.id, plugged=draw(st.booleans()), wired=draw(st.booleans()))
        steps += [
            lambda: DeletePort(port.id),
            lambda: UpdatePort(port.id, host=draw(st.sampled_from((None, host)))),
            lambda: UpdatePort(port.id, admin_state_up=draw(st.booleans())),
            lambda: ReportPorts(host, (state,)),
        ]
    return draw(st.sampled_from(steps))()


@st.composite
def clouds(draw: st.DrawFn) -> Cloud:
    """A cloud after up to 25 commands, some refused, with chance as it comes."""
    regulations = structs.replace(REGULATIONS, dhcp_agents_per_network=draw(st.integers(1, 2)))
    cloud = Cloud(regulations, Random(draw(st.integers(0, 999))).randrange)
    for _ in range(draw(st.integers(3, 25))):
        step = next_step(draw, cloud)
        cloud.wait(draw(st.sampled_from((1, 30, 100))))
        try:
            if isinstance(step, str):
                cloud.beat(step, OVS_AGENT, DHCP_AGENT)
            elif isinstance(step, ReportPorts):
                cloud.do(step, host_caller(step.host))
            else:
                cloud.do(step, RED_MEMBER if getattr(step, "project_id", None) == RED else ADMIN)
        except UnderlayError:
            continue
    return cloud


def what_is_unique_stays_unique(cloud: Cloud) -> None:
    """No two ports share an address of a subnet or a MAC of a network, no two networks a VLAN."""
    claims: Counter[object] = Counter()
    for port in cloud.records(Port):
        claims.update((fixed_ip.subnet_id, fixed_ip.ip_address) for fixed_ip in port.fixed_ips)
        claims.update([(port.network_id, port.mac_address)])
    claims.update(network.segment for network in cloud.records(Network) if isinstance(network.segment, Vlan))
    assert [] == [claim for claim, times in claims.items() if times > 1]


def every_address_is_of_its_subnet(cloud: Cloud) -> None:
    """A port's addresses are host addresses of subnets of its network."""
    subnets = {subnet.id: subnet for subnet in cloud.records(Subnet)}
    for port in cloud.records(Port):
        for fixed_ip in port.fixed_ips:
            subnet = subnets[fixed_ip.subnet_id]
            assert port.network_id == subnet.network_id
            assert fixed_ip.ip_address in ipam.host_range(subnet.cidr)


def a_network_lists_its_subnets(cloud: Cloud) -> None:
    """`subnet_ids` are the subnets of the network, in order of creation."""
    subnets = cloud.records(Subnet)
    for network in cloud.records(Network):
        assert tuple(subnet.id for subnet in subnets if subnet.network_id == network.id) == network.subnet_ids


def every_serving_agent_has_its_port(cloud: Cloud) -> None:
    """A bound agent has one DHCP port, with one address on every subnet with DHCP of the network."""
    for binding in cloud.records(DhcpBinding):
        dhcp_subnets = {
            subnet.id
            for subnet in cloud.records(Subnet)
            if subnet.network_id == binding.network_id and subnet.enable_dhcp
        }
        own = [port for port in cloud.records(Port) if dhcp_port.serves(port, (binding,))]
        assert len(own) == (1 if dhcp_subnets else 0)
        for port in own:
            assert Counter(dhcp_subnets) == Counter(fixed_ip.subnet_id for fixed_ip in port.fixed_ips)


def only_bound_ports_that_are_up_are_active(cloud: Cloud) -> None:
    """ACTIVE needs a host and admin_state_up."""
    for port in cloud.records(Port):
        assert port.status == "DOWN" or (port.admin_state_up and port.binding.host is not None)


def free_runs(subnet_id: SubnetId, moment: MemoryMoment) -> Sequence[AddressRange]:
    """The first free addresses of the subnet."""
    return moment.free_ranges(subnet_id, 1)


LAWS = (
    what_is_unique_stays_unique,
    every_address_is_of_its_subnet,
    a_network_lists_its_subnets,
    every_serving_agent_has_its_port,
    only_bound_ports_that_are_up_are_active,
)


@settings(max_examples=80)
@given(clouds())
def test_the_laws_hold_after_any_commands(cloud: Cloud) -> None:
    """Whatever was asked, granted and refused, in whatever order: each law above holds."""
    for law in LAWS:
        law(cloud)


@settings(max_examples=40)
@given(clouds())
def test_what_is_chosen_is_free_in_range_and_not_the_gateway(cloud: Cloud) -> None:
    """An address that the server chooses for a machine is of a pool, was free, and is no gateway; a VLAN of the ranges
    that no other network has."""
    used = {network.segment for network in cloud.records(Network)}
    for network in cloud.records(Network):
        subnets = {subnet.id: subnet for subnet in cloud.records(Subnet) if subnet.network_id == network.id}
        before = {fixed_ip for port in cloud.records(Port) for fixed_ip in port.fixed_ips}
        command = CreatePort(OPERATIONS, network.id)
        tried: tuple[SubnetId, ...] = ()
        try:
            port = cloud.do(command).result
        except IpAddressGenerationFailure as error:
            tried = error.subnet_ids
        if tried:
            assert [] == [run for each in tried for run in cloud.look(partial(free_runs, each))]
            continue
        assert isinstance(port, Port)
        for fixed_ip in port.fixed_ips:
            subnet = subnets[fixed_ip.subnet_id]
            assert any(fixed_ip.ip_address in part for part in subnet.allocation_pools)
            assert fixed_ip.ip_address != subnet.gateway_ip
            assert fixed_ip not in before
    try:
        segment = cloud.network().segment
    except NoNetworkAvailable:
        assert all(Vlan("default", Vid(vid)) in used for vid in (100, 101, 200, 201))
        return
    assert isinstance(segment, Vlan)
    assert segment not in used
    assert segment.vid in (100, 101, 200, 201)


@settings(max_examples=40)
@given(st.booleans(), st.sampled_from(("", "a")), st.integers(0, 999))
def test_the_same_update_again_changes_nothing(flag: bool, name: str, seed: int) -> None:
    """An update or report that was carried out is, judged again, without writes and of the same result."""
    cloud = Cloud(below=Random(seed).randrange)
    cloud.dhcp_agent("net1")
    network = cloud.network(shared=True)
    subnet = cloud.subnet(network, "10.7.0.0/24")
    port = cloud.port(network)
    pools = (pool("10.7.0.9", "10.7.0.20"), pool("10.7.0.100", "10.7.0.120"))
    commands: tuple[Command, ...] = (
        UpdateNetwork(network.id, name=name, admin_state_up=flag, mtu=1400),
        UpdateSubnet(subnet.id, name=name, enable_dhcp=flag, allocation_pools=pools, gateway_ip=None),
        UpdateSubnet(subnet.id, gateway_ip=ip_address("10.7.0.1")),
        UpdatePort(port.id, admin_state_up=flag, host=HostName("cmp1"), fixed_ips=(FixedIpWish(subnet.id),)),
        ReportPorts(HostName("cmp1"), (PortState(port.id, plugged=flag, wired=flag),)),
    )
    for command in commands:
        first, second = cloud.do(command), cloud.do(command)
        assert ((), ()) == (second.writes.puts, second.writes.deletes)
        assert first.result == second.result
