from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from fakes.api_server import MINE, REGULATIONS, ApiServer
from fakes.compute_site import FINGERPRINT, PUBLIC_KEY, ComputeSite


@pytest.fixture
def site(tmp_path: Path) -> ComputeSite:
    """With one host."""
    made = ComputeSite(tmp_path)
    made.host()
    return made


def refused(site: ComputeSite, asked: dict[str, Any], token: str = "member", version: str = "2.96") -> tuple[int, str]:
    """Status and message of a boot that is refused, in Nova's form."""
    reply = site.call("POST", "/servers", {"server": asked}, token, version)
    ((_, fault),) = reply.json().items()
    assert reply.status == fault["code"]
    return reply.status, fault["message"]


def test_a_server_is_booted_on_the_network_that_fits_best(site: ComputeSite) -> None:
    """202 with id, links and Location; then it is there, with address, flavor and image."""
    reply = site.call("POST", "/servers", site.wish(), version="2.96")
    made = reply.json()["server"]
    assert (202, made["links"][0]["href"]) == (reply.status, reply.headers["location"])
    assert f"http://server:9696/compute/v2.1/servers/{made['id']}" == made["links"][0]["href"]
    assert [{"name": "default"}] == made["security_groups"]
    shown = site.read(f"/servers/{made['id']}", version="2.96")["server"]
    assert ("BUILD", "spawning", "building", 0) == (
        shown["status"],
        *(shown[f"OS-EXT-STS:{name}"] for name in ("task_state", "vm_state", "power_state")),
    )
    ((network, addresses),) = shown["addresses"].items()
    (port,) = site.server.call("GET", f"/v2.0/ports?device_id={made['id']}").json()["ports"]
    assert ("pub100", [port["fixed_ips"][0]["ip_address"]]) == (network, [one["addr"] for one in addresses])
    assert port["mac_address"] == addresses[0]["OS-EXT-IPS-MAC:mac_addr"]
    assert ("h1", "compute:nova", "ovs") == (
        port["binding:host_id"],
        port["device_owner"],
        port["binding:vif_type"],
    )
    assert ("m1.tiny", 512) == (shown["flavor"]["original_name"], shown["flavor"]["ram"])
    assert (site.image(), MINE, "um") == (shown["image"]["id"], shown["tenant_id"], shown["user_id"])
    told = site.server.call("GET", f"/v2.0/instances/{made['id']}", token="member").json()["instance"]
    assert "vm1" == told["name"]


def test_ten_at_once_over_four_networks_have_addresses_of_their_own(tmp_path: Path) -> None:
    """Then the networks fill up, and a 409 names them; nothing is left of what was refused."""
    site = ComputeSite(tmp_path, workers=8)
    site.host()
    body = site.wish()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: site.call("POST", "/servers", body, version="2.96"), range(10)))
    assert [202] * 10 == [reply.status for reply in replies]
    shown = site.read("/servers/detail", version="2.96")["servers"]
    taken = [(network, one["addr"]) for each in shown for network, all_ in each["addresses"].items() for one in all_]
    assert 10 == len(set(taken))
    assert [2, 2, 3, 3] == sorted(sum(network == name for network, _ in taken) for name in site.networks.values())
    site.boot(min_count=40, max_count=42)
    assert 52 == len(site.read("/servers")["servers"])
    status, message = refused(site, body["server"])
    assert 409 == status
    assert all(f"{name}: no free address" in message for name in site.networks.values())
    assert 52 == len(site.read("/servers")["servers"])
    assert 52 == len(site.server.call("GET", "/v2.0/ports").json()["ports"])


def test_as_many_as_there_is_room_for_between_min_and_max(tmp_path: Path) -> None:
    """`max_count`, else `min_count`, else none; numbered names."""
    site = ComputeSite(tmp_path, structs.replace(REGULATIONS, max_servers=3))
    site.host()
    site.boot(min_count=2, max_count=5)
    assert ["vm1-2", "vm1-1"] == [each["name"] for each in site.read("/servers")["servers"]]
    status, message = refused(site, site.wish(min_count=2)["server"])
    assert (403, True) == (status, "Quota exceeded for instances" in message)
    assert 2 == len(site.read("/servers")["servers"])


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"name": ""}, 400, "length >= 1"),
        ({"flavorRef": "m9"}, 400, "Flavor m9 could not be found"),
        ({"imageRef": "9"}, 400, "Image 9 could not be found"),
        ({"imageRef": ""}, 400, "no volumes"),
        ({"networks": "some"}, 400, "networks"),
        ({"networks": [{"uuid": "x"}]}, 400, "Bad networks format"),
        ({"networks": [{"uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12}]}, 400, "could not be found"),
        ({"networks": [{}]}, 400, "network uuid is missing"),
        ({"key_name": "none"}, 400, "Invalid key_name"),
        ({"security_groups": [{"name": "none"}]}, 400, "Security group none not found"),
        ({"user_data": "%"}, 400, "user_data is not base64"),
        ({"config_drive": True}, 400, "no config drives"),
        ({"block_device_mapping_v2": [{"source_type": "volume", "uuid": "v", "boot_index": 0}]}, 400, "no volumes"),
        ({"personality": [{"path": "/x", "contents": "x"}]}, 400, "no file injection"),
        ({"metadata": {"a/b": "c"}}, 400, "metadata"),
        ({"min_count": 3, "max_count": 2}, 400, "min_count must be <= max_count"),
        ({"availability_zone": "nova:h1"}, 403, "create_server:host"),
        ({"host": "h1"}, 403, "create_server:host"),
        ({"availability_zone": "west"}, 409, "it is in availability zone nova"),
        ({"colour": "red"}, 400, "colour"),
        ({"flavorRef": "m1.tiny", "imageRef": "debian"}, 400, "too small"),
        ({"imageRef": "vmlinuz"}, 400, "is a kernel"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_made(
    site: ComputeSite, changes: dict[str, Any], status: int, reason: str
) -> None:
    """In Nova's form."""
    named = {"debian": "debian-13", "vmlinuz": "vmlinuz"}.get(str(changes.get("imageRef")))
    found = refused(site, site.wish(**changes | ({"imageRef": site.image(named)} if named else {}))["server"])
    assert status == found[0], found
    assert reason in found[1]
    assert [] == site.server.call("GET", "/v2.0/ports").json()["ports"]
    assert [] == site.read("/servers")["servers"]


def test_bodies_that_are_none(site: ComputeSite) -> None:
    """400 each."""
    for body in (b"", b"{", b"[]", b'{"server": 1}', b"\xff", b"[" * 100_000):
        assert 400 == site.call("POST", "/servers", body).status
        assert 400 == site.call("POST", "/os-keypairs", body).status


def test_microversions(site: ComputeSite) -> None:
    """2.1 without a header, up to 2.96; the answer says which; 406 beyond, 400 for what is none."""
    server = site.boot()
    path = f"/servers/{server['id']}"
    old = site.call("GET", path)
    assert ("compute 2.1", "2.1") == (
        old.headers["openstack-api-version"],
        old.headers["x-openstack-nova-api-version"],
    )
    assert {"id", "links"} == set(old.json()["server"]["flavor"])
    assert not {"locked", "description", "tags"} & set(old.json()["server"])
    new = site.call("GET", path, version="latest")
    assert "compute 2.96" == new.headers["openstack-api-version"]
    assert {"locked", "description", "tags", "pinned_availability_zone"} <= set(new.json()["server"])
    assert 406 == site.call("GET", path, version="2.97").status
    assert 400 == site.call("GET", path, version="two").status
    by_old_header = site.server.call("GET", f"/v2.1{path}", None, "member", x_openstack_nova_api_version="2.9")
    assert "2.9" == by_old_header.headers["x-openstack-nova-api-version"]
    body = site.wish()
    del body["server"]["networks"]
    assert (202, 400) == tuple(site.call("POST", "/servers", body, version=each).status for each in ("2.1", "2.37"))
    assert 400 == site.call("POST", "/servers", site.wish(), version="2.36").status, "auto is there from 2.37 on"


def test_what_only_administrators_are_told(site: ComputeSite) -> None:
    """Where it runs."""
    server = site.boot()
    assert not [name for name in server if name.startswith("OS-EXT-SRV-ATTR") and not name.endswith(":hostname")]
    shown = site.read(f"/servers/{server['id']}", "admin", "2.96")["server"]
    assert ("h1", "UP") == (shown["OS-EXT-SRV-ATTR:host"], shown["host_status"])
    assert site.image("vmlinuz") == shown["OS-EXT-SRV-ATTR:kernel_id"]


def test_lists_are_the_projects_own_filtered_sorted_and_paged(site: ComputeSite) -> None:
    """All projects' for administrators who ask."""
    ids = [site.boot(name=name)["id"] for name in ("web1", "web2", "db1")]
    site.boot("other", name="theirs")
    names = [each["name"] for each in site.read("/servers")["servers"]]
    assert ["db1", "web2", "web1"] == names
    assert 4 == len(site.read("/servers/detail?all_tenants=1", "admin")["servers"])
    assert 403 == site.call("GET", "/servers?all_tenants=1").status
    assert 404 == site.call("GET", f"/servers/{ids[0]}", token="other").status
    for query, expected in (
        ("name=web", {"web1", "web2"}),
        ("name=%5Edb", {"db1"}),
        ("status=active", set()),
        ("status=build&flavor=m1.tiny", {"web1", "web2", "db1"}),
        ("deleted=true", set()),
        ("ip=10.10.101", {"web2"}),
        (f"image={site.image()}", {"web1", "web2", "db1"}),
        ("image=none", set()),
    ):
        assert expected == {each["name"] for each in site.read(f"/servers?{query}")["servers"]}, query
    first = site.read("/servers?limit=2&sort_key=display_name&sort_dir=asc")
    assert ["db1", "web1"] == [each["name"] for each in first["servers"]]
    following = first["servers_links"][0]["href"].partition("/v2.1")[2]
    rest = site.read(following)
    assert (["web2"], False) == ([each["name"] for each in rest["servers"]], "servers_links" in rest)
    for query in ("sort_key=colour", "limit=x", "marker=none", "name=%28"):
        assert 400 == site.call("GET", f"/servers?{query}").status


def test_a_host_reports_and_actions_change_what_it_is_to_do(site: ComputeSite) -> None:
    """Start, stop, reboot; 409 for what does not go with the state, 400 for what is no action."""
    server_id = site.boot()["id"]
    action = f"/servers/{server_id}/action"
    assert 409 == site.call("POST", action, {"os-stop": None}).status
    assert "ACTIVE" == site.report(server_id, "running")
    assert 202 == site.call("POST", action, {"reboot": {"type": "SOFT"}}).status
    assert 400 == site.call("POST", action, {"reboot": {"type": "GENTLE"}}).status
    assert 202 == site.call("POST", action, {"os-stop": None}).status
    assert "powering-off" == site.read(f"/servers/{server_id}")["server"]["OS-EXT-STS:task_state"]
    assert "SHUTOFF" == site.report(server_id, "stopped")
    assert 202 == site.call("POST", action, {"os-start": None}).status
    assert "ERROR" == site.report(server_id, "failed", "no space left")
    assert "no space left" == site.read(f"/servers/{server_id}")["server"]["fault"]["message"]
    for body in ({}, {"dance": None}, {"os-start": None, "os-stop": None}):
        assert 400 == site.call("POST", action, body).status
    assert 403 == site.call("POST", action, {"os-start": None}, token="reader").status
    assert 403 == site.server.call("POST", "/underlay/v1/hosts/h2/servers", {"servers": []}, token="host").status


def test_the_console_is_what_its_host_sent_last_and_goes_with_the_server(site: ComputeSite) -> None:
    """All of it, or the last lines."""
    server_id = site.boot()["id"]
    path = f"/underlay/v1/hosts/h1/servers/{server_id}/console"
    action = f"/servers/{server_id}/action"
    read = {"os-getConsoleOutput": {}}
    assert {"output": ""} == site.call("POST", action, read).json()
    for output in (b"first", b"one\ntwo\r\nthree \xff\n"):
        assert 204 == site.server.call("PUT", path, output, token="host").status
    assert {"output": "one\ntwo\r\nthree \ufffd\n"} == site.call("POST", action, read).json()
    for length, expected in (
        (0, ""),
        (1, "three \ufffd\n"),
        ("2", "two\r\nthree \ufffd\n"),
        (9, "one\ntwo\r\nthree \ufffd\n"),
    ):
        body = {"os-getConsoleOutput": {"length": length}}
        assert expected == site.call("POST", action, body).json()["output"]
    assert 400 == site.call("POST", action, {"os-getConsoleOutput": {"length": "x"}}).status
    assert 403 == site.call("POST", action, read, token="reader").status
    assert 413 == site.server.call("PUT", path, b"x" * 262_145, token="host").status
    assert 403 == site.server.call("PUT", path, b"x", token="member").status
    assert 404 == site.server.call("PUT", path.replace(server_id, "none"), b"x", token="host").status
    assert 204 == site.call("DELETE", f"/servers/{server_id}").status
    with site.server.store.read() as reading:
        assert b"" == reading.console(server_id)  # type: ignore[arg-type]


def test_rename_metadata_and_delete(site: ComputeSite) -> None:
    """And what belongs to it is shown by itself too."""
    server_id = site.boot(metadata={"a": "1"})["id"]
    path = f"/servers/{server_id}"
    shown = site.call("PUT", path, {"server": {"name": "db", "description": "d"}}, version="2.19").json()["server"]
    assert ("db", "d") == (shown["name"], shown["description"])
    assert {"a": "1", "b": "2"} == site.call("POST", f"{path}/metadata", {"metadata": {"b": "2"}}).json()["metadata"]
    assert {"c": "3"} == site.call("PUT", f"{path}/metadata", {"metadata": {"c": "3"}}).json()["metadata"]
    assert (204, 404) == tuple(site.call("DELETE", f"{path}/metadata/c").status for _ in range(2))
    assert {} == site.read(f"{path}/metadata")["metadata"]
    (interface,) = site.read(f"{path}/os-interface")["interfaceAttachments"]
    assert interface["net_id"] in site.networks
    assert ["default"] == [each["name"] for each in site.read(f"{path}/os-security-groups")["security_groups"]]
    assert (204, 404) == tuple(site.call("DELETE", path).status for _ in range(2))
    assert [] == site.server.call("GET", "/v2.0/ports").json()["ports"]


def test_keypairs_are_a_users_own(site: ComputeSite) -> None:
    """With Nova's fingerprint; a server keeps the key that it was made with."""
    body = {"keypair": {"name": "rose", "public_key": PUBLIC_KEY}}
    assert 201 == site.call("POST", "/os-keypairs", body, version="2.2").status
    assert 409 == site.call("POST", "/os-keypairs", body).status
    shown = site.read("/os-keypairs/rose")["keypair"]
    assert (PUBLIC_KEY, FINGERPRINT) == (shown["public_key"], shown["fingerprint"])
    assert 404 == site.call("GET", "/os-keypairs/rose", token="other").status
    assert (
        403 == site.call("GET", "/os-keypairs?user_id=um", token="other", version="2.10").status
        or [] == (site.read("/os-keypairs?user_id=um", "other", "2.10")["keypairs"])
    )
    assert "rose" == site.read("/os-keypairs?user_id=um", "admin", "2.10")["keypairs"][0]["keypair"]["name"]
    server = site.boot(key_name="rose")
    assert "rose" == server["key_name"]
    for name, key in (("x/y", PUBLIC_KEY), ("x", "ssh-rsa AAAA"), ("x", "none"), ("x", None)):
        assert 400 == site.call("POST", "/os-keypairs", {"keypair": {"name": name, "public_key": key}}).status
    assert (204, 404) == tuple(site.call("DELETE", "/os-keypairs/rose", version="2.2").status for _ in range(2))
    told = site.server.call("GET", f"/v2.0/instances/{server['id']}", token="member").json()["instance"]
    assert {"rose": PUBLIC_KEY} == told["public_keys"]


def test_flavors_are_those_of_the_settings(site: ComputeSite) -> None:
    """In the form of each version."""
    assert ["m1.tiny", "m1.small"] == [each["id"] for each in site.read("/flavors")["flavors"]]
    assert ["m1.small"] == [each["id"] for each in site.read("/flavors/detail?minRam=1024")["flavors"]]
    shown = site.read("/flavors/m1.small", version="2.75")["flavor"]
    assert (2048, 2, 20, 0, {}) == tuple(shown[name] for name in ("ram", "vcpus", "disk", "swap", "extra_specs"))
    assert "" == site.read("/flavors/m1.small")["flavor"]["swap"]
    missing = site.call("GET", "/flavors/none")
    assert {"itemNotFound": {"code": 404, "message": "Flavor none could not be found."}} == missing.json()


def test_hosts_are_shown_to_administrators_and_can_be_switched_off(site: ComputeSite) -> None:
    """Switched off, they are given nothing."""
    site.boot()
    (service,) = site.read("/os-services", "admin", "2.53")["services"]
    assert ("nova-compute", "h1", "up", "enabled") == tuple(
        service[name] for name in ("binary", "host", "state", "status")
    )
    (hypervisor,) = site.read("/os-hypervisors/detail", "admin")["hypervisors"]
    assert (65536, 512, 1) == tuple(hypervisor[name] for name in ("memory_mb", "memory_mb_used", "running_vms"))
    assert isinstance(hypervisor["id"], int)
    assert service["id"] == site.read(f"/os-hypervisors/{service['id']}", "admin", "2.88")["hypervisor"]["id"]
    assert [("nova", True)] == [
        (each["zoneName"], each["zoneState"]["available"])
        for each in site.read("/os-availability-zone")["availabilityZoneInfo"]
    ]
    for path in ("/os-services", "/os-hypervisors", "/os-availability-zone/detail"):
        assert 403 == site.call("GET", path).status
    path = f"/os-services/{service['id']}"
    assert 200 == site.call("PUT", path, {"status": "disabled"}, "admin", "2.53").status
    assert "its compute agent is switched off" in refused(site, site.wish()["server"])[1]


def test_limits(site: ComputeSite) -> None:
    """What is limited is servers."""
    site.boot()
    absolute = site.read("/limits")["limits"]["absolute"]
    assert (100, 1, 512) == tuple(
        absolute[name] for name in ("maxTotalInstances", "totalInstancesUsed", "totalRAMUsed")
    )
    assert 100 == site.read(f"/os-quota-sets/{MINE}")["quota_set"]["instances"]
    assert 403 == site.call("GET", "/limits?tenant_id=project-b").status


def test_documents_are_for_anyone_and_calls_for_the_known(site: ComputeSite) -> None:
    """The versions; 401 as everywhere; what is nowhere, in Nova's form."""
    (version,) = site.server.call("GET", "/compute/", token=None).json()["versions"]
    assert ("2.1", "2.96") == (version["min_version"], version["version"])
    assert "v2.1" == site.server.call("GET", "/compute/v2.1/", token=None).json()["version"]["id"]
    assert 401 == site.server.call("GET", "/compute/v2.1/servers", token=None).status
    assert "itemNotFound" in site.call("GET", "/colours").json()
    assert "badMethod" in site.call("PUT", "/servers").json()


def test_without_the_setting_there_is_no_compute() -> None:
    """404 in Networking's form, as before."""
    server = ApiServer()
    for path in ("/compute/", "/compute/v2.1/servers", "/v2.1/servers", "/image/v2/images"):
        assert "NeutronError" in server.call("GET", path).json()
    assert 404 == server.call("POST", "/underlay/v1/hosts/h1/servers", {"servers": []}, token="host").status
