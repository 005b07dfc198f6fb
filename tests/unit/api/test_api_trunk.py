from typing import Any

import pytest

from fakes.api_server import MINE, ApiServer

TRUNKS = "/v2.0/trunks"


class Site:
    """A network of the member's with three ports."""

    def __init__(self) -> None:
        self.server = ApiServer()
        network = self.server.made("networks", "member")
        made = [self.server.made("ports", "member", network_id=network["id"]) for _ in range(3)]
        self.ports = made
        self.parent, self.one, self.two = (port["id"] for port in made)

    def trunk(self, **attributes: Any) -> dict[str, Any]:
        """A trunk on the parent."""
        return self.server.made("trunks", "member", port_id=self.parent, **attributes)


def sub_port(port_id: str, vid: int) -> dict[str, Any]:
    """As the API has it."""
    return {"port_id": port_id, "segmentation_type": "vlan", "segmentation_id": vid}


def test_a_trunk_over_http() -> None:
    """All calls, with Neutron's keys; the answers to changes of subports are the trunk, bare."""
    site = Site()
    trunk = site.trunk(name="t", sub_ports=[sub_port(site.one, 7)])
    assert {
        "id": trunk["id"],
        "name": "t",
        "project_id": MINE,
        "tenant_id": MINE,
        "admin_state_up": True,
        "port_id": site.parent,
        "sub_ports": [sub_port(site.one, 7)],
        "status": "DOWN",
        "description": "",
        "tags": [],
        "created_at": "2013-04-01T12:00:00Z",
        "updated_at": "2013-04-01T12:00:00Z",
        "revision_number": 1,
    } == trunk
    one = f"{TRUNKS}/{trunk['id']}"
    assert trunk == site.server.call("GET", one, token="reader").json()["trunk"]
    for query in (f"port_id={site.parent}", "name=t&admin_state_up=true", "status=DOWN"):
        assert [trunk] == site.server.call("GET", f"{TRUNKS}?{query}").json()["trunks"]
    assert [] == site.server.call("GET", f"{TRUNKS}?port_id={site.one}").json()["trunks"]
    assert [] == site.server.call("GET", TRUNKS, token="other").json()["trunks"]
    added = site.server.call("PUT", f"{one}/add_subports", {"sub_ports": [sub_port(site.two, 8)]}, "member")
    both = [sub_port(site.one, 7), sub_port(site.two, 8)]
    assert {**trunk, "sub_ports": both, "revision_number": 2} == added.json()
    assert '299 underlay "hosts do not wire subports yet"' == added.headers["warning"]
    assert {"sub_ports": both} == site.server.call("GET", f"{one}/get_subports", token="reader").json()
    removed = site.server.call("PUT", f"{one}/remove_subports", {"sub_ports": [{"port_id": site.one}]}, "member")
    assert both[1:] == removed.json()["sub_ports"]
    renamed = site.server.call("PUT", one, {"trunk": {"name": "u"}}, "member").json()["trunk"]
    assert ("u", 4) == (renamed["name"], renamed["revision_number"])
    assert 400 == site.server.call("PUT", one, {"trunk": {"port_id": site.one}}, "member").status
    assert 204 == site.server.call("DELETE", one, token="member").status
    assert "TrunkNotFound" == site.server.call("GET", one).json()["NeutronError"]["type"]


@pytest.mark.parametrize(
    "sent",
    [
        {"segmentation_type": "vlan", "segmentation_id": 3},
        [{"segmentation_type": "vlan", "segmentation_id": 3}],
        [{"port_id": "PORT", "segmentation_type": "vlan"}],
        [{"port_id": "PORT", "segmentation_id": 3}],
        [{"port_id": "PORT", "segmentation_type": "vlan", "segmentation_id": "x"}],
        [{"port_id": "PORT", "segmentation_type": "vlan", "segmentation_id": 5000}],
        [{"port_id": "PORT", "segmentation_type": "vlan", "segmentation_id": 3, "colour": "red"}],
        [{"port_id": "PORT", "segmentation_type": "vlan", "segmentation_id": 3}] * 2,
        [
            {"port_id": "PORT", "segmentation_type": "vlan", "segmentation_id": 3},
            {"port_id": "PARENT", "segmentation_type": "vlan", "segmentation_id": 3},
        ],
        [{"port_id": "no-uuid", "segmentation_type": "vlan", "segmentation_id": 3}],
        ["PORT"],
    ],
)
def test_odd_subports_are_400(sent: Any) -> None:
    """When a trunk is created with them and when they are added."""
    site = Site()
    names = {"PORT": site.one, "PARENT": site.two}

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(one) for one in value]
        if isinstance(value, dict):
            return {key: named(one) for key, one in value.items()}
        return names.get(value, value)

    body = {"trunk": {"port_id": site.parent, "sub_ports": named(sent)}}
    assert 400 == site.server.call("POST", TRUNKS, body, "member").status
    trunk = site.trunk()
    added = site.server.call("PUT", f"{TRUNKS}/{trunk['id']}/add_subports", {"sub_ports": named(sent)}, "member")
    assert 400 == added.status
    assert 400 == site.server.call("PUT", f"{TRUNKS}/{trunk['id']}/add_subports", {}, "member").status


def test_a_parent_port_shows_its_trunk() -> None:
    """`trunk_details` with the subports' MACs: of one port, and in lists; null for all others."""
    site = Site()
    trunk = site.trunk(sub_ports=[sub_port(site.one, 7)])
    details = {
        "trunk_id": trunk["id"],
        "sub_ports": [{**sub_port(site.one, 7), "mac_address": site.ports[1]["mac_address"]}],
    }
    shown = site.server.call("GET", f"/v2.0/ports/{site.parent}", token="member").json()["port"]
    assert details == shown["trunk_details"]
    listed = site.server.call("GET", "/v2.0/ports", token="member").json()["ports"]
    assert [details, None, None] == [port["trunk_details"] for port in listed]


def test_ports_of_a_trunk_stay() -> None:
    """409 until the trunk lets them go."""
    site = Site()
    site.trunk(sub_ports=[sub_port(site.one, 7)])
    for port_id, error in ((site.parent, "PortInUseAsTrunkParent"), (site.one, "PortInUseAsSubPort")):
        refused = site.server.call("DELETE", f"/v2.0/ports/{port_id}", token="member")
        assert (409, error) == (refused.status, refused.json()["NeutronError"]["type"])
