import pytest
from msgspec import structs

from fakes.cloud import ADMIN, REGULATIONS, Cloud
from underlay.commands.network import CreateNetwork, DeleteNetwork, ProviderAttributes, UpdateNetwork
from underlay.model.errors import FlatNetworkInUse, InvalidInput, NoNetworkAvailable, UnderlayError, VlanIdInUse
from underlay.model.ids import Vid
from underlay.model.network import Flat, Local, Network, Segment, Vlan
from underlay.rules.snapshot import VlanRange


def create(*provider: object) -> CreateNetwork:
    """network_type, physical_network, segmentation_id."""
    return CreateNetwork(ADMIN.project_id, provider=ProviderAttributes(*provider))  # type: ignore[arg-type]


def segment_of(cloud: Cloud, command: CreateNetwork) -> Segment:
    """The segment of the network that the command makes."""
    network = cloud.do(command).result
    assert isinstance(network, Network)
    return network.segment


@pytest.mark.parametrize(
    ("command", "segment"),
    [
        (create("vlan", "default", 100), Vlan("default", Vid(100))),
        (create("vlan", "default", 4094), Vlan("default", Vid(4094))),
        (create("vlan", None, 101), Vlan("default", Vid(101))),
        (create("vlan", "spare", 7), Vlan("spare", Vid(7))),
        (create("vlan", "default"), Vlan("default", Vid(100))),
        (create("vlan"), Vlan("default", Vid(100))),
        (create(), Vlan("default", Vid(100))),
        (create("flat", "spare"), Flat("spare")),
        (create("flat"), Flat("default")),
        (create("local"), Local()),
    ],
)
def test_segments_that_are_granted(command: CreateNetwork, segment: Segment) -> None:
    """The id asked for is taken, inside the ranges or outside; what is left out is chosen; `default` stands in."""
    assert segment == segment_of(Cloud(), command)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (create(None, "default", 100), "network_type required"),
        (create("gre", None, 5), "network_type value 'gre' not supported"),
        (create("vlan", "nowhere", 100), "physical_network 'nowhere' unknown for VLAN provider network"),
        (create("vlan", "default", 0), "segmentation_id out of range (1 through 4094)"),
        (create("vlan", "default", 4095), "segmentation_id out of range (1 through 4094)"),
        (create("vlan", "default", -1), "segmentation_id out of range (1 through 4094)"),
        (create("flat", "nowhere"), "physical_network 'nowhere' unknown for flat provider network"),
        (create("flat", "spare", 5), "segmentation_id prohibited for flat provider network"),
        (create("local", "spare"), "physical_network prohibited for local provider network"),
        (create("local", None, 5), "segmentation_id prohibited for local provider network"),
    ],
)
def test_provider_attributes_that_make_no_sense(command: CreateNetwork, words: str) -> None:
    """Neutron's words, as InvalidInput, and nothing stored."""
    error = Cloud().refusal(command)
    assert isinstance(error, InvalidInput)
    assert words in error.error_message


def test_without_a_default_an_id_needs_its_physical_network() -> None:
    """segmentation_id alone is refused where no physical network is named `default`; the message names those."""
    cloud = Cloud(structs.replace(REGULATIONS, vlan_ranges={"east": (), "west": ()}))
    error = cloud.refusal(create("vlan", None, 100))
    assert isinstance(error, InvalidInput)
    assert "segmentation_id requires physical_network" in error.error_message
    assert "'east', 'west'" in error.error_message


def test_without_a_default_flat_needs_its_physical_network() -> None:
    """Nothing stands in for it, while a VLAN with neither is of the first physical network with room."""
    ranges = {"east": (), "west": (VlanRange(Vid(7), Vid(7)),)}
    cloud = Cloud(structs.replace(REGULATIONS, vlan_ranges=ranges))
    error = cloud.refusal(create("flat"))
    assert isinstance(error, InvalidInput)
    assert "physical_network required for flat provider network" in error.error_message
    assert Vlan("west", Vid(7)) == segment_of(cloud, create("vlan"))
    assert NoNetworkAvailable(("west:7:7, 1 of 1 used",)) == cloud.refusal(create("vlan"))
    assert NoNetworkAvailable() == cloud.refusal(create("vlan", "east"))


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        (create("vlan", "default", 300), create("vlan", None, 300), VlanIdInUse(Vid(300), "default")),
        (create("flat", "spare"), create("flat", "spare"), FlatNetworkInUse("spare")),
    ],
)
def test_one_network_a_segment(first: CreateNetwork, second: CreateNetwork, error: UnderlayError) -> None:
    """A VLAN, and a physical network's untagged frames, belong to one network."""
    cloud = Cloud()
    cloud.do(first)
    assert error == cloud.refusal(second)


def test_the_same_id_on_another_physical_network_is_another_vlan() -> None:
    """VLAN ids are unique on their physical network only."""
    cloud = Cloud()
    cloud.do(create("vlan", "default", 300))
    assert Vlan("spare", Vid(300)) == segment_of(cloud, create("vlan", "spare", 300))


def test_ranges_are_used_up_and_then_said() -> None:
    """All four ids of two ranges are given, each once; then NoNetworkAvailable names the ranges."""
    cloud = Cloud()
    chosen = [cloud.network().segment for _ in range(4)]
    assert {Vlan("default", Vid(vid)) for vid in (100, 101, 200, 201)} == set(chosen)
    full = NoNetworkAvailable(("default:100:101, 2 of 2 used", "default:200:201, 2 of 2 used"))
    assert full == cloud.refusal(create())


def test_a_freed_id_is_given_again() -> None:
    """Deleting a network frees its VLAN."""
    cloud = Cloud(structs.replace(REGULATIONS, vlan_ranges={"default": REGULATIONS.vlan_ranges["default"][:1]}))
    networks = [cloud.network(), cloud.network()]
    cloud.do(DeleteNetwork(networks[0].id))
    assert networks[0].segment == cloud.network().segment


@pytest.mark.parametrize(("tenant_type", "expected"), [("local", Local()), ("none", None)])
def test_tenant_network_type(tenant_type: str, expected: Segment | None) -> None:
    """A network without provider attributes is what the operator says; with `none`, there is none."""
    cloud = Cloud(structs.replace(REGULATIONS, tenant_network_type=tenant_type))
    if expected is None:
        assert NoNetworkAvailable() == cloud.refusal(create())
    else:
        assert expected == segment_of(cloud, create())


def test_a_vlan_network_moves_to_another_id() -> None:
    """segmentation_id of a VLAN network may change, to one that is free; the same one changes nothing."""
    cloud = Cloud()
    network, other = cloud.network(100), cloud.network(101)
    move = UpdateNetwork(network.id, provider=ProviderAttributes(segmentation_id=300))
    moved = cloud.do(move).result
    assert isinstance(moved, Network)
    assert Vlan("default", Vid(300)) == moved.segment
    assert () == cloud.do(move).writes.puts
    taken = UpdateNetwork(other.id, provider=ProviderAttributes(segmentation_id=300))
    assert VlanIdInUse(Vid(300), "default") == cloud.refusal(taken)


@pytest.mark.parametrize(
    "provider",
    [
        ProviderAttributes(network_type="flat"),
        ProviderAttributes(physical_network="spare"),
        ProviderAttributes(segmentation_id=4095),
    ],
)
def test_other_provider_updates_are_refused(provider: ProviderAttributes) -> None:
    """A network keeps its type and its physical network."""
    cloud = Cloud()
    assert isinstance(cloud.refusal(UpdateNetwork(cloud.network(100).id, provider=provider)), InvalidInput)


def test_a_flat_network_has_no_id_to_change() -> None:
    """Only VLAN networks can be updated."""
    cloud = Cloud()
    flat = cloud.do(create("flat", "spare")).result
    assert isinstance(flat, Network)
    error = cloud.refusal(UpdateNetwork(flat.id, provider=ProviderAttributes(segmentation_id=5)))
    assert InvalidInput("Only VLAN type networks can be updated") == error
