"""Plans: the laws of the difference (ARCHITECTURE.md, laws 1, 2, 3 and 7)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.host import FakeHost
from underlay.agent.plan.diff import diff, in_the_way
from underlay.agent.plan.plan import Plan, make_plan, summary
from underlay.agent.plan.steps import AddFlow, PutLink, RemoveFlow, SetTag, also_makes, makes, needs, takes_away
from underlay.agent.state.host import Bridge, FlowKey, HostState, Link, NetworkMark, OvsPort
from underlay.agent.state.standing import Standing
from underlay.model.ids import NetworkId

BRIDGES = ("br-int", "br-eth1")
NETWORKS = ("n1", "n2", "n3")
marks = st.builds(
    NetworkMark,
    network_id=st.sampled_from(NETWORKS).map(NetworkId),
    network_type=st.just("vlan"),
    physical_network=st.just("default"),
    segmentation_id=st.integers(1, 3),
    tag=st.integers(1, 3),
)
devices = st.builds(
    OvsPort,
    bridge=st.sampled_from(BRIDGES),
    tag=st.sampled_from((1, 2, 4095)),
    mark=st.none() | marks,
    port_id=st.sampled_from(("p1", "p2")),
)
made = st.builds(OvsPort, bridge=st.sampled_from(BRIDGES), mac=st.sampled_from(("a", "b")), owned=st.just(True))
patches = st.builds(OvsPort, bridge=st.sampled_from(BRIDGES), peer=st.sampled_from(("x", "y")), owned=st.just(True))
keys = st.builds(FlowKey, table=st.just(0), priority=st.integers(0, 3), match=st.sampled_from(("", "in_port=1")))
links = st.builds(
    Link,
    peer=st.sampled_from(("t1", "tap1")),
    mac=st.sampled_from(("a", "b")),
    mtu=st.just(1500),
    addresses=st.frozensets(st.sampled_from(("10.0.0.2/24", "10.0.0.3/24"))),
    gateway=st.sampled_from((None, "10.0.0.1")),
)


@st.composite
def hosts(draw: st.DrawFn) -> HostState:
    """Any host; its ports are on bridges that it has, its tables belong to namespaces that it has."""
    namespaces = draw(st.dictionaries(st.sampled_from([f"qdhcp-{name}" for name in NETWORKS]), _links()))
    tables = [f"dhcp/{name.removeprefix('qdhcp-')}.json" for name in namespaces]
    return HostState(
        bridges={name: Bridge("system", draw(st.sampled_from(("", "secure")))) for name in BRIDGES},
        ports=draw(st.dictionaries(st.sampled_from(("t1", "t2", "t3")), devices | made | patches)),
        flows=draw(
            st.dictionaries(st.sampled_from(BRIDGES), st.dictionaries(keys, st.sampled_from(("drop", "NORMAL"))))
        ),
        namespaces=namespaces,
        tables={name: draw(st.binary(max_size=1)) for name in tables if draw(st.booleans())},
        ofports={"t1": 1},
        foreign_flows={"br-int": draw(st.frozensets(keys, max_size=1))},
    )


def _links() -> st.SearchStrategy[dict[str, Link]]:
    return st.dictionaries(st.sampled_from(("ns-1", "ns-2")), links, max_size=2)


@settings(max_examples=60)
@given(hosts())
def test_nothing_is_to_be_done_when_all_is_as_desired(state: HostState) -> None:
    """diff(s, s) is empty."""
    assert () == diff(state, state)


@settings(max_examples=60)
@given(hosts(), hosts())
def test_a_plan_leads_to_what_is_desired(desired: HostState, observed: HostState) -> None:
    """After a host has done diff(d, o), the difference to d is empty; and the order never lacks its ground."""
    host = FakeHost(observed)
    host.perform(diff(desired, observed))
    assert () == diff(desired, host.state)


@settings(max_examples=60)
@given(hosts(), hosts())
def test_the_same_states_give_the_same_plan(desired: HostState, observed: HostState) -> None:
    """The order in which dicts were filled does not matter."""
    assert diff(desired, observed) == diff(_turned(desired), _turned(observed))


@settings(max_examples=60)
@given(hosts(), hosts(), st.sampled_from((Standing.NOTHING, Standing.SNAPSHOT)))
def test_nothing_is_taken_away_before_the_mirror_is_in_sync(
    desired: HostState, observed: HostState, standing: Standing
) -> None:
    """No removal, no port cut off, no address taken off on incomplete knowledge; what is withheld is told."""
    plan = make_plan(desired, observed, standing)
    assert not any(takes_away(step) for step in plan.steps)
    assert all(not step.stale for step in plan.steps if isinstance(step, PutLink))
    assert len(diff(desired, observed)) == len(plan.steps) + len(plan.withheld)


@settings(max_examples=60)
@given(hosts(), hosts())
def test_tags_come_before_flows_and_additions_before_removals(desired: HostState, observed: HostState) -> None:
    """A device may speak only once it has its tag; flows are removed after the new ones are there."""
    steps = diff(desired, observed)
    tags = [index for index, step in enumerate(steps) if isinstance(step, SetTag)]
    added = [index for index, step in enumerate(steps) if isinstance(step, AddFlow)]
    removed = [index for index, step in enumerate(steps) if isinstance(step, RemoveFlow)]
    assert max(tags, default=-1) < min(added, default=len(steps))
    assert max(added, default=-1) < min(removed, default=len(steps))


def test_a_port_that_has_a_network_keeps_it_until_the_server_says_otherwise() -> None:
    """It may be younger than the snapshot. A device without a network is cut off at once: that takes nothing away."""
    mark = NetworkMark(NetworkId("n1"), "vlan", "default", 100, 5)
    dead = HostState(ports={name: OvsPort("br-int", 4095, port_id="p") for name in ("old", "new")})
    seen = HostState(
        ports={"old": OvsPort("br-int", 5, mark, port_id="p"), "new": OvsPort("br-int", None, port_id="p")}
    )
    cut_new, cut_old = SetTag("new", "br-int", 4095, None), SetTag("old", "br-int", 4095, None, cuts=True)
    assert Plan((cut_new,), (cut_old,)) == make_plan(dead, seen, Standing.SNAPSHOT)
    assert Plan((cut_new, cut_old)) == make_plan(dead, seen, Standing.IN_SYNC)


def test_a_flow_of_somebody_else_is_left_alone_and_told() -> None:
    """Adding ours would replace it: it is not added, and named as being in the way."""
    key = FlowKey(0, 0, "")
    desired = HostState(flows={"br-int": {key: "drop"}})
    observed = HostState(foreign_flows={"br-int": frozenset({key})})
    assert () == diff(desired, observed)
    assert ("br-int: table=0,priority=0,",) == in_the_way(desired, observed)


def test_a_step_needs_what_earlier_steps_make() -> None:
    """The flow that lets a device speak stands on the device's tag, and its failure holds back nothing else."""
    tag = SetTag("tap1", "br-int", 5, None)
    flow = AddFlow("br-int", FlowKey(0, 10, "in_port=1"), "NORMAL", "tap1")
    assert makes(tag) in needs(flow)
    assert makes(flow) not in needs(tag)
    link = PutLink("qdhcp-n1", "ns-1", Link("tap1", "a", 1500))
    assert ("links of qdhcp-n1", "link tap1") == also_makes(link)


def test_a_plan_is_told_in_one_line() -> None:
    """How many steps of each kind."""
    step = AddFlow("br-int", FlowKey(0, 0, ""), "drop")
    assert {"AddFlow": 2} == summary(Plan((step, step)))


def _turned(state: HostState) -> HostState:
    return HostState(
        bridges=dict(reversed(state.bridges.items())),
        ports=dict(reversed(state.ports.items())),
        flows={bridge: dict(reversed(flows.items())) for bridge, flows in reversed(state.flows.items())},
        namespaces={name: dict(reversed(found.items())) for name, found in reversed(state.namespaces.items())},
        tables=dict(reversed(state.tables.items())),
        ofports=dict(reversed(state.ofports.items())),
        foreign_flows=state.foreign_flows,
    )
