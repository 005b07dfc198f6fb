"""Subnet pools over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fakes.api_server import MINE, ApiServer
from underlay.store.transaction import Store

POOLS = "/v2.0/subnetpools"


def pool_of(server: ApiServer, token: str = "member", **fields: Any) -> dict[str, Any]:
    """A pool, created."""
    sent = {"name": "p", "prefixes": ["10.11.12.0/24"], "min_prefixlen": "29", **fields}
    return server.made("subnetpools", token, **sent)


def test_a_subnet_pool_over_http() -> None:
    """All attributes; prefix lengths are shown as text, as Neutron does; all five calls."""
    server = ApiServer()
    pool = pool_of(server)
    assert {
        "name": "p",
        "project_id": MINE,
        "tenant_id": MINE,
        "prefixes": ["10.11.12.0/24"],
        "ip_version": 4,
        "min_prefixlen": "29",
        "max_prefixlen": "32",
        "default_prefixlen": "29",
        "default_quota": None,
        "address_scope_id": None,
        "is_default": False,
        "shared": False,
        "description": "",
        "tags": [],
        "revision_number": 1,
    } == {name: pool[name] for name in pool if name not in ("id", "created_at", "updated_at")}
    one = f"{POOLS}/{pool['id']}"
    assert pool == server.call("GET", one, token="reader").json()["subnetpool"]
    assert 404 == server.call("GET", one, token="other").status
    changed = server.call("PUT", one, {"subnetpool": {"name": "q", "max_prefixlen": "30"}}, "member")
    assert ("q", "30") == tuple(changed.json()["subnetpool"][name] for name in ("name", "max_prefixlen"))
    assert [pool["id"]] == [each["id"] for each in server.call("GET", f"{POOLS}?shared=False").json()["subnetpools"]]
    assert 204 == server.call("DELETE", one, token="member").status


def test_what_a_pool_is_not() -> None:
    """Bodies that are refused, with Neutron's status."""
    server = ApiServer()
    scope = server.call("POST", "/v2.0/address-scopes", {"address_scope": {"ip_version": 4}}).json()["address_scope"]
    for fields, status in (
        ({"name": ""}, 400),
        ({"prefixes": []}, 400),
        ({"prefixes": "10.0.0.0/8"}, 400),
        ({"prefixes": ["10.0.0.0"]}, 400),
        ({"prefixes": ["0.0.0.0/0"]}, 400),
        ({"prefixes": ["10.0.0.0/8", "10.0.0.0/8"]}, 400),
        ({"min_prefixlen": -1}, 400),
        ({"default_quota": -1}, 400),
        ({"address_scope_id": "foo"}, 400),
        ({"address_scope_id": scope["id"]}, 404),
        ({"shared": True}, 403),
        ({"is_default": True}, 403),
        ({"ip_version": 4}, 400),
    ):
        body = {"subnetpool": {"name": "p", "prefixes": ["10.0.0.0/8"], **fields}}
        assert (fields, status) == (fields, server.call("POST", POOLS, body, "member").status)
    one = f"{POOLS}/{pool_of(server)['id']}"
    for fields in ({"shared": True}, {"project_id": "x"}, {"prefixes": ["10.11.12.0/26"]}):
        assert 400 == server.call("PUT", one, {"subnetpool": fields}).status


def test_host_bits_are_dropped() -> None:
    """`10.11.12.13/24` is `10.11.12.0/24`."""
    assert ["10.11.12.0/24"] == pool_of(ApiServer(), prefixes=["10.11.12.13/24"])["prefixes"]


def test_prefixes_are_added_and_removed() -> None:
    """The answer is what the pool has then."""
    server = ApiServer()
    one = f"{POOLS}/{pool_of(server)['id']}"
    sent = {"prefixes": ["192.168.2.0/24"]}
    added = server.call("PUT", f"{one}/add_prefixes", sent, "member")
    assert (200, {"prefixes": ["10.11.12.0/24", "192.168.2.0/24"]}) == (added.status, added.json())
    removed = server.call("PUT", f"{one}/remove_prefixes", sent, "member")
    assert {"prefixes": ["10.11.12.0/24"]} == removed.json()
    assert 400 == server.call("PUT", f"{one}/add_prefixes", {}, "member").status
    assert 400 == server.call("PUT", f"{one}/add_prefixes", {"prefixes": [1]}, "member").status
    assert 404 == server.call("PUT", f"{one}/add_prefixes", sent, "other").status
    assert 403 == server.call("PUT", f"{one}/remove_prefixes", sent, "reader").status


def test_subnets_of_pools() -> None:
    """By prefixlen, by the default length; listed by their pool."""
    server = ApiServer()
    pool = pool_of(server)
    network = server.made("networks", "member")
    subnet = server.made("subnets", "member", network_id=network["id"], subnetpool_id=pool["id"], ip_version=4)
    assert ("10.11.12.0/29", pool["id"]) == (subnet["cidr"], subnet["subnetpool_id"])
    second = server.made("subnets", "member", network_id=network["id"], subnetpool_id=pool["id"], prefixlen="30")
    assert "10.11.12.8/30" == second["cidr"]
    listed = server.call("GET", f"/v2.0/subnets?subnetpool_id={pool['id']}").json()["subnets"]
    assert [subnet["id"], second["id"]] == [each["id"] for each in listed]
    refused = server.call("DELETE", f"{POOLS}/{pool['id']}", token="member")
    assert (400, "SubnetPoolDeleteError") == (refused.status, refused.json()["NeutronError"]["type"])
    other = server.call(
        "POST", "/v2.0/subnets", {"subnet": {"network_id": network["id"], "subnetpool_id": network["id"]}}, "member"
    )
    assert (404, "SubnetPoolNotFound") == (other.status, other.json()["NeutronError"]["type"])


def test_a_network_shows_its_address_scopes() -> None:
    """Those of the pools of its subnets, by IP version; null without; lists look them up for all networks at once."""
    server = ApiServer()
    scope = server.call("POST", "/v2.0/address-scopes", {"address_scope": {"ip_version": 4}}).json()["address_scope"]
    pool = pool_of(server, "admin", address_scope_id=scope["id"])
    networks = [server.made("networks") for _ in range(3)]
    for network in networks[:2]:
        server.made("subnets", network_id=network["id"], subnetpool_id=pool["id"])
    names = ("ipv4_address_scope", "ipv6_address_scope")
    shown = server.call("GET", f"/v2.0/networks/{networks[0]['id']}").json()["network"]
    assert (scope["id"], None) == tuple(shown[name] for name in names)
    listed = server.call("GET", "/v2.0/networks").json()["networks"]
    assert [scope["id"], scope["id"], None] == [each["ipv4_address_scope"] for each in listed]
    refused = server.call("DELETE", f"/v2.0/address-scopes/{scope['id']}")
    assert (409, "AddressScopeInUse") == (refused.status, refused.json()["NeutronError"]["type"])


def test_the_subnets_of_a_network_are_taken_in() -> None:
    """The answer names them; no network, none."""
    server = ApiServer()
    pool = pool_of(server)
    network = server.made("networks", "member")
    subnet = server.made("subnets", "member", network_id=network["id"], cidr="172.16.0.0/24")
    url = f"{POOLS}/{pool['id']}/onboard_network_subnets"
    assert 400 == server.call("PUT", url, {}, "member").status
    assert 404 == server.call("PUT", url, {"network_id": pool["id"]}, "member").status
    taken = server.call("PUT", url, {"network_id": network["id"]}, "member")
    assert (200, [{"id": subnet["id"], "cidr": "172.16.0.0/24"}]) == (taken.status, taken.json())


def test_clients_at_once_never_get_the_same_block(tmp_path: Path) -> None:
    """Eight clients take sixteen blocks of a pool that has sixteen: all different, and then it is empty."""
    store = Store(f"sqlite:///{tmp_path / 'underlay.sqlite'}")
    store.migrate()
    server = ApiServer(store=store, workers=8)
    pool = pool_of(server, prefixes=["10.0.0.0/24"], min_prefixlen=28)
    networks = [server.made("networks", provider__network_type="local")["id"] for _ in range(16)]

    def take(network_id: str) -> str:
        body = {"subnet": {"network_id": network_id, "subnetpool_id": pool["id"], "enable_dhcp": False}}
        cidr: str = server.call("POST", "/v2.0/subnets", body).json()["subnet"]["cidr"]
        return cidr

    with ThreadPoolExecutor(8) as clients:
        assert 16 == len(set(clients.map(take, networks)))
    network = server.made("networks", provider__network_type="local")
    refused = server.call(
        "POST", "/v2.0/subnets", {"subnet": {"network_id": network["id"], "subnetpool_id": pool["id"]}}
    )
    assert (409, "SubnetAllocationError") == (refused.status, refused.json()["NeutronError"]["type"])
    store.close()
