from ipaddress import ip_network

from fakes.cloud import BLUE_MEMBER, RED, RED_MEMBER, RED_READER, Cloud
from underlay.commands.address_group import (
    AddAddresses,
    CreateAddressGroup,
    DeleteAddressGroup,
    RemoveAddresses,
    UpdateAddressGroup,
)
from underlay.commands.security_group import CreateSecurityGroup, CreateSecurityGroupRule
from underlay.model.address_group import AddressGroup
from underlay.model.errors import (
    AddressesAlreadyExist,
    AddressesNotFound,
    AddressGroupInUse,
    AddressGroupNotFound,
    PolicyNotAuthorized,
)
from underlay.model.security_group import SecurityGroup, Traffic

TEN, V6 = ip_network("10.0.0.0/8"), ip_network("2001:db8::/64")


def made(cloud: Cloud) -> AddressGroup:
    """A group of project red with one prefix."""
    group = cloud.do(CreateAddressGroup(RED, "offices", addresses=(TEN, TEN)), RED_MEMBER).result
    assert isinstance(group, AddressGroup)
    return group


def addresses(cloud: Cloud) -> tuple[object, ...]:
    """What the one group has now."""
    return cloud.records(AddressGroup)[0].addresses


def test_addresses_come_and_go() -> None:
    """Each once, in the order in which they came; a change counts one revision."""
    cloud = Cloud()
    group = made(cloud)
    assert (TEN,) == group.addresses
    cloud.do(AddAddresses(group.id, 1, (V6, V6)), RED_MEMBER)
    assert (TEN, V6) == addresses(cloud)
    cloud.do(RemoveAddresses(group.id, 2, (TEN,)), RED_MEMBER)
    assert (V6,) == addresses(cloud)
    cloud.do(UpdateAddressGroup(group.id, name="branches"), RED_MEMBER)
    assert ("branches", 4) == (cloud.records(AddressGroup)[0].name, cloud.records(AddressGroup)[0].revision_number)


def test_what_is_there_or_not_there_is_told() -> None:
    """Adding what it has and removing what it has not are refused as a whole."""
    cloud = Cloud()
    group = made(cloud)
    add, remove = AddAddresses(group.id, None, (V6, TEN)), RemoveAddresses(group.id, None, (TEN, V6))
    assert AddressesAlreadyExist("['10.0.0.0/8']", group.id) == cloud.refusal(add, RED_MEMBER)
    assert AddressesNotFound("['2001:db8::/64']", group.id) == cloud.refusal(remove, RED_MEMBER)


def test_a_group_that_rules_name_stays() -> None:
    """It goes when no rule names it any longer."""
    cloud = Cloud()
    group = made(cloud)
    security_group = cloud.do(CreateSecurityGroup(RED, "web"), RED_MEMBER).result
    assert isinstance(security_group, SecurityGroup)
    named = Traffic("ingress", remote_address_group_id=group.id)
    cloud.do(CreateSecurityGroupRule(RED, security_group.id, named), RED_MEMBER)
    assert AddressGroupInUse(group.id) == cloud.refusal(DeleteAddressGroup(group.id), RED_MEMBER)
    other = made(cloud)
    cloud.do(DeleteAddressGroup(other.id), RED_MEMBER)


def test_it_belongs_to_its_project() -> None:
    """For others there is none, also as the other end of a rule; a reader of the project changes nothing."""
    cloud = Cloud()
    group = made(cloud)
    commands = (
        UpdateAddressGroup(group.id, name="x"),
        AddAddresses(group.id, None, (V6,)),
        RemoveAddresses(group.id, None, (TEN,)),
        DeleteAddressGroup(group.id),
    )
    for command in commands:
        assert AddressGroupNotFound(group.id) == cloud.refusal(command, BLUE_MEMBER)
        assert isinstance(cloud.refusal(command, RED_READER), PolicyNotAuthorized)
    blue = BLUE_MEMBER.project_id
    theirs = cloud.do(CreateSecurityGroup(blue, "web"), BLUE_MEMBER).result
    assert isinstance(theirs, SecurityGroup)
    named = CreateSecurityGroupRule(blue, theirs.id, Traffic("ingress", remote_address_group_id=group.id))
    assert AddressGroupNotFound(group.id) == cloud.refusal(named, BLUE_MEMBER)
