"""What keeps the agent from beginning, and what it says."""

from fakes.records import HOST
from underlay.agent.observed.ownership import identity_from, mark_config, mark_from, may_be_our_namespace
from underlay.agent.preflight import obstacles
from underlay.agent.state.host import NetworkMark
from underlay.agent.state.site import Site
from underlay.model.ids import NetworkId

SITE = Site(HOST, bridge_mappings={"default": "br-eth1"})
WITH_INTERFACE = Site(HOST, bridge_mappings={"default": "br-eth1"}, bridge_interfaces={"br-eth1": "eth1"})


def test_a_bridge_that_is_there_or_can_be_made_is_no_obstacle() -> None:
    """There already, or with an interface that exists."""
    assert () == obstacles(SITE, {"br-eth1"}, lambda name: False)
    assert () == obstacles(WITH_INTERFACE, set(), lambda name: name == "eth1")


def test_a_missing_bridge_is_named_with_the_way_to_make_it() -> None:
    """Without an interface: both ways; with one that does not exist: that one."""
    (said,) = obstacles(SITE, set(), lambda name: True)
    assert "bridge 'br-eth1'" in said
    assert "ovs-vsctl add-br br-eth1" in said
    assert 'bridge_interfaces = "br-eth1:' in said
    (said,) = obstacles(WITH_INTERFACE, set(), lambda name: False)
    assert "'eth1'" in said


def test_settings_that_contradict_each_other_are_told() -> None:
    """An interface for a bridge that no mapping names; the integration bridge as a mapped one."""
    site = Site(HOST, bridge_mappings={"default": "br-int"}, bridge_interfaces={"br-x": "eth1"})
    assert 2 == len(obstacles(site, {"br-int"}, lambda name: True))


def test_a_mark_is_read_back_as_it_was_written() -> None:
    """And what others keep beside it stays."""
    for mark in (
        NetworkMark(NetworkId("n"), "vlan", "default", 100, 7),
        NetworkMark(NetworkId("n"), "flat", "default", None, 7),
        NetworkMark(NetworkId("n"), "local", "", None, 7),
    ):
        written = mark_config(mark, 17, {"qos": "1", "tag": "old"})
        assert (mark, 17) == (mark_from(written), identity_from(written))
        assert {"qos": "1"} == mark_config(None, None, written)
    assert mark_from({"net_uuid": "n", "tag": "x"}) is None
    for unreadable in ("", "x", "0", "-1", "65536", "²"):
        assert identity_from({"underlay_identity": unreadable}) is None


def test_only_names_of_our_form_may_be_our_namespaces() -> None:
    """`qdhcp-` and a UUID, or as the setting says."""
    assert may_be_our_namespace("qdhcp-00010007-0000-4000-8000-000000000000", "local")
    assert may_be_our_namespace("local", "local")
    assert not may_be_our_namespace("qdhcp-backup", "local")
    assert not may_be_our_namespace("qrouter-00010007-0000-4000-8000-000000000000", "local")
