"""Reports: the state of each port, when it is told, and what is claimed to live."""

import threading

import msgspec

from fakes.host import FakeHost
from fakes.records import HOST, NOW, network, port
from underlay.agent.desired.host import desired
from underlay.agent.observed.host import Observation
from underlay.agent.plan.diff import diff
from underlay.agent.report.health import Life, heartbeat
from underlay.agent.report.reporter import Reporter, ServerUnreachableError, difference
from underlay.agent.report.states import port_states
from underlay.agent.state.host import HostState
from underlay.agent.state.present import Device, Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.commands.host import AgentState, Heartbeat, PortState, ReportPorts
from underlay.model.ids import PortId
from underlay.model.port import Binding

SITE = Site(HOST, bridge_mappings={"default": "br-eth1"})
NET = network(1)
PORT = port(1, NET)
RECORDS = Records(networks={NET.id: NET}, ports={PORT.id: PORT})
PRESENT = Present((Device("tap1", PORT.id, 5),), {"tap1": 5, "int-br-eth1": 1, "phy-br-eth1": 1})


def _states(records: Records, present: Present, state: HostState | None = None) -> dict[PortId, PortState]:
    wanted = desired(records, SITE, present)
    host = FakeHost(state or HostState())
    if state is None:
        host.perform(diff(wanted, host.state))
    seen = Observation(msgspec.structs.replace(host.state, ofports=present.ofports), present)
    return port_states(records, SITE, wanted, seen, {})


def test_a_port_is_wired_when_all_that_it_stands_on_is_seen() -> None:
    """Tag, its flow, and its network's flows on both bridges: each that is missing is named."""
    assert {PORT.id: PortState(PORT.id, plugged=True, wired=True)} == _states(RECORDS, PRESENT)
    wanted = desired(RECORDS, SITE, PRESENT)
    for bridge, flows in wanted.flows.items():
        for key in flows:
            if key.match in ("", "dl_vlan=4095", "in_port=1"):
                continue
            lacking = {**wanted.flows, bridge: {other: flows[other] for other in flows if other != key}}
            state = _states(RECORDS, PRESENT, msgspec.structs.replace(wanted, flows=lacking))[PORT.id]
            assert (False, True) == (state.wired, bool(state.reason))


def test_a_device_that_vswitchd_could_not_open_says_so() -> None:
    """Its error is the reason."""
    present = Present((Device("tap1", PORT.id, None, "could not open network device tap1"),), {})
    assert PortState(PORT.id, True, False, "could not open network device tap1") == _states(RECORDS, present)[PORT.id]


def test_a_port_that_the_server_believes_to_be_here_and_is_not_is_unplugged() -> None:
    """ACTIVE or bound by plug, and no device: told, also by an agent that never saw the device."""
    active = msgspec.structs.replace(PORT, status="ACTIVE")
    by_plug = msgspec.structs.replace(port(2, NET), binding=Binding(HOST, by_plug=True))
    waiting = port(3, NET)
    records = Records(networks={NET.id: NET}, ports={one.id: one for one in (active, by_plug, waiting)})
    assert {one.id: PortState(one.id, plugged=False) for one in (active, by_plug)} == _states(records, Present())


def test_a_device_of_an_unknown_port_is_plugged_and_not_wired() -> None:
    """So that the server can bind the port here."""
    present = Present((Device("tap9", PortId("unknown"), 9),), {"tap9": 9})
    assert PortState(PortId("unknown"), plugged=True) == _states(RECORDS, present)[PortId("unknown")]


def test_only_news_is_told() -> None:
    """What the server has heard is not told again; what is gone is told as unplugged, once."""
    one, two = PortState(PortId("1"), True, True), PortState(PortId("2"), True, True)
    gone = PortState(PortId("2"), plugged=False)
    assert (one, two) == difference({}, {one.id: one, two.id: two})
    assert (gone,) == difference({one.id: one, two.id: two}, {one.id: one})
    assert () == difference({one.id: one, two.id: gone}, {one.id: one})


class _Server:
    """Holds what it was told; unreachable as often as it is told to be."""

    def __init__(self, failures: int = 0, statuses: tuple[str, ...] = ("alive",), answer: str = "ACTIVE") -> None:
        self.reports: list[ReportPorts] = []
        self.beats = 0
        self._failures = failures
        self._statuses = statuses
        self._answer = answer
        self.changed = threading.Condition()

    def heartbeat(self, beat: Heartbeat) -> str:
        with self.changed:
            status = self._statuses[min(self.beats, len(self._statuses) - 1)]
            self.beats += 1
            self.changed.notify()
        return status

    def report_ports(self, report: ReportPorts) -> dict[str, str]:
        with self.changed:
            if self._failures:
                self._failures -= 1
                raise ServerUnreachableError("no")
            self.reports.append(report)
            self.changed.notify()
        return {state.id: self._answer for state in report.ports}


STATE = PortState(PORT.id, True, True)
BEAT = Heartbeat(HOST, (AgentState("Open vSwitch agent", "underlay-agent", "N/A", NOW),))


def test_a_report_that_was_not_taken_is_sent_again() -> None:
    """As often as it takes."""
    server = _Server(failures=2)
    reporter = Reporter(HOST, server)
    reporter.start()
    reporter.publish({STATE.id: STATE})
    assert reporter.wait_until_told(10)
    reporter.stop(1)
    assert [ReportPorts(HOST, (STATE,))] == server.reports


def test_everything_is_told_again_when_the_server_had_forgotten_the_host() -> None:
    """A heartbeat answered with `revived` or `new` makes all ports news."""
    server = _Server(statuses=("alive", "revived"))
    reporter = Reporter(HOST, server)
    reporter.start()
    for _ in range(2):
        reporter.publish({STATE.id: STATE})
        reporter.beat(BEAT)
        assert reporter.wait_until_told(10)
    reporter.stop(1)
    assert [ReportPorts(HOST, (STATE,))] * 2 == server.reports


def test_a_refused_port_is_asked_for_again_with_the_next_heartbeat() -> None:
    """The other host may have let go of it, and nobody else would tell this one."""
    server = _Server(answer="REFUSED")
    reporter = Reporter(HOST, server)
    reporter.start()
    reporter.publish({STATE.id: STATE})
    assert reporter.wait_until_told(10)
    reporter.beat(BEAT)
    assert reporter.wait_until_told(10)
    reporter.stop(1)
    assert 2 == len(server.reports)


def test_only_what_lives_is_claimed() -> None:
    """DHCP and metadata agents need the role and a pump that runs."""
    seen = Observation(HostState(), PRESENT)
    serving = msgspec.structs.replace(SITE, dhcp_agent=True)
    cases = {
        ("Open vSwitch agent",): heartbeat(SITE, RECORDS, seen, Life(NOW, True, True)),
        ("Open vSwitch agent", "DHCP agent"): heartbeat(serving, RECORDS, seen, Life(NOW, True, False)),
        ("Open vSwitch agent", "Metadata agent"): heartbeat(serving, RECORDS, seen, Life(NOW, False, True)),
    }
    for expected, beat in cases.items():
        assert expected == tuple(agent.agent_type for agent in beat.agents)
    assert 1 == heartbeat(SITE, RECORDS, seen, Life(NOW)).agents[0].configurations["devices"]


def test_every_agent_of_a_host_is_in_its_availability_zone() -> None:
    """As the host's setting names it."""
    site = msgspec.structs.replace(SITE, dhcp_agent=True, availability_zone="west")
    beat = heartbeat(site, Records(), Observation(HostState(), Present()), Life(NOW, dhcp=True, metadata=True))
    assert ["west"] * 3 == [agent.availability_zone for agent in beat.agents]
