from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from fakes.api_server import CALLERS, MINE, OTHER, REGULATIONS, ApiServer
from underlay.api.render import Viewpoint
from underlay.model.security_group import SecurityGroupRule, Traffic

GROUPS, RULES = "/v2.0/security-groups", "/v2.0/security-group-rules"
TEMPLATE = "/v2.0/default-security-group-rules"
ADDRESSES = "/v2.0/address-groups"


@pytest.fixture
def server() -> ApiServer:
    """An empty server."""
    return ApiServer()


def group(server: ApiServer, token: str = "member", **sent: Any) -> dict[str, Any]:
    """A group, created."""
    reply = server.call("POST", GROUPS, {"security_group": {"name": "web", **sent}}, token)
    assert 201 == reply.status, reply.body
    found: dict[str, Any] = reply.json()["security_group"]
    return found


def rule(server: ApiServer, group_id: str, token: str = "member", **sent: Any) -> dict[str, Any]:
    """A rule, created."""
    body = {"security_group_rule": {"security_group_id": group_id, "direction": "ingress", **sent}}
    reply = server.call("POST", RULES, body, token)
    assert 201 == reply.status, reply.body
    found: dict[str, Any] = reply.json()["security_group_rule"]
    return found


def refused(server: ApiServer, url: str, body: object, method: str = "POST", token: str = "member") -> tuple[int, str]:
    """Status and type of a refusal."""
    reply = server.call(method, url, body, token)
    return reply.status, reply.json()["NeutronError"]["type"]


def names(server: ApiServer, query: str = "", token: str = "member") -> list[str]:
    """The names of the groups listed."""
    return [one["name"] for one in server.call("GET", GROUPS + query, token=token).json()["security_groups"]]


def test_every_project_has_a_default_group_when_it_looks(server: ApiServer) -> None:
    """Also when it is a reader that looks; an administrator who asks for a project's sees it as well."""
    assert ["default"] == names(server, token="reader")
    assert ["default"] == names(server, f"?project_id={OTHER}", token="admin")
    assert ["default"] == names(server, f"?project_id={OTHER}&name=default", token="other")
    assert 4 == len(server.call("GET", RULES, token="reader").json()["security_group_rules"])
    assert [] == names(server, f"?project_id={OTHER}")


def test_a_security_group_over_http(server: ApiServer) -> None:
    """All five calls, tags, and the rules within."""
    made = group(server, description="frontends", stateful="false")
    assert {
        "id",
        "name",
        "description",
        "project_id",
        "tenant_id",
        "shared",
        "stateful",
        "security_group_rules",
        "tags",
        "created_at",
        "updated_at",
        "revision_number",
    } == set(made)
    assert (False, False, "frontends", 1) == tuple(
        made[name] for name in ("stateful", "shared", "description", "revision_number")
    )
    one = f"{GROUPS}/{made['id']}"
    assert made == server.call("GET", one, token="reader").json()["security_group"]
    after = server.call("PUT", one, {"security_group": {"name": "www", "stateful": True}}, "member")
    assert ("www", True, 2) == tuple(
        after.json()["security_group"][name] for name in ("name", "stateful", "revision_number")
    )
    assert ["www"] == names(server, "?stateful=true&name=www")
    assert 201 == server.call("PUT", f"{one}/tags/blue", None, "member").status
    assert ["www"] == names(server, "?tags=blue")
    assert (404, "SecurityGroupNotFound") == refused(server, one, None, "DELETE", "other")
    assert 204 == server.call("DELETE", one, None, "member").status
    assert (404, "SecurityGroupNotFound") == refused(server, one, None, "GET")


def test_rules_are_shown_alike_in_their_group_and_alone(server: ApiServer) -> None:
    """Same attributes, same values; a rule has no update."""
    made = group(server)
    added = rule(server, made["id"], protocol="TCP", port_range_min="22", port_range_max=22, ethertype="ipv4")
    assert {
        "direction": "ingress",
        "ethertype": "IPv4",
        "protocol": "tcp",
        "port_range_min": 22,
        "port_range_max": 22,
        "remote_ip_prefix": None,
        "remote_group_id": None,
        "remote_address_group_id": None,
        "normalized_cidr": None,
        "belongs_to_default_sg": False,
        "security_group_id": made["id"],
        "project_id": MINE,
        "description": "",
    }.items() <= added.items()
    shown = server.call("GET", f"{GROUPS}/{made['id']}", token="member").json()["security_group"]
    assert added == shown["security_group_rules"][-1]
    assert added == server.call("GET", f"{RULES}/{added['id']}", token="reader").json()["security_group_rule"]
    assert 405 == server.call("PUT", f"{RULES}/{added['id']}", {"security_group_rule": {}}, "member").status


def test_rules_are_filtered(server: ApiServer) -> None:
    """By group, direction, protocol, port, belonging to a default group, normalized prefix."""
    made = group(server)
    added = rule(server, made["id"], protocol=17, port_range_min=53, port_range_max=53, remote_ip_prefix="10.1.2.3/8")
    assert ("17", "10.1.2.3/8", "10.0.0.0/8") == tuple(
        added[name] for name in ("protocol", "remote_ip_prefix", "normalized_cidr")
    )

    def found(query: str) -> list[str]:
        rules = server.call("GET", f"{RULES}?{query}", token="member").json()["security_group_rules"]
        return [one["id"] for one in rules]

    of_group = f"security_group_id={made['id']}"
    assert 3 == len(found(of_group))
    for query in ("direction=ingress", "protocol=17", "port_range_min=53", "normalized_cidr=10.0.0.0/8"):
        assert [added["id"]] == found(f"{of_group}&{query}")
    assert 4 == len(found("belongs_to_default_sg=True"))
    assert [added["id"]] == found("remote_ip_prefix=10.1.2.3/8")


def test_a_prefix_without_length_is_one_address(server: ApiServer) -> None:
    """As Neutron completes it; IPv6 as well."""
    made = group(server)
    assert "192.168.1.10/32" == rule(server, made["id"], remote_ip_prefix="192.168.1.10")["remote_ip_prefix"]
    six = rule(server, made["id"], remote_ip_prefix="2001:DB8::1", ethertype="IPv6")
    assert "2001:db8::1/128" == six["remote_ip_prefix"]


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"direction": "sideways"}, 400, "HTTPBadRequest"),
        ({"protocol": "bad"}, 400, "SecurityGroupRuleInvalidProtocol"),
        ({"protocol": 256}, 400, "SecurityGroupRuleInvalidProtocol"),
        ({"protocol": True}, 400, "SecurityGroupRuleInvalidProtocol"),
        ({"ethertype": "IPv5"}, 400, "SecurityGroupRuleInvalidEtherType"),
        ({"protocol": "tcp", "port_range_min": -16, "port_range_max": 80}, 400, "SecurityGroupInvalidPortValue"),
        ({"protocol": "tcp", "port_range_min": 80, "port_range_max": 65536}, 400, "SecurityGroupInvalidPortValue"),
        ({"protocol": "tcp", "port_range_min": 80, "port_range_max": 79}, 400, "SecurityGroupInvalidPortRange"),
        ({"remote_ip_prefix": "bad_ip"}, 400, "InvalidCIDR"),
        ({"remote_ip_prefix": "10.0.0.0/8", "ethertype": "IPv6"}, 400, "SecurityGroupRuleParameterConflict"),
        ({"remote_group_id": "bad"}, 404, "SecurityGroupNotFound"),
        ({"remote_group_id": "00000000-0000-4000-8000-999999999999"}, 404, "SecurityGroupNotFound"),
        ({"remote_address_group_id": "00000000-0000-4000-8000-999999999999"}, 404, "AddressGroupNotFound"),
        ({"security_group_id": "00000000-0000-4000-8000-999999999999"}, 404, "SecurityGroupNotFound"),
        ({"normalized_cidr": "10.0.0.0/8"}, 400, "HTTPBadRequest"),
    ],
)
def test_rules_that_cannot_be(server: ApiServer, sent: dict[str, Any], status: int, error: str) -> None:
    """With Neutron's types."""
    made = group(server)
    body = {"security_group_rule": {"security_group_id": made["id"], "direction": "ingress", **sent}}
    assert (status, error) == refused(server, RULES, body)


def test_the_same_rule_twice(server: ApiServer) -> None:
    """409 with the id of the one that is there, also within one request, which then makes none."""
    made = group(server)
    added = rule(server, made["id"], protocol="tcp")
    body = {"security_group_rule": {"security_group_id": made["id"], "direction": "ingress", "protocol": 6}}
    reply = server.call("POST", RULES, body, "member")
    assert (409, f"Security group rule already exists. Rule id is {added['id']}.") == (
        reply.status,
        reply.json()["NeutronError"]["message"],
    )
    udp = {"security_group_id": made["id"], "direction": "ingress", "protocol": "udp"}
    assert (409, "SecurityGroupRuleExists") == refused(server, RULES, {"security_group_rules": [udp, udp]})
    shown = server.call("GET", f"{GROUPS}/{made['id']}").json()["security_group"]["security_group_rules"]
    assert 3 == len(shown)


def test_an_administrators_rule_in_a_projects_group(server: ApiServer) -> None:
    """The group's owner sees it, in the group and in the list; others see neither."""
    made = group(server)
    added = rule(server, made["id"], token="admin", protocol="tcp")
    assert "admin" == added["project_id"]
    rules = server.call("GET", RULES, token="member").json()["security_group_rules"]
    assert added["id"] in [one["id"] for one in rules]
    others = server.call("GET", RULES, token="other").json()["security_group_rules"]
    assert added["id"] not in [one["id"] for one in others]
    assert (404, "SecurityGroupRuleNotFound") == refused(server, f"{RULES}/{added['id']}", None, "GET", "other")
    assert 204 == server.call("DELETE", f"{RULES}/{added['id']}", None, "member").status


def test_the_name_default_and_what_is_no_name(server: ApiServer) -> None:
    """409 for `default`, 400 for what is too long or no text."""
    taken = (409, "SecurityGroupDefaultAlreadyExists")
    assert taken == refused(server, GROUPS, {"security_group": {"name": "DEFAULT"}})
    for name in ("x" * 256, True, None):
        assert (400, "HTTPBadRequest") == refused(server, GROUPS, {"security_group": {"name": name}})
    default = server.call("GET", f"{GROUPS}?name=default", token="member").json()["security_groups"][0]
    one = f"{GROUPS}/{default['id']}"
    body = {"security_group": {"name": "mine"}}
    assert (409, "SecurityGroupCannotUpdateDefault") == refused(server, one, body, "PUT")
    assert (409, "SecurityGroupCannotRemoveDefault") == refused(server, one, None, "DELETE")


def test_what_new_groups_start_with(server: ApiServer) -> None:
    """All read it, administrators change it; filters, fields and pages work as elsewhere."""
    rules = server.call("GET", TEMPLATE, token="reader").json()["default_security_group_rules"]
    assert [
        ("egress", "IPv4", None, True, True),
        ("egress", "IPv6", None, True, True),
        ("ingress", "IPv4", "PARENT", True, False),
        ("ingress", "IPv6", "PARENT", True, False),
    ] == [
        (
            one["direction"],
            one["ethertype"],
            one["remote_group_id"],
            one["used_in_default_sg"],
            one["used_in_non_default_sg"],
        )
        for one in rules
    ]
    assert "Legacy default SG rule for egress traffic" == rules[0]["description"]
    assert "project_id" not in rules[0]
    ping = {"direction": "ingress", "protocol": "icmp", "description": "ping", "project_id": "x"}
    body = {"default_security_group_rule": ping}
    assert (403, "PolicyNotAuthorized") == refused(
        server, TEMPLATE, {"default_security_group_rule": {**ping, "project_id": MINE}}
    )
    added = server.call("POST", TEMPLATE, body).json()["default_security_group_rule"]
    assert (False, True, "ping") == tuple(
        added[name] for name in ("used_in_default_sg", "used_in_non_default_sg", "description")
    )
    assert (409, "DefaultSecurityGroupRuleExists") == refused(server, TEMPLATE, body, token="admin")
    one = f"{TEMPLATE}/{added['id']}"
    assert added == server.call("GET", one, token="member").json()["default_security_group_rule"]

    def found(query: str) -> list[str]:
        listed = server.call("GET", f"{TEMPLATE}?{query}", token="member").json()["default_security_group_rules"]
        return [each["id"] for each in listed]

    assert [added["id"]] == found("protocol=icmp")
    assert [added["id"]] == found(f"id={added['id']}")
    assert [rules[1]["id"], rules[2]["id"]] == found(f"limit=2&marker={rules[0]['id']}")
    assert 4 == len(found("used_in_default_sg=True"))
    assert 3 == len(group(server)["security_group_rules"])
    assert 204 == server.call("DELETE", one).status
    assert (404, "DefaultSecurityGroupRuleNotFound") == refused(server, one, None, "GET")


def test_address_groups_over_http(server: ApiServer) -> None:
    """Prefixes are normalized and kept once; two actions change them."""
    sent = {
        "name": "offices",
        "description": "ours",
        "addresses": ["10.10.10.3/32", "192.168.0.10/24", "2001:db8::f00/64"],
    }
    made = server.call("POST", ADDRESSES, {"address_group": sent}, "member").json()["address_group"]
    assert ["10.10.10.3/32", "192.168.0.0/24", "2001:db8::/64"] == made["addresses"]
    one = f"{ADDRESSES}/{made['id']}"
    added = server.call("PUT", f"{one}/add_addresses", {"addresses": ["10.20.30.40/32"]}, "member").json()
    assert "10.20.30.40/32" == added["address_group"]["addresses"][-1]
    removed = server.call("PUT", f"{one}/remove_addresses", {"addresses": ["10.10.10.3/32"]}, "member").json()
    assert ["192.168.0.0/24", "2001:db8::/64", "10.20.30.40/32"] == removed["address_group"]["addresses"]
    for action, address, expected in (
        ("add_addresses", "192.168.0.1/24", (400, "AddressesAlreadyExist")),
        ("add_addresses", "no address", (400, "HTTPBadRequest")),
        ("remove_addresses", "10.200.200.200", (404, "AddressesNotFound")),
        ("remove_addresses", "no address", (400, "HTTPBadRequest")),
    ):
        assert expected == refused(server, f"{one}/{action}", {"addresses": [address]}, "PUT")
    for wrong in (["10.20.30.40"], ["this is bad"], "10.0.0.0/8", ["10.0.0.0/8", "10.0.0.0/8"]):
        assert (400, "HTTPBadRequest") == refused(server, ADDRESSES, {"address_group": {"addresses": wrong}})
    assert (404, "AddressGroupNotFound") == refused(server, f"{one}/add_addresses", {"addresses": []}, "PUT", "other")
    assert (404, "AddressGroupNotFound") == refused(server, one, None, "GET", "other")
    renamed = server.call("PUT", one, {"address_group": {"name": "branches"}}, "member").json()["address_group"]
    assert "branches" == renamed["name"]
    assert (400, "HTTPBadRequest") == refused(server, one, {"address_group": {"addresses": []}}, "PUT")
    assert 204 == server.call("DELETE", one, None, "member").status


def test_ports_and_their_groups(server: ApiServer) -> None:
    """The default group when nothing is sent; lists find ports by group; doubles and unknown ones are told."""
    network = server.made("networks", "member")
    first = server.made("ports", "member", network_id=network["id"])
    default = server.call("GET", f"{GROUPS}?name=default", token="member").json()["security_groups"][0]
    assert ([default["id"]], True, []) == tuple(
        first[name] for name in ("security_groups", "port_security_enabled", "allowed_address_pairs")
    )
    own = group(server)
    second = server.made("ports", "member", network_id=network["id"], security_groups=[own["id"]])
    assert [] == server.made("ports", "member", network_id=network["id"], security_groups=None)["security_groups"]
    listed = server.call("GET", f"/v2.0/ports?security_groups={own['id']}", token="member").json()["ports"]
    assert [second["id"]] == [one["id"] for one in listed]
    assert (409, "SecurityGroupInUse") == refused(server, f"{GROUPS}/{own['id']}", None, "DELETE")
    url = f"/v2.0/ports/{second['id']}"
    for groups, expected in (
        ([own["id"], own["id"]], (400, "HTTPBadRequest")),
        (["00000000-0000-4000-8000-999999999999"], (404, "SecurityGroupNotFound")),
        ("default", (400, "HTTPBadRequest")),
        (["default"], (400, "HTTPBadRequest")),
    ):
        assert expected == refused(server, url, {"port": {"security_groups": groups}}, "PUT")
    body = {"ports": [{"network_id": network["id"]}, {"network_id": network["id"], "security_groups": []}]}
    bulk = server.call("POST", "/v2.0/ports", body, "member").json()["ports"]
    assert [[default["id"]], []] == [one["security_groups"] for one in bulk]


@pytest.mark.parametrize(
    ("pairs", "status", "error"),
    [
        ("x", 400, "HTTPBadRequest"),
        (["x"], 400, "HTTPBadRequest"),
        ([{}], 400, "AllowedAddressPairsMissingIP"),
        ([{"ip_address": "10.0.0.300"}], 400, "HTTPBadRequest"),
        ([{"ip_address": "10.0.0.0/33"}], 400, "HTTPBadRequest"),
        ([{"ip_address": "224.0.0.9"}], 400, "HTTPBadRequest"),
        ([{"ip_address": "ff00::/8"}], 400, "HTTPBadRequest"),
        ([{"ip_address": "10.0.0.1", "mac_address": "01:00:00:00:00:00"}], 400, "HTTPBadRequest"),
        ([{"ip_address": "10.0.0.1", "mac_address": "x"}], 400, "HTTPBadRequest"),
        ([{"ip_address": "10.0.0.1", "active": True}], 400, "HTTPBadRequest"),
        ([{"ip_address": "10.0.0.1"}] * 2, 400, "DuplicateAddressPairInRequest"),
        ([{"ip_address": f"10.0.0.{n}"} for n in range(11)], 400, "AllowedAddressPairExhausted"),
    ],
)
def test_address_pairs_that_cannot_be(server: ApiServer, pairs: Any, status: int, error: str) -> None:
    """With Neutron's types."""
    network = server.made("networks", "member")
    body = {"port": {"network_id": network["id"], "allowed_address_pairs": pairs}}
    assert (status, error) == refused(server, "/v2.0/ports", body)


def test_address_pairs_come_back_as_they_were_sent(server: ApiServer) -> None:
    """Addresses and prefixes, with the MAC sent or the port's own; 0.0.0.0/0 is everything, and no multicast."""
    network = server.made("networks", "member")
    pairs = [
        {"ip_address": "10.0.0.0/24", "mac_address": "02:00:00:00:00:09"},
        {"ip_address": "2001:db8::9"},
        {"ip_address": "0.0.0.0/0"},
    ]
    port = server.made("ports", "member", network_id=network["id"], allowed_address_pairs=pairs)
    own = {"mac_address": port["mac_address"]}
    assert [pairs[0], {**pairs[1], **own}, {**pairs[2], **own}] == port["allowed_address_pairs"]


def test_port_security_over_http(server: ApiServer) -> None:
    """On networks for new ports, on ports; the conflicts have Neutron's types."""
    network = server.made("networks", "member", port_security_enabled=False)
    assert network["port_security_enabled"] is False
    port = server.made("ports", "member", network_id=network["id"])
    assert (False, []) == (port["port_security_enabled"], port["security_groups"])
    guarded = server.made("ports", "member", network_id=network["id"], port_security_enabled=True)
    url = f"/v2.0/ports/{guarded['id']}"
    off = {"port": {"port_security_enabled": False}}
    assert (409, "PortSecurityPortHasSecurityGroup") == refused(server, url, off, "PUT")
    groups = {"port": {"security_groups": guarded["security_groups"]}}
    expected = (400, "PortSecurityAndIPRequiredForSecurityGroups")
    assert expected == refused(server, f"/v2.0/ports/{port['id']}", groups, "PUT")
    shared = server.made("networks", shared=True)
    body = {"port": {"network_id": shared["id"], "port_security_enabled": False}}
    assert (403, "PolicyNotAuthorized") == refused(server, "/v2.0/ports", body)


def test_what_hosts_do_not_enforce_is_said(server: ApiServer) -> None:
    """A Warning for what was asked for, none for what was not."""
    network = server.made("networks", "member")
    plain = server.call("POST", "/v2.0/ports", {"port": {"network_id": network["id"]}}, "member")
    assert "warning" not in plain.headers
    made = server.call("POST", GROUPS, {"security_group": {"name": "web"}}, "member")
    assert '299 underlay "hosts do not enforce security groups yet"' == made.headers["warning"]
    url = f"/v2.0/ports/{plain.json()['port']['id']}"
    for sent in ({"security_groups": []}, {"port_security_enabled": "true", "name": "x"}):
        reply = server.call("PUT", url, {"port": sent}, "member")
        assert ("port_security_enabled" in sent) is ("warning" in reply.headers)


def test_what_hosts_do_not_enforce_can_be_refused() -> None:
    """With `unenforced = "refuse"`: 409 that names the setting, and nothing is made."""
    server = ApiServer(structs.replace(REGULATIONS, unenforced="refuse"))
    network = server.made("networks", "member")
    reply = server.call("POST", GROUPS, {"security_group": {"name": "web"}}, "member")
    assert (409, "NotEnforced", True) == (
        reply.status,
        reply.json()["NeutronError"]["type"],
        "`unenforced`" in reply.json()["NeutronError"]["message"],
    )
    pairs = {"network_id": network["id"], "allowed_address_pairs": [{"ip_address": "10.0.0.1"}]}
    assert (409, "NotEnforced") == refused(server, "/v2.0/ports", {"port": pairs})
    assert [] == server.made("ports", "member", network_id=network["id"])["security_groups"]


def test_quotas_of_security_groups(server: ApiServer) -> None:
    """Counted in the details, enforced at creation."""
    group(server)
    used = server.call("GET", f"/v2.0/quotas/{MINE}/details", token="member").json()["quota"]
    assert {"limit": 10, "used": 2, "reserved": 0} == used["security_group"]
    assert {"limit": 100, "used": 6, "reserved": 0} == used["security_group_rule"]
    assert 200 == server.call("PUT", f"/v2.0/quotas/{MINE}", {"quota": {"security_group": 2}}).status
    assert (409, "OverQuota") == refused(server, GROUPS, {"security_group": {"name": "more"}})


class CountingSnapshot:
    """Answers what security groups ask for, and counts."""

    def __init__(self, rules: Sequence[SecurityGroupRule]) -> None:
        self.rules = rules
        self.asked: list[frozenset[str]] = []

    def linked_to(self, _: object, relation: str, to_ids: Collection[str]) -> Sequence[SecurityGroupRule]:
        """The rules of these groups."""
        assert "security_group" == relation
        self.asked.append(frozenset(to_ids))
        return [one for one in self.rules if one.security_group_id in to_ids]


def test_the_rules_of_listed_groups_are_read_at_once() -> None:
    """One lookup, however many groups are shown."""
    now = datetime(2026, 1, 2, tzinfo=UTC)
    rules = [SecurityGroupRule(f"r{n}", MINE, f"g{n}", Traffic("ingress"), now, now) for n in range(3)]
    snapshot = CountingSnapshot(rules)
    view = Viewpoint(CALLERS["member"], snapshot, REGULATIONS, now)  # type: ignore[arg-type]
    view.expect(["g0", "g1", "g2"])
    assert [["r0"], ["r1"], ["r2"]] == [[one["id"] for one in view.rules_of(f"g{n}")] for n in range(3)]
    assert [frozenset({"g0", "g1", "g2"})] == snapshot.asked


def test_a_shared_group_is_seen_used_and_not_changed(server: ApiServer) -> None:
    """By the project that an RBAC policy names: in lists, in its ports; its rules are seen in the group alone."""
    made = group(server)
    network = server.made("networks", "other")
    port = {"port": {"network_id": network["id"], "security_groups": [made["id"]]}}
    assert (404, "SecurityGroupNotFound") == refused(server, "/v2.0/ports", port, token="other")
    policy = {
        "object_type": "security_group",
        "object_id": made["id"],
        "action": "access_as_shared",
        "target_tenant": OTHER,
    }
    granted = server.call("POST", "/v2.0/rbac-policies", {"rbac_policy": policy}, "member")
    assert 201 == granted.status, granted.body
    one = f"{GROUPS}/{made['id']}"
    seen = server.call("GET", one, token="other").json()["security_group"]
    assert (True, 2) == (seen["shared"], len(seen["security_group_rules"]))
    assert server.call("GET", one, token="member").json()["security_group"]["shared"] is False
    assert ["web"] == names(server, "?shared=True", token="other")
    assert (404, "SecurityGroupNotFound") == refused(server, one, {"security_group": {"name": "x"}}, "PUT", "other")
    rules = server.call("GET", f"{RULES}?security_group_id={made['id']}", token="other").json()
    assert {"security_group_rules": []} == rules
    used = server.call("POST", "/v2.0/ports", port, "other")
    assert [made["id"]] == used.json()["port"]["security_groups"]
    policy_url = f"/v2.0/rbac-policies/{granted.json()['rbac_policy']['id']}"
    assert (409, "RbacPolicyInUse") == refused(server, policy_url, None, "DELETE")
    assert 204 == server.call("DELETE", f"/v2.0/ports/{used.json()['port']['id']}", None, "other").status
    assert 204 == server.call("DELETE", one, None, "member").status
    assert 404 == server.call("GET", policy_url, token="member").status


@pytest.mark.parametrize("path", ["security-groups", "security-group-rules"])
def test_a_list_that_is_refused_makes_no_default_group(path: str) -> None:
    """400 for a filter that does not exist, and nothing is stored."""
    server = ApiServer()
    with server.store.read() as reading:
        before = reading.revision()
    assert 400 == server.call("GET", f"/v2.0/{path}?bogus=1", token="member").status
    with server.store.read() as reading:
        assert before == reading.revision()
