"""DNS names of ports over HTTP."""

from msgspec import structs

from fakes.api_server import REGULATIONS, ApiServer


def test_a_port_has_a_dns_name() -> None:
    """Each address is shown with it and the server's domain; without one the name is made of the address."""
    server = ApiServer(structs.replace(REGULATIONS, dns_domain="cloud.example"))
    network = server.made("networks", "member", dns_domain="NET.example.")
    assert "net.example." == network["dns_domain"]
    server.made("subnets", "member", network_id=network["id"], cidr="10.0.0.0/30", enable_dhcp=False)
    port = server.made("ports", "member", network_id=network["id"], dns_name="VM-1", dns_domain="p.example.")
    named = {"ip_address": "10.0.0.2", "hostname": "vm-1", "fqdn": "vm-1.cloud.example."}
    assert ("vm-1", "p.example.", [named]) == tuple(port[name] for name in ("dns_name", "dns_domain", "dns_assignment"))
    one = f"/v2.0/ports/{port['id']}"
    changed = server.call("PUT", one, {"port": {"dns_name": ""}}, "member").json()["port"]
    assert [{"ip_address": "10.0.0.2", "hostname": "host-10-0-0-2", "fqdn": "host-10-0-0-2.cloud.example."}] == changed[
        "dns_assignment"
    ]
    full = server.call("PUT", one, {"port": {"dns_name": "db.cloud.example."}}, "member").json()["port"]
    assert "db.cloud.example." == full["dns_assignment"][0]["fqdn"]
    assert [port["id"]] == [
        each["id"] for each in server.call("GET", "/v2.0/ports?dns_domain=p.example.").json()["ports"]
    ]


def test_names_that_are_none() -> None:
    """Labels of letters, digits and hyphens; a full name in the server's domain; domains are full."""
    server = ApiServer()
    network = server.made("networks", "member")
    for name in (
        "-a",
        "a-",
        "a_b",
        "a..b",
        "x" * 64,
        "a.1",
        "vm.elsewhere.example.",
        "a" * 50 + ("." + "b" * 49) * 4,
        5,
    ):
        body = {"port": {"network_id": network["id"], "dns_name": name}}
        assert (name, 400) == (name, server.call("POST", "/v2.0/ports", body, "member").status)
    for domain in ("example.org", "a b.", ("b" * 50 + ".") * 5 + "a."):
        for url, key in (("/v2.0/networks", "network"), ("/v2.0/ports", "port")):
            body = {key: {"dns_domain": domain, **({"network_id": network["id"]} if key == "port" else {})}}
            assert (domain, 400) == (domain, server.call("POST", url, body, "member").status)
