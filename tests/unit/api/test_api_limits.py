"""Everything that is sent has a limit, and what goes beyond is refused with the reason; so much is answered at once."""

import json
from typing import Any

import pytest

from fakes.api_server import ApiServer
from underlay.api.parse import MAX_BULK, MAX_DEPTH
from underlay.api.values import MAX_ITEMS
from underlay.model.address_group import MAX_ADDRESSES
from underlay.rules.tags import MAX_TAGS


@pytest.fixture
def server() -> ApiServer:
    """With the network `net` and nothing else."""
    return ApiServer()


def refusal(server: ApiServer, method: str, url: str, body: object) -> tuple[int, str, str]:
    """Status, type, message."""
    reply = server.call(method, url, body)
    error = reply.json()["NeutronError"]
    return reply.status, error["type"], error["message"]


def addresses(count: int, first: int = 0) -> list[str]:
    """So many different addresses."""
    return [f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}" for number in range(first, first + count)]


def test_a_body_has_a_size(server: ApiServer) -> None:
    """413 names the limit, whether the length is announced or not."""
    small = ApiServer(max_request_bytes=100)
    body = json.dumps({"network": {"name": "x" * 100}}).encode()
    for headers in ({}, {"transfer_encoding": "chunked", "content_length": "0"}):
        reply = small.call("POST", "/v2.0/networks", body, **headers)
        error = reply.json()["NeutronError"]
        assert (413, "HTTPRequestEntityTooLarge") == (reply.status, error["type"])
        assert "100" in error["message"]


def test_a_body_has_a_depth(server: ApiServer) -> None:
    """A list in a list in a list ... is refused from MAX_DEPTH on, before anyone looks into it."""
    deep: Any = 1
    for _level in range(MAX_DEPTH):
        deep = [deep]
    expected = (400, "HTTPBadRequest", "Body contains invalid data")
    assert expected == refusal(server, "POST", "/v2.0/networks", {"network": {"name": deep}})


def test_a_bulk_has_a_number(server: ApiServer) -> None:
    """One more than MAX_BULK is refused, and none of them is made."""
    body = {"networks": [{}] * (MAX_BULK + 1)}
    message = f"At most {MAX_BULK} networks can be created at once"
    assert (400, "HTTPBadRequest", message) == refusal(server, "POST", "/v2.0/networks", body)
    assert [] == server.call("GET", "/v2.0/networks").json()["networks"]


LISTS = {
    "networks": {"segments": {}, "availability_zone_hints": "a", "tags": None},
    "subnets": {
        "allocation_pools": {"start": "10.0.0.1", "end": "10.0.0.1"},
        "dns_nameservers": "10.0.0.1",
        "host_routes": {"destination": "10.0.0.0/24", "nexthop": "10.0.0.1"},
        "service_types": "compute:x",
    },
    "ports": {
        "fixed_ips": {"ip_address": "10.0.0.1"},
        "allowed_address_pairs": {"ip_address": "10.0.0.1"},
        "extra_dhcp_opts": {"opt_name": "a", "opt_value": "b"},
        "security_groups": "00000000-0000-4000-8000-000000000000",
        "tags": "a",
    },
    "trunks": {"sub_ports": {"port_id": "00000000-0000-4000-8000-000000000000"}},
    "subnetpools": {"prefixes": "10.0.0.0/24"},
}


@pytest.mark.parametrize(
    ("collection", "name", "item"),
    [(collection, name, item) for collection, lists in LISTS.items() for name, item in lists.items() if item],
)
def test_a_list_has_a_length(server: ApiServer, collection: str, name: str, item: object) -> None:
    """Of any attribute; an item too many is told before the items are looked at."""
    sent: dict[str, Any] = {name: [item] * (MAX_ITEMS + 1)}
    if collection in ("subnets", "ports"):
        sent["network_id"] = server.made("networks")["id"]
    if collection == "subnets":
        sent["cidr"] = "10.0.0.0/24"
    if collection == "trunks":
        sent["port_id"] = "00000000-0000-4000-8000-000000000000"
    if collection == "subnetpools":
        sent["name"] = "p"
    message = f"Invalid input for {name}. Reason: at most {MAX_ITEMS} items are taken, and not {MAX_ITEMS + 1}."
    body = {collection.removesuffix("s"): sent}
    assert (400, "HTTPBadRequest", message) == refusal(server, "POST", f"/v2.0/{collection}", body)


@pytest.mark.parametrize(
    ("collection", "sent", "error"),
    [
        ("subnets", {"cidr": "10.0.0.0/24", "dns_nameservers": addresses(6)}, "DNSNameServersExhausted"),
        (
            "subnets",
            {
                "cidr": "10.0.0.0/24",
                "host_routes": [{"destination": f"{each}/32", "nexthop": "10.0.0.9"} for each in addresses(21)],
            },
            "HostRoutesExhausted",
        ),
        ("ports", {"fixed_ips": [{"ip_address": each} for each in addresses(6, 10)]}, "InvalidInput"),
        (
            "ports",
            {"allowed_address_pairs": [{"ip_address": each} for each in addresses(11)]},
            "AllowedAddressPairExhausted",
        ),
        ("ports", {"name": "x" * 256}, "HTTPBadRequest"),
        ("ports", {"description": "x" * 256}, "HTTPBadRequest"),
        ("ports", {"device_id": "x" * 256}, "HTTPBadRequest"),
        ("ports", {"binding:profile": {"x": "y" * 4095}}, "InvalidInput"),
    ],
)
def test_neutron_s_own_limits(server: ApiServer, collection: str, sent: dict[str, Any], error: str) -> None:
    """One more than max_dns_nameservers, max_subnet_host_routes, max_fixed_ips_per_port, max_allowed_address_pair."""
    network = server.made("networks")["id"]
    if collection == "ports":
        server.made("subnets", network_id=network, cidr="10.0.0.0/24", enable_dhcp=False)
    status, found, _message = refusal(
        server, "POST", f"/v2.0/{collection}", {collection.removesuffix("s"): {"network_id": network, **sent}}
    )
    assert (400, error) == (status, found)


def test_what_grows_step_by_step_has_an_end(server: ApiServer) -> None:
    """Tags and addresses that are added to those that are there; less is always possible."""
    network = server.made("networks")["id"]
    url = f"/v2.0/networks/{network}/tags"
    assert 200 == server.call("PUT", url, {"tags": [str(number) for number in range(MAX_TAGS)]}).status
    assert (400, "InvalidInput") == refusal(server, "PUT", f"{url}/more", None)[:2]
    assert 204 == server.call("DELETE", f"{url}/7").status
    assert 201 == server.call("PUT", f"{url}/more").status
    group = server.call("POST", "/v2.0/address-groups", {"address_group": {"name": "g"}}).json()["address_group"]["id"]
    url = f"/v2.0/address-groups/{group}/add_addresses"
    assert 200 == server.call("PUT", url, {"addresses": addresses(MAX_ADDRESSES)}).status
    assert (400, "InvalidInput") == refusal(server, "PUT", url, {"addresses": ["192.0.2.1/32"]})[:2]


def test_a_list_may_be_cut_into_pages(server: ApiServer) -> None:
    """By `pagination_max_limit`, whatever is asked for; following the links, all are found."""
    made = [server.made("networks", "member")["id"] for _number in range(4)]
    cut = ApiServer(store=server.store, pagination_max_limit=3).call
    for query, size in (("", 3), ("?limit=2", 2), ("?limit=3000", 3), ("?limit=0", 3)):
        assert size == len(cut("GET", f"/v2.0/networks{query}").json()["networks"])
    found: list[str] = []
    url = "/v2.0/networks?fields=id"
    while url:
        page = cut("GET", url.removeprefix("http://server:9696")).json()
        found += [each["id"] for each in page["networks"]]
        url = next((link["href"] for link in page["networks_links"] if link["rel"] == "next"), "")
    assert sorted(made) == sorted(found)


def test_a_sort_key_may_come_again(server: ApiServer) -> None:
    """It decides nothing then, however often it comes."""
    for name in ("b", "a"):
        server.made("networks", name=name)
    query = "&".join(["sort_key=name&sort_dir=desc", *["sort_key=name&sort_dir=asc"] * 100])
    found = server.call("GET", f"/v2.0/networks?{query}").json()["networks"]
    assert ["b", "a"] == [each["name"] for each in found]
