"""Bodies to commands: what is read, and the exact error for each way to get one wrong."""

import json
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from underlay.api.attributes import AGENT, INSTANCE, NETWORK, PORT, QUOTA, SUBNET
from underlay.api.attributes.attribute import Resource
from underlay.api.parse import parse_create, parse_update
from underlay.commands.network import CreateNetwork, ProviderAttributes, UpdateNetwork
from underlay.commands.port import CreatePort, FixedIpWish, UpdatePort
from underlay.commands.quota import SetQuota
from underlay.commands.subnet import CreateSubnet, UpdateSubnet
from underlay.model.address import AddressRange, Mac
from underlay.model.caller import Caller
from underlay.model.errors import UnderlayError
from underlay.model.ids import NetworkId, PortId, ProjectId, SubnetId
from underlay.model.port import ExtraDhcpOpt
from underlay.model.subnet import HostRoute

MINE, OTHER = ProjectId("mine"), ProjectId("other")
MEMBER = Caller(user_id="u", project_id=MINE, roles=frozenset({"member", "reader"}))
ADMIN = Caller(user_id="a", project_id=MINE, roles=frozenset({"admin", "member"}))
NET = NetworkId("4a1c2b5e-6b0a-4c8e-9b1e-0a4a4dbb0001")
SUB = SubnetId("4a1c2b5e-6b0a-4c8e-9b1e-0a4a4dbb0002")


def create(resource: Resource, sent: Any, caller: Caller = ADMIN) -> Any:
    """The command of one create."""
    return parse_create(resource, json.dumps({resource.name: sent}).encode(), caller).commands[0]


def update(resource: Resource, sent: Any) -> Any:
    """The command of an update of record `x`."""
    return parse_update(resource, json.dumps({resource.name: sent}).encode(), "x", None, ADMIN)


def refusal(resource: Resource, sent: Any, caller: Caller = ADMIN, *, put: bool = False) -> tuple[str, str]:
    """Type and message of the error."""
    with pytest.raises(UnderlayError) as raised:
        update(resource, sent) if put else create(resource, sent, caller)
    return type(raised.value).__name__, raised.value.message


def test_numbers_and_booleans_may_be_text() -> None:
    """Clients of 2013 send `"100"` and `"True"`; they are read as numbers and booleans."""
    sent = {
        "name": "pub100",
        "shared": "True",
        "admin_state_up": "1",
        "provider:network_type": "vlan",
        "provider:segmentation_id": "100",
        "mtu": "1400",
    }
    expected = CreateNetwork(
        project_id=MINE,
        name="pub100",
        shared=True,
        mtu=1400,
        provider=ProviderAttributes(network_type="vlan", segmentation_id=100),
    )
    assert expected == create(NETWORK, sent)


def test_tenant_id_is_project_id() -> None:
    """Either name will do, and both if they agree."""
    expected = CreateNetwork(project_id=OTHER)
    assert expected == create(NETWORK, {"tenant_id": OTHER})
    assert expected == create(NETWORK, {"tenant_id": OTHER, "project_id": OTHER})


def test_update_leaves_alone_what_was_not_sent() -> None:
    """Only what was sent is in the command."""
    assert UpdateNetwork(id=NetworkId("x"), name="n") == update(NETWORK, {"name": "n"})


def test_subnet_as_the_report_creates_it() -> None:
    """An abbreviated CIDR is read in full, and told in a hint; host routes are values."""
    body = {
        "network_id": NET,
        "cidr": "10.10.100/24",
        "ip_version": "4",
        "host_routes": [{"destination": "169.254.0.0/16", "nexthop": "10.10.100.3"}],
        "allocation_pools": [{"start": "10.10.100.10", "end": "10.10.100.20"}],
        "dns_nameservers": ["10.0.0.1"],
        "gateway_ip": None,
        "enable_dhcp": "False",
        "dhcp_address": "10.10.100.10",
    }
    parsed = parse_create(SUBNET, json.dumps({"subnet": body}).encode(), ADMIN)
    expected = CreateSubnet(
        project_id=MINE,
        network_id=NET,
        cidr=ip_network("10.10.100.0/24"),
        host_routes=(HostRoute(ip_network("169.254.0.0/16"), ip_address("10.10.100.3")),),
        allocation_pools=(AddressRange(ip_address("10.10.100.10"), ip_address("10.10.100.20")),),
        dns_nameservers=(ip_address("10.0.0.1"),),
        gateway_ip=None,
        enable_dhcp=False,
        dhcp_address=ip_address("10.10.100.10"),
        ip_version=4,
    )
    assert ((expected,), ("cidr '10.10.100/24' is abbreviated, it was read as '10.10.100.0/24'",)) == (
        parsed.commands,
        parsed.hints,
    )


def test_null_clears_lists_of_a_subnet() -> None:
    """`action=clear` of newer clients sends null, which is the empty list."""
    expected = UpdateSubnet(id=SubnetId("x"), host_routes=(), dns_nameservers=())
    assert expected == update(SUBNET, {"host_routes": None, "dns_nameservers": None})


def test_port_in_full() -> None:
    """Every attribute of a port that can be sent reaches the command."""
    sent = {
        "network_id": NET.replace("-", "").upper(),
        "mac_address": "FA-16-3E-00-00-01",
        "fixed_ips": [{"subnet_id": SUB}, {"ip_address": "10.0.0.5"}],
        "device_id": "vm",
        "device_owner": "compute:nova",
        "binding:host_id": "h1",
        "binding:vnic_type": "normal",
        "binding:profile": {"a": [1]},
        "extra_dhcp_opts": [
            {"opt_name": "mtu", "opt_value": "1400", "ip_version": "4"},
            {"opt_name": "gone", "opt_value": None},
        ],
    }
    expected = CreatePort(
        project_id=MINE,
        network_id=NET,
        mac_address=Mac(0xFA163E000001),
        fixed_ips=(FixedIpWish(subnet_id=SUB), FixedIpWish(ip_address=ip_address("10.0.0.5"))),
        device_id="vm",
        device_owner="compute:nova",
        host="h1",
        profile={"a": [1]},
        extra_dhcp_opts=(ExtraDhcpOpt("mtu", "1400"),),
    )
    assert expected == create(PORT, sent)


def test_unbinding_a_port() -> None:
    """An update with null or an empty host says so to the rules."""
    assert UpdatePort(id=PortId("x"), host=None) == update(PORT, {"binding:host_id": None})
    assert UpdatePort(id=PortId("x"), host="") == update(PORT, {"binding:host_id": ""})


def test_quota_limits() -> None:
    """Limits are by resource, text or number."""
    assert SetQuota(project_id=ProjectId("x"), limits={"network": 5, "port": -1}) == update(
        QUOTA, {"network": "5", "port": -1}
    )


def test_bulk_create_is_as_many_commands() -> None:
    """Bare objects, or each under its own name as old clients write it."""
    body = json.dumps({"networks": [{"name": "a"}, {"network": {"name": "b"}}]}).encode()
    parsed = parse_create(NETWORK, body, MEMBER)
    assert (True, (CreateNetwork(MINE, "a"), CreateNetwork(MINE, "b"))) == (parsed.bulk, parsed.commands)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "Body contains invalid data"),
        (b"{", "Body contains invalid data"),
        (b"[]", "Body contains invalid data"),
        (b"\xff\xfe", "Body contains invalid data"),
        (b'{"network": {"name": "\\ud800"}}', "Body contains invalid data"),
        (b"[" * 100_000, "Body contains invalid data"),
        (b'{"network": {"binding": ' + b"[" * 20 + b"]" * 20 + b"}}", "Body contains invalid data"),
        (b"{}", "Resource body required"),
        (b'{"net": {}}', "Unable to find 'network' in request body"),
        (b'{"network": null}', "Unable to find 'network' in request body"),
        (b'{"network": []}', "Object 'network' contains invalid data"),
        (b'{"networks": []}', "Resources required"),
        (b'{"networks": [1]}', "Body contains invalid data"),
        (b'{"networks": {"a": 1}}', "Body contains invalid data"),
    ],
)
def test_a_body_that_is_none_is_told(body: bytes, text: str) -> None:
    """Whatever is not the API's form is HTTPBadRequest with Neutron's words."""
    with pytest.raises(UnderlayError) as raised:
        parse_create(NETWORK, body, ADMIN)
    assert ("HTTPBadRequest", text) == (type(raised.value).__name__, raised.value.message)


@pytest.mark.parametrize(
    ("resource", "sent", "text"),
    [
        (NETWORK, {"nmae": 1, "a": 2}, "Unrecognized attribute(s) 'a, nmae'"),
        (NETWORK, {"id": NET}, "Attribute 'id' not allowed in POST"),
        (NETWORK, {"status": "ACTIVE"}, "Attribute 'status' not allowed in POST"),
        (NETWORK, {"name": 5}, "Invalid input for name. Reason: '5' is not a valid string."),
        (NETWORK, {"name": "a\x00b"}, "Invalid input for name. Reason: 'a\x00b' is not a valid string."),
        (
            NETWORK,
            {"provider:physical_network": "x" * 65},
            f"Invalid input for provider:physical_network. Reason: '{'x' * 65}' exceeds maximum length of 64.",
        ),
        (NETWORK, {"mtu": -1}, "Invalid input for mtu. Reason: '-1' is too small - must be at least '0'."),
        (NETWORK, {"tenant_id": "a", "project_id": "b"}, "'project_id' and 'tenant_id' do not match"),
        (SUBNET, {"cidr": "10.0.0.0/24"}, "Failed to parse request. Required attribute 'network_id' not specified"),
        (
            SUBNET,
            {"network_id": NET, "cidr": "10.10.100.5/24"},
            "Invalid input for cidr. Reason: '10.10.100.5/24' isn't a recognized IP subnet cidr, "
            "'10.10.100.0/24' is recommended.",
        ),
        (
            SUBNET,
            {"network_id": NET, "cidr": "10.10.100/16"},
            "Invalid input for cidr. Reason: '10.10.100/16' isn't a recognized IP subnet cidr, "
            "'10.10.0.0/16' is recommended.",
        ),
        (SUBNET, {"network_id": "x"}, "Invalid input for network_id. Reason: 'x' is not a valid UUID."),
        (
            SUBNET,
            {"network_id": NET, "gateway_ip": "10.0.0.01"},
            "Invalid input for gateway_ip. Reason: '10.0.0.01' is not an accepted IP address, "
            "'10.0.0.1' is recommended.",
        ),
        (
            SUBNET,
            {"network_id": NET, "allocation_pools": [{"start": "10.0.0.1"}]},
            "Invalid input for allocation_pools. Reason: Validation of dictionary's keys failed. "
            "Expected keys: ['start', 'end'] Provided keys: ['start'].",
        ),
        (
            SUBNET,
            {"network_id": NET, "host_routes": "action=clear"},
            "Invalid input for host_routes. Reason: Invalid data format for hostroute: 'action=clear'.",
        ),
        (
            SUBNET,
            {"network_id": NET, "host_routes": [{"destination": "10.0.0.1/8", "nexthop": "10.0.0.1"}]},
            "Invalid input for host_routes. Reason: '10.0.0.1/8' is not a valid CIDR.",
        ),
        (
            SUBNET,
            {"network_id": NET, "dns_nameservers": ["8.8.8.8", "8.8.8.8"]},
            "Invalid input for dns_nameservers. Reason: Duplicate nameserver '8.8.8.8'.",
        ),
        (SUBNET, {"network_id": NET, "ip_version": 5}, "Invalid input for ip_version. Reason: '5' is not in [4, 6]."),
        (
            PORT,
            {"network_id": NET, "mac_address": "00:00:00:00:00:00"},
            "Invalid input for mac_address. Reason: '00:00:00:00:00:00' is not a valid MAC address.",
        ),
        (
            PORT,
            {"network_id": NET, "fixed_ips": "10.0.0.1"},
            "Invalid input for fixed_ips. Reason: Invalid data format for fixed IP: '10.0.0.1'.",
        ),
        (INSTANCE, {"user_data": "@@"}, "Invalid input for user_data. Reason: user_data is not base64."),
    ],
)
def test_a_wrong_attribute_is_told(resource: Resource, sent: dict[str, Any], text: str) -> None:
    """Unknown, not allowed, missing or of the wrong form: HTTPBadRequest with Neutron's words."""
    assert ("HTTPBadRequest", text) == refusal(resource, sent)


@pytest.mark.parametrize(
    ("resource", "sent", "expected"),
    [
        (NETWORK, {"shared": "x"}, ("InvalidInput", "'x' cannot be converted to boolean")),
        (NETWORK, {"provider:segmentation_id": "ten"}, ("InvalidInput", "'ten' is not an integer")),
        (NETWORK, {"provider:segmentation_id": True}, ("InvalidInput", "'True' is not an integer")),
        (SUBNET, {"network_id": NET, "cidr": "10.0.0.0"}, ("InvalidInput", "10.0.0.0 is not in a CIDR format")),
        (SUBNET, {"network_id": NET, "cidr": "10.0.0.0/33"}, ("InvalidInput", "10.0.0.0/33 is not in a CIDR format")),
        (
            SUBNET,
            {"network_id": NET, "cidr": "10.0.0.0/8", "ip_version": 6},
            ("InvalidInput", "cidr '10.0.0.0/8' does not match the ip_version '6'"),
        ),
        (
            SUBNET,
            {"network_id": NET, "cidr": "10.0.0.0/8", "prefixlen": 8},
            ("BadRequest", "cidr and prefixlen must not be supplied together"),
        ),
        (SUBNET, {"network_id": NET, "subnetpool_id": "p"}, ("HTTPBadRequest", "'p' is not a valid UUID")),
        (
            SUBNET,
            {"network_id": NET, "cidr": "10.0.0.0/8", "allocation_pools": [{"start": "10.0.0.9", "end": "10.0.0.1"}]},
            ("InvalidAllocationPool", "10.0.0.9-10.0.0.1"),
        ),
        (
            NETWORK,
            {"segments": [{"provider:network_type": "vlan"}], "provider:network_type": "vlan"},
            ("SegmentsSetInConjunctionWithProviders", "cannot both be set"),
        ),
        (PORT, {"network_id": NET, "fixed_ips": [{}]}, ("InvalidInput", "requires subnet_id or ip_address")),
    ],
)
def test_what_makes_no_sense_is_told(resource: Resource, sent: dict[str, Any], expected: tuple[str, str]) -> None:
    """Values that read well and cannot be meant have error types of their own."""
    name, message = refusal(resource, sent)
    assert (expected[0], True) == (name, expected[1] in message)


def test_a_project_of_others_is_the_administrator_s_to_name() -> None:
    """A member who names another project is told so."""
    name, message = refusal(NETWORK, {"tenant_id": OTHER}, MEMBER)
    assert ("HTTPBadRequest", True) == (name, message.startswith("Specifying 'project_id' or 'tenant_id'"))


@pytest.mark.parametrize(
    ("resource", "sent", "text"),
    [
        (NETWORK, {"id": NET}, "Cannot update read-only attribute id"),
        (NETWORK, {"tenant_id": MINE}, "Cannot update read-only attribute tenant_id"),
        (SUBNET, {"cidr": "10.0.0.0/8"}, "Cannot update read-only attribute cidr"),
        (SUBNET, {"host_route": []}, "Unrecognized attribute(s) 'host_route'"),
        (AGENT, {"host": "h"}, "Cannot update read-only attribute host"),
        (QUOTA, {"router": 5}, "Unrecognized attribute(s) 'router'"),
    ],
)
def test_what_cannot_be_updated_is_told(resource: Resource, sent: dict[str, Any], text: str) -> None:
    """Read-only and unknown attributes in a PUT."""
    assert ("HTTPBadRequest", text) == refusal(resource, sent, put=True)


@pytest.mark.parametrize("value", [True, "TRUE", " yes ", "on", "t", 1, "y"])
def test_ways_to_say_true(value: object) -> None:
    """Every word that oslo takes for true."""
    assert create(NETWORK, {"shared": value}).shared


@pytest.mark.parametrize(
    ("resource", "sent", "text"),
    [
        (NETWORK, {"shared": 1.5}, "'1.5' cannot be converted to boolean"),
        (NETWORK, {"mtu": 2**40}, "is too large - must be no larger than"),
        (NETWORK, {"mtu": "1e3"}, "'1e3' is not an integer"),
        (NETWORK, {"segments": {}}, "'{}' is not a list of dictionaries"),
        (NETWORK, {"segments": []}, "the list is empty"),
        (NETWORK, {"segments": [{"vlan": 5}]}, "Unexpected keys supplied: vlan"),
        (NETWORK, {"router:external": "often"}, "'often' cannot be converted to boolean"),
        (NETWORK, {"availability_zone_hints": ["a", "a"]}, "Duplicate items in the list"),
        (SUBNET, {"network_id": NET, "cidr": "fe80::%eth0/64"}, "is not in a CIDR format"),
        (SUBNET, {"network_id": NET, "gateway_ip": "300.1.1.01"}, "'300.1.1.01' is not a valid IP address"),
        (SUBNET, {"network_id": NET, "gateway_ip": 5}, "'5' is not a valid IP address"),
        (SUBNET, {"network_id": NET, "allocation_pools": "x"}, "Invalid data format for IP pool: 'x'"),
        (SUBNET, {"network_id": NET, "allocation_pools": ["x"]}, "must be a dictionary with keys: ['start', 'end']"),
        (SUBNET, {"network_id": NET, "dns_nameservers": "8.8.8.8"}, "Invalid data format for nameserver: '8.8.8.8'"),
        (SUBNET, {"network_id": NET, "dns_nameservers": ["x"]}, "'x' is not a valid nameserver. 'x' is not a valid IP"),
        (
            SUBNET,
            {"network_id": NET, "host_routes": [{"destination": "10.0.0.0/8", "nexthop": "10.0.0.1"}] * 2},
            "Duplicate hostroute",
        ),
        (
            SUBNET,
            {"network_id": NET, "host_routes": [{"destination": "127.0.0.0/8", "nexthop": "10.0.0.1"}]},
            "'127.0.0.0/8' is not a routable CIDR",
        ),
        (PORT, {"network_id": NET, "fixed_ips": ["x"]}, "Invalid data format for fixed IP: 'x'"),
        (PORT, {"network_id": NET, "fixed_ips": [{"ip_address": "::1"}] * 2}, "Duplicate IP address '::1'"),
        (PORT, {"network_id": NET, "binding:profile": []}, "'[]' is not a dictionary"),
        (PORT, {"network_id": NET, "extra_dhcp_opts": "x"}, "'x' is not a list"),
        (PORT, {"network_id": NET, "extra_dhcp_opts": [{"opt_name": "a"}]}, "No valid key specs matched for"),
        (
            PORT,
            {"network_id": NET, "extra_dhcp_opts": [{"opt_name": "a", "opt_value": "1"}] * 2},
            "Duplicate items in the list",
        ),
        (INSTANCE, {"id": "../x"}, "is not letters, digits and _ . : -"),
        (INSTANCE, {"meta": {str(n): "" for n in range(129)}}, "more than 128 entries"),
    ],
)
def test_values_of_the_wrong_form_are_told(resource: Resource, sent: dict[str, Any], text: str) -> None:
    """The message holds what is wrong."""
    assert text in refusal(resource, sent)[1]


def test_a_segment_is_another_way_to_write_provider_attributes() -> None:
    """One segment is read as provider:*."""
    sent = {"segments": [{"provider:network_type": "vlan", "provider:segmentation_id": "7"}], "mtu": 0}
    expected = CreateNetwork(project_id=MINE, provider=ProviderAttributes(network_type="vlan", segmentation_id=7))
    assert expected == create(NETWORK, sent)


def test_an_option_sent_with_null_is_to_go() -> None:
    """An update of DHCP options names those to set and, with null, those to remove."""
    sent = {"extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "9"}, {"opt_name": "x", "opt_value": None}]}
    expected = UpdatePort(id=PortId("x"), extra_dhcp_opts=(ExtraDhcpOpt("mtu", "9"),), removed_dhcp_opts=(("x", 4),))
    assert expected == update(PORT, sent)


def test_router_may_be_blank_among_dhcp_options() -> None:
    """An empty `router` option says that there is none; others must have a value."""
    options = [{"opt_name": "router", "opt_value": ""}]
    assert (ExtraDhcpOpt("router", ""),) == create(
        PORT, {"network_id": NET, "extra_dhcp_opts": options}
    ).extra_dhcp_opts


def test_provider_attributes_can_be_updated_as_far_as_rules_let() -> None:
    """What was sent of them reaches the command."""
    expected = UpdateNetwork(id=NetworkId("x"), provider=ProviderAttributes(segmentation_id=300))
    assert expected == update(NETWORK, {"provider:segmentation_id": "300"})


@pytest.mark.parametrize(
    ("body", "text"),
    [(b"{}", "Resource body required"), (b'{"networks": [{}]}', "Bulk operation not supported")],
)
def test_updates_are_of_one(body: bytes, text: str) -> None:
    """An update has a body, and changes one record."""
    with pytest.raises(UnderlayError) as raised:
        parse_update(NETWORK, body, "x", None, ADMIN)
    assert text == raised.value.message


def test_bulk_creates_have_a_limit() -> None:
    """So that one request cannot hold the writer for ever."""
    with pytest.raises(UnderlayError, match="At most 2000 networks can be created at once"):
        parse_create(NETWORK, json.dumps({"networks": [{}] * 2001}).encode(), ADMIN)
