from ipaddress import ip_address
from typing import Any

import pytest
from msgspec import structs

from fakes.cloud import (
    ADMIN,
    BLUE_MEMBER,
    OPERATIONS,
    RED,
    RED_MEMBER,
    RED_READER,
    REGULATIONS,
    Cloud,
    addresses,
    host_caller,
    pool,
)
from underlay.commands.host import PortState, ReportPorts
from underlay.commands.port import CreatePort, DeletePort, FixedIpWish, UpdatePort
from underlay.model.address import Mac
from underlay.model.errors import (
    AllocationOnAutoAddressSubnet,
    HTTPBadRequest,
    InvalidInput,
    InvalidIpForNetwork,
    InvalidIpForSubnet,
    IpAddressAlreadyAllocated,
    IpAddressGenerationFailure,
    MacAddressGenerationFailure,
    MacAddressInUse,
    OverQuota,
    PolicyNotAuthorized,
    PortBound,
    PortNotFound,
    SubnetNotFound,
)
from underlay.model.ids import HostName, NetworkId, SubnetId
from underlay.model.network import Network
from underlay.model.port import Binding, ExtraDhcpOpt, FixedIp, Port

MAC = Mac.parse("02:00:00:00:00:01")
SLAAC: dict[str, Any] = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}


def at(address: str, subnet_id: SubnetId | None = None) -> FixedIpWish:
    """A wish for the address."""
    return FixedIpWish(subnet_id, ip_address(address))


def asked(network: Network, **attributes: object) -> CreatePort:
    """The administrator's command for a port."""
    return CreatePort(OPERATIONS, network.id, **attributes)  # type: ignore[arg-type]


def updated(cloud: Cloud, command: UpdatePort) -> Port:
    """The port as the command leaves it."""
    port = cloud.do(command).result
    assert isinstance(port, Port)
    return port


def test_a_port_has_one_address_of_each_version() -> None:
    """Nothing asked for: one IPv4 address, one stateful IPv6 address, and the automatic ones."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    cloud.subnet(network, "10.1.0.0/24")
    cloud.subnet(network, "2001:db8:1::/64")
    cloud.subnet(network, "2001:db8:2::/64", **SLAAC)
    port = cloud.port(network, mac_address=MAC)
    assert ["10.0.0.", "2001:db8:1::", "2001:db8:2::ff:fe00:1"] == [
        addresses(port)[0][:7],
        addresses(port)[1][:12],
        addresses(port)[2],
    ]
    assert 3 == len(port.fixed_ips)


def test_a_port_without_address() -> None:
    """No subnet, or an empty list of wishes: no address."""
    cloud = Cloud()
    network = cloud.network()
    assert () == cloud.port(network).fixed_ips
    cloud.subnet(network, "10.0.0.0/24")
    assert () == cloud.port(network, fixed_ips=()).fixed_ips


def test_a_new_port_is_down() -> None:
    """A port is DOWN until its host reports it, with a MAC behind the operator's prefix."""
    cloud = Cloud()
    port = cloud.port(cloud.network(), caller=ADMIN, host=HostName("cmp1"))
    assert ("DOWN", "fa:16:3e", Binding(HostName("cmp1"))) == (port.status, str(port.mac_address)[:8], port.binding)


def test_addresses_by_chance_are_of_the_first_thousand() -> None:
    """Chance chooses among the first thousand free addresses of the first pool with room."""
    cloud = Cloud(below=lambda bound: bound - 1)
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/16", enable_dhcp=False)
    assert ["10.0.3.233"] == addresses(cloud.port(network))
    cloud = Cloud(below=lambda bound: bound - 1)
    network = cloud.network()
    cloud.subnet(
        network,
        "10.0.0.0/24",
        enable_dhcp=False,
        allocation_pools=(pool("10.0.0.9", "10.0.0.9"), pool("10.0.0.20", "10.0.0.30")),
    )
    given = [addresses(cloud.port(network, mac_address=Mac(MAC.value + n))) for n in range(3)]
    assert [["10.0.0.9"], ["10.0.0.30"], ["10.0.0.29"]] == given


def test_a_full_network() -> None:
    """The next subnet helps out; with all used up, the message names them; a freed address is given again at once."""
    cloud = Cloud()
    network = cloud.network()
    small = cloud.subnet(network, "10.0.0.0/30", enable_dhcp=False)
    port = cloud.port(network)
    assert IpAddressGenerationFailure(network.id, (small.id,)) == cloud.refusal(asked(network))
    cloud.do(DeletePort(port.id))
    assert ["10.0.0.2"] == addresses(cloud.port(network))
    cloud.subnet(network, "10.1.0.0/30", enable_dhcp=False)
    assert ["10.1.0.2"] == addresses(cloud.port(network))


def test_wishes() -> None:
    """By address, by subnet, by both; in the order asked for."""
    cloud = Cloud()
    network = cloud.network()
    first, second = cloud.subnet(network, "10.0.0.0/24"), cloud.subnet(network, "10.1.0.0/24")
    wishes = (FixedIpWish(second.id), at("10.0.0.99"), at("10.1.0.77", second.id), FixedIpWish(second.id))
    port = cloud.port(network, fixed_ips=wishes)
    assert [second.id, first.id, second.id, second.id] == [each.subnet_id for each in port.fixed_ips]
    assert ["10.0.0.99", "10.1.0.77"] == addresses(port)[1:3]
    assert 4 == len(set(port.fixed_ips))


def test_wishes_that_cannot_be() -> None:
    """Every way of asking for an address that is not there has its own error."""
    cloud = Cloud()
    network, other = cloud.network(), cloud.network()
    subnet, foreign = cloud.subnet(network, "10.0.0.0/24"), cloud.subnet(other, "10.1.0.0/24")
    auto = cloud.subnet(network, "2001:db8::/64", **SLAAC)
    cloud.port(network, fixed_ips=(at("10.0.0.9"),))
    errors = {
        (at("10.0.0.9"),): IpAddressAlreadyAllocated(ip_address("10.0.0.9"), subnet.id),
        (at("10.9.0.1"),): InvalidIpForNetwork(ip_address("10.9.0.1")),
        (at("10.0.0.255"),): InvalidIpForNetwork(ip_address("10.0.0.255")),
        (at("10.0.0.0", subnet.id),): InvalidIpForSubnet(ip_address("10.0.0.0")),
        (at("10.1.0.9", subnet.id),): InvalidIpForSubnet(ip_address("10.1.0.9")),
        (FixedIpWish(SubnetId("none")),): SubnetNotFound(SubnetId("none")),
        (at("2001:db8::9"),): AllocationOnAutoAddressSubnet(ip_address("2001:db8::9"), auto.id),
    }
    for asked_for, error in errors.items():
        assert error == cloud.refusal(asked(network, fixed_ips=asked_for))
    for wishes, words in {
        (FixedIpWish(foreign.id),): "invalid subnet",
        (FixedIpWish(),): "requires subnet_id or ip_address",
        (FixedIpWish(subnet.id),) * 6: "Exceeded maximum amount of fixed ips per port",
        (FixedIpWish(auto.id),) * 2: "named twice",
    }.items():
        refused = cloud.refusal(asked(network, fixed_ips=wishes))
        assert isinstance(refused, InvalidInput)
        assert words in refused.error_message
    assert isinstance(cloud.refusal(asked(network, fixed_ips=(at("10.0.0.7"),) * 2)), HTTPBadRequest)
    assert isinstance(cloud.refusal(asked(cloud.network(), fixed_ips=(at("10.0.0.7"),))), InvalidInput)


def test_an_update_keeps_what_it_can() -> None:
    """A wish for a subnet keeps the address there; what is not wished for goes; the same wish again changes nothing."""
    cloud = Cloud()
    network = cloud.network()
    first, second = cloud.subnet(network, "10.0.0.0/24"), cloud.subnet(network, "10.1.0.0/24")
    port = cloud.port(network, fixed_ips=(at("10.0.0.9"),))
    both = UpdatePort(port.id, fixed_ips=(FixedIpWish(first.id), FixedIpWish(second.id)))
    after = updated(cloud, both)
    assert FixedIp(first.id, ip_address("10.0.0.9")) == after.fixed_ips[0]
    assert () == cloud.do(both).writes.puts
    assert (after.fixed_ips[1],) == updated(cloud, UpdatePort(port.id, fixed_ips=(FixedIpWish(second.id),))).fixed_ips
    assert () == updated(cloud, UpdatePort(port.id, fixed_ips=())).fixed_ips


def test_macs() -> None:
    """A MAC is one port's of its network; on another network it may be again. All but zero and broadcast are taken."""
    cloud = Cloud()
    network, other = cloud.network(), cloud.network()
    cloud.port(network, mac_address=MAC)
    assert MacAddressInUse(network.id, MAC) == cloud.refusal(asked(network, mac_address=MAC))
    assert MAC == cloud.port(other, mac_address=MAC).mac_address
    placeholder = Mac.parse("11:22:33:44:55:66")
    assert placeholder == cloud.port(network, mac_address=placeholder).mac_address
    for wrong in ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
        assert isinstance(cloud.refusal(asked(network, mac_address=Mac.parse(wrong))), InvalidInput)


def test_chance_without_luck() -> None:
    """After sixteen MACs that are taken the server gives up."""
    cloud = Cloud(below=lambda bound: 7)
    network = cloud.network(100)
    cloud.port(network)
    assert MacAddressGenerationFailure(network.id) == cloud.refusal(asked(network))


def test_a_bound_port_keeps_its_mac() -> None:
    """While a host has the port its MAC stays; unbound, it changes, and the automatic address with it."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "2001:db8::/64", **SLAAC)
    port = cloud.port(network, host=HostName("cmp1"))
    change = UpdatePort(port.id, mac_address=MAC)
    assert PortBound(port.id, port.mac_address, MAC) == cloud.refusal(change)
    cloud.do(UpdatePort(port.id, host=None))
    after = updated(cloud, change)
    assert (MAC, ["2001:db8::ff:fe00:1"]) == (after.mac_address, addresses(after))


def test_a_new_mac_leaves_other_addresses() -> None:
    """Only addresses that are made of the MAC change with it."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24", gateway_ip=None)
    port = cloud.port(network)
    assert (MAC, port.fixed_ips) == (
        updated(cloud, UpdatePort(port.id, mac_address=MAC)).mac_address,
        updated(cloud, UpdatePort(port.id, name="x")).fixed_ips,
    )


@pytest.mark.parametrize("owner", ["network:dhcp", "network:distributed"])
def test_the_networks_own_ports_have_the_lowest_address(owner: str) -> None:
    """Ports of the network itself are found at the lowest free address, not by chance."""
    cloud = Cloud(below=lambda bound: bound - 1)
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24", enable_dhcp=False)
    assert ["10.0.0.2"] == addresses(cloud.port(network, device_owner=owner))


def test_quota() -> None:
    """A port too many is refused; DHCP ports are the server's and pass."""
    cloud = Cloud(structs.replace(REGULATIONS, quota_defaults={"port": 1}))
    network = cloud.network()
    cloud.port(network)
    assert OverQuota("port", 1, 1) == cloud.refusal(asked(network))
    cloud.subnet(network, "10.0.0.0/24")
    assert 1 == len(cloud.dhcp_ports(network))


@pytest.mark.parametrize(
    ("attributes", "rules"),
    [
        ({"host": HostName("cmp1")}, ("binding:host_id",)),
        ({"profile": {"a": 1}}, ("binding:profile",)),
    ],
)
def test_what_is_the_administrators(attributes: dict[str, object], rules: tuple[str, ...]) -> None:
    """Where a port is bound is refused to members even on their own network."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    command = CreatePort(RED, network.id, **attributes)  # type: ignore[arg-type]
    who = "an administrator or a service"
    error = PolicyNotAuthorized(("create_port", *(f"create_port:{rule}" for rule in rules)), who)
    assert error == cloud.refusal(command, RED_MEMBER)
    port = cloud.port(network, caller=RED_MEMBER)
    error = PolicyNotAuthorized(("update_port", *(f"update_port:{rule}" for rule in rules)), who)
    assert error == cloud.refusal(UpdatePort(port.id, **attributes), RED_MEMBER)  # type: ignore[arg-type]


def test_ports_of_the_network_itself_are_its_owners() -> None:
    """A member makes a port `network:*` on its own network, and none such on one that is only shared with it."""
    cloud = Cloud()
    shared, own = cloud.network(shared=True), cloud.network(caller=RED_MEMBER)
    command = CreatePort(RED, shared.id, device_owner="network:dhcp")
    rules = ("create_port", "create_port:device_owner")
    assert PolicyNotAuthorized(rules, "the network's owner or an administrator") == cloud.refusal(command, RED_MEMBER)
    assert "network:dhcp" == cloud.port(own, caller=RED_MEMBER, device_owner="network:dhcp").device_owner


def test_addresses_by_hand_are_the_network_owners() -> None:
    """On a shared network of another project a member chooses the subnet and not the address nor the MAC."""
    cloud = Cloud()
    shared, own = cloud.network(shared=True), cloud.network(caller=RED_MEMBER)
    subnet = cloud.subnet(shared, "10.0.0.0/24")
    cloud.subnet(own, "10.0.0.0/24", caller=RED_MEMBER)
    for network, is_allowed in ((shared, False), (own, True)):
        for attributes in ({"fixed_ips": (at("10.0.0.9"),)}, {"mac_address": MAC}):
            command = CreatePort(RED, network.id, **attributes)
            if is_allowed:
                cloud.do(command, RED_MEMBER)
            else:
                assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)
    port = cloud.port(shared, caller=RED_MEMBER, fixed_ips=(FixedIpWish(subnet.id),))
    same = UpdatePort(port.id, fixed_ips=(at(addresses(port)[0]),))
    assert () == cloud.do(same, RED_MEMBER).writes.puts
    other = UpdatePort(port.id, fixed_ips=(at("10.0.0.99"),))
    assert isinstance(cloud.refusal(other, RED_MEMBER), PolicyNotAuthorized)


def test_who_touches_ports() -> None:
    """The port's project changes it; the network's owner sees and deletes it; to others it does not exist."""
    cloud = Cloud()
    network = cloud.network(caller=BLUE_MEMBER)
    port = cloud.port(network, caller=ADMIN)
    rename = UpdatePort(port.id, name="x")
    assert PortNotFound(port.id) == cloud.refusal(rename, RED_MEMBER)
    assert isinstance(cloud.refusal(rename, BLUE_MEMBER), PolicyNotAuthorized)
    cloud.do(DeletePort(port.id), BLUE_MEMBER)
    own = cloud.port(cloud.network(shared=True), caller=RED_MEMBER)
    for command in (UpdatePort(own.id, name="x"), DeletePort(own.id)):
        assert isinstance(cloud.refusal(command, RED_READER), PolicyNotAuthorized)
    cloud.do(DeletePort(own.id), RED_MEMBER)


def test_switched_off_is_down() -> None:
    """A port with admin_state_up False is DOWN at once; switched on, it stays DOWN until its host says ACTIVE."""
    cloud = Cloud()
    port = cloud.port(cloud.network())
    wired = ReportPorts(HostName("cmp1"), (PortState(port.id, plugged=True, wired=True),))
    cloud.do(wired, host_caller("cmp1"))
    assert "DOWN" == updated(cloud, UpdatePort(port.id, admin_state_up=False)).status
    assert () == cloud.do(wired, host_caller("cmp1")).writes.puts
    assert "DOWN" == updated(cloud, UpdatePort(port.id, admin_state_up=True)).status
    cloud.do(wired, host_caller("cmp1"))
    stored = cloud.stored(port)
    assert isinstance(stored, Port)
    assert "ACTIVE" == stored.status


@pytest.mark.parametrize("host", [None, "", "cmp2"])
def test_another_host_is_down(host: str | None) -> None:
    """Unbound, or moved by the administrator, a port is DOWN until it is reported anew."""
    cloud = Cloud()
    port = cloud.port(cloud.network(), host=HostName("cmp1"))
    cloud.do(ReportPorts(HostName("cmp1"), (PortState(port.id, plugged=True, wired=True),)), host_caller("cmp1"))
    after = updated(cloud, UpdatePort(port.id, host=None if host is None else HostName(host)))
    assert ("DOWN", host or None) == (after.status, after.binding.host)


def test_extra_dhcp_options_are_one_line() -> None:
    """A line break in an option would be a line of its own to who reads it."""
    cloud = Cloud()
    network = cloud.network()
    good = (ExtraDhcpOpt("bootfile-name", "pxelinux.0"),)
    assert good == cloud.port(network, extra_dhcp_opts=good).extra_dhcp_opts
    for bad in (ExtraDhcpOpt("a", "b\ndhcp-option=3"), ExtraDhcpOpt("a\n", "b"), ExtraDhcpOpt(" ", "b")):
        assert isinstance(cloud.refusal(asked(network, extra_dhcp_opts=(bad,))), InvalidInput)
    port = cloud.port(network)
    bad_update = UpdatePort(port.id, extra_dhcp_opts=(ExtraDhcpOpt("a", "\n"),))
    assert isinstance(cloud.refusal(bad_update), InvalidInput)


def test_dhcp_options_are_merged() -> None:
    """An option sent replaces its namesake of the same IP version, others stay, one taken back goes."""
    cloud = Cloud()
    one, two, six = ExtraDhcpOpt("tftp-server", "1"), ExtraDhcpOpt("mtu", "2"), ExtraDhcpOpt("mtu", "6", 6)
    port = cloud.port(cloud.network(), extra_dhcp_opts=(one, two, six))
    new, more = ExtraDhcpOpt("mtu", "3"), ExtraDhcpOpt("ntp-server", "4")
    set_some = UpdatePort(port.id, extra_dhcp_opts=(new, more))
    assert (one, new, six, more) == updated(cloud, set_some).extra_dhcp_opts
    assert () == cloud.do(set_some).writes.puts
    take_back = UpdatePort(port.id, removed_dhcp_opts=(("mtu", 4), ("unknown", 4)))
    assert (one, six, more) == updated(cloud, take_back).extra_dhcp_opts


def test_a_network_that_is_not_there() -> None:
    """A port needs a network that the caller sees."""
    error = Cloud().refusal(CreatePort(RED, NetworkId("none")), RED_MEMBER)
    assert "Network none could not be found." == error.message
