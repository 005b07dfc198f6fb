import pytest
from msgspec import UNSET, structs

from fakes.cloud import ADMIN, BLUE, BLUE_MEMBER, RED, RED_MEMBER, REGULATIONS, Cloud
from underlay.commands.network import CreateNetwork, ProviderAttributes
from underlay.commands.segment_range import (
    CreateSegmentRange,
    DeclareDefaultRanges,
    DeleteSegmentRange,
    UpdateSegmentRange,
)
from underlay.model.errors import (
    BadRequest,
    InvalidInput,
    NetworkSegmentRangeDefaultReadOnly,
    NetworkSegmentRangeNetTypeNotSupported,
    NetworkSegmentRangeNotFound,
    NetworkSegmentRangeOverlaps,
    NetworkSegmentRangeReferencedByProject,
    NoNetworkAvailable,
    PolicyNotAuthorized,
    RevisionNumberConstraintFailed,
    UnderlayError,
)
from underlay.model.ids import ProjectId, Vid
from underlay.model.network import Network, Vlan
from underlay.model.segment_range import NetworkSegmentRange, default_range_id
from underlay.rules.snapshot import VlanRange


def made(
    cloud: Cloud, first: int, last: int, *, project: ProjectId | None = None, on: str = "default"
) -> NetworkSegmentRange:
    """A range that the administrator sets aside, for a project or for all."""
    command = CreateSegmentRange(project or ADMIN.project_id, "vlan", first, last, on, shared=project is None)
    result = cloud.do(command).result
    assert isinstance(result, NetworkSegmentRange)
    return result


def vid_of(cloud: Cloud, command: CreateNetwork) -> tuple[str, int]:
    """Where the new network is."""
    network = cloud.do(command).result
    assert isinstance(network, Network)
    assert isinstance(network.segment, Vlan)
    return network.segment.physical_network, network.segment.vid


def test_the_settings_ranges_are_records() -> None:
    """A server that starts declares them, once each, and forgets those that the settings no longer name."""
    cloud = Cloud()
    assert [(100, 101), (200, 201)] == [
        (part.minimum, part.maximum) for part in cloud.records(NetworkSegmentRange) if part.default
    ]
    assert () == cloud.do(DeclareDefaultRanges()).writes.puts
    cloud.regulations = structs.replace(REGULATIONS, vlan_ranges={"default": (VlanRange(Vid(200), Vid(201)),)})
    cloud.do(DeclareDefaultRanges())
    assert [default_range_id("default", 200, 201)] == [part.id for part in cloud.records(NetworkSegmentRange)]


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (CreateSegmentRange(RED, "vxlan", 1, 9), NetworkSegmentRangeNetTypeNotSupported("vxlan")),
        (CreateSegmentRange(RED, "vlan", 1, 9), BadRequest),
        (CreateSegmentRange(RED, "vlan", 9, 1, "default"), InvalidInput),
        (CreateSegmentRange(RED, "vlan", 1, 4095, "default"), InvalidInput),
        (UpdateSegmentRange("none", name="a"), NetworkSegmentRangeNotFound("none")),
        (DeleteSegmentRange("none"), NetworkSegmentRangeNotFound("none")),
    ],
)
def test_ranges_that_cannot_be(
    command: CreateSegmentRange | UpdateSegmentRange | DeleteSegmentRange, error: UnderlayError | type[UnderlayError]
) -> None:
    """A range holds VLAN ids of one physical network, from the lower to the higher."""
    refused = Cloud().refusal(command)
    assert refused == error if isinstance(error, UnderlayError) else isinstance(refused, error)


def test_ranges_are_the_administrators() -> None:
    """Nobody else makes, changes or deletes one."""
    cloud = Cloud()
    known = made(cloud, 300, 309)
    for command in (
        CreateSegmentRange(RED, "vlan", 400, 409, "default"),
        UpdateSegmentRange(known.id, name="mine"),
        DeleteSegmentRange(known.id),
    ):
        assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)


def test_ranges_of_the_settings_are_only_read() -> None:
    """They say what the settings say."""
    cloud = Cloud()
    range_id = default_range_id("default", 100, 101)
    for command in (UpdateSegmentRange(range_id, maximum=150), DeleteSegmentRange(range_id)):
        assert NetworkSegmentRangeDefaultReadOnly(range_id) == cloud.refusal(command)


def test_no_two_ranges_share_an_id() -> None:
    """On one physical network; a range may lie over those of the settings."""
    cloud = Cloud()
    made(cloud, 100, 109)
    known = made(cloud, 300, 309)
    overlapping = CreateSegmentRange(RED, "vlan", 309, 320, "default")
    assert NetworkSegmentRangeOverlaps(known.id) == cloud.refusal(overlapping)
    assert (309, 320) == (made(cloud, 309, 320, on="spare").minimum, 320)
    other = made(cloud, 310, 311)
    assert NetworkSegmentRangeOverlaps(known.id) == cloud.refusal(UpdateSegmentRange(other.id, minimum=305))


def test_a_project_takes_from_its_own_range_first() -> None:
    """Then from those for all; what is another project's it never gets."""
    cloud = Cloud(structs.replace(REGULATIONS, vlan_ranges={"default": (VlanRange(Vid(100), Vid(102)),)}))
    made(cloud, 102, 102, project=RED)
    assert ("default", 102) == vid_of(cloud, CreateNetwork(RED))
    assert {("default", 100), ("default", 101)} == {vid_of(cloud, CreateNetwork(BLUE)) for _ in range(2)}
    error = cloud.refusal(CreateNetwork(BLUE), BLUE_MEMBER)
    assert NoNetworkAvailable(("default:100:102, 3 of 3 used",)) == error


def test_a_foreign_range_is_left_alone() -> None:
    """Even while it is free."""
    cloud = Cloud(structs.replace(REGULATIONS, vlan_ranges={"default": (VlanRange(Vid(100), Vid(101)),)}))
    made(cloud, 101, 101, project=RED)
    assert ("default", 100) == vid_of(cloud, CreateNetwork(BLUE))
    assert NoNetworkAvailable(("default:100:101, 1 of 2 used",)) == cloud.refusal(CreateNetwork(BLUE))


def test_a_range_makes_a_physical_network_known() -> None:
    """Without a restart: its VLANs are given at once, and flat networks on it are possible."""
    cloud = Cloud(structs.replace(REGULATIONS, vlan_ranges={}))
    assert isinstance(cloud.refusal(CreateNetwork(RED, provider=ProviderAttributes("vlan", "new"))), InvalidInput)
    made(cloud, 7, 7, on="new")
    assert ("new", 7) == vid_of(cloud, CreateNetwork(RED))


def test_a_range_grows_while_its_ends_are_in_use_and_shrinks_to_what_is() -> None:
    """An update is refused only when a VLAN in use would fall out; a delete while any is in use."""
    cloud = Cloud()
    known = made(cloud, 300, 301)
    for vid in (300, 301):
        cloud.network(vid)
    cloud.do(UpdateSegmentRange(known.id, minimum=290, maximum=310))
    refused = cloud.refusal(UpdateSegmentRange(known.id, minimum=301))
    assert NetworkSegmentRangeReferencedByProject(known.id, (Vid(300),)) == refused
    cloud.do(UpdateSegmentRange(known.id, minimum=300, maximum=301))
    both = NetworkSegmentRangeReferencedByProject(known.id, (Vid(300), Vid(301)))
    assert both == cloud.refusal(DeleteSegmentRange(known.id))


def test_an_unused_range_is_named_and_deleted() -> None:
    """With the revision that the caller saw."""
    cloud = Cloud()
    known = made(cloud, 300, 301)
    renamed = cloud.do(UpdateSegmentRange(known.id, 1, name="lab", minimum=UNSET)).result
    assert isinstance(renamed, NetworkSegmentRange)
    assert ("lab", 2) == (renamed.name, renamed.revision_number)
    assert RevisionNumberConstraintFailed(1, 2) == cloud.refusal(DeleteSegmentRange(known.id, 1))
    cloud.do(DeleteSegmentRange(known.id, 2))
    assert cloud.stored(known) is None
