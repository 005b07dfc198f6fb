"""Every route, walked by everyone: each answer is what the table of policy says, and a refusal changes nothing.

A cell is a route and a caller. What is expected follows from the policy's rules alone, by the steps that a route takes:
whether the object may be seen (404), whether this may be done with it (403).
"""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from fakes.api_server import ApiServer
from fakes.identity_server import NOW, SECRET, IdentityServer
from underlay.api.absent import ABSENT
from underlay.api.attributes import RESOURCES
from underlay.api.attributes.attribute import Resource
from underlay.api.attributes.qos_rule import QOS_RULES
from underlay.api.routes import ENDPOINTS, FEED_PATH
from underlay.identity.passwords import Passwords
from underlay.identity.setup import add_user
from underlay.identity.table import ENDPOINTS as IDENTITY_ENDPOINTS
from underlay.model.caller import Caller
from underlay.model.identity import RoleName
from underlay.model.policy.expression import NO
from underlay.model.policy.policy import DEFAULT_POLICY

STRANGERS: Final = ("nobody", "forged", "expired", "revoked")
USERS: Final = {
    "reader": "a",
    "member": "a",
    "manager": "a",
    "other": "b",
    "service": "services",
    "admin": "operations",
}
"""Caller -> its project; `a` owns what is walked."""
ROLE_OF: Final = {"other": "member"}
CALLERS: Final = (*STRANGERS, *USERS, "net1")
UNDECIDED: Final = "revision_number=999999"
"""No record has this revision: who may change it is told 412, and it stays."""

Step = tuple[Literal["ever", "hide", "always", "see", "do"], str]


class World:
    """One of each record, of project `a`, and a token for each caller.

    Attributes:
    names: parameter of a path, with the collection before it -> the value that names the record.
    """

    def __init__(self) -> None:
        self.identity = IdentityServer()
        passwords = Passwords(time_cost=1, memory_kib=8)
        for name, project in USERS.items():
            role = RoleName(ROLE_OF.get(name, name))
            add_user(self.identity.store, passwords, f"u-{name}", project, role, SECRET)
        self.tokens: dict[str, str | None] = {name: self.identity.token(f"u-{name}") for name in USERS}
        self.tokens |= {
            "nobody": None,
            "forged": self.tokens["admin"][:-3] + "xyz",
            "net1": self.identity.token("net1"),
        }  # type: ignore[index]
        self.tokens["revoked"] = self.identity.token("root")
        self.identity.ask(
            "DELETE", "/v3/auth/tokens", self.tokens["admin"] or "", x_subject_token=self.tokens["revoked"]
        )
        self.identity.clock.now = NOW - 7200
        self.tokens["expired"] = self.identity.token("root")
        self.identity.clock.now = NOW
        self.project = self.identity.project("a").id
        self.server = ApiServer(verify=self.identity.tokens.verify)
        self.names: dict[str, str] = {}
        self._fill()

    def caller(self, name: str) -> Caller:
        """The caller as rules see it."""
        return self.identity.tokens.verify(self.tokens[name] or "")

    def call(self, method: str, url: str, body: object, name: str, **headers: str) -> Any:
        """One request by the caller."""
        return self.server.call(method, url, body, self.tokens[name], **headers)

    def revision(self) -> int:
        """Of the store."""
        with self.server.store.read() as reading:
            return reading.revision()

    def _make(self, url: str, name: str, /, **sent: Any) -> str:
        reply = self.call("POST", f"/v2.0/{url}", {name: sent}, "admin")
        assert 201 == reply.status, (url, reply.body)
        self.names[url] = made = reply.json()[name].get("id", "")
        return str(made)

    def _fill(self) -> None:
        mine = {"project_id": self.project}
        network = self._make("networks", "network", **mine)
        self._make("subnets", "subnet", network_id=network, cidr="10.0.0.0/24", **mine)
        compute = {"network_id": network, "device_owner": "compute:nova", **mine}
        parent = self._make("ports", "port", network_id=network, **mine)
        self._make("trunks", "trunk", port_id=parent, **mine)
        port = self._make("ports", "port", **compute, **{"binding:host_id": "h9"})
        self._make("instances", "instance", **mine)
        group = self._make("security-groups", "security_group", name="web", **mine)
        self._make("security-group-rules", "security_group_rule", security_group_id=group, direction="ingress", **mine)
        self._make("address-groups", "address_group", addresses=["10.0.0.1/32"], **mine)
        self._make("address-scopes", "address_scope", ip_version=4, **mine)
        self._make("subnetpools", "subnetpool", name="p", prefixes=["10.0.0.0/8"], **mine)
        policy = self._make("qos/policies", "policy", name="slow", **mine)
        for resource in QOS_RULES:
            made = self._make(
                f"qos/policies/{policy}/{resource.collection}", resource.name, **QOS_BODIES[resource.name]
            )
            self.names[resource.collection] = made
        self._make(
            "rbac-policies",
            "rbac_policy",
            object_type="network",
            object_id=network,
            action="access_as_shared",
            target_tenant="c",
            **mine,
        )
        self._make("network_segment_ranges", "network_segment_range", **RANGE)
        body = {
            "agents": [{"agent_type": "DHCP agent", "binary": "b", "topic": "t", "started_at": "2013-04-01T00:00:00Z"}]
        }
        assert 200 == self.call("PUT", "/underlay/v1/hosts/net1/heartbeat", body, "net1").status
        quota = {"quota": {"network": 7}}
        assert 200 == self.call("PUT", f"/v2.0/quotas/{self.project}", quota, "admin").status
        for url in ("segments", "agents", "default-security-group-rules"):
            key = url.replace("-", "_")
            self.names[url] = self.call("GET", f"/v2.0/{url}", None, "admin").json()[key][0]["id"]
        self.names |= {"port_id": port, "policy_id": policy, "network_id": network, "parent": parent}
        for resource in RESOURCES:
            if resource.attribute("tags"):
                url = f"/v2.0/{resource.url}/{self.names[resource.url]}/tags"
                assert 200 == self.call("PUT", url, {"tags": ["blue"]}, "admin").status


RANGE: Final = {"name": "r", "network_type": "vlan", "physical_network": "default", "minimum": 300, "maximum": 301}
QOS_BODIES: Final[dict[str, dict[str, Any]]] = {
    "bandwidth_limit_rule": {"max_kbps": 9000},
    "dscp_marking_rule": {"dscp_mark": 10},
    "minimum_bandwidth_rule": {"min_kbps": 10},
    "packet_rate_limit_rule": {"max_kpps": 100},
    "minimum_packet_rate_rule": {"min_kpps": 1},
}


def test_every_route_answers_everyone_as_the_policy_says() -> None:
    """In figures: routes, callers, requests, and not one answer that is another."""
    world, wrong, requests = World(), list[str](), 0
    rows = list(dict.fromkeys([*((row.method, row.path) for row in ENDPOINTS), ("GET", FEED_PATH)]))
    for method, path in rows:
        for name in CALLERS:
            before = world.revision()
            url, body = _url(world, path), _body(world, method, path)
            headers = {"if_match": UNDECIDED} if method in ("PUT", "DELETE", "POST") else {}
            reply = world.call(method, url, body, name, **headers)
            requests += 1
            expected = _expected(world, method, path, name)
            is_right = reply.status == expected if expected else reply.status not in (401, 403, 404, 500)
            changed = world.revision() != before
            if not is_right or (changed and expected):
                wrong.append(
                    f"{method} {path} by {name}: {reply.status}, expected {expected or 'yes'}: {reply.body[:90]!r}"
                )
            if changed:
                world = World()
    print(f"policy walk: {len(rows)} routes, {len(CALLERS)} callers, {requests} requests, {len(wrong)} mismatches")
    assert [] == wrong


def test_every_identity_route_answers_everyone_as_its_table_says() -> None:
    """401 without a good token where one is needed, 403 for what is the administrator's; refusals change nothing."""
    world, wrong, requests = World(), list[str](), 0
    for endpoint in IDENTITY_ENDPOINTS:
        for name in CALLERS:
            url = re.sub(r"{[^}]*}", "0" * 32, endpoint.path)
            body = {} if endpoint.method in ("POST", "PUT", "PATCH") else None
            before = world.identity.store.everything()
            reply = world.identity.ask(endpoint.method, url, world.tokens[name] or "", body)
            requests += 1
            if endpoint.access == "anyone":
                is_right = reply.status not in (403, 500)
            elif name in STRANGERS:
                is_right = reply.status == 401
            elif endpoint.access == "admin" and name != "admin":
                is_right = reply.status == 403
            else:
                is_right = reply.status not in (401, 500) and (endpoint.access == "user" or reply.status != 403)
            changed = world.identity.store.everything() != before
            if not is_right or (changed and reply.status >= 400):
                wrong.append(f"{endpoint.method} {endpoint.path} by {name}: {reply.status}, changed: {changed}")
    rows = len(IDENTITY_ENDPOINTS)
    print(f"identity walk: {rows} routes, {len(CALLERS)} callers, {requests} requests, {len(wrong)} mismatches")
    assert [] == wrong


def test_every_attribute_is_shown_to_whom_the_policy_says() -> None:
    """On every record that a caller may see, in show and in list."""
    world, wrong, asked = World(), list[str](), 0
    for resource in RESOURCES:
        if resource.url not in world.names:
            continue
        shown = {row.name for row in resource.attributes if row.show is not None and not row.filter_only}
        for name in (*USERS, "net1"):
            caller = world.caller(name)
            one = world.call("GET", f"/v2.0/{resource.url}/{world.names[resource.url]}", None, name)
            many = world.call("GET", f"/v2.0/{resource.url}?id={world.names[resource.url]}", None, name)
            is_seen = DEFAULT_POLICY.allows(f"get_{resource.rule}", caller, _target(world, caller))
            expected = {each for each in shown if _may_read(world, caller, resource, each)} if is_seen else set()
            found = [set(one.json().get(resource.name, ())), *map(set, many.json().get(resource.collection, ()))]
            asked += len(shown) * 2
            if found != ([expected, expected] if is_seen else [set()]):
                wrong.append(f"{resource.name} by {name}: {[sorted(each ^ expected) for each in found]}")
    print(f"attribute walk: {asked} attributes asked for, {len(wrong)} mismatches")
    assert [] == wrong


def test_every_attribute_is_set_by_whom_the_policy_says() -> None:
    """At create and update, for each attribute that has a rule: who may do it but for that is told the rule."""
    world, wrong, asked = World(), list[str](), 0
    pattern = "(create|update)_(?!server:)[^:]*:(?!tags$)"  # A server's is tried in test_api_servers.
    rules = [rule for rule in DEFAULT_POLICY.expressions if re.match(pattern, rule)]
    for rule in rules:
        action, _, attribute = rule.partition(":")
        verb, _, named = action.partition("_")
        resource = next(each for each in RESOURCES if each.rule == named)
        method, one = ("POST", "") if verb == "create" else ("PUT", "/{id}")
        path = f"/v2.0/{resource.url}{one}"
        for name in (*USERS, "net1"):
            caller, before = world.caller(name), world.revision()
            sent = _sent(world)[attribute]
            body: Any = _body(world, method, path)
            reply = world.call(method, _url(world, path), {resource.name: {**body[resource.name], **sent}}, name)
            asked += 1
            of_action = _expected(world, method, path, name)
            may = DEFAULT_POLICY.allows(rule, caller, {**_target(world, caller, creates=verb == "create"), **sent})
            changed = world.revision() != before
            if of_action:
                is_right = reply.status == of_action
            elif may:
                is_right = reply.status not in (401, 403, 404, 500)
            else:
                is_right = reply.status == 403 and f"rule:{rule}".encode() in reply.body
            if not is_right or (changed and reply.status >= 400):
                wrong.append(f"{rule} by {name}: {reply.status}, may: {may}: {reply.body[:90]!r}")
            if changed:
                world = World()
    print(
        f"attribute write walk: {len(rules)} rules, {len(USERS) + 1} callers, {asked} requests, {len(wrong)} mismatches"
    )
    assert [] == wrong


def _sent(world: World) -> dict[str, dict[str, Any]]:
    """Attribute that has a rule -> what is sent to set it, other than what the records have."""
    vlan = {"provider:network_type": "vlan", "provider:physical_network": "default"}
    return {
        "provider:network_type": vlan,
        "provider:physical_network": vlan,
        "provider:segmentation_id": {**vlan, "provider:segmentation_id": 9},
        "segments": {"segments": [vlan, {**vlan, "provider:physical_network": "bare"}]},
        "dhcp_served_by": {"dhcp_served_by": "hosts"},
        "shared": {"shared": True},
        "router:external": {"router:external": True},
        "is_default": {"is_default": True},
        "port_security_enabled": {"port_security_enabled": False},
        "segment_id": {"segment_id": world.names["segments"]},
        "service_types": {"service_types": ["compute:nova"]},
        "device_owner": {"device_owner": "network:dhcp"},
        "mac_address": {"mac_address": "02:00:00:00:00:99"},
        "fixed_ips": {"fixed_ips": []},
        "fixed_ips:ip_address": {"fixed_ips": [{"ip_address": "10.0.0.99"}]},
        "fixed_ips:subnet_id": {"fixed_ips": [{"subnet_id": world.names["subnets"]}]},
        "allowed_address_pairs": {"allowed_address_pairs": [{"ip_address": "10.0.0.98"}]},
        "binding:host_id": {"binding:host_id": "h8"},
        "binding:profile": {"binding:profile": {"a": "b"}},
        "binding:vnic_type": {"binding:vnic_type": "direct"},
        "target_tenant": {"target_tenant": "*"},
    }


def _may_read(world: World, caller: Caller, resource: Resource, attribute: str) -> bool:
    rule = f"get_{resource.rule}:{attribute}"
    return rule not in DEFAULT_POLICY.expressions or DEFAULT_POLICY.allows(rule, caller, _target(world, caller))


def _expected(world: World, method: str, path: str, name: str) -> int | None:
    """The status of the refusal; None: it is not refused."""
    if name in STRANGERS:
        return 401
    if any(path == f"/v2.0/{one}" for one in ABSENT):
        return None if method == "GET" else 404
    caller = world.caller(name)
    seen = _target(world, caller)
    target = _target(world, caller, creates=method == "POST" and "{" not in path)
    for kind, rule in _steps(method, path):
        match kind:
            case "ever" | "hide":
                refused = DEFAULT_POLICY.left_of(rule, caller) is NO
            case "always":
                refused = not DEFAULT_POLICY.allows(rule, caller)
            case "see":
                refused = not DEFAULT_POLICY.allows(rule, caller, seen)
            case _:
                refused = not DEFAULT_POLICY.allows(rule, caller, target)
        if refused:
            return 404 if kind in ("see", "hide") else 403
    return None


def _target(world: World, caller: Caller, *, creates: bool = False) -> dict[str, object]:
    whose = dict.fromkeys(("network:project_id", "security_group:project_id", "ext_parent:project_id"), world.project)
    return {**whose, "project_id": caller.project_id if creates else world.project, "host": "h9", "target_tenant": "c"}


BY_URL: Final = {f"/v2.0/{resource.url}": resource for resource in (*RESOURCES, *QOS_RULES)}
WRITES: Final = {"POST": "create", "PUT": "update", "DELETE": "delete"}

OF_PATH: Final[dict[str, Sequence[Step]]] = {
    "GET /v2.0/quotas": [("always", "get_quota")],
    "GET /v2.0/quotas/{id}": [("do", "get_quota")],
    "GET /v2.0/quotas/{id}/default": [("do", "get_quota")],
    "GET /v2.0/quotas/{id}/details": [("do", "get_quota")],
    "PUT /v2.0/quotas/{id}": [("do", "update_quota")],
    "DELETE /v2.0/quotas/{id}": [("hide", "get_quota"), ("do", "delete_quota")],
    "GET /v2.0/availability_zones": [("always", "get_availability_zone")],
    "GET /v2.0/auto-allocated-topology/{id}": [("do", "get_auto_allocated_topology")],
    "DELETE /v2.0/auto-allocated-topology/{id}": [("do", "delete_auto_allocated_topology")],
    "GET /v2.0/physical_networks/{id}": [("see", "get_physical_network")],
    "GET /v2.0/network-ip-availabilities/{id}": [("see", "get_network_ip_availability")],
    "GET /v2.0/default-security-group-rules": [("always", "get_default_security_group_rule")],
    "GET /v2.0/default-security-group-rules/{id}": [("always", "get_default_security_group_rule")],
    "GET /v2.0/qos/rule-types": [("always", "get_rule_type")],
    "GET /v2.0/qos/rule-types/{type}": [("always", "get_rule_type:drivers")],
    "GET /v2.0/agents/{id}/dhcp-networks": [("ever", "get_dhcp-networks")],
    "POST /v2.0/agents/{id}/dhcp-networks": [("ever", "create_dhcp-network")],
    "DELETE /v2.0/agents/{id}/dhcp-networks/{network_id}": [("ever", "delete_dhcp-network")],
    "GET /v2.0/networks/{id}/dhcp-agents": [("ever", "get_dhcp-agents")],
    "GET /v2.0/trunks/{id}/get_subports": [("see", "get_trunk"), ("do", "get_subports")],
    "PUT /v2.0/trunks/{id}/add_subports": [("see", "get_trunk"), ("do", "add_subports")],
    "PUT /v2.0/trunks/{id}/remove_subports": [("see", "get_trunk"), ("do", "remove_subports")],
    "PUT /v2.0/address-groups/{id}/add_addresses": [("see", "get_address_group"), ("do", "add_addresses")],
    "PUT /v2.0/address-groups/{id}/remove_addresses": [("see", "get_address_group"), ("do", "remove_addresses")],
    "PUT /v2.0/subnetpools/{id}/add_prefixes": [("see", "get_subnetpool"), ("do", "add_prefixes")],
    "PUT /v2.0/subnetpools/{id}/remove_prefixes": [("see", "get_subnetpool"), ("do", "remove_prefixes")],
    "PUT /v2.0/subnetpools/{id}/onboard_network_subnets": [
        ("see", "get_subnetpool"),
        ("do", "onboard_network_subnets"),
    ],
    "PUT /underlay/v1/hosts/{host}/heartbeat": [("do", "report_state")],
    "POST /underlay/v1/hosts/{host}/ports": [("do", "report_ports")],
    f"GET {FEED_PATH}": [("do", "get_feed")],
    "POST /v2.0/segments": [("ever", "create_segment")],
    "POST /v2.0/subnets": [("see", "get_network"), ("do", "create_subnet")],
    "POST /v2.0/ports": [("see", "get_network"), ("do", "create_port")],
    "POST /v2.0/trunks": [("do", "create_trunk"), ("see", "get_port")],
    "POST /v2.0/security-group-rules": [
        ("ever", "create_security_group_rule"),
        ("see", "get_security_group"),
        ("do", "create_security_group_rule"),
    ],
    "DELETE /v2.0/security-group-rules/{id}": [
        ("see", "get_security_group_rule"),
        ("do", "delete_security_group_rule"),
    ],
    "PUT /v2.0/ports/{port_id}/bindings/{host}/activate": [("see", "get_port"), ("do", "activate")],
}
"""What the routes ask that are not alike for all resources."""


def _steps(method: str, path: str) -> Sequence[Step]:
    """What the route asks of the policy, in order."""
    if f"{method} {path}" in OF_PATH:
        return OF_PATH[f"{method} {path}"]
    if "/bindings" in path:
        return [("see", "get_port"), ("do", f"{WRITES.get(method, 'get')}_port_binding")]
    if "/tags" in path:
        return _steps_of_tags(method, path)
    if "/qos/alias" in path or "/qos/policies/{policy_id}" in path:
        return _steps_of_qos_rules(method, path)
    resource = BY_URL.get(path.removesuffix("/{id}"))
    if resource is None or (method == "GET" and "{" not in path):
        return []
    action = f"{WRITES.get(method, 'get')}_{resource.rule}"
    if method == "POST":
        return [("do", action)]
    return [("see", f"get_{resource.rule}"), ("do", action)]


def _steps_of_tags(method: str, path: str) -> Sequence[Step]:
    url = path.partition("/{id}")[0].replace("/v2.0/policies", "/v2.0/qos/policies")
    rule = BY_URL[url].rule
    if method == "GET":
        return [("see", f"get_{rule}")]
    written = {"POST": "create", "PUT": "create" if "{tag}" in path else "update"}
    action = written.get(method, "delete" if "{tag}" in path else "update")
    return [("see", f"get_{rule}"), ("do", f"{action}_{rule}:tags")]


def _steps_of_qos_rules(method: str, path: str) -> Sequence[Step]:
    name = re.sub(r".*(?:alias.|policy_id}/)([a-z_-]*)rules.*", r"\1rule", path).replace("-", "_")
    action = f"{WRITES.get(method, 'get')}_policy_{name}"
    first: Sequence[Step] = [("ever", action)] if method == "POST" else []
    return [*first, ("see", "get_policy"), ("do", action)]


def _url(world: World, path: str) -> str:
    """The path with the world's records in it."""
    collection = path.removeprefix("/v2.0/").partition("/{id}")[0].replace("alias_", "").replace("alias-", "")
    of_rules = collection.rpartition("/")[2].replace("-", "_")
    own = world.names.get(collection) or world.names.get(of_rules) or world.names.get(f"qos/{collection}")
    special = {"quotas": world.project, "auto-allocated-topology": world.project, "physical_networks": "default"}
    special |= {"network-ip-availabilities": world.names["networks"]}
    values = {
        **world.names,
        "id": special.get(collection, own or "none"),
        "tag": "blue",
        "host": "h9",
        "type": "dscp_marking",
        "alias": "agent",
    }
    filled = re.sub(r"{([^}]*)}", lambda found: values[found.group(1)], path)
    return f"{filled}?host=h9&watch=false" if path == FEED_PATH else filled


def _body(world: World, method: str, path: str) -> object:
    """A body that is well-formed, so that the policy is asked; of an update, one that changes nothing."""
    if method in ("GET", "DELETE"):
        return None
    if "/tags" in path:
        return None if "{tag}" in path else {"tags": ["blue"]}
    last = path.rpartition("/")[2]
    names = world.names
    bodies: dict[str, object] = {
        "heartbeat": {"agents": []},
        "ports": {"ports": []} if "/hosts/" in path else {"port": {"network_id": names["networks"]}},
        "dhcp-networks": {"network_id": names["networks"]},
        "add_subports": {"sub_ports": []},
        "remove_subports": {"sub_ports": []},
        "add_addresses": {"addresses": ["10.9.0.1/32"]},
        "remove_addresses": {"addresses": ["10.0.0.1/32"]},
        "add_prefixes": {"prefixes": ["11.0.0.0/8"]},
        "remove_prefixes": {"prefixes": ["10.0.0.0/9"]},
        "onboard_network_subnets": {"network_id": names["networks"]},
        "activate": {},
        "bindings": {"binding": {"host": "h8"}},
        "networks": {"network": {}},
        "subnets": {"subnet": {"network_id": names["networks"], "ip_version": 4, "cidr": "10.1.0.0/24"}},
        "instances": {"instance": {}},
        "security-groups": {"security_group": {"name": "x"}},
        "security-group-rules": {
            "security_group_rule": {
                "security_group_id": names["security-groups"],
                "direction": "egress",
                "protocol": "tcp",
            }
        },
        "default-security-group-rules": {"default_security_group_rule": {"direction": "ingress", "protocol": "udp"}},
        "address-groups": {"address_group": {"addresses": ["10.0.0.2/32"]}},
        "address-scopes": {"address_scope": {"ip_version": 4}},
        "subnetpools": {"subnetpool": {"name": "q", "prefixes": ["12.0.0.0/8"]}},
        "segments": {
            "segment": {
                "network_id": names["networks"],
                "network_type": "vlan",
                "physical_network": "bare",
                "segmentation_id": 7,
            }
        },
        "network_segment_ranges": {"network_segment_range": {**RANGE, "minimum": 400, "maximum": 401}},
        "policies": {"policy": {"name": "x"}},
        "trunks": {"trunk": {"port_id": names["port_id"]}},
        "rbac-policies": {
            "rbac_policy": {
                "object_type": "network",
                "object_id": names["networks"],
                "action": "access_as_shared",
                "target_tenant": "d",
            }
        },
        **{f"{name}s": {name: body} for name, body in QOS_BODIES.items()},
    }
    if method == "POST" or last in bodies:
        return bodies.get(last, {})
    named = [resource.name for resource in (*RESOURCES, *QOS_RULES)] + ["binding"]
    return {key: {} for name in named for key in (name, f"alias_{name}")}
