import pytest
from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, REGULATIONS, Cloud
from underlay.commands.network import CreateNetwork, DeleteNetwork, ProviderAttributes, UpdateNetwork
from underlay.commands.port import CreatePort, DeletePort
from underlay.model.change import Ref
from underlay.model.errors import (
    HTTPBadRequest,
    InvalidInput,
    InvalidSharedSetting,
    NetworkInUse,
    NetworkMTUSubnetConflict,
    NetworkNotFound,
    OverQuota,
    PolicyNotAuthorized,
    RevisionNumberConstraintFailed,
)
from underlay.model.network import Network
from underlay.model.segment import first_segment_id
from underlay.model.subnet import Subnet


def test_a_member_makes_a_private_network() -> None:
    """A project's network is its own, on a VLAN of the ranges."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    assert (RED, False, 1500, 1) == (network.project_id, network.shared, network.mtu, network.revision_number)
    assert [network] == cloud.records(Network)


@pytest.mark.parametrize(
    ("command", "attributes"),
    [
        (CreateNetwork(RED, shared=True), ("shared",)),
        (
            CreateNetwork(RED, provider=ProviderAttributes("vlan", None, 100)),
            ("provider:network_type", "provider:segmentation_id"),
        ),
    ],
)
def test_provider_attributes_and_sharing_are_the_administrators(
    command: CreateNetwork, attributes: tuple[str, ...]
) -> None:
    """An ordinary user who sends them is told which, by 403, and nothing is stored."""
    rules = ("create_network", *(f"create_network:{name}" for name in attributes))
    assert PolicyNotAuthorized(rules) == Cloud().refusal(command, RED_MEMBER)


def test_a_reader_makes_nothing() -> None:
    """Role reader looks only."""
    error = Cloud().refusal(CreateNetwork(RED), RED_READER)
    assert PolicyNotAuthorized(("create_network",), "a member of its project or an administrator") == error


def test_nobody_makes_networks_for_another_project() -> None:
    """project_id of another is the administrator's."""
    assert isinstance(Cloud().refusal(CreateNetwork(RED), BLUE_MEMBER), HTTPBadRequest)
    assert RED == Cloud().do(CreateNetwork(RED), ADMIN).writes.puts[0].project_id  # type: ignore[union-attr]


def test_quota() -> None:
    """The network after the last allowed one is refused, for that project only."""
    cloud = Cloud(structs.replace(REGULATIONS, quota_defaults={"network": 1}))
    cloud.network(caller=RED_MEMBER)
    assert OverQuota("network", 1, 1) == cloud.refusal(CreateNetwork(RED), RED_MEMBER)
    cloud.network(caller=BLUE_MEMBER)


def test_what_another_project_has_does_not_exist() -> None:
    """Update and delete of a network that the caller cannot see are 404."""
    cloud = Cloud()
    network = cloud.network(caller=BLUE_MEMBER)
    for command in (UpdateNetwork(network.id, name="mine"), DeleteNetwork(network.id)):
        assert NetworkNotFound(network.id) == cloud.refusal(command, RED_MEMBER)


def test_what_is_shared_is_seen_and_not_touched() -> None:
    """Update and delete of another's shared network are 403."""
    cloud = Cloud()
    network = cloud.network(100, shared=True)
    for command in (UpdateNetwork(network.id, name="mine"), DeleteNetwork(network.id)):
        assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)


def test_an_update_counts_one_revision() -> None:
    """What changes moves revision_number and updated_at; what is so already, nothing."""
    cloud = Cloud()
    network = cloud.network()
    cloud.wait(60)
    command = UpdateNetwork(network.id, name="pub100", admin_state_up=False)
    after = cloud.do(command).result
    expected = structs.replace(network, name="pub100", admin_state_up=False, revision_number=2, updated_at=cloud.now)
    assert expected == after
    assert () == cloud.do(command).writes.puts


def test_if_match() -> None:
    """An update or delete that names another revision than the record's is refused."""
    cloud = Cloud()
    network = cloud.network()
    cloud.do(UpdateNetwork(network.id, revision=1, name="one"))
    for command in (UpdateNetwork(network.id, revision=1, name="two"), DeleteNetwork(network.id, revision=1)):
        assert RevisionNumberConstraintFailed(1, 2) == cloud.refusal(command)


def test_sharing_is_the_administrators() -> None:
    """The owner cannot share his network."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    error = cloud.refusal(UpdateNetwork(network.id, shared=True), RED_MEMBER)
    assert PolicyNotAuthorized(("update_network", "update_network:shared")) == error


def test_unsharing_waits_for_the_others() -> None:
    """A network that other projects have ports on stays shared; with the owner's only, it need not."""
    cloud = Cloud()
    network = cloud.network(100, shared=True)
    cloud.port(network)
    port = cloud.port(network, caller=RED_MEMBER)
    unshare = UpdateNetwork(network.id, shared=False)
    assert InvalidSharedSetting(network.id) == cloud.refusal(unshare)
    cloud.do(DeletePort(port.id))
    assert cloud.do(unshare).writes.puts


@pytest.mark.parametrize(("cidr", "mtu", "minimum"), [("10.0.0.0/24", 67, 68), ("2001:db8::/64", 1279, 1280)])
def test_mtu_that_ip_cannot_live_with(cidr: str, mtu: int, minimum: int) -> None:
    """A network with a subnet carries at least the smallest packet of that IP version, whichever came first."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, cidr)
    error = NetworkMTUSubnetConflict(network.id, minimum)
    assert error == cloud.refusal(UpdateNetwork(network.id, mtu=mtu))
    cloud.do(UpdateNetwork(network.id, mtu=minimum))


def test_a_network_has_no_larger_mtu_than_its_physical_network() -> None:
    """Jumbo frames only where it is said that they pass; 0 stands for the operator's default, as in Neutron."""
    cloud = Cloud(structs.replace(REGULATIONS, physical_network_mtus={"spare": 9000, "default": 1400}))
    on_spare = ProviderAttributes("vlan", "spare", 7)
    too_big = InvalidInput("Requested MTU is too big, maximum is 9000")
    assert too_big == cloud.refusal(CreateNetwork(RED, provider=on_spare, mtu=9001))
    network = cloud.do(CreateNetwork(RED, provider=on_spare, mtu=9000)).result
    assert isinstance(network, Network)
    assert too_big == cloud.refusal(UpdateNetwork(network.id, mtu=9001))
    assert 1500 == cloud.do(UpdateNetwork(network.id, mtu=0)).result.mtu
    assert 1400 == cloud.do(CreateNetwork(RED, mtu=0)).result.mtu
    narrow = ProviderAttributes("vlan", "default", 9)
    several = CreateNetwork(RED, provider=ProviderAttributes("vlan", "spare", 8), further=(narrow,), mtu=1401)
    assert InvalidInput("Requested MTU is too big, maximum is 1400") == cloud.refusal(several)


def test_a_network_with_a_port_stays() -> None:
    """A port made by hand keeps its network from being deleted."""
    cloud = Cloud()
    network = cloud.network()
    port = cloud.port(network)
    assert NetworkInUse(network.id, port.id) == cloud.refusal(DeleteNetwork(network.id))


def test_a_network_goes_with_what_nobody_made_by_hand() -> None:
    """Subnets, DHCP ports and bindings go with their network, what names before what is named."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("net1")
    network = cloud.network()
    subnet = cloud.subnet(network, "10.0.0.0/24")
    (port,) = cloud.dhcp_ports(network)
    deletes = (
        Ref("port", port.id),
        Ref("dhcp_binding", f"{network.id}/{agent.id}"),
        Ref("subnet", subnet.id),
        Ref("segment", first_segment_id(network.id)),
        Ref("network", network.id),
    )
    assert deletes == cloud.do(DeleteNetwork(network.id)).writes.deletes
    assert ([], []) == (cloud.records(Network), cloud.records(Subnet))


def test_a_shared_network_takes_everybodys_ports() -> None:
    """On a shared network every project makes ports; on a private one, nobody else sees it."""
    cloud = Cloud()
    shared, private = cloud.network(100, shared=True), cloud.network(101)
    assert RED == cloud.port(shared, caller=RED_MEMBER).project_id
    assert NetworkNotFound(private.id) == cloud.refusal(CreatePort(RED, private.id), RED_MEMBER)
