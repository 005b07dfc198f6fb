from typing import Any

from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, OPERATIONS, RED, RED_MEMBER, REGULATIONS, Cloud
from underlay.commands.network import CreateNetwork, UpdateNetwork
from underlay.commands.port import CreatePort, UpdatePort
from underlay.commands.security_group import CreateSecurityGroup
from underlay.model.address import Mac
from underlay.model.errors import (
    AddressPairAndPortSecurityRequired,
    AllowedAddressPairExhausted,
    DuplicateAddressPairInRequest,
    PolicyNotAuthorized,
    PortSecurityAndIPRequiredForSecurityGroups,
    PortSecurityPortHasSecurityGroup,
    SecurityGroupConflict,
    SecurityGroupNotFound,
)
from underlay.model.network import Network
from underlay.model.port import AllowedAddressPair, Port
from underlay.model.security_group import SecurityGroup

MAC = Mac.parse("02:00:00:00:00:01")
PAIR = AllowedAddressPair("10.0.0.9", MAC)
MIXED = SecurityGroupConflict(
    "Cannot apply both stateful and stateless security groups on the same port at the same time"
)


def group(cloud: Cloud, *, stateful: bool = True) -> str:
    """The id of a new group of project red."""
    made = cloud.do(CreateSecurityGroup(RED, "web", stateful=stateful), RED_MEMBER).result
    assert isinstance(made, SecurityGroup)
    return made.id


def reds(cloud: Cloud, **attributes: Any) -> Network:
    """A network of project red."""
    made = cloud.do(CreateNetwork(RED, **attributes), RED_MEMBER).result
    assert isinstance(made, Network)
    return made


def port(cloud: Cloud, network: Network, **attributes: Any) -> Port:
    """A port of project red."""
    return cloud.port(network, caller=RED_MEMBER, **attributes)


def update(cloud: Cloud, of: Port, **attributes: Any) -> Port:
    """The port, changed by project red."""
    after = cloud.do(UpdatePort(of.id, **attributes), RED_MEMBER).result
    assert isinstance(after, Port)
    return after


def test_a_port_is_in_the_default_group() -> None:
    """Of its own project, made with the first port; an empty list is no group; a list is what it says."""
    cloud = Cloud()
    network = reds(cloud)
    first, second = port(cloud, network), port(cloud, network)
    defaults = [one for one in cloud.records(SecurityGroup) if one.is_default]
    assert [RED] == [one.project_id for one in defaults]
    assert (defaults[0].id,) == first.security_group_ids == second.security_group_ids
    assert () == port(cloud, network, security_group_ids=()).security_group_ids
    own = group(cloud)
    assert (own,) == port(cloud, network, security_group_ids=(own,)).security_group_ids


def test_ports_of_the_network_are_trusted() -> None:
    """`network:*` ports have neither port security nor groups, the server's DHCP ports among them."""
    cloud = Cloud()
    network = cloud.network()
    trusted = cloud.port(network, device_owner="network:dhcp", port_security_enabled=True)
    assert (False, ()) == (trusted.port_security_enabled, trusted.security_group_ids)
    asked = CreatePort(OPERATIONS, network.id, device_owner="network:x", security_group_ids=("some",))
    assert PortSecurityAndIPRequiredForSecurityGroups() == cloud.refusal(asked)
    cloud.subnet(network, "10.0.0.0/24")
    made = [one for one in cloud.dhcp_ports(network) if one.id != trusted.id]
    assert [(False, ())] == [(one.port_security_enabled, one.security_group_ids) for one in made]


def test_a_port_has_the_port_security_of_its_network() -> None:
    """Unless it says otherwise; without it there are no groups; changing the network changes no port."""
    cloud = Cloud()
    network = reds(cloud, port_security_enabled=False)
    open_port = port(cloud, network)
    assert (False, ()) == (open_port.port_security_enabled, open_port.security_group_ids)
    guarded = port(cloud, network, port_security_enabled=True)
    assert (True, 1) == (guarded.port_security_enabled, len(guarded.security_group_ids))
    cloud.do(UpdateNetwork(network.id, port_security_enabled=True), RED_MEMBER)
    assert open_port == cloud.stored(open_port)
    assert port(cloud, network).port_security_enabled


def test_without_port_security_there_is_nothing_to_allow() -> None:
    """Groups and pairs are refused on a port without it, and it stays while a port has some."""
    cloud = Cloud()
    network = reds(cloud)
    own = group(cloud)
    ask = structs.replace(CreatePort(RED, network.id), port_security_enabled=False)
    no_groups, no_pairs = PortSecurityAndIPRequiredForSecurityGroups(), AddressPairAndPortSecurityRequired()
    assert no_groups == cloud.refusal(structs.replace(ask, security_group_ids=(own,)), RED_MEMBER)
    assert no_pairs == cloud.refusal(structs.replace(ask, allowed_address_pairs=(PAIR,)), RED_MEMBER)
    guarded = port(cloud, network)
    off = UpdatePort(guarded.id, port_security_enabled=False)
    assert PortSecurityPortHasSecurityGroup() == cloud.refusal(off, RED_MEMBER)
    assert no_groups == cloud.refusal(structs.replace(off, security_group_ids=(own,)), RED_MEMBER)
    opened = update(cloud, guarded, port_security_enabled=False, security_group_ids=())
    assert (False, ()) == (opened.port_security_enabled, opened.security_group_ids)
    assert no_pairs == cloud.refusal(UpdatePort(opened.id, allowed_address_pairs=(PAIR,)), RED_MEMBER)
    again = update(cloud, opened, port_security_enabled=True, security_group_ids=(own,))
    assert (True, (own,)) == (again.port_security_enabled, again.security_group_ids)
    paired = update(cloud, again, allowed_address_pairs=(PAIR,), security_group_ids=())
    assert no_pairs == cloud.refusal(UpdatePort(paired.id, port_security_enabled=False), RED_MEMBER)
    assert () == update(cloud, paired, port_security_enabled=False, allowed_address_pairs=()).allowed_address_pairs


def test_groups_of_a_port_are_seen_by_who_names_them() -> None:
    """Another project's and those that do not exist are named; nothing changes then."""
    cloud = Cloud()
    network = reds(cloud)
    theirs = cloud.do(CreateSecurityGroup(BLUE_MEMBER.project_id, "web"), BLUE_MEMBER).result
    assert isinstance(theirs, SecurityGroup)
    own = port(cloud, network)
    missing = UpdatePort(own.id, security_group_ids=(theirs.id, "none"))
    assert SecurityGroupNotFound(f"{theirs.id}, none") == cloud.refusal(missing, RED_MEMBER)
    assert own == cloud.stored(own)
    admins = cloud.do(missing.__class__(own.id, security_group_ids=(theirs.id,)), ADMIN).result
    assert isinstance(admins, Port)
    assert (theirs.id,) == admins.security_group_ids
    assert "kept" == update(cloud, admins, name="kept", security_group_ids=(theirs.id,)).name


def test_stateful_and_stateless_do_not_mix() -> None:
    """All groups of a port are stateful, or none is."""
    cloud = Cloud()
    network = reds(cloud)
    stateful, stateless = group(cloud), group(cloud, stateful=False)
    both = (stateful, stateless)
    assert MIXED == cloud.refusal(CreatePort(RED, network.id, security_group_ids=both), RED_MEMBER)
    one = port(cloud, network, security_group_ids=(stateless,))
    assert MIXED == cloud.refusal(UpdatePort(one.id, security_group_ids=both), RED_MEMBER)


def test_allowed_address_pairs() -> None:
    """Without a MAC the port's own; each pair once; at most as many as the operator allows."""
    cloud = Cloud()
    network = reds(cloud)
    own = port(cloud, network, mac_address=MAC, allowed_address_pairs=(AllowedAddressPair("10.0.0.9"),))
    assert (PAIR,) == own.allowed_address_pairs
    double = UpdatePort(own.id, allowed_address_pairs=(AllowedAddressPair("10.0.0.9"), PAIR))
    assert DuplicateAddressPairInRequest(MAC, "10.0.0.9") == cloud.refusal(double, RED_MEMBER)
    many = tuple(AllowedAddressPair(f"10.0.0.{n}") for n in range(11))
    refused = cloud.refusal(UpdatePort(own.id, allowed_address_pairs=many), RED_MEMBER)
    assert AllowedAddressPairExhausted(10) == refused
    assert 10 == len(update(cloud, own, allowed_address_pairs=many[:10]).allowed_address_pairs)


def test_on_a_shared_network_the_guard_is_its_owners() -> None:
    """Who only uses the network neither switches port security nor allows addresses."""
    cloud = Cloud()
    network = cloud.network(shared=True)
    asks: tuple[dict[str, Any], ...] = ({"port_security_enabled": True}, {"allowed_address_pairs": (PAIR,)})
    own = port(cloud, network)
    for sent in asks:
        assert isinstance(cloud.refusal(CreatePort(RED, network.id, **sent), RED_MEMBER), PolicyNotAuthorized)
        assert isinstance(cloud.refusal(UpdatePort(own.id, **sent), RED_MEMBER), PolicyNotAuthorized)
    assert () == update(cloud, own, security_group_ids=()).security_group_ids


def test_where_the_unenforced_is_refused_no_default_group_is_given() -> None:
    """The setting refuses what hosts do not enforce, so the server promises none of it by itself."""
    cloud = Cloud(structs.replace(REGULATIONS, unenforced="refuse"))
    assert () == port(cloud, reds(cloud)).security_group_ids
    assert [] == cloud.records(SecurityGroup)
