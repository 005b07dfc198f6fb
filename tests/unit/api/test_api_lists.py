"""Lists: filters, fields, sorting, pages, and who sees what."""

from typing import Any

import pytest

from fakes.api_server import ApiServer

PROVIDER = {"provider:network_type", "provider:physical_network", "provider:segmentation_id", "segments"}
BINDING = {"binding:host_id", "binding:vif_type", "binding:vif_details", "binding:profile"}


@pytest.fixture(scope="module")
def server() -> ApiServer:
    """Networks a (shared), b, c of the administrator and d of project-a, with ports on a."""
    made = ApiServer()
    vlan = {"provider__network_type": "vlan", "provider__segmentation_id": 301}
    made.made("networks", name="a", shared=True)
    made.made("networks", name="b", mtu=1400, **vlan)
    made.made("networks", name="c")
    made.made("networks", "member", name="d")
    first = made.call("GET", "/v2.0/networks?name=a").json()["networks"][0]["id"]
    made.made("subnets", network_id=first, cidr="10.0.0.0/24")
    for number in (5, 6, 7):
        made.made("ports", network_id=first, name=f"p{number}", fixed_ips=[{"ip_address": f"10.0.0.{number}"}])
    made.made("ports", "member", network_id=first, name="mine", device_id="vm")
    return made


def listed(server: ApiServer, url: str, token: str = "admin", key: str = "name") -> list[Any]:
    """One attribute of each record of the list."""
    reply = server.call("GET", f"/v2.0/{url}", token=token)
    assert 200 == reply.status, reply.body
    return [one[key] for one in reply.json()[url.partition("?")[0].removesuffix(".json")]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["a", "b", "c", "d"]),
        ("?name=a&name=c", ["a", "c"]),
        ("?name=a&name=c&shared=True", ["a"]),
        ("?shared=0", ["b", "c", "d"]),
        ("?mtu=1400", ["b"]),
        ("?router:external=True", []),
        ("?router:external=False&name=c", ["c"]),
        ("?provider:segmentation_id=301", ["b"]),
        ("?provider:segmentation_id=99999999999999", []),
        ("?tenant_id=project-a", ["d"]),
        ("?project_id=project-a&tenant_id=admin", []),
        ("?status=ACTIVE&name=d", ["d"]),
        ("?status=DOWN", []),
        ("?name=", []),
        ("?description=", ["a", "b", "c", "d"]),
        ("?sort_key=name&sort_dir=desc", ["d", "c", "b", "a"]),
        ("?sort_key=mtu&sort_dir=asc&sort_key=name&sort_dir=desc", ["b", "d", "c", "a"]),
        ("?sort_key=created_at&sort_dir=asc&sort_key=name&sort_dir=desc", ["d", "c", "b", "a"]),
        ("?limit=2", ["a", "b"]),
        ("?limit=0", ["a", "b", "c", "d"]),
        ("?limit=2&status=ACTIVE&sort_key=name&sort_dir=desc", ["d", "c"]),
        ("?status=ACTIVE&limit=3&marker=00000000-0000-4000-8000-000000000001", ["b", "c", "d"]),
        ("?status=ACTIVE&limit=3&marker=none", []),
    ],
)
def test_networks_are_found(server: ApiServer, query: str, names: list[str]) -> None:
    """Repeated keys are OR, different keys AND; what the store cannot filter or sort is done on its answer."""
    assert names == listed(server, f"networks{query}")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?fixed_ips=ip_address=10.0.0.5&fixed_ips=ip_address=10.0.0.6", ["p5", "p6"]),
        ("?fixed_ips=ip_address=10.0.0.5&fixed_ips=subnet_id=none", []),
        ("?fixed_ips=ip_address_substr=0.0.&fixed_ips=ip_address=10.0.0.7", ["p7"]),
        ("?fixed_ips=ip_address_substr=.0.6&fixed_ips=ip_address_substr=.0.7", ["p6", "p7"]),
        ("?fixed_ips=ip_address_substr=11.", []),
        ("?changed_since=2013-04-01T12:00:00Z&name=p5", ["p5"]),
        ("?changed_since=2013-04-01T12:00:01&name=p5", []),
        ("?device_id=vm", ["mine"]),
        ("?name=p5&mac_address=FA-16-3E-00-00-00", []),
    ],
)
def test_ports_are_found_by_address(server: ApiServer, query: str, names: list[str]) -> None:
    """fixed_ips filters by address and by subnet; MACs in any spelling."""
    assert names == listed(server, f"ports{query}")


def test_subnets_are_found_by_whether_their_network_is_shared(server: ApiServer) -> None:
    """`shared` is the network's; the subnet itself does not show it."""
    assert ["10.0.0.0/24"] == listed(server, "subnets?shared=True", key="cidr")
    assert [] == listed(server, "subnets?shared=False", key="cidr")
    assert "shared" not in server.call("GET", "/v2.0/subnets").json()["subnets"][0]


@pytest.mark.parametrize(
    ("query", "name", "text"),
    [
        ("bogus=1", "HTTPBadRequest", "['bogus'] is invalid attribute for filtering"),
        ("subnets=1", "HTTPBadRequest", "['subnets'] is invalid attribute for filtering"),
        ("sort_key=name", "HTTPBadRequest", "The number of sort_keys and sort_dirs must be same"),
        ("sort_key=bogus&sort_dir=asc", "HTTPBadRequest", "['bogus'] is invalid attribute for sort_keys"),
        ("sort_key=name&sort_dir=up", "HTTPBadRequest", "['up'] is invalid value for sort_dirs"),
        ("limit=-1", "BadRequest", "Limit must be an integer 0 or greater and not '-1'"),
        ("limit=x", "BadRequest", "Limit must be an integer 0 or greater and not 'x'"),
        ("changed_since=soon", "InvalidInput", "soon must be in the following format: YYYY-MM-DDTHH:MM:SSZ"),
        ("shared=perhaps", "InvalidInput", "'perhaps' cannot be converted to boolean"),
        ("limit=1&marker=none", "NetworkNotFound", "Network none could not be found."),
    ],
)
def test_a_query_that_makes_no_sense_is_told(server: ApiServer, query: str, name: str, text: str) -> None:
    """Unknown filters and sort keys, unpaired directions, limits that are none."""
    told = server.call("GET", f"/v2.0/networks?{query}").json()["NeutronError"]
    assert (name, True) == (told["type"], text in told["message"])


def test_pages_follow_each_other(server: ApiServer) -> None:
    """`next` and `previous` lead through the list and back."""
    first = server.call("GET", "/v2.0/networks?limit=3&fields=name").json()
    forward = {link["rel"]: link["href"] for link in first["networks_links"]}["next"]
    assert forward.startswith("http://server:9696/v2.0/networks?limit=3&fields=name&marker=")
    second = server.call("GET", forward.removeprefix("http://server:9696")).json()
    back = {link["rel"]: link["href"] for link in second["networks_links"]}
    assert ([{"name": "d"}], {"previous"}) == (second["networks"], set(back))
    again = server.call("GET", back["previous"].removeprefix("http://server:9696")).json()
    assert first["networks"] == again["networks"]


def test_fields_choose_what_is_shown(server: ApiServer) -> None:
    """Only those named; what is unknown is left out, as in Neutron."""
    reply = server.call("GET", "/v2.0/networks.json?name=a&fields=name&fields=mtu&fields=bogus").json()
    assert {"networks": [{"name": "a", "mtu": 1500}]} == reply


def test_members_see_their_own_and_what_is_shared(server: ApiServer) -> None:
    """Networks, and ports, of others are not in the list."""
    assert ["a", "d"] == listed(server, "networks", "member")
    assert ["a"] == listed(server, "networks", "other")
    assert ["mine"] == listed(server, "ports", "member")
    assert ["10.0.0.0/24"] == listed(server, "subnets", "other", "cidr")


def test_provider_attributes_are_for_administrators(server: ApiServer) -> None:
    """Others neither see them nor sort by them; they may filter what they see by them, as in Neutron."""
    shown = {
        token: set(server.call("GET", "/v2.0/networks", token=token).json()["networks"][0])
        for token in ("admin", "member")
    }
    assert PROVIDER | {"dhcp_served_by"} == shown["admin"] - shown["member"]
    query = "sort_key=provider:segmentation_id&sort_dir=asc"
    assert 400 == server.call("GET", f"/v2.0/networks?{query}", token="member").status
    assert ["a", "d"] == listed(server, "networks?provider:network_type=vlan", "member")
    assert [] == listed(server, "networks?provider:segmentation_id=301", "member")


def test_where_a_port_is_bound_is_for_administrators(server: ApiServer) -> None:
    """Its owner sees the kind of device, not the host, nor what is asked of it."""
    mine = server.call("GET", "/v2.0/ports?name=mine").json()["ports"][0]
    own = server.call("GET", f"/v2.0/ports/{mine['id']}", token="member").json()["port"]
    assert BINDING | {"resource_request"} == set(mine) - set(own)
    assert ("normal", "unbound", "") == (own["binding:vnic_type"], mine["binding:vif_type"], mine["binding:host_id"])


def test_a_network_shows_its_subnets_and_both_names_of_its_project(server: ApiServer) -> None:
    """`subnets` are ids; project_id and tenant_id are the same; times are UTC."""
    network = server.call("GET", "/v2.0/networks?name=a").json()["networks"][0]
    subnet = server.call("GET", "/v2.0/subnets").json()["subnets"][0]
    assert ([subnet["id"]], "admin", "admin", "2013-04-01T12:00:00Z") == (
        network["subnets"],
        network["project_id"],
        network["tenant_id"],
        network["created_at"],
    )
