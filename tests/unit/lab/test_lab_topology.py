"""What the lab consists of."""

from ipaddress import ip_network

import pytest
from lab.topology import HOSTS, VLANS, host_named
from lab.wiring import wires


def test_the_four_vlans_of_the_scenario() -> None:
    """VLANs 100, 101, 200, 201 with 10.10.<vid>.0/24 and the physical gateway at .1."""
    expected = [(vid, f"10.10.{vid}.0/24", f"10.10.{vid}.1") for vid in (100, 101, 200, 201)]
    assert expected == [(vlan.vid, vlan.cidr, vlan.gateway) for vlan in VLANS]


def test_management_is_a_documentation_network() -> None:
    """Management addresses are unique and of TEST-NET-1: they cannot meet a real network."""
    addresses = [host.address for host in HOSTS]
    assert len(addresses) == len(set(addresses))
    assert all(ip_network(address).subnet_of(ip_network("192.0.2.0/24")) for address in addresses)  # type: ignore[arg-type]


def test_every_host_has_management_and_all_but_the_controller_a_trunk() -> None:
    """eth0 of all four, eth1 of the three hosts, no end used twice, names that fit a link (15 characters)."""
    ends = [(w.container, w.link) for w in wires()] + [(w.far_container, w.far_link) for w in wires()]
    assert len(ends) == len(set(ends))
    assert all(len(link) <= 15 for _, link in ends)
    assert {"controller", "net1", "cmp1", "cmp2"} == {w.container for w in wires() if w.link == "eth0"}
    assert {"net1", "cmp1", "cmp2"} == {w.container for w in wires() if w.link == "eth1"}


def test_unknown_host() -> None:
    """A name that no host has is a KeyError."""
    with pytest.raises(KeyError):
        host_named("cmp9")
