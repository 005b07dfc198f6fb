"""Whatever is sent: never a fault of ours, and never half of it stored."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.api_server import ApiServer
from underlay.api.attributes import INSTANCE, NETWORK, PORT, SUBNET

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


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies())
def test_an_update_is_done_or_refused(body: tuple[str, str, dict[str, Any]]) -> None:
    """200, or 4xx and nothing stored."""
    collection, name, sent = body
    record_id = {"networks": NET, "subnets": SUB}.get(collection, "none")
    before = stored()
    reply = SERVER.call("PUT", f"/v2.0/{collection}/{record_id}", json.dumps({name: sent}).encode())
    assert 200 == reply.status or (400 <= reply.status < 500 and before == stored()), reply.body


@settings(max_examples=100, deadline=None)
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


@settings(max_examples=100, deadline=None)
@given(st.lists(PAIRS, max_size=4))
def test_any_query_is_answered(pairs: list[tuple[str, str]]) -> None:
    """No query makes a fault of ours."""
    query = "&".join(f"{key}={value}" for key, value in pairs).encode("ascii", "ignore").decode()
    for collection in ("networks", "ports", "agents"):
        assert SERVER.call("GET", f"/v2.0/{collection}?{query}").status < 500
