from typing import Any

import pytest

from fakes.api_server import MINE, OTHER, ApiServer

POLICIES = "/v2.0/rbac-policies"


def body(network_id: str, **changes: Any) -> dict[str, Any]:
    """A policy of a network, for the other project."""
    wanted = {"object_type": "network", "object_id": network_id, "action": "access_as_shared", "target_tenant": OTHER}
    return {"rbac_policy": wanted | changes}


def test_a_network_is_shared_over_http() -> None:
    """All five calls; the policy is its owner's, and what it grants is shown as shared to the target."""
    server = ApiServer()
    network = server.made("networks", "member")
    subnet = server.made("subnets", "member", network_id=network["id"], cidr="10.0.0.0/24")
    created = server.call("POST", POLICIES, body(network["id"]), "member")
    policy = created.json()["rbac_policy"]
    assert 201 == created.status
    expected = body(network["id"])["rbac_policy"] | {"id": policy["id"], "project_id": MINE, "tenant_id": MINE}
    assert expected == policy
    assert [policy] == server.call("GET", f"{POLICIES}?target_tenant={OTHER}").json()["rbac_policies"]
    assert [] == server.call("GET", POLICIES, token="other").json()["rbac_policies"]
    assert 404 == server.call("GET", f"{POLICIES}/{policy['id']}", token="other").status
    assert server.call("GET", f"/v2.0/networks/{network['id']}", token="other").json()["network"]["shared"]
    for shared, found in (("true", [subnet["id"]]), ("false", [])):
        subnets = server.call("GET", f"/v2.0/subnets?shared={shared}", token="other").json()["subnets"]
        assert found == [each["id"] for each in subnets]
    one = f"{POLICIES}/{policy['id']}"
    turned = server.call("PUT", one, {"rbac_policy": {"target_tenant": "*"}})
    assert "*" == turned.json()["rbac_policy"]["target_tenant"]
    assert server.call("GET", f"/v2.0/networks/{network['id']}", token="member").json()["network"]["shared"]
    assert 204 == server.call("DELETE", one, token="member").status
    assert 404 == server.call("GET", f"/v2.0/networks/{network['id']}", token="other").status


@pytest.mark.parametrize(
    "changes",
    [
        {"object_type": "router"},
        {"object_type": None},
        {"object_id": "x"},
        {"action": "access_as_god"},
        {"action": None},
        {"target_tenant": None},
        {"target_tenant": ""},
        {"target_tenant": "1234" * 100},
        {"object_id": "00000000-0000-4000-8000-00000000dead"},
    ],
)
def test_bad_policies_are_refused(changes: dict[str, Any]) -> None:
    """400, and nothing is granted."""
    server = ApiServer()
    network = server.made("networks", "member")
    assert 400 == server.call("POST", POLICIES, body(network["id"], **changes), "member").status
    assert [] == server.call("GET", POLICIES).json()["rbac_policies"]
