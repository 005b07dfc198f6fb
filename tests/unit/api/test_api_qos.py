from typing import Any
from uuid import UUID, uuid5

import pytest
from msgspec import structs

from fakes.api_server import MINE, REGULATIONS, ApiServer

POLICIES = "/v2.0/qos/policies"
NOTICE = "hosts do not shape or mark traffic yet"

VALUES: dict[str, dict[str, Any]] = {
    "bandwidth_limit": {"max_kbps": 100, "max_burst_kbps": 10, "direction": "ingress"},
    "dscp_marking": {"dscp_mark": 26},
    "minimum_bandwidth": {"min_kbps": 100, "direction": "ingress"},
    "packet_rate_limit": {"max_kpps": 100, "max_burst_kpps": 10, "direction": "ingress"},
    "minimum_packet_rate": {"min_kpps": 100, "direction": "any"},
}


def policy_on(server: ApiServer, **attributes: Any) -> dict[str, Any]:
    """A new policy."""
    reply = server.call("POST", POLICIES, {"policy": attributes})
    assert 201 == reply.status, reply.body
    found: dict[str, Any] = reply.json()["policy"]
    return found


def test_a_policy_over_http() -> None:
    """All five calls, with Neutron's keys."""
    server = ApiServer()
    policy = policy_on(server, name="gold", shared="true", description="fast", project_id=MINE)
    assert {
        "id": policy["id"],
        "name": "gold",
        "project_id": MINE,
        "tenant_id": MINE,
        "shared": True,
        "is_default": False,
        "rules": [],
        "description": "fast",
        "tags": [],
        "created_at": "2013-04-01T12:00:00Z",
        "updated_at": "2013-04-01T12:00:00Z",
        "revision_number": 1,
    } == policy
    one = f"{POLICIES}/{policy['id']}"
    assert policy == server.call("GET", one, token="other").json()["policy"]
    assert [policy] == server.call("GET", f"{POLICIES}?name=gold&shared=true&is_default=false").json()["policies"]
    changed = server.call("PUT", one, {"policy": {"description": "", "is_default": True}}).json()["policy"]
    assert ("", True, 2) == (changed["description"], changed["is_default"], changed["revision_number"])
    assert 403 == server.call("DELETE", one, token="member").status
    assert 204 == server.call("DELETE", one).status
    assert "QosPolicyNotFound" == server.call("GET", one).json()["NeutronError"]["type"]


@pytest.mark.parametrize("kind", VALUES)
def test_a_rule_over_http(kind: str) -> None:
    """Under its policy, and, but for creating and listing, by its id alone with either spelling of the alias."""
    server = ApiServer()
    policy = policy_on(server, project_id=MINE)
    name, many = f"{kind}_rule", f"{POLICIES}/{policy['id']}/{kind}_rules"
    created = server.call("POST", many, {name: VALUES[kind]})
    assert (201, f'299 underlay "{NOTICE}"') == (created.status, created.headers["warning"])
    rule = created.json()[name]
    assert {"id": rule["id"], **VALUES[kind]} == rule
    assert {f"{name}s": [rule]} == server.call("GET", many, token="reader").json()
    shown = server.call("GET", f"{POLICIES}/{policy['id']}").json()["policy"]["rules"]
    assert [{"type": kind, "qos_policy_id": policy["id"], **rule}] == shown
    dashed = f"/v2.0/qos/alias-{kind.replace('_', '-')}-rules/{rule['id']}"
    for one in (f"/v2.0/qos/alias_{kind}_rules/{rule['id']}", dashed):
        assert {f"alias_{name}": rule} == server.call("GET", one, token="member").json()
        assert 403 == server.call("PUT", one, {f"alias_{name}": VALUES[kind]}, "member").status
        assert {f"alias_{name}": rule} == server.call("PUT", one, {f"alias_{name}": VALUES[kind]}).json()
        assert 404 == server.call("GET", one, token="other").status
    under = f"{many}/{rule['id']}"
    number = next(key for key in rule if isinstance(rule[key], int))
    changed = server.call("PUT", under, {name: {number: 46}}).json()[name]
    assert {**rule, number: 46} == changed == server.call("GET", under).json()[name]
    assert 204 == server.call("DELETE", under).status
    assert "QosRuleNotFound" == server.call("GET", under).json()["NeutronError"]["type"]
    assert 404 == server.call("GET", dashed).status


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("bandwidth_limit", {}),
        ("bandwidth_limit", {"max_kbps": -1}),
        ("bandwidth_limit", {"max_kbps": 2**31}),
        ("bandwidth_limit", {"max_kbps": 1, "direction": "any"}),
        ("dscp_marking", {"dscp_mark": 58}),
        ("dscp_marking", {"dscp_mark": 26, "direction": "egress"}),
        ("minimum_bandwidth", {"min_kbps": "much"}),
        ("minimum_packet_rate", {"min_kpps": 1, "direction": "both"}),
        ("minimum_packet_rate", {"min_kpps": 1, "id": "mine"}),
    ],
)
def test_odd_rules_are_400(kind: str, sent: dict[str, Any]) -> None:
    """Values out of range, names that the type has not."""
    server = ApiServer()
    policy = policy_on(server)
    assert 400 == server.call("POST", f"{POLICIES}/{policy['id']}/{kind}_rules", {f"{kind}_rule": sent}).status


def test_rules_without_a_policy() -> None:
    """404, whoever's policy is named; who may not create one is told so first."""
    server = ApiServer()
    body = {"dscp_marking_rule": {"dscp_mark": 26}}
    assert 404 == server.call("POST", f"{POLICIES}/none/dscp_marking_rules", body).status
    assert 404 == server.call("GET", f"{POLICIES}/none/dscp_marking_rules").status
    assert 403 == server.call("POST", f"{POLICIES}/none/dscp_marking_rules", body, "member").status


def test_rules_are_listed_as_records_are() -> None:
    """Filtered, sorted, cut in pages, of one type only."""
    server = ApiServer()
    policy = policy_on(server)
    many = f"{POLICIES}/{policy['id']}/bandwidth_limit_rules"
    rates = {"egress": 5, "ingress": 9}
    for direction, rate in rates.items():
        server.call("POST", many, {"bandwidth_limit_rule": {"max_kbps": rate, "direction": direction}})
    server.call("POST", f"{POLICIES}/{policy['id']}/dscp_marking_rules", {"dscp_marking_rule": {"dscp_mark": 0}})

    def found(query: str) -> list[int]:
        rules = server.call("GET", f"{many}?{query}").json()["bandwidth_limit_rules"]
        return [rule["max_kbps"] for rule in rules]

    assert [9, 5] == found("sort_key=max_kbps&sort_dir=desc")
    assert [9] == found("direction=ingress")
    assert [5] == found("limit=1")
    first = server.call("GET", many).json()["bandwidth_limit_rules"][0]["id"]
    assert ([9], [5]) == (found(f"limit=1&marker={first}"), found(f"id={first}"))
    assert 400 == server.call("GET", f"{many}?colour=red").status


def test_rule_types() -> None:
    """Listed to all, by name only; what their parameters may be is the administrator's."""
    server = ApiServer()
    for query in ("", "?all_rules=True", "?all_supported=true"):
        listed = server.call("GET", f"/v2.0/qos/rule-types{query}", token="reader").json()["rule_types"]
        assert [{"type": kind} for kind in VALUES] == listed
    assert 400 == server.call("GET", "/v2.0/qos/rule-types?colour=red").status
    shown = server.call("GET", "/v2.0/qos/rule-types/minimum_packet_rate").json()["rule_type"]
    assert {
        "type": "minimum_packet_rate",
        "drivers": [
            {
                "name": "underlay",
                "supported_parameters": [
                    {
                        "parameter_name": "min_kpps",
                        "parameter_type": "range",
                        "parameter_values": {"start": 0, "end": 2**31 - 1},
                    },
                    {
                        "parameter_name": "direction",
                        "parameter_type": "choices",
                        "parameter_values": ["any", "ingress", "egress"],
                    },
                ],
            }
        ],
    } == shown
    assert 403 == server.call("GET", "/v2.0/qos/rule-types/dscp_marking", token="member").status
    assert 404 == server.call("GET", "/v2.0/qos/rule-types/colour").status


def test_policies_of_networks_and_ports() -> None:
    """A port shows its own and its network's, also in lists; lists filter by it."""
    server = ApiServer()
    first, second = policy_on(server, shared=True)["id"], policy_on(server, shared=True)["id"]
    network = server.made("networks", "member", qos_policy_id=first)
    plain = server.made("networks", "member")
    assert (first, None) == (network["qos_policy_id"], plain["qos_policy_id"])
    ports = [
        server.made("ports", "member", network_id=network["id"], qos_policy_id=second),
        server.made("ports", "member", network_id=network["id"]),
        server.made("ports", "member", network_id=plain["id"]),
    ]
    expected = [(second, first), (None, first), (None, None)]
    assert expected == [(port["qos_policy_id"], port["qos_network_policy_id"]) for port in ports]
    listed = server.call("GET", "/v2.0/ports").json()["ports"]
    assert expected == [(port["qos_policy_id"], port["qos_network_policy_id"]) for port in listed]
    found = server.call("GET", f"/v2.0/ports?qos_policy_id={second}").json()["ports"]
    assert [ports[0]["id"]] == [port["id"] for port in found]
    assert 404 == server.call("PUT", f"/v2.0/ports/{ports[1]['id']}", {"port": {"qos_policy_id": MISSING}}).status
    assert 400 == server.call("PUT", f"/v2.0/ports/{ports[1]['id']}", {"port": {"qos_policy_id": "gold"}}).status
    taken_off = server.call("PUT", f"/v2.0/ports/{ports[0]['id']}", {"port": {"qos_policy_id": None}}, "member")
    assert None is taken_off.json()["port"]["qos_policy_id"]
    assert 409 == server.call("DELETE", f"{POLICIES}/{first}").status
    assert 204 == server.call("DELETE", f"{POLICIES}/{second}").status


def test_what_a_policy_guarantees_is_asked_of_the_host() -> None:
    """`resource_request`, for administrators: bandwidth of the physical network, packets of the host's switch."""
    server = ApiServer()
    policy = policy_on(server, shared=True)["id"]
    rules = [
        server.call("POST", f"{POLICIES}/{policy}/{kind}_rules", {f"{kind}_rule": sent}).json()[f"{kind}_rule"]["id"]
        for kind, sent in (
            ("minimum_bandwidth", {"min_kbps": 1000}),
            ("dscp_marking", VALUES["dscp_marking"]),
            ("minimum_bandwidth", {"min_kbps": 2000, "direction": "ingress"}),
            ("minimum_packet_rate", VALUES["minimum_packet_rate"]),
        )
    ]
    by_network = server.made("networks", qos_policy_id=policy)
    plain = server.made("networks")
    local = server.made("networks", provider__network_type="local")
    ports = [
        server.made("ports", network_id=by_network["id"]),
        server.made("ports", network_id=plain["id"], qos_policy_id=policy, binding__vnic_type="direct"),
        server.made("ports", network_id=local["id"], qos_policy_id=policy),
        server.made("ports", network_id=plain["id"]),
    ]

    def packets(port: dict[str, Any], trait: str) -> dict[str, Any]:
        group_id = str(uuid5(UUID(port["id"]), rules[3]))
        return {"id": group_id, "required": [trait], "resources": {"NET_PACKET_RATE_KILOPACKET_PER_SEC": 100}}

    def bandwidth(port: dict[str, Any], trait: str) -> dict[str, Any]:
        resources = {"NET_BW_EGR_KILOBIT_PER_SEC": 1000, "NET_BW_IGR_KILOBIT_PER_SEC": 2000}
        group_id = str(uuid5(UUID(port["id"]), f"{rules[0]}:{rules[2]}"))
        return {"id": group_id, "required": ["CUSTOM_PHYSNET_DEFAULT", trait], "resources": resources}

    normal, direct = "CUSTOM_VNIC_TYPE_NORMAL", "CUSTOM_VNIC_TYPE_DIRECT"
    groups = [
        [bandwidth(ports[0], normal), packets(ports[0], normal)],
        [bandwidth(ports[1], direct), packets(ports[1], direct)],
        [packets(ports[2], normal)],
    ]
    expected = [{"request_groups": each, "same_subtree": [group["id"] for group in each]} for each in groups]
    assert [*expected, None] == [port["resource_request"] for port in ports]
    assert [*expected, None] == [port["resource_request"] for port in server.call("GET", "/v2.0/ports").json()["ports"]]
    mine = server.made("ports", "member", network_id=server.made("networks", "member")["id"], qos_policy_id=policy)
    assert "resource_request" not in mine


MISSING = "9efe63d0-836f-4cc2-b00c-468e63aa614e"


def test_what_is_not_enforced_can_be_refused() -> None:
    """`unenforced = "refuse"`: policies, rules and ports with a policy are 409 and nothing is stored."""
    server = ApiServer(structs.replace(REGULATIONS, unenforced="refuse"))
    refused = server.call("POST", POLICIES, {"policy": {}})
    assert (409, "NotEnforced") == (refused.status, refused.json()["NeutronError"]["type"])
    assert [] == server.call("GET", POLICIES).json()["policies"]
    network = server.made("networks", qos_policy_id=None)
    assert None is network["qos_policy_id"]


def test_tags_of_policies() -> None:
    """At Neutron's place, without `/qos`, and below the policy's own URL."""
    server = ApiServer()
    policy = policy_on(server, tags=["a"])
    one = f"{POLICIES}/{policy['id']}"
    assert 201 == server.call("PUT", f"/v2.0/policies/{policy['id']}/tags/b").status
    assert {"tags": ["a", "b"]} == server.call("GET", f"{one}/tags").json()
    assert [policy["id"]] == [each["id"] for each in server.call("GET", f"{POLICIES}?tags=a,b").json()["policies"]]


def test_a_granted_policy_is_shown_as_shared() -> None:
    """To the project that it is granted to by name, and to no other."""
    server = ApiServer()
    policy = policy_on(server)
    one = f"{POLICIES}/{policy['id']}"
    body = {
        "object_type": "qos_policy",
        "object_id": policy["id"],
        "action": "access_as_shared",
        "target_tenant": MINE,
    }
    assert 201 == server.call("POST", "/v2.0/rbac-policies", {"rbac_policy": body}).status
    assert True is server.call("GET", one, token="member").json()["policy"]["shared"]
    assert 404 == server.call("GET", one, token="other").status
    assert False is server.call("GET", one).json()["policy"]["shared"]
