import pytest

from fakes.cloud import REGULATIONS, Cloud, host_caller
from underlay.commands.host import PortState, ReportPorts
from underlay.model.agent import OVS_AGENT
from underlay.model.errors import PolicyNotAuthorized
from underlay.model.ids import HostName, PortId
from underlay.model.port import Binding, Port
from underlay.rules.verdict import PortReport, PortsAnswer, Verdict

CMP1, CMP2 = HostName("cmp1"), HostName("cmp2")
WIRED = (True, True, "")
UNWIRED = (True, False, "no bridge for 'default'")
UNPLUGGED = (False, False, "")


def report(cloud: Cloud, host: HostName, port: Port, state: tuple[bool, bool, str]) -> Verdict:
    """The host's report of one port: plugged, wired, reason."""
    return cloud.do(ReportPorts(host, (PortState(port.id, *state),)), host_caller(host))


def now(cloud: Cloud, port: Port) -> Port:
    """The port as it is stored."""
    stored = cloud.stored(port)
    assert isinstance(stored, Port)
    return stored


@pytest.mark.parametrize(
    ("bound_to", "state", "answer", "status", "binding", "reason"),
    [
        (CMP1, WIRED, "ACTIVE", "ACTIVE", Binding(CMP1), ""),
        (CMP1, UNWIRED, "DOWN", "DOWN", Binding(CMP1), UNWIRED[2]),
        (CMP1, UNPLUGGED, "DOWN", "DOWN", Binding(CMP1), ""),
        (None, WIRED, "ACTIVE", "ACTIVE", Binding(CMP1, by_plug=True), ""),
        (None, UNWIRED, "DOWN", "DOWN", Binding(CMP1, by_plug=True), UNWIRED[2]),
        (None, UNPLUGGED, "DOWN", "DOWN", Binding(), ""),
        (CMP2, WIRED, "REFUSED", "DOWN", Binding(CMP2), ""),
        (CMP2, UNPLUGGED, "REFUSED", "DOWN", Binding(CMP2), ""),
    ],
)
def test_what_a_report_makes_of_a_port(
    bound_to: HostName | None,
    state: tuple[bool, bool, str],
    answer: PortReport,
    status: str,
    binding: Binding,
    reason: str,
) -> None:
    """The table of rules.binding, line by line."""
    cloud = Cloud()
    port = cloud.port(cloud.network(), host=bound_to)
    verdict = report(cloud, CMP1, port, state)
    after = now(cloud, port)
    assert PortsAnswer({port.id: answer}) == verdict.result
    assert (status, binding, reason) == (after.status, after.binding, after.status_reason)


def test_unplugging_frees_what_plugging_bound() -> None:
    """A port bound by its plug may be plugged on another host after; one bound by the API stays where it is."""
    cloud = Cloud()
    port = cloud.port(cloud.network())
    for host in (CMP1, CMP2):
        report(cloud, host, port, WIRED)
        assert Binding(host, by_plug=True) == now(cloud, port).binding
        report(cloud, host, port, UNPLUGGED)
        assert (Binding(), "DOWN") == (now(cloud, port).binding, now(cloud, port).status)


def test_the_same_report_again_writes_nothing() -> None:
    """Reports are repeated after every reconnect, and only news is written."""
    cloud = Cloud()
    port = cloud.port(cloud.network())
    for state in (WIRED, UNWIRED, UNPLUGGED):
        first, second = report(cloud, CMP1, port, state), report(cloud, CMP1, port, state)
        assert (1, 0) == (len(first.writes.puts), len(second.writes.puts))
        assert first.result == second.result


def test_the_second_host_waits_while_the_first_lives() -> None:
    """A port plugged on two hosts stays with the first, until that one's agent is silent for too long."""
    cloud = Cloud()
    port = cloud.port(cloud.network())
    cloud.beat("cmp1", OVS_AGENT)
    report(cloud, CMP1, port, WIRED)
    assert PortsAnswer({port.id: "REFUSED"}) == report(cloud, CMP2, port, WIRED).result
    cloud.wait(REGULATIONS.agent_down_time_s + 1)
    assert PortsAnswer({port.id: "ACTIVE"}) == report(cloud, CMP2, port, WIRED).result
    assert Binding(CMP2, by_plug=True) == now(cloud, port).binding


def test_a_dead_host_keeps_what_the_api_bound_to_it() -> None:
    """Only a binding by plug gives way."""
    cloud = Cloud()
    port = cloud.port(cloud.network(), host=CMP1)
    assert PortsAnswer({port.id: "REFUSED"}) == report(cloud, CMP2, port, WIRED).result


def test_a_reserved_dhcp_port_is_not_plugged() -> None:
    """The device of the agent that lost the network may still be there: it does not get the port back."""
    cloud = Cloud()
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (port,) = cloud.dhcp_ports(network)
    verdict = report(cloud, CMP1, port, WIRED)
    assert (PortsAnswer({port.id: "REFUSED"}), ()) == (verdict.result, verdict.writes.puts)


def test_a_served_dhcp_port_becomes_active() -> None:
    """The agent's host reports the DHCP port like any other."""
    cloud = Cloud()
    cloud.dhcp_agent("net1")
    network = cloud.network()
    cloud.subnet(network, "10.0.0.0/24")
    (port,) = cloud.dhcp_ports(network)
    report(cloud, HostName("net1"), port, WIRED)
    assert "ACTIVE" == now(cloud, port).status


def test_one_report_of_many_ports() -> None:
    """Each port has its answer, an unknown one too; the last word on a port counts."""
    cloud = Cloud()
    network = cloud.network()
    one, two = cloud.port(network), cloud.port(network)
    states = (
        PortState(one.id, plugged=True, wired=True),
        PortState(PortId("gone"), plugged=True, wired=True),
        PortState(two.id, plugged=True, wired=True),
        PortState(two.id, plugged=False),
    )
    verdict = cloud.do(ReportPorts(CMP1, states), host_caller(CMP1))
    assert PortsAnswer({one.id: "ACTIVE", PortId("gone"): "UNKNOWN", two.id: "DOWN"}) == verdict.result
    assert Binding() == now(cloud, two).binding


def test_a_host_speaks_for_itself() -> None:
    """Another host's credential, or a member's, cannot report."""
    cloud = Cloud()
    command = ReportPorts(CMP1, ())
    error = PolicyNotAuthorized(("report_ports",), "an administrator, or the host for itself")
    assert error == cloud.refusal(command, host_caller("cmp2"))
