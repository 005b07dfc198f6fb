import pytest

from fakes.api_server import ApiServer

COLLECTIONS = ("networks", "subnets", "ports")


def one_of_each(server: ApiServer) -> dict[str, str]:
    """Collection -> URL of the member's record in it."""
    network = server.made("networks", "member")
    subnet = server.made("subnets", "member", network_id=network["id"], cidr="10.0.0.0/24")
    port = server.made("ports", "member", network_id=network["id"])
    ids = (network["id"], subnet["id"], port["id"])
    return {name: f"/v2.0/{name}/{id_}" for name, id_ in zip(COLLECTIONS, ids, strict=True)}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_tags_over_http(collection: str) -> None:
    """Neutron's seven calls, with its statuses; the record shows its tags, sorted."""
    server = ApiServer()
    url = one_of_each(server)[collection]
    tags = f"{url}/tags"
    assert {"tags": []} == server.call("GET", tags, token="reader").json()
    assert 201 == server.call("PUT", f"{tags}/red", token="member").status
    assert (204, 404) == (server.call("GET", f"{tags}/red").status, server.call("GET", f"{tags}/blue").status)
    assert {"tags": ["blue"]} == server.call("POST", tags, {"tags": ["blue"]}, "member").json()
    assert {"tags": ["blue", "red"]} == server.call("GET", tags).json()
    replaced = server.call("PUT", tags, {"tags": ["x", "green"]}, "member")
    assert (200, {"tags": ["green", "x"]}) == (replaced.status, replaced.json())
    assert ["green", "x"] == server.call("GET", url).json()[collection.removesuffix("s")]["tags"]
    assert 204 == server.call("DELETE", f"{tags}/x", token="member").status
    assert "TagNotFound" == server.call("DELETE", f"{tags}/x", token="member").json()["NeutronError"]["type"]
    assert 204 == server.call("DELETE", tags, token="member").status
    assert {"tags": []} == server.call("GET", tags).json()


def test_lists_are_filtered_by_tags() -> None:
    """Commas are "and" in `tags` and `not-tags`, "or" in the `-any` ones; several filters must all fit."""
    server = ApiServer()
    for name, tags in (("a", ["red"]), ("b", ["red", "blue"]), ("c", ["green"]), ("d", [])):
        network = server.made("networks", "member", name=name)
        server.call("PUT", f"/v2.0/networks/{network['id']}/tags", {"tags": tags}, "member")

    def found(query: str) -> str:
        return "".join(each["name"] for each in server.call("GET", f"/v2.0/networks?{query}").json()["networks"])

    assert "ab" == found("tags=red")
    assert "b" == found("tags=red,blue")
    assert "b" == found("tags=blue&tags=red")
    assert "bc" == found("tags-any=blue,green")
    assert "acd" == found("not-tags=red,blue")
    assert "ad" == found("not-tags-any=blue,green")
    assert "a" == found("tags=red&not-tags-any=blue,green")
    assert "a" == found("tags=red&limit=1")


def test_a_port_is_created_with_tags() -> None:
    """Ports take `tags` on POST; networks and subnets do not, as in Neutron."""
    server = ApiServer()
    network = server.made("networks", "member")
    port = server.made("ports", "member", network_id=network["id"], tags=["red", "blue"])
    assert ["blue", "red"] == port["tags"]
    assert [port["id"]] == [each["id"] for each in server.call("GET", "/v2.0/ports?tags=blue").json()["ports"]]
    assert 400 == server.call("POST", "/v2.0/networks", {"network": {"tags": ["red"]}}, "member").status
    assert 400 == server.call("PUT", f"/v2.0/ports/{port['id']}", {"port": {"tags": ["x"]}}, "member").status


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Invalid tags body"),
        ({"tag": []}, "Invalid tags body"),
        ({"tags": "red"}, "'red' is not a list"),
        ({"tags": ["red", "blue", "red"]}, "Duplicate items in the list: 'red'"),
        ({"tags": [7]}, "'7' is not a valid string"),
        ({"tags": ["x" * 256]}, "exceeds maximum length of 255"),
        ({"tags": [str(number) for number in range(1001)]}, "at most 1000 items"),
    ],
)
def test_bad_tags_are_refused(body: dict[str, object], message: str) -> None:
    """Neutron's 400 InvalidInput, and nothing is hung."""
    server = ApiServer()
    tags = f"{one_of_each(server)['networks']}/tags"
    refused = server.call("PUT", tags, body, "member")
    error = refused.json()["NeutronError"]
    assert (400, "InvalidInput") == (refused.status, error["type"])
    assert message in error["message"]
    assert {"tags": []} == server.call("GET", tags).json()


def test_tags_of_others_are_not_there() -> None:
    """A record that the caller may not see has no tags to show; a reader changes none."""
    server = ApiServer()
    tags = f"{one_of_each(server)['networks']}/tags"
    unseen = server.call("GET", tags, token="other")
    assert (404, "TagResourceNotFound") == (unseen.status, unseen.json()["NeutronError"]["type"])
    assert 403 == server.call("PUT", f"{tags}/x", token="reader").status
