"""The calls behind Horizon's network panels, by a member of a project and by the administrator.

Source: openstack_dashboard/api/neutron.py, and the forms and tables of the panels.
"""

from typing import Any

import pytest

from fakes.api_server import MINE, ApiServer


@pytest.fixture
def server() -> ApiServer:
    """Empty."""
    return ApiServer()


def shown(server: ApiServer, path: str, token: str = "member") -> Any:
    """The only value of the answer."""
    reply = server.call("GET", f"/v2.0/{path}", token=token)
    assert 200 == reply.status, reply.body
    (value,) = (value for key, value in reply.json().items() if not key.endswith("_links"))
    return value


def sent(server: ApiServer, method: str, path: str, body: dict[str, Any], token: str = "member") -> Any:
    """The only value of the answer to a POST or PUT."""
    reply = server.call(method, f"/v2.0/{path}", body, token)
    assert reply.status in (200, 201), reply.body
    (value,) = reply.json().values()
    return value


def test_networks_of_a_project(server: ApiServer) -> None:
    """The wizard sends a network, then a subnet with every field; the tables ask for own, shared and external ones."""
    wish = {"name": "blue", "admin_state_up": True, "tenant_id": MINE, "availability_zone_hints": []}
    network = sent(server, "POST", "networks", {"network": wish})
    subnet = {
        "network_id": network["id"],
        "name": "blue4",
        "cidr": "10.0.0.0/24",
        "ip_version": 4,
        "tenant_id": MINE,
        "enable_dhcp": True,
        "gateway_ip": "10.0.0.1",
        "allocation_pools": [{"start": "10.0.0.10", "end": "10.0.0.20"}],
        "dns_nameservers": ["10.0.0.2"],
        "host_routes": [{"destination": "10.9.0.0/16", "nexthop": "10.0.0.3"}],
    }
    made = sent(server, "POST", "subnets", {"subnet": subnet})
    external = server.made("networks", name="out", router__external=True)
    server.made("networks", name="all", shared=True)
    lists = {
        f"networks?tenant_id={MINE}&shared=False": {"blue"},
        "networks?shared=True": {"all"},
        "networks?router:external=True": {"out"},
    }
    for path, expected in lists.items():
        assert expected == {each["name"] for each in shown(server, path)}
    found = shown(server, f"networks/{network['id']}")
    assert [made["id"]] == found["subnets"]
    assert {"status", "admin_state_up", "shared", "router:external", "mtu", "availability_zones"} <= set(found)
    assert subnet.items() <= shown(server, f"subnets/{made['id']}").items()
    assert [made["id"]] == [each["id"] for each in shown(server, f"subnets?network_id={network['id']}")]
    assert "out" == shown(server, f"networks/{external['id']}")["name"]
    changed = {name: subnet[name] for name in ("name", "enable_dhcp", "gateway_ip", "allocation_pools")}
    changed |= {"name": "new", "gateway_ip": None, "dns_nameservers": [], "host_routes": []}
    assert changed.items() <= sent(server, "PUT", f"subnets/{made['id']}", {"subnet": changed}).items()
    both = {"name": "green", "admin_state_up": False}
    assert both.items() <= sent(server, "PUT", f"networks/{network['id']}", {"network": both}).items()


def test_ports_of_a_project(server: ApiServer) -> None:
    """The forms send all of their fields, also those that did not change."""
    network = server.made("networks", "member")
    wish = {"name": "p", "admin_state_up": True, "network_id": network["id"], "tenant_id": MINE}
    wish |= {"binding:vnic_type": "normal", "port_security_enabled": True}
    port = sent(server, "POST", "ports", {"port": wish})
    assert [port["id"]] == [each["id"] for each in shown(server, f"ports?network_id={network['id']}")]
    assert [] == shown(server, f"trunks?tenant_id={MINE}")
    groups = [each["id"] for each in shown(server, f"security-groups?tenant_id={MINE}")]
    form = {"name": "q", "admin_state_up": False, "binding:vnic_type": "normal", "port_security_enabled": True}
    assert (
        form.items() <= sent(server, "PUT", f"ports/{port['id']}", {"port": form | {"security_groups": groups}}).items()
    )
    pair = {"allowed_address_pairs": [{"ip_address": "10.0.0.9"}]}
    assert 1 == len(sent(server, "PUT", f"ports/{port['id']}", {"port": pair})["allowed_address_pairs"])
    assert (
        []
        == sent(server, "PUT", f"ports/{port['id']}", {"port": {"allowed_address_pairs": []}})["allowed_address_pairs"]
    )


def test_what_the_overview_counts(server: ApiServer) -> None:
    """Quotas with their use, security groups, and the lists of what this cloud does not have."""
    server.made("networks", "member")
    used = shown(server, f"quotas/{MINE}/details.json")
    assert (1, 0) == (used["network"]["used"], used["port"]["used"])
    assert {"used", "limit", "reserved"} == set(used["subnet"])
    assert {"network", "subnet", "port", "security_group", "security_group_rule"} <= set(
        shown(server, f"quotas/{MINE}")
    )
    for path in (f"floatingips?tenant_id={MINE}", f"routers?tenant_id={MINE}", "qos/policies", "subnetpools"):
        assert [] == shown(server, path)
    assert [] == shown(server, "availability_zones"), "there is no agent"
    aliases = {each["alias"] for each in shown(server, "extensions")}
    assert {"security-group", "quotas", "quota_details", "trunk", "qos", "agent", "provider", "binding"} <= aliases
    assert aliases.isdisjoint({"router", "ext-gw-mode", "dvr", "l3-ha"})


def test_the_administrator_s_panels(server: ApiServer) -> None:
    """A provider network by its form, all networks, the agents of one, RBAC policies, use of addresses, quotas."""
    form = {
        "name": "lan",
        "tenant_id": MINE,
        "admin_state_up": True,
        "shared": True,
        "router:external": False,
        "provider:network_type": "vlan",
        "provider:physical_network": "default",
        "provider:segmentation_id": 200,
        "availability_zone_hints": [],
    }
    network = sent(server, "POST", "networks", {"network": form}, "admin")
    assert form.items() <= network.items()
    changed = {"name": "lan", "admin_state_up": True, "shared": False, "router:external": True}
    assert changed.items() <= sent(server, "PUT", f"networks/{network['id']}", {"network": changed}, "admin").items()
    assert ["lan"] == [each["name"] for each in shown(server, "networks", "admin")]
    for path in (f"networks/{network['id']}/dhcp-agents", "agents", "agents?agent_type=DHCP+agent", "trunks"):
        assert [] == shown(server, path, "admin")
    wish = {
        "object_type": "network",
        "object_id": network["id"],
        "action": "access_as_shared",
        "target_tenant": "other",
    }
    policy = sent(server, "POST", "rbac-policies", {"rbac_policy": wish}, "admin")
    assert policy["id"] in {each["id"] for each in shown(server, "rbac-policies", "admin")}
    moved = sent(server, "PUT", f"rbac-policies/{policy['id']}", {"rbac_policy": {"target_tenant": "third"}}, "admin")
    assert "third" == moved["target_tenant"]
    assert network["id"] == shown(server, f"network-ip-availabilities/{network['id']}", "admin")["network_id"]
    quota = {"network": 7, "port": 8}
    assert quota.items() <= sent(server, "PUT", f"quotas/{MINE}", {"quota": quota}, "admin").items()
    assert shown(server, f"quotas/{MINE}/default", "admin")["network"] != 7
