"""Whatever is sent: never a fault of ours, and never half of it stored."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.api_server import ApiServer
from fuzz import hostile
from underlay.api.attributes import INSTANCE, NETWORK, PORT, SUBNET
from underlay.api.parse import MAX_DEPTH

SERVER = ApiServer()
NET = SERVER.made("networks", shared=True)["id"]
SUB = SERVER.made("subnets", network_id=NET, cidr="10.0.0.0/24")["id"]

TEXTS = st.sampled_from(
    [
        *(
            "",
            "100",
            "-1",
            "True",
            "vlan",
            "flat",
            "default",
            "bare",
            "h1",
            "network:dhcp",
            "a=b",
            "\x00",
            "\n",
            "é" * 300,
        ),
        *("10.0.0.5", "10.0.0.0/24", "10.0/8", "::", "fd00::/64", "224.0.0.1", "0.0.0.0", "fa:16:3e:00:00:01"),
        *(NET, SUB),
    ]
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS | st.text()
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["start", "end", "ip_address", "subnet_id", "destination", "nexthop"]), inner)
        | st.fixed_dictionaries({"start": TEXTS, "end": TEXTS})
        | st.fixed_dictionaries({"destination": TEXTS, "nexthop": TEXTS})
        | st.fixed_dictionaries({"opt_name": TEXTS, "opt_value": inner})
    ),
    max_leaves=6,
)
RESOURCES = st.sampled_from([NETWORK, SUBNET, PORT, INSTANCE])


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """(collection, name, attributes): some of the resource's own, sometimes one of nobody's."""
    resource = draw(RESOURCES)
    names = [row.name for row in resource.attributes if row.post] + ["bogus"]
    sent = draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=5))
    if draw(st.booleans()):
        sent |= {"network_id": NET} if resource in (SUBNET, PORT) else {}
    return resource.collection, resource.name, sent


def stored() -> int:
    """The revision: counts whatever is written."""
    with SERVER.store.read() as reading:
        return int(reading.revision())


@settings(max_examples=150)
@given(bodies(), st.sampled_from(["admin", "member", "reader"]))
def test_a_create_is_done_or_refused(body: tuple[str, str, dict[str, Any]], token: str) -> None:
    """201 and stored, or 4xx (503 when VLANs run out) and nothing stored."""
    collection, name, sent = body
    before = stored()
    reply = SERVER.call("POST", f"/v2.0/{collection}", json.dumps({name: sent}).encode(), token)
    assert reply.status == 201 or 400 <= reply.status < 500 or reply.status == 503, reply.body
    assert (reply.status == 201) == (stored() > before)
    if reply.status == 201:
        assert 204 == SERVER.call("DELETE", f"/v2.0/{collection}/{reply.json()[name]['id']}").status


@settings(max_examples=100)
@given(bodies())
def test_an_update_is_done_or_refused(body: tuple[str, str, dict[str, Any]]) -> None:
    """200, or 4xx and nothing stored."""
    collection, name, sent = body
    record_id = {"networks": NET, "subnets": SUB}.get(collection, "none")
    before = stored()
    reply = SERVER.call("PUT", f"/v2.0/{collection}/{record_id}", json.dumps({name: sent}).encode())
    assert 200 == reply.status or (400 <= reply.status < 500 and before == stored()), reply.body


@settings(max_examples=100)
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_answered(body: bytes) -> None:
    """No body makes a fault of ours, on any call that takes one."""
    for method, url in (
        ("POST", "/v2.0/networks"),
        ("PUT", f"/v2.0/networks/{NET}"),
        ("PUT", "/v2.0/quotas/p"),
        ("POST", "/v2.0/agents/a/dhcp-networks"),
        ("PUT", "/underlay/v1/hosts/h1/heartbeat"),
        ("POST", "/underlay/v1/hosts/h1/ports"),
    ):
        assert SERVER.call(method, url, body).status < 500


KEYS = st.sampled_from(["limit", "marker", "sort_key", "fields", "name", "id", "fixed_ips", "mtu", "status"])
PAIRS = st.tuples(KEYS, st.text(alphabet="abc=&%0123,.-/\x00é", max_size=8))


@settings(max_examples=100)
@given(st.lists(PAIRS, max_size=4))
def test_any_query_is_answered(pairs: list[tuple[str, str]]) -> None:
    """No query makes a fault of ours."""
    query = "&".join(f"{key}={value}" for key, value in pairs).encode("ascii", "ignore").decode()
    for collection in ("networks", "ports", "agents"):
        assert SERVER.call("GET", f"/v2.0/{collection}?{query}").status < 500


@settings(max_examples=100)
@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=300))
def test_any_name_is_kept_as_it_is_or_refused(name: str) -> None:
    """In every script and direction; control characters and halves of surrogate pairs are refused."""
    reply = SERVER.call("POST", "/v2.0/networks", {"network": {"name": name, "provider:network_type": "local"}})
    if reply.status == 400:
        return
    assert (201, name) == (reply.status, reply.json()["network"]["name"])
    url = f"/v2.0/networks/{reply.json()['network']['id']}"
    listed = SERVER.call("GET", f"/v2.0/networks?fields=name&name={quote(name)}").json()["networks"]
    assert (name, name == "" or {"name": name} in listed) == (SERVER.call("GET", url).json()["network"]["name"], True)
    assert 204 == SERVER.call("DELETE", url).status


@settings(max_examples=60)
@given(st.integers(0, 30), st.booleans(), st.sampled_from(["{}", '{"network": {"name": %s}}', '{"network": %s}', "%s"]))
def test_depth_has_a_limit(depth: int, is_list: bool, around: str) -> None:
    """What is nested deeper than the limit is refused as such, before anything is read of it."""
    inside = "[" * depth + "1" + "]" * depth if is_list else '{"a":' * depth + "1" + "}" * depth
    body = around.replace("%s", inside)
    levels = 0 if around == "{}" else depth + around.count("{")
    reply = SERVER.call("POST", "/v2.0/networks", body.encode())
    assert 400 == reply.status or (201 == reply.status and depth == 0), reply.body
    if levels > MAX_DEPTH:
        assert "Body contains invalid data" == reply.json()["NeutronError"]["message"]


@pytest.mark.parametrize("body", [b"[" * 500_000, b'{"a":' * 150_000, b"{" * 900_000, b"9" * 900_000], ids=len)
def test_a_large_body_is_refused_and_no_fault(body: bytes) -> None:
    """However deep it is; one that is too large is refused as such."""
    assert 400 == SERVER.call("POST", "/v2.0/networks", body).status
    assert 413 == SERVER.call("POST", "/v2.0/networks", body + b" " * 1_048_576).status


@pytest.mark.parametrize("text", [text for text in hostile.TEXTS if 3 < len(text) < 300 and not text.isalnum()])
def test_what_would_be_sql_or_a_header_is_text(text: str) -> None:
    """As name, tag, filter, id and header: found as it is or not at all, and nothing else happens."""
    before = SERVER.call("GET", "/v2.0/networks").json()
    asked = quote(text.encode("utf-8", "replace"), safe="")
    assert [] == SERVER.call("GET", f"/v2.0/networks?name={asked}&id={asked}").json()["networks"]
    for url in (f"/v2.0/networks/{asked}", f"/v2.0/networks/{NET}/tags/{asked}", f"/v2.0/ports?sort_key={asked}"):
        reply = SERVER.call("GET", url)
        assert reply.status in (200, 400, 404)
        assert not [name for name in reply.headers if "injected" in name]
    assert before == SERVER.call("GET", "/v2.0/networks").json()


@pytest.mark.parametrize("name", ["x" * 256, "a\x00b", "\x1b[31m"])
@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", "/v2.0/security-groups?project_id={}", None),
        ("GET", "/v2.0/security-group-rules?tenant_id={}", None),
        ("PUT", "/v2.0/quotas/{}", {"quota": {"port": 1}}),
        ("PUT", "/underlay/v1/hosts/{}/heartbeat", {"agents": []}),
    ],
)
def test_what_cannot_be_a_name_is_stored_nowhere(method: str, url: str, body: object, name: str) -> None:
    """Neither as a project's default group nor as its quota, nor as a host: too long, or with control characters."""
    before = stored()
    sent = quote(name) if "?" in url else name
    reply = SERVER.call(method, url.format(sent), body)
    assert (200 if "?" in url else 400, before) == (reply.status, stored())
