"""The trees of EC2 and OpenStack, as Nova has them."""

import base64
from typing import Any

import msgspec
import pytest
from directories import BARE_ENTRY, ENTRY, INSTANCE, SUBNET, WEB, directory
from hypothesis import given
from hypothesis import strategies as st

from underlay.metadata.content import EC2_VERSIONS, OPENSTACK_VERSIONS, Content, content
from underlay.metadata.described import Described, describe, host_name
from underlay.metadata.directory import Entry

SEED = b"seed" * 128


def instance(entry: Entry = ENTRY) -> Described:
    """What is known of the caller."""
    return describe(directory(), entry)


def found(path: str, entry: Entry = ENTRY) -> Content | None:
    """What is at the path."""
    return content(path, instance(entry), lambda: SEED)


def text(path: str, entry: Entry = ENTRY) -> str:
    """The text at the path, which there must be."""
    there = found(path, entry)
    assert there is not None
    return there.body.decode()


def document(path: str, entry: Entry = ENTRY) -> Any:
    """The JSON document at the path."""
    there = found(path, entry)
    assert there is not None
    assert "application/json" == there.content_type
    return msgspec.json.decode(there.body)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "\n".join((*EC2_VERSIONS, "latest"))),
        ("", "\n".join((*EC2_VERSIONS, "latest"))),
        ("/latest", "meta-data/\nuser-data"),
        ("/latest/", "meta-data/\nuser-data"),
        ("/2009-04-04/meta-data/instance-id", WEB),
        ("/latest/meta-data/ami-id", "ami-00000000"),
        ("/latest/meta-data/hostname", "web-1"),
        ("/latest/meta-data/local-hostname", "web-1"),
        ("/latest/meta-data/local-ipv4", "10.10.100.5"),
        ("/latest/meta-data/mac", "fa:16:3e:00:00:05"),
        ("/latest/meta-data/placement", "availability-zone"),
        ("/latest/meta-data/placement/availability-zone", "nova"),
        ("/latest/meta-data/public-keys", "0=k\n1=second"),
        ("/latest/meta-data/public-keys/", "0=k\n1=second"),
        ("/latest/meta-data/public-keys/0", "openssh-key"),
        ("/latest/meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA k"),
        ("/latest/meta-data/public-keys/1/openssh-key", "ssh-rsa BBBB s"),
        ("/latest/user-data", "#!/bin/sh\n"),
        ("/openstack", "\n".join((*OPENSTACK_VERSIONS, "latest"))),
        ("/openstack/2012-08-10", "meta_data.json\nuser_data"),
        ("/openstack/latest", "meta_data.json\nuser_data\nvendor_data.json\nnetwork_data.json\nvendor_data2.json"),
        ("//openstack//latest//user_data", "#!/bin/sh\n"),
    ],
)
def test_what_is_at_each_path(path: str, expected: str) -> None:
    """Listings end branches in a slash and keys in `=name`; final and doubled slashes do not matter."""
    assert expected == text(path)


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/2030-01-01/meta-data",
        "/latest/meta-data/nope",
        "/latest/meta-data/hostname/more",
        "/latest/meta-data/public-keys/2",
        "/latest/meta-data/public-keys/0/nope",
        "/openstack/2030-01-01",
        "/openstack/latest/nope",
        "/openstack/latest/meta_data.json/more",
        "/openstack/2012-08-10/network_data.json",
        "/latest/../latest",
        "/./",
    ],
)
def test_nothing_else_is_there(path: str) -> None:
    """None becomes a 404."""
    assert found(path) is None


def test_the_list_of_meta_data_is_what_can_be_read() -> None:
    """Each name of the listing leads somewhere."""
    names = text("/latest/meta-data/").split("\n")
    assert sorted(names) == names
    for name in names:
        assert found(f"/latest/meta-data/{name}") is not None


def test_old_versions_know_less() -> None:
    """local-hostname came with 2007-01-19, placement with 2008-02-01."""
    assert found("/1.0/meta-data/local-hostname") is None
    assert found("/2007-12-15/meta-data/placement") is None
    assert "web-1" == text("/2007-01-19/meta-data/local-hostname")


def test_meta_data_json() -> None:
    """Nova's keys of the newest version."""
    expected = {
        "uuid": WEB,
        "name": "Web 1",
        "hostname": "web-1",
        "launch_index": 0,
        "availability_zone": "nova",
        "meta": {"role": "web"},
        "public_keys": INSTANCE.public_keys,
        "keys": [{"name": name, "type": "ssh", "data": key} for name, key in INSTANCE.public_keys.items()],
        "random_seed": base64.b64encode(SEED).decode(),
        "project_id": "project",
        "devices": [],
        "dedicated_cpus": [],
    }
    assert expected == document("/openstack/latest/meta_data.json")
    assert {"uuid", "name", "hostname", "launch_index", "availability_zone", "meta", "public_keys"} == document(
        "/openstack/2012-08-10/meta_data.json"
    ).keys()


def test_network_data_of_a_subnet_with_dhcp() -> None:
    """The guest is told to ask DHCP."""
    link = "tap61eaed6f-d0"
    expected = {
        "links": [
            {
                "id": link,
                "vif_id": ENTRY.port_id,
                "type": "ovs",
                "mtu": 1450,
                "ethernet_mac_address": "fa:16:3e:00:00:05",
            }
        ],
        "networks": [{"id": "network0", "link": link, "network_id": "net", "type": "ipv4_dhcp"}],
        "services": [{"type": "dns", "address": "8.8.8.8"}],
    }
    assert expected == document("/openstack/latest/network_data.json")


def test_network_data_of_a_subnet_without_dhcp() -> None:
    """Address, mask and routes are told in full."""
    static = msgspec.structs.replace(SUBNET, enable_dhcp=False)
    described = describe(directory(subnets=(static,)), ENTRY)
    there = content("/openstack/latest/network_data.json", described, lambda: SEED)
    assert there is not None
    (network,) = msgspec.json.decode(there.body)["networks"]
    assert ("ipv4", "10.10.100.5", "255.255.255.0") == (network["type"], network["ip_address"], network["netmask"])
    assert [{"network": "0.0.0.0", "netmask": "0.0.0.0", "gateway": "10.10.100.1"}] == network["routes"]


def test_two_ports_of_one_instance_are_both_told() -> None:
    """A machine with two ports in the network; ports of other machines or projects are not told."""
    second = msgspec.structs.replace(BARE_ENTRY, device_id=WEB)
    foreign = msgspec.structs.replace(second, project_id="other", port_id="port-7")
    described = describe(directory(ENTRY, second, foreign), ENTRY)
    there = content("/openstack/latest/network_data.json", described, lambda: SEED)
    assert there is not None
    links = msgspec.json.decode(there.body)["links"]
    assert [ENTRY.port_id, second.port_id] == [link["vif_id"] for link in links]


def test_an_instance_without_record_gets_what_its_port_tells() -> None:
    """Enough to boot with: id, a name made of the address, no keys, no user data."""
    assert "99999999-2222-3333-4444-555555555555" == text("/latest/meta-data/instance-id", BARE_ENTRY)
    assert "host-10-10-100-6" == text("/latest/meta-data/hostname", BARE_ENTRY)
    assert "meta-data/" == text("/latest", BARE_ENTRY)
    for path in ("/openstack/latest/user_data", "/latest/user-data", "/latest/meta-data/public-keys"):
        assert found(path, BARE_ENTRY) is None
    assert "keys" not in document("/openstack/latest/meta_data.json", BARE_ENTRY)


def test_vendor_data_is_empty() -> None:
    """As Nova without vendor data configured."""
    assert ({}, {}) == (
        document("/openstack/latest/vendor_data.json"),
        document("/openstack/latest/vendor_data2.json"),
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Web 1", "web-1"), ("a_b.C", "a-b.c"), ("-x-", "x"), ("é", ""), ("x" * 80, "x" * 63), ("a\r\nb: c", "ab-c")],
)
def test_host_names_are_fit_for_hosts(name: str, expected: str) -> None:
    """Lower case letters, digits, hyphens, dots; at most 63."""
    assert expected == host_name(name)


@given(st.text(max_size=60), st.sampled_from((ENTRY, BARE_ENTRY)))
def test_any_path_is_answered(path: str, entry: Entry) -> None:
    """No path raises anything."""
    found(path, entry)
    found(f"/latest/{path}", entry)
    found(f"/openstack/{path}", entry)
