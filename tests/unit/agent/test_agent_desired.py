"""What a host should be like: where frames may go, what becomes of devices, which tag stands for what."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from fakes.host import FakeHost
from fakes.records import HOST, network, port
from fakes.switch import reached
from underlay.agent.desired.host import desired
from underlay.agent.desired.tags import allocate, mark_of
from underlay.agent.desired.verdict import Dead, Wired, verdicts
from underlay.agent.plan.diff import diff
from underlay.agent.state.host import DEAD_TAG, HostState
from underlay.agent.state.present import Device, Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.model.ids import HostName, NetworkId, Vid
from underlay.model.network import Flat, Local, Network, Segment, Vlan
from underlay.model.port import Port

SITE = Site(
    HOST,
    bridge_mappings={"default": "br-eth1", "other": "br-eth2"},
    bridge_interfaces={"br-eth1": "eth1", "br-eth2": "eth2"},
)
OFPORTS = {"int-br-eth1": 1, "phy-br-eth1": 1, "int-br-eth2": 2, "phy-br-eth2": 1, "eth1": 2, "eth2": 2}


def _records(networks: list[Network], ports: list[Port]) -> Records:
    return Records(networks={one.id: one for one in networks}, ports={one.id: one for one in ports})


def _present(*ports: Port) -> Present:
    devices = [Device(f"tap{index}", one.id, 10 + index) for index, one in enumerate(ports)]
    return Present(tuple(devices), OFPORTS | {device.name: device.ofport or 0 for device in devices})


def _host(networks: list[Network], ports: list[Port], *plugged: Port) -> HostState:
    """The host as it is once it is as desired."""
    host = FakeHost(HostState())
    wanted = desired(_records(networks, ports), SITE, _present(*plugged))
    host.perform(diff(wanted, host.state))
    return msgspec.structs.replace(host.state, ofports=wanted.ofports)


VLAN, OTHER_VLAN = network(1), network(2)
FLAT, LOCAL = network(3, Flat("default")), network(4, Local())
ELSEWHERE = network(5, Vlan("other", Vid(101)))
EVERY = [VLAN, OTHER_VLAN, FLAT, LOCAL, ELSEWHERE]


def test_frames_stay_in_their_network() -> None:
    """From a device a frame reaches the devices of its network untagged, and the wire with the network's tag only."""
    ports = [port(1, VLAN), port(2, VLAN), port(3, OTHER_VLAN)]
    state = _host(EVERY, ports, *ports)
    assert {("tap1", None), ("eth1", 101)} == reached(state, "tap0")
    assert {("eth1", 102)} == reached(state, "tap2")


def test_flat_networks_are_untagged_on_the_wire_and_local_ones_never_leave() -> None:
    """A flat network's frames leave without a tag and come in without one; a local network stays on the bridge."""
    ports = [port(1, FLAT), port(2, LOCAL), port(3, LOCAL)]
    state = _host(EVERY, ports, *ports)
    assert {("eth1", None)} == reached(state, "tap0")
    assert {("tap2", None)} == reached(state, "tap1")
    assert ("tap0", None) in reached(state, "eth1", None)


def test_the_same_vlan_id_on_two_physical_networks_is_two_networks() -> None:
    """Each goes to its own wire only."""
    ports = [port(1, VLAN), port(2, ELSEWHERE)]
    state = _host(EVERY, ports, *ports)
    assert {("eth1", 101)} == reached(state, "tap0")
    assert {("eth2", 101)} == reached(state, "tap1")
    assert {("tap0", None)} == reached(state, "eth1", 101)


def test_frames_from_the_wire_reach_only_networks_with_something_here() -> None:
    """A tag of a network without a local port, a foreign tag, a local tag, and no tag: nothing passes."""
    state = _host(EVERY, [port(1, VLAN)], port(1, VLAN))
    local_tag = state.ports["tap0"].tag
    for vid in (102, 999, local_tag, DEAD_TAG, None):
        assert frozenset() == reached(state, "eth1", vid)


def test_a_device_that_is_not_wired_is_heard_by_nobody() -> None:
    """Unknown, administratively down, bound elsewhere, or tagging its own frames: dropped; and it hears nothing."""
    down = msgspec.structs.replace(port(2, VLAN), admin_state_up=False)
    elsewhere = port(3, VLAN, HostName("host2"))
    state = _host(EVERY, [port(1, VLAN), down, elsewhere], port(1, VLAN), down, elsewhere, port(4, VLAN))
    for name in ("tap1", "tap2", "tap3"):
        assert DEAD_TAG == state.ports[name].tag
        assert frozenset() == reached(state, name)
    assert {("eth1", 101)} == reached(state, "tap0")
    assert frozenset() == reached(state, "tap0", 102)


def test_a_device_not_yet_tagged_is_not_heard() -> None:
    """Between being added to the bridge and being tagged a device is a trunk: what it says is dropped."""
    state = _host(EVERY, [port(1, VLAN)], port(1, VLAN))
    state.ports["new"] = msgspec.structs.replace(state.ports["tap0"], tag=None, mark=None)
    state.ofports["new"] = 99
    for vid in (None, 101, state.ports["tap0"].tag):
        assert frozenset() == reached(state, "new", vid)


segments = st.sampled_from(EVERY)


@given(st.lists(st.tuples(segments, st.booleans(), st.booleans()), max_size=6))
def test_no_frame_ever_leaks(chosen: list[tuple[Network, bool, bool]]) -> None:
    """Whatever is plugged: a frame of a device reaches devices of its own network and its own segment, nothing else."""
    ports = [
        msgspec.structs.replace(port(index, one, HOST if here else HostName("host2")), admin_state_up=up)
        for index, (one, here, up) in enumerate(chosen)
    ]
    state = _host(EVERY, ports, *ports)
    wired = {f"tap{index}" for index, (_, here, up) in enumerate(chosen) if here and up}
    for index, (one, here, up) in enumerate(chosen):
        companions = {
            (f"tap{other}", None)
            for other, (another, _, _) in enumerate(chosen)
            if other != index and another.id == one.id and f"tap{other}" in wired
        }
        allowed = companions | _wire(one.segment) if here and up else set()
        assert allowed == reached(state, f"tap{index}")


def _wire(segment: Segment) -> set[tuple[str, int | None]]:
    match segment:
        case Vlan(physical_network=name, vid=vid):
            return {(SITE.bridge_interfaces[SITE.bridge_mappings[name]], vid)}
        case Flat(physical_network=name):
            return {(SITE.bridge_interfaces[SITE.bridge_mappings[name]], None)}
        case Local():
            return set()


def test_two_devices_of_one_port_are_not_both_wired() -> None:
    """The one that works is taken, the other is dead and says why."""
    one = port(1, VLAN)
    present = Present((Device("a", one.id), Device("b", one.id, 5)))
    judged = verdicts(_records([VLAN], [one]), SITE, present)
    assert {"a": Dead("device 'b' is plugged for the same port"), "b": Wired(VLAN.id)} == judged


def test_a_network_without_a_bridge_here_is_told_by_name() -> None:
    """The reason names the physical network and the setting."""
    far = network(9, Vlan("far", Vid(5)))
    one = port(1, far)
    judged = verdicts(_records([far], [one]), SITE, _present(one))
    assert {"tap0": Dead("physical network 'far' has no bridge on this host: add it to bridge_mappings")} == judged


def test_without_records_only_what_the_settings_say_is_desired() -> None:
    """Bridges, uplinks, patch ports, base flows; not one word on devices."""
    wanted = desired(None, SITE, _present(port(1, VLAN)))
    assert {"br-int", "br-eth1", "br-eth2"} == wanted.bridges.keys()
    assert "tap0" not in wanted.ports
    assert {"secure"} == {bridge.fail_mode for bridge in wanted.bridges.values()}


@given(
    st.sets(st.integers(0, 30)), st.dictionaries(st.integers(0, 30), st.integers(1, 4094)), st.sets(st.integers(1, 40))
)
def test_tags_are_kept_and_never_given_twice(wanted: set[int], used: dict[int, int], foreign: set[int]) -> None:
    """A tag in use stays; new ones are free, lowest first."""
    tags = {NetworkId(f"{key:02}"): tag for tag, key in {tag: key for key, tag in used.items()}.items()}
    present = Present(tags=tags, foreign_tags=frozenset(foreign))
    ids = {NetworkId(f"{number:02}") for number in wanted}
    given_tags = allocate(ids, present)
    assert ids == given_tags.keys()
    assert len(given_tags) == len(set(given_tags.values()))
    assert {key: tags[key] for key in ids & tags.keys()} == {key: given_tags[key] for key in ids & tags.keys()}
    assert not {given_tags[key] for key in ids - tags.keys()} & {*tags.values(), *foreign}


def test_a_host_full_of_networks_gives_no_tag_beyond_4094() -> None:
    """The network that gets none is left out rather than given another's tag."""
    present = Present(tags={NetworkId(f"x{tag}"): tag for tag in range(1, 4095)})
    assert {} == allocate({VLAN.id}, present)


def test_the_mark_says_what_the_tag_stands_for() -> None:
    """Type, physical network and vid, as Neutron keeps them."""
    marks = [mark_of(one, 7) for one in (VLAN, FLAT, LOCAL)]
    assert [("vlan", "default", 101), ("flat", "default", None), ("local", "", None)] == [
        (mark.network_type, mark.physical_network, mark.segmentation_id) for mark in marks
    ]


def test_a_network_of_several_segments_is_on_the_one_that_reaches_here() -> None:
    """Its frames leave on that segment's VLAN; where none reaches, the reason names all of them."""
    far, near = Vlan("far", Vid(7)), Vlan("default", Vid(101))
    routed = msgspec.structs.replace(network(9, far), further_segments=(near,))
    one = port(1, routed)
    assert {("eth1", 101)} == reached(_host([routed], [one], one), "tap0")
    nowhere = msgspec.structs.replace(routed, further_segments=(Vlan("farther", Vid(8)),))
    judged = verdicts(_records([nowhere], [one]), SITE, _present(one))
    reason = "physical networks 'far', 'farther' have no bridge on this host: add one of them to bridge_mappings"
    assert {"tap0": Dead(reason)} == judged
