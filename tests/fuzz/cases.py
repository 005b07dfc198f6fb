"""Makes requests out of the OpenAPI document: well-formed ones, and such with hostile values in some places.

Chance is an argument, so that a run can be repeated, and Hypothesis can shrink one. Ids of what the server has are put
in where one belongs, for else nothing but 404 would be tried.
"""

import json
import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import msgspec

from fuzz import hostile

CIDRS: Final = (
    "10.1.0.0/24",
    "10.2.0.0/16",
    "192.168.7.0/29",
    "10.1.0.0/30",
    "fd00:1::/64",
    "fd00:2::/48",
    "10.9.9.9/32",
)
ADDRESSES: Final = (
    "10.1.0.1",
    "10.1.0.5",
    "10.1.0.200",
    "10.2.3.4",
    "192.168.7.2",
    "fd00:1::1",
    "fd00:1::f00",
    "10.9.9.9",
)
MACS: Final = ("fa:16:3e:00:00:01", "fa:16:3e:aa:bb:cc", "52:54:00:12:34:56")
WORDS: Final = (
    "red",
    "blue",
    "h1",
    "net1",
    "nova",
    "vlan",
    "flat",
    "local",
    "spare",
    "tcp",
    "icmp",
    "p1",
    "compute:nova",
    "é",
)
COLLECTION_OF: Final[Mapping[str, str]] = {
    "network_id": "networks",
    "subnet_id": "subnets",
    "port_id": "ports",
    "qos_policy_id": "policies",
    "policy_id": "policies",
    "segment_id": "segments",
    "subnetpool_id": "subnetpools",
    "address_scope_id": "address_scopes",
    "security_group_id": "security_groups",
    "security_groups": "security_groups",
    "remote_group_id": "security_groups",
    "remote_address_group_id": "address_groups",
    "device_id": "instances",
    "physical_network": "physical_networks",
    "provider:physical_network": "physical_networks",
    "host": "hosts",
    "binding:host_id": "hosts",
    "project_id": "projects",
    "tenant_id": "projects",
    "target_tenant": "projects",
}
"""Attribute or parameter -> what it names."""

KIND_OF: Final[Mapping[str, str]] = {
    "network_ip_availabilities": "networks",
    "auto_allocated_topology": "projects",
    "quotas": "projects",
}
"""Collection whose ids are those of another."""

TAGS: Final = ("red", "blue")
RULE_TYPES: Final = ("bandwidth_limit", "dscp_marking", "minimum_bandwidth", "packet_rate_limit", "minimum_packet_rate")

Known = Mapping[str, Sequence[str]]
"""Collection -> ids that the server has, or had."""


class Case(msgspec.Struct, frozen=True):
    """One request. `path` and `query` are encoded; `template` is the document's path, `keys` its parameters' values."""

    method: str
    template: str
    path: str
    keys: Mapping[str, str]
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = {}
    token: str = "admin"

    @property
    def url(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


class Maker:
    """Makes cases of one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.calls = [
            (method.upper(), path)
            for path, item in document["paths"].items()
            for method in item
            if method != "parameters"
        ]
        self._fruitful = [
            (method, path)
            for method, path in self.calls
            if method in ("POST", "PUT") and "requestBody" in self._call(method, path) and "/tags" not in path
        ]

    def case(self, chance: Random, known: Known, call: tuple[str, str] | None = None) -> Case:
        """Any request; of the call named, or of any, those that take a body more often."""
        method, template = call or chance.choice(self._fruitful if chance.random() < 0.5 else self.calls)
        described = self._call(method, template)
        keys = {name: self._key(chance, known, template, name) for name in re.findall(r"{([^}]*)}", template)}
        path = re.sub(r"{([^}]*)}", lambda found: _encoded(keys[found[1]]), template)
        if chance.random() < 0.03:
            path += chance.choice((".json", "/", "//", "/..", ";a=b", "%2f", "%00"))
        query = self._query(chance, known, described, template) if method == "GET" or chance.random() < 0.1 else ""
        headers = {"If-Match": chance.choice(hostile.HEADERS)} if chance.random() < 0.08 else {}
        if chance.random() < 0.03:
            headers["Content-Type"] = chance.choice(("text/plain", "application/xml", "application/json; charset=x"))
        token = chance.choices(("admin", "member", "reader", "", "forged", "\xff' OR 1"), (80, 14, 3, 1, 1, 1))[0]
        return Case(method, template, path, keys, query, self._body(chance, known, described), headers, token)

    def _call(self, method: str, path: str) -> Mapping[str, Any]:
        described: Mapping[str, Any] = self._document["paths"][path][method.lower()]
        return described

    def _key(self, chance: Random, known: Known, template: str, name: str) -> str:
        roll = chance.random()
        if roll < 0.08:
            return chance.choice(hostile.TEXTS).replace("\ud800", "").replace("\udfff", "") or "x"
        if roll < 0.13:
            return str(UUID(int=chance.getrandbits(128)))
        before = template.split(f"/{{{name}}}")[0].rpartition("/")[2].replace("-", "_").removeprefix("alias_")
        if name in ("tag", "type"):
            return chance.choice(TAGS if name == "tag" else RULE_TYPES)
        ids = known.get(KIND_OF.get(before, before)) or known.get(COLLECTION_OF.get(name, ""), ())
        return chance.choice(ids) if ids else chance.choice(WORDS)

    def _query(self, chance: Random, known: Known, described: Mapping[str, Any], template: str) -> str:
        parameters = [self._resolved(each) for each in described.get("parameters", ())]
        asked = [each for each in parameters if each["in"] == "query"]
        pairs: list[tuple[str, str]] = []
        for each in chance.sample(asked, min(len(asked), chance.choice((0, 0, 1, 1, 2, 4)))):
            for _ in range(chance.choice((1, 1, 1, 2))):
                value = self._value(chance, known, each["schema"], each["name"])
                value = value[0] if isinstance(value, list) and value else value
                if chance.random() < 0.25:
                    value = _hostile(chance)
                pairs.append((each["name"], str(value)))
                if each["name"] == "sort_key" and chance.random() < 0.9:
                    pairs.append(("sort_dir", chance.choice(("asc", "desc"))))
        if chance.random() < 0.05:
            pairs.append((chance.choice(hostile.TEXTS), chance.choice(hostile.TEXTS)))
        if template.endswith("/feed"):
            pairs.append(("watch", "false"))
        return "&".join(f"{_encoded(name)[:3000]}={_encoded(value)[:9000]}" for name, value in pairs)[:30_000]

    def _body(self, chance: Random, known: Known, described: Mapping[str, Any]) -> bytes:
        roll = chance.random()
        if "requestBody" not in described:
            return b"" if roll < 0.98 else b"{}"
        if roll < 0.02:
            return chance.choice(hostile.BODIES)
        value = self._value(chance, known, described["requestBody"]["content"]["application/json"]["schema"], "")
        if roll > 0.2:
            value = _fitting(chance, known, value)
        if roll > 0.6:
            for _ in range(chance.choice((1, 1, 2))):
                value = _spoiled(chance, value)
        encoded = json.dumps(value).encode()
        return encoded[: chance.randrange(len(encoded))] if roll < 0.03 else encoded

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            found: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            schema = found
        return schema

    def _value(self, chance: Random, known: Known, schema: Mapping[str, Any], name: str) -> Any:
        """A value of this form, or, when the form does not tell enough, one that looks like it."""
        schema = self._resolved(schema)
        if "anyOf" in schema:
            return self._value(chance, known, chance.choice(schema["anyOf"]), name)
        if "enum" in schema:
            return chance.choice(schema["enum"])
        types = schema.get("type", "object")
        kind = chance.choice(types) if isinstance(types, list) else types
        if kind == "object":
            return self._object(chance, known, schema)
        if kind == "array":
            size = max(schema.get("minItems", 0), chance.choice((0, 1, 1, 2, 3)))
            return [self._value(chance, known, schema.get("items", {}), name) for _ in range(size)]
        if kind == "integer":
            return _number(chance, schema)
        if kind == "string":
            return _text(chance, known, schema, name)
        return {"boolean": chance.random() < 0.5, "number": 1.5}.get(kind)

    def _object(self, chance: Random, known: Known, schema: Mapping[str, Any]) -> dict[str, Any]:
        properties = schema.get("properties", {})
        required = schema.get("required", ())
        share = chance.choice((0.1, 0.2, 0.5))
        made = {
            name: self._value(chance, known, each, name)
            for name, each in properties.items()
            if name in required or chance.random() < share
        }
        if isinstance(schema.get("additionalProperties"), Mapping):
            made |= {
                word: self._value(chance, known, schema["additionalProperties"], "")
                for word in chance.sample(WORDS, chance.choice((0, 1, 3)))
            }
        return made


def _fitting(chance: Random, known: Known, body: Any) -> Any:
    """The same with values that go together, where rules want that: chance alone would hardly find any."""
    if not isinstance(body, dict):
        return body
    fitted = {}
    for key, value in body.items():
        many = value if isinstance(value, list) else [value]
        found = [_fit(chance, known, key, each) if isinstance(each, dict) else each for each in many]
        fitted[key] = found if isinstance(value, list) else found[0]
    return fitted


def _fit(chance: Random, known: Known, key: str, sent: dict[str, Any]) -> dict[str, Any]:
    sent = {name: value for name, value in sent.items() if not (name == "tenant_id" and "project_id" in sent)}
    if key.startswith("subnet") and "network_id" in sent:
        third = chance.randrange(256)
        block = chance.choice((f"10.{third}.{third}.0/24", f"fd00:{third:x}::/64"))
        usual = ("network_id", "name", "enable_dhcp", "description", "project_id", "shared")
        kept = {name: value for name, value in sent.items() if name in usual or chance.random() < 0.1}
        return {**kept, "cidr": block}
    if key.startswith("rbac_polic") and "object_type" in sent:
        collection = {"qos_policy": "policies"}.get(sent["object_type"], f"{sent['object_type']}s")
        ids = known.get(collection, ())
        return {**sent, "action": "access_as_shared", **({"object_id": chance.choice(ids)} if ids else {})}
    if key.startswith("network_segment_range") and "network_type" in sent:
        first = chance.randrange(400, 4000)
        physical = chance.choice(("default", "spare"))
        return {**sent, "network_type": "vlan", "physical_network": physical, "minimum": first, "maximum": first + 5}
    if key in ("network", "networks"):
        odd = ("segments", "dns_domain", "router:external", "provider:network_type", "provider:segmentation_id", "mtu")
        return {name: value for name, value in sent.items() if name not in odd or chance.random() < 0.2}
    if key in ("port", "ports"):
        odd = ("fixed_ips", "dns_name", "dns_domain", "mac_address", "allowed_address_pairs", "security_groups")
        kept = {name: value for name, value in sent.items() if name not in odd or chance.random() < 0.3}
        return {**kept, **({"device_owner": "compute:nova"} if chance.random() < 0.5 else {})}
    if key in ("segment", "segments") and "network_id" in sent:
        return {**sent, "network_type": "vlan", "physical_network": chance.choice(("default", "spare"))}
    return sent


def _number(chance: Random, schema: Mapping[str, Any]) -> int:
    low, high = schema.get("minimum", 0), schema.get("maximum", 4094)
    return chance.choice(
        (low, high, min(high, low + 1), chance.randint(low, high), chance.randint(low, min(high, low + 300)))
    )


def _text(chance: Random, known: Known, schema: Mapping[str, Any], name: str) -> str:
    ids = known.get(COLLECTION_OF.get(name, ""), ())
    if name in ("object_id", "id"):
        ids = [each for some in known.values() for each in some]
    if ids and chance.random() < 0.9:
        return chance.choice(ids)
    if name == "tags":
        return chance.choice(TAGS)
    form, pattern = schema.get("format"), schema.get("pattern", "")
    if form == "uuid":
        return str(UUID(int=chance.getrandbits(128)))
    if form in ("ipv4", "ipv6"):
        return chance.choice([each for each in ADDRESSES if (":" in each) == (form == "ipv6")])
    if form == "date-time":
        return "2026-11-22T10:00:00Z"
    if "/[0-9]" in pattern:
        return chance.choice(CIDRS)
    if "{2}([:-]" in pattern:
        return chance.choice(MACS)
    if pattern.startswith("^(ip_address"):
        return f"ip_address={chance.choice(ADDRESSES)}"
    if name in ("user_data",):
        return "IyEvYmluL3No"
    if "dns" in name:
        return chance.choice(("host-1", "example.org.", "h", ""))
    return chance.choice(WORDS)


def _hostile(chance: Random) -> Any:
    return chance.choice(
        chance.choices(
            (hostile.TEXTS, hostile.NUMBERS, hostile.LARGE, hostile.FLOATS, hostile.OTHERS), (60, 10, 10, 5, 15)
        )[0]
    )


def _spoiled(chance: Random, value: Any) -> Any:
    """The same with something hostile in one place."""
    if chance.random() < 0.15 or not isinstance(value, dict | list) or not value:
        return _nested(chance) if chance.random() < 0.05 else _hostile(chance)
    if isinstance(value, list):
        place = chance.randrange(len(value))
        return [_spoiled(chance, each) if index == place else each for index, each in enumerate(value)]
    name = chance.choice(list(value))
    roll = chance.random()
    if roll < 0.06:
        return {other: each for other, each in value.items() if other != name}
    if roll < 0.12:
        return {**value, str(_hostile(chance)): _hostile(chance)}
    return {**value, name: _spoiled(chance, value[name])}


def _nested(chance: Random) -> Any:
    made: Any = 1
    for _ in range(chance.choice((15, 16, 17, 18, 200))):
        made = [made] if chance.random() < 0.5 else {"a": made}
    return made


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="replace")
