from datetime import UTC, datetime
from typing import Any

import pytest

from fakes.api_server import ApiServer

STARTED = datetime(2013, 4, 1, tzinfo=UTC).isoformat()
DETAILS = {
    "bridge_name": "br-int",
    "connectivity": "l2",
    "datapath_type": "system",
    "ovs_hybrid_plug": False,
    "port_filter": False,
}


class Site:
    """A machine's port on h1."""

    def __init__(self, **attributes: Any) -> None:
        self.server = ApiServer()
        network = self.server.made("networks", "member")
        wanted = {"device_owner": "compute:nova", "binding__host_id": "h1", **attributes}
        self.port = self.server.made("ports", network_id=network["id"], **wanted)
        self.many = f"/v2.0/ports/{self.port['id']}/bindings"

    def shown(self) -> dict[str, Any]:
        """The port."""
        found: dict[str, Any] = self.server.call("GET", f"/v2.0/ports/{self.port['id']}").json()["port"]
        return found


def binding(host: str, status: str, **fields: Any) -> dict[str, Any]:
    """As the API has it."""
    plain = {"vif_type": "ovs", "vif_details": DETAILS, "vnic_type": "normal", "profile": {}}
    return {"host": host, "status": status, **plain, **fields}


def test_bindings_over_http() -> None:
    """Made, listed, changed, activated, deleted; the answer to an activation is the binding, bare."""
    site = Site()
    call = site.server.call
    made = call("POST", site.many, {"binding": {"host": "h2", "profile": {"a": 1}}})
    assert (201, {"binding": binding("h2", "INACTIVE", profile={"a": 1})}) == (made.status, made.json())
    both = [binding("h1", "ACTIVE"), binding("h2", "INACTIVE", profile={"a": 1})]
    assert {"bindings": both} == call("GET", site.many).json()
    assert {"bindings": both[1:]} == call("GET", f"{site.many}?status=INACTIVE&vif_type=ovs").json()
    assert {"binding": both[0]} == call("GET", f"{site.many}/h1").json()
    changed = call("PUT", f"{site.many}/h2", {"binding": {"host": "h3", "profile": None}}).json()
    assert {"binding": binding("h3", "INACTIVE")} == changed
    active = call("PUT", f"{site.many}/h3/activate")
    assert (200, binding("h3", "ACTIVE")) == (active.status, active.json())
    assert "h3" == site.shown()["binding:host_id"]
    assert 204 == call("DELETE", f"{site.many}/h1").status
    assert "PortBindingNotFound" == call("GET", f"{site.many}/h1").json()["NeutronError"]["type"]
    again = call("PUT", f"{site.many}/h3/activate")
    assert (409, "PortBindingAlreadyActive") == (again.status, again.json()["NeutronError"]["type"])


@pytest.mark.parametrize(
    "sent", [{}, {"host": ""}, {"host": 7}, {"host": "h2", "vnic_type": "odd"}, {"host": "h2", "profile": 7}]
)
def test_odd_bindings_are_400(sent: dict[str, Any]) -> None:
    """Neutron's kinds of devices, a host, a dictionary."""
    site = Site()
    assert 400 == site.server.call("POST", site.many, {"binding": sent}).status


def test_bindings_are_the_administrators() -> None:
    """Who sees the port is told so, others find no port."""
    site = Site()
    for method, url in (("GET", site.many), ("GET", f"{site.many}/h1"), ("PUT", f"{site.many}/h1/activate")):
        assert (403, 404) == tuple(site.server.call(method, url, token=who).status for who in ("member", "other"))
    assert 404 == site.server.call("GET", "/v2.0/ports/none/bindings").status


def test_the_bridge_is_the_agents() -> None:
    """`bridge_name` and datapath as the host's agent reports them, also in lists."""
    site = Site()
    configurations = {"integration_bridge": "br-vm", "datapath_type": "netdev"}
    state = {
        "agent_type": "Open vSwitch agent",
        "binary": "underlay-agent",
        "topic": "N/A",
        "started_at": STARTED,
        "configurations": configurations,
    }
    assert 200 == site.server.call("PUT", "/underlay/v1/hosts/h1/heartbeat", {"agents": [state]}, "host").status
    expected = {**DETAILS, "bridge_name": "br-vm", "datapath_type": "netdev"}
    assert expected == site.shown()["binding:vif_details"]
    site.server.made("ports", network_id=site.port["network_id"], binding__host_id="h2")
    listed = site.server.call("GET", "/v2.0/ports").json()["ports"]
    assert [expected, DETAILS] == [port["binding:vif_details"] for port in listed]


def test_devices_that_open_vswitch_has_not() -> None:
    """`binding_failed`, but for those that it offloads to the card."""
    for vnic_type, profile, expected in (
        ("direct", {}, "binding_failed"),
        ("direct", {"capabilities": ["switchdev"]}, "ovs"),
        ("vdpa", {}, "binding_failed"),
    ):
        site = Site(binding__vnic_type=vnic_type, binding__profile=profile)
        assert expected == site.port["binding:vif_type"]
    assert "unbound" == Site(binding__host_id="", binding__vnic_type="direct").port["binding:vif_type"]


def test_a_profile_has_its_limits() -> None:
    """4095 characters of JSON."""
    site = Site()
    one = f"/v2.0/ports/{site.port['id']}"
    assert 200 == site.server.call("PUT", one, {"port": {"binding:profile": {"a": "x" * 4087}}}).status
    refused = site.server.call("PUT", one, {"port": {"binding:profile": {"a": "x" * 4088}}})
    assert (400, "InvalidInput") == (refused.status, refused.json()["NeutronError"]["type"])


def test_uplinks_and_new_macs() -> None:
    """`propagate_uplink_status` is kept; `mac_address` null asks for another."""
    site = Site(binding__host_id="", propagate_uplink_status=False)
    assert False is site.port["propagate_uplink_status"]
    one = f"/v2.0/ports/{site.port['id']}"
    changed = site.server.call("PUT", one, {"port": {"propagate_uplink_status": True, "mac_address": None}})
    port = changed.json()["port"]
    assert (True, True) == (port["propagate_uplink_status"], port["mac_address"] != site.port["mac_address"])
