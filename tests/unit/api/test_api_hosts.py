"""What hosts report, and what administrators see and do of their agents."""

from typing import Any

import pytest

from fakes.api_server import ApiServer
from underlay.rules.snapshot import QUOTA_DEFAULTS

AGENTS = {
    "agents": [
        {
            "agent_type": agent_type,
            "binary": "underlay-agent",
            "topic": "N/A",
            "started_at": "2013-04-01T11:00:00Z",
            "configurations": {"bridge_mappings": {"default": "br-eth1"}},
        }
        for agent_type in ("Open vSwitch agent", "DHCP agent")
    ]
}


@pytest.fixture
def server() -> ApiServer:
    """A server that host h1 has reported to."""
    made = ApiServer()
    assert {"status": "new"} == made.call("PUT", "/underlay/v1/hosts/h1/heartbeat", AGENTS, "host").json()
    return made


def agent(server: ApiServer, agent_type: str = "DHCP agent") -> dict[str, Any]:
    """The one agent of the type."""
    url = f"/v2.0/agents?agent_type={agent_type.replace(' ', '%20')}"
    found: dict[str, Any] = server.call("GET", url).json()["agents"][0]
    return found


def test_agents_are_alive_while_they_are_heard(server: ApiServer) -> None:
    """Silent for longer than agent_down_time they are down; heard again, revived."""
    assert (True, "2013-04-01 12:00:00") == (agent(server)["alive"], agent(server)["heartbeat_timestamp"])
    server.later(76)
    assert [False, False] == [one["alive"] for one in server.call("GET", "/v2.0/agents").json()["agents"]]
    assert [] == server.call("GET", "/v2.0/agents?alive=True").json()["agents"]
    assert {"status": "revived"} == server.call("PUT", "/underlay/v1/hosts/h1/heartbeat", AGENTS, "host").json()
    assert {"status": "alive"} == server.call("PUT", "/underlay/v1/hosts/h1/heartbeat", AGENTS, "host").json()
    assert agent(server)["alive"]


def test_networks_are_given_to_agents_and_taken_away(server: ApiServer) -> None:
    """dhcp-agent-network-add and -remove, and the two lists."""
    net = server.made("networks", name="n")["id"]
    url = f"/v2.0/agents/{agent(server)['id']}/dhcp-networks"
    reply = server.call("POST", url, {"network_id": net})
    assert (201, b"null") == (reply.status, reply.body)
    assert ["n"] == [one["name"] for one in server.call("GET", url).json()["networks"]]
    serving = server.call("GET", f"/v2.0/networks/{net}/dhcp-agents").json()["agents"]
    assert [agent(server)] == serving
    again = server.call("POST", url, {"network_id": net})
    assert (409, "NetworkHostedByDHCPAgent") == (again.status, again.json()["NeutronError"]["type"])
    assert 204 == server.call("DELETE", f"{url}/{net}", {"network_id": net}).status
    gone = server.call("DELETE", f"{url}/{net}")
    assert (409, "NetworkNotHostedByDhcpAgent") == (gone.status, gone.json()["NeutronError"]["type"])


def test_agents_are_updated_and_deleted_by_administrators(server: ApiServer) -> None:
    """admin_state_up and description can change; members cannot reach them."""
    url = f"/v2.0/agents/{agent(server)['id']}"
    changed = server.call("PUT", url, {"agent": {"admin_state_up": "False", "description": "x"}}).json()["agent"]
    assert (False, "x") == (changed["admin_state_up"], changed["description"])
    assert server.call("DELETE", url, token="member").status in (403, 404)
    assert 204 == server.call("DELETE", url).status
    assert 404 == server.call("GET", url).status


def test_a_plugged_port_becomes_active_where_it_is_plugged(server: ApiServer) -> None:
    """The report binds an unbound port; a port of another host is refused, an unknown one told."""
    net = server.made("networks", shared=True)["id"]
    mine = server.made("ports", "member", network_id=net)["id"]
    other = server.made("ports", network_id=net, binding__host_id="h2")["id"]
    report = {"ports": [{"id": one, "plugged": True, "wired": True} for one in (mine, other, "none")]}
    reply = server.call("POST", "/underlay/v1/hosts/h1/ports", report, "host")
    assert {"ports": {mine: "ACTIVE", other: "REFUSED", "none": "UNKNOWN"}} == reply.json()
    port = server.call("GET", f"/v2.0/ports/{mine}").json()["port"]
    assert ("ACTIVE", "h1", "ovs") == (port["status"], port["binding:host_id"], port["binding:vif_type"])


def test_dhcp_options_of_a_port_are_set_one_by_one(server: ApiServer) -> None:
    """An update sets those that it names and leaves the others; null removes one."""
    net = server.made("networks")["id"]
    options = [{"opt_name": "a", "opt_value": "1"}, {"opt_name": "b", "opt_value": "2"}]
    port = server.made("ports", network_id=net, extra_dhcp_opts=options)["id"]
    changes = [{"opt_name": "c", "opt_value": "3"}, {"opt_name": "a", "opt_value": None}]
    changed = server.call("PUT", f"/v2.0/ports/{port}", {"port": {"extra_dhcp_opts": changes}}).json()["port"]
    assert {"b": "2", "c": "3"} == {one["opt_name"]: one["opt_value"] for one in changed["extra_dhcp_opts"]}


def test_instances_are_kept_for_the_metadata_service(server: ApiServer) -> None:
    """Create, change, list, delete, by their own project."""
    made = server.made("instances", "member", id="vm-1", name="one", public_keys={"k": "ssh-ed25519 A"})
    assert ("vm-1", {"k": "ssh-ed25519 A"}) == (made["id"], made["public_keys"])
    changed = server.call("PUT", "/v2.0/instances/vm-1", {"instance": {"user_data": "I2Nsb3Vk"}}, "member").json()
    assert "I2Nsb3Vk" == changed["instance"]["user_data"]
    assert [] == server.call("GET", "/v2.0/instances", token="other").json()["instances"]
    again = server.call("POST", "/v2.0/instances", {"instance": {"id": "vm-1"}}, "member")
    assert (409, "InstanceInUse") == (again.status, again.json()["NeutronError"]["type"])
    assert 204 == server.call("DELETE", "/v2.0/instances/vm-1", token="member").status


def test_quotas_are_set_shown_and_reset(server: ApiServer) -> None:
    """Own limits beat the defaults; a delete brings those back; use is counted."""
    server.made("networks", "member")
    changed = server.call("PUT", "/v2.0/quotas/project-a", {"quota": {"network": "7"}}).json()["quota"]
    assert {**QUOTA_DEFAULTS, "network": 7, "project_id": "project-a", "tenant_id": "project-a"} == changed
    assert [changed] == server.call("GET", "/v2.0/quotas").json()["quotas"]
    used = server.call("GET", "/v2.0/quotas/project-a/details.json", token="member").json()["quota"]["network"]
    assert {"limit": 7, "used": 1, "reserved": 0} == used
    assert 100 == server.call("GET", "/v2.0/quotas/project-a/default").json()["quota"]["network"]
    assert 204 == server.call("DELETE", "/v2.0/quotas/project-a").status
    assert 100 == server.call("GET", "/v2.0/quotas/project-a").json()["quota"]["network"]
    assert 403 == server.call("PUT", "/v2.0/quotas/project-a", {"quota": {"network": 9}}, "member").status


def test_limits_below_use_are_refused_when_asked_to_check(server: ApiServer) -> None:
    """`check_limit` compares with what is in use; without it, or with `force`, a limit is just set."""
    for _ in range(2):
        server.made("networks", "member")
    url = "/v2.0/quotas/project-a"
    refused = server.call("PUT", url, {"quota": {"network": 1, "check_limit": True}})
    text = "Quota limit 1 for network must be greater than or equal to already used 2"
    assert (400, text) == (refused.status, refused.json()["NeutronError"]["message"])
    assert 200 == server.call("PUT", url, {"quota": {"network": -1, "port": 5, "check_limit": True}}).status
    assert 1 == server.call("PUT", url, {"quota": {"network": 1, "force": True}}).json()["quota"]["network"]


def test_who_am_i_by_way_of_quotas(server: ApiServer) -> None:
    """`quotas/tenant` is how old clients learn their project."""
    reply = server.call("GET", "/v2.0/quotas/tenant.json", token="member")
    assert {"tenant": {"tenant_id": "project-a"}} == reply.json()
