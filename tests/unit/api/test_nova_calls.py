"""The calls that Nova makes, in its order: boot, live migration, delete of an instance.

Source: nova/network/neutron.py. Its client writes each value of a list as a parameter of its own, and truth as `True`.
"""

from typing import Any

import pytest

from fakes.api_server import MINE, ApiServer

INSTANCE = "5a6d4f1c-0f0e-4f9a-8d45-1f6e7d2c9b10"


class Nova:
    """A cloud with network `lan`, and the calls; `user` is the instance's owner, `admin` Nova's own account."""

    def __init__(self) -> None:
        self.server = ApiServer()
        self.lan = self.server.made("networks", name="lan", tenant_id=MINE, provider__network_type="vlan")
        self.subnet = self.server.made(
            "subnets", network_id=self.lan["id"], cidr="10.0.0.0/24", ip_version=4, tenant_id=MINE
        )

    def get(self, path: str, token: str = "admin") -> Any:
        """The only value of the answer."""
        reply = self.server.call("GET", f"/v2.0/{path}", token=token)
        assert 200 == reply.status, reply.body
        (shown,) = (value for key, value in reply.json().items() if not key.endswith("_links"))
        return shown

    def put(self, path: str, body: object) -> Any:
        """The answer."""
        reply = self.server.call("PUT", f"/v2.0/{path}", body)
        assert 200 == reply.status, reply.body
        return reply.json()

    def boot(self) -> dict[str, Any]:
        """allocate_for_instance: the port, bound to h1."""
        made = self.server.made(
            "ports", "member", device_id=INSTANCE, network_id=self.lan["id"], admin_state_up=True, tenant_id=MINE
        )
        bound = self.put(
            f"ports/{made['id']}",
            {
                "port": {
                    "device_id": INSTANCE,
                    "device_owner": "compute:nova",
                    "binding:host_id": "h1",
                    "binding:profile": {},
                    "dns_name": "web-1",
                }
            },
        )
        found: dict[str, Any] = bound["port"]
        return found


@pytest.fixture
def nova() -> Nova:
    """Before the first boot."""
    return Nova()


def test_extensions_that_nova_looks_for(nova: Nova) -> None:
    """Each changes what it asks for; all that do without routers are there."""
    aliases = {each["alias"] for each in nova.get("extensions")}
    assert {
        "binding-extended",
        "dns-integration",
        "multi-provider",
        "segment",
        "ip-substring-filtering",
        "security-group",
        "quotas",
    } <= aliases


def test_networks_and_quotas_are_checked_before_a_boot(nova: Nova) -> None:
    """validate_networks: the project's own and shared ones, by id, in lists of their own; then ports against quota."""
    shared = nova.server.made("networks", name="all", shared=True)
    ids = f"id={nova.lan['id']}&id={shared['id']}"
    by_id = nova.get(f"networks?{ids}", "member")
    assert {"lan", "all"} == {each["name"] for each in by_id}
    assert ["lan"] == [each["name"] for each in nova.get(f"networks?tenant_id={MINE}&shared=False", "member")]
    assert ["all"] == [each["name"] for each in nova.get("networks?shared=True", "member")]
    used = nova.get(f"ports?tenant_id={MINE}&fields=id", "member")
    assert [{"id"}] == [set(each) for each in used], "the DHCP port alone"
    assert nova.get(f"quotas/{MINE}", "member")["port"] > 0
    groups = nova.get(f"security-groups?fields=id&fields=name&tenant_id={MINE}", "member")
    assert [{"id", "name"}] == [set(each) for each in groups]
    assert ["default"] == [each["name"] for each in groups]


def test_a_boot(nova: Nova) -> None:
    """The port is made by the user and bound by Nova; then all that the instance's network information needs."""
    port = nova.boot()
    assert ("ovs", "h1", "normal") == tuple(port[f"binding:{name}"] for name in ("vif_type", "host_id", "vnic_type"))
    wanted = "fields=binding:vnic_type&fields=binding:profile&fields=network_id&fields=resource_request"
    shown = nova.get(f"ports/{port['id']}?{wanted}")
    assert {"binding:vnic_type": "normal", "binding:profile": {}, "network_id": nova.lan["id"]}.items() <= shown.items()
    assert shown.get("resource_request") is None
    (found,) = nova.get(f"ports?tenant_id={MINE}&device_id={INSTANCE}")
    assert port["id"] == found["id"]
    (network,) = nova.get(f"networks?id={found['network_id']}")
    assert ("lan", MINE, 1500) == (network["name"], network["tenant_id"], network["mtu"])
    assert [] == nova.get(f"floatingips?fixed_ip_address={found['fixed_ips'][0]['ip_address']}&port_id={port['id']}")
    (subnet,) = nova.get(f"subnets?id={found['fixed_ips'][0]['subnet_id']}")
    assert ("10.0.0.0/24", "10.0.0.1", [], []) == tuple(
        subnet[name] for name in ("cidr", "gateway_ip", "dns_nameservers", "host_routes")
    )
    (served,) = nova.get(f"ports?network_id={subnet['network_id']}&device_owner=network:dhcp")
    assert [subnet["id"]] == [each["subnet_id"] for each in served["fixed_ips"]]
    physical = nova.get(f"networks/{nova.lan['id']}?fields=provider:physical_network&fields=provider:network_type")
    assert {"provider:physical_network": "default", "provider:network_type": "vlan"}.items() <= physical.items()
    assert {"segments"} >= set(nova.get(f"networks/{nova.lan['id']}?fields=segments"))
    assert nova.get(f"subnets?network_id={nova.lan['id']}&fields=segment_id") is not None
    of_address = nova.get(f"ports?fixed_ips=ip_address%3D{found['fixed_ips'][0]['ip_address']}")
    assert [INSTANCE] == [each["device_id"] for each in of_address]


def test_a_port_of_the_user_s_own_is_taken_and_given_back(nova: Nova) -> None:
    """It was made before the boot, and stays after the delete: unbound, of no instance, without its name."""
    own = nova.server.made("ports", "member", network_id=nova.lan["id"])
    assert "unbound" == nova.get(f"ports/{own['id']}")["binding:vif_type"]
    nova.put(
        f"ports/{own['id']}",
        {"port": {"device_id": INSTANCE, "device_owner": "compute:nova", "binding:host_id": "h1", "dns_name": "web-1"}},
    )
    profile = nova.get(f"ports/{own['id']}?fields=binding:profile&fields=network_id")["binding:profile"]
    assert "dns_domain" in nova.get(f"networks/{nova.lan['id']}?fields=dns_domain")
    freed = {"device_id": "", "device_owner": "", "binding:host_id": None, "binding:profile": profile, "dns_name": ""}
    shown = nova.put(f"ports/{own['id']}", {"port": freed})["port"]
    assert ("", "", "", "unbound", "") == tuple(
        shown[name] for name in ("device_id", "device_owner", "binding:host_id", "binding:vif_type", "dns_name")
    )


def test_a_live_migration(nova: Nova) -> None:
    """A second binding, made before and activated when the guest has moved; then the first one is deleted."""
    port = nova.boot()
    (found,) = nova.get(f"ports?device_id={INSTANCE}&tenant_id={MINE}&fields=id")
    assert {"id": port["id"]} == found
    bindings = f"/v2.0/ports/{port['id']}/bindings"
    wish = {"binding": {"host": "h2", "vnic_type": "normal", "profile": {}}}
    made = nova.server.call("POST", bindings, wish).json()["binding"]
    assert ("h2", "INACTIVE", "ovs") == (made["host"], made["status"], made["vif_type"])
    nova.put(f"ports/{port['id']}", {"port": {"binding:profile": {"migrating_to": "h2"}}})
    assert "INACTIVE" == nova.get(f"ports/{port['id']}/bindings/h2")["status"]
    assert "ACTIVE" == nova.put(f"ports/{port['id']}/bindings/h2/activate", None)["status"]
    (moved,) = nova.get(f"ports?device_id={INSTANCE}&tenant_id={MINE}")
    assert "h2" == moved["binding:host_id"]
    assert port["fixed_ips"] == moved["fixed_ips"]
    nova.put(f"ports/{port['id']}", {"port": {"binding:profile": {}}})
    assert [204, 404] == [nova.server.call("DELETE", f"{bindings}/h1").status for _ in range(2)]
    assert ["h2"] == [each["host"] for each in nova.get(f"ports/{port['id']}/bindings")]


def test_a_delete(nova: Nova) -> None:
    """Ports that Nova made go; a second try finds none."""
    port = nova.boot()
    assert [port["id"]] == [each["id"] for each in nova.get(f"ports?device_id={INSTANCE}", "member")]
    assert [204, 404] == [nova.server.call("DELETE", f"/v2.0/ports/{port['id']}", token="member").status for _ in "ab"]
    assert [] == nova.get(f"ports?device_id={INSTANCE}", "member")


def test_errors_have_the_names_that_nova_catches(nova: Nova) -> None:
    """The client makes its exceptions from `NeutronError.type`."""

    def kind(**attributes: Any) -> tuple[int, str]:
        body = {"port": {"network_id": nova.lan["id"], **attributes}}
        reply = nova.server.call("POST", "/v2.0/ports", body, "member")
        return reply.status, reply.json()["NeutronError"]["type"]

    taken = nova.boot()["fixed_ips"][0]["ip_address"]
    assert (409, "IpAddressAlreadyAllocated") == kind(fixed_ips=[{"ip_address": taken}])
    assert (400, "InvalidIpForNetwork") == kind(fixed_ips=[{"ip_address": "10.9.0.1"}])
    nova.put(f"quotas/{MINE}", {"quota": {"port": 1}})
    assert (409, "OverQuota") == kind()
    assert "PortNotFound" == nova.server.call("GET", "/v2.0/ports/none").json()["NeutronError"]["type"]
    assert "NetworkNotFound" == nova.server.call("GET", "/v2.0/networks/none").json()["NeutronError"]["type"]


def test_terraform_changes_only_what_changed_and_only_what_it_saw(nova: Nova) -> None:
    """gophercloud sends PUT with the attributes that differ, and `If-Match: revision_number=N`."""
    path = f"/v2.0/networks/{nova.lan['id']}"
    seen = nova.get(f"networks/{nova.lan['id']}")["revision_number"]
    first = nova.server.call("PUT", path, {"network": {"name": "new"}}, if_match=f"revision_number={seen}")
    assert (200, "new", MINE) == (first.status, *(first.json()["network"][name] for name in ("name", "tenant_id")))
    late = nova.server.call("PUT", path, {"network": {"name": "late"}}, if_match=f"revision_number={seen}")
    assert (412, "RevisionNumberConstraintFailed") == (late.status, late.json()["NeutronError"]["type"])
    assert 412 == nova.server.call("DELETE", path, if_match=f"revision_number={seen}").status
