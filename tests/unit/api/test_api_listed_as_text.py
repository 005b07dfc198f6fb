"""What is listed as text is shown as it is when it is shown alone."""

from typing import Any

import pytest

from fakes.api_server import ApiServer
from underlay.api.attributes import RESOURCES
from underlay.api.attributes.attribute import Resource
from underlay.store.twins import twin_of

FULL: dict[str, Any] = {
    "name": "p",
    "fixed_ips": [{"ip_address": "10.0.0.9"}, {"ip_address": "2001:db8::9"}],
    "mac_address": "fa:16:3e:00:00:09",
    "device_id": "vm",
    "device_owner": "compute:nova",
    "binding:host_id": "h1",
    "binding:profile": {"a": {"b": 1}},
    "extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400"}],
    "description": "d",
    "tags": ["red", "blue"],
}


@pytest.mark.parametrize("port", [{}, FULL], ids=["bare", "full"])
@pytest.mark.parametrize("token", ["admin", "member"])
def test_a_listed_port_is_the_shown_one(port: dict[str, Any], token: str) -> None:
    """Every attribute, for the administrator and for others; also when only some are asked for."""
    server = ApiServer()
    network = server.made("networks", "member")
    for cidr, version in (("10.0.0.0/24", 4), ("2001:db8::/64", 6)):
        server.made("subnets", "member", network_id=network["id"], cidr=cidr, ip_version=version)
    body = {"port": {"network_id": network["id"], "project_id": network["project_id"], **port}}
    created = server.call("POST", "/v2.0/ports", body)
    assert 201 == created.status, created.body
    url = f"/v2.0/ports/{created.json()['port']['id']}"
    shown = server.call("GET", url, token=token).json()["port"]
    listed = server.call("GET", f"/v2.0/ports?id={shown['id']}", token=token).json()["ports"]
    assert [shown] == listed
    assert list(shown) == list(listed[0])
    some = server.call("GET", f"/v2.0/ports?id={shown['id']}&fields=mac_address&fields=created_at", token=token)
    assert [{name: shown[name] for name in ("mac_address", "created_at")}] == some.json()["ports"]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_record_has_a_twin(resource: Resource) -> None:
    """With the same fields, of any type of record."""
    twin = twin_of(resource.record_type)
    assert resource.record_type.__struct_fields__ == twin.__struct_fields__
