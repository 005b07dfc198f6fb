from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, Cloud
from underlay.commands.network import CreateNetwork
from underlay.commands.tags import AddTags, RemoveTag, ReplaceTags, TagTarget
from underlay.model.errors import (
    PolicyNotAuthorized,
    RevisionNumberConstraintFailed,
    TagNotFound,
    TagResourceNotFound,
)
from underlay.model.network import Network


def network_in(cloud: Cloud) -> tuple[Network, TagTarget]:
    """RED's, and the name that tag commands call it by."""
    network = cloud.do(CreateNetwork(RED), RED_MEMBER).result
    assert isinstance(network, Network)
    return network, TagTarget("network", "networks", network.id)


def test_tags_are_hung_and_taken_down() -> None:
    """Added ones come after those there, each once; replacing leaves no other; each change is one revision."""
    cloud = Cloud()
    network, target = network_in(cloud)
    cloud.do(AddTags(target, ("red", "blue")), RED_MEMBER)
    cloud.do(AddTags(target, ("blue", "green")), RED_MEMBER)
    assert ("blue", "green", "red") == cloud.records(Network)[0].tags
    cloud.do(RemoveTag(target, "blue"), RED_MEMBER)
    assert structs.replace(network, tags=("green", "red"), revision_number=4) == cloud.records(Network)[0]
    cloud.do(ReplaceTags(target, ("x", "red")), RED_MEMBER)
    assert ("red", "x") == cloud.records(Network)[0].tags
    cloud.do(ReplaceTags(target, ()), ADMIN)
    assert () == cloud.records(Network)[0].tags
    assert () == cloud.do(ReplaceTags(target, ()), RED_MEMBER).writes.puts


def test_tags_are_the_owners() -> None:
    """Who may not see the record is told that it is not there; who may only read may not change them."""
    cloud = Cloud()
    _, target = network_in(cloud)
    assert TagResourceNotFound("networks", target.id) == cloud.refusal(AddTags(target, ("x",)), BLUE_MEMBER)
    assert isinstance(cloud.refusal(AddTags(target, ("x",)), RED_READER), PolicyNotAuthorized)
    assert TagNotFound("x") == cloud.refusal(RemoveTag(target, "x"), RED_MEMBER)
    assert RevisionNumberConstraintFailed(7, 1) == cloud.refusal(AddTags(target, ("x",), revision=7), RED_MEMBER)
