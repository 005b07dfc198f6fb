"""underlay-compute's decisions: which guests start, stop, restart and go, and what the server is told."""

import msgspec
import pytest

from fakes.guest_records import server_of
from fakes.records import HOST, network, port
from underlay.agent.mirror import sort_out
from underlay.agent.state.standing import Standing
from underlay.commands.server import ServerState
from underlay.compute.desired import desired
from underlay.compute.guest import Guest, Plug, Run, Seen
from underlay.compute.plan import (
    STOP_GRACE_S,
    AskToStop,
    Destroy,
    Forget,
    Plan,
    Reset,
    Start,
    Step,
    SwitchOff,
    make_plan,
)
from underlay.compute.states import KILLED, states
from underlay.model.ids import HostName

NET = network(1)
PORT = port(1, NET)
SERVER = server_of(PORT)
ID = SERVER.id
GUEST = desired(sort_out([SERVER, PORT, NET]), HOST)[ID]
TAP = GUEST.nics[0].tap
NOW = 1000.0
RUNNING = Run("running", 0)
PLUGGED = {TAP: ID}


def plan_of(guest: Guest | None, run: Run | None, standing: Standing = Standing.IN_SYNC) -> Plan:
    """For one guest that has a folder; its device is plugged when it was started."""
    seen = Seen(frozenset({ID}), {} if run is None else {ID: run}, {} if run is None else PLUGGED)
    return make_plan({} if guest is None else {ID: guest}, seen, standing, NOW)


def wanting(**changes: object) -> Guest:
    """The guest with these changes."""
    return msgspec.structs.replace(GUEST, **changes)


def test_a_guest_is_whole_when_all_its_ports_are_known() -> None:
    """A server record may come before its ports; another host's server is none of ours."""
    assert not desired(sort_out([SERVER, NET]), HOST)[ID].is_whole
    assert GUEST.is_whole
    assert {} == desired(sort_out([SERVER, PORT, NET]), HostName("other"))


def test_a_new_guest_is_plugged_in_and_started() -> None:
    """In this order; not before its ports are known; not while it is held back, and then its device stays."""
    assert Plan(plug=(Plug(ID, GUEST.nics[0]),), starts=(Start(GUEST),)) == plan_of(GUEST, None)
    assert plan_of(wanting(nics=(), is_whole=False), None).is_empty
    held = make_plan({ID: GUEST}, Seen(taps=PLUGGED), Standing.IN_SYNC, NOW, frozenset({ID}))
    assert held.is_empty


STOPPING = Run("running", 0, NOW - 1)
LATE = Run("running", 0, NOW - STOP_GRACE_S)


@pytest.mark.parametrize(
    ("guest", "run", "expected"),
    [
        (GUEST, RUNNING, None),
        (wanting(reboots=1), RUNNING, Reset),
        (GUEST, Run("ended", 0), None),
        (GUEST, Run("killed", 0), None),
        (wanting(reboots=1), Run("killed", 0), Start),
        (wanting(status="SHUTOFF"), Run("ended", 0), Start),
        (wanting(wanted="stopped"), None, None),
        (wanting(wanted="stopped"), RUNNING, AskToStop),
        (wanting(wanted="stopped"), STOPPING, None),
        (wanting(wanted="stopped"), LATE, SwitchOff),
        (wanting(wanted="stopped"), Run("ended", 0), Forget),
        (wanting(wanted="stopped"), Run("killed", 0), Forget),
        (None, RUNNING, Destroy),
    ],
)
def test_each_case_of_the_table(guest: Guest | None, run: Run | None, expected: type[Step] | None) -> None:
    """The table of `plan.py`, one by one."""
    plan = plan_of(guest, run)
    assert ([] if expected is None else [expected]) == [type(step) for step in (*plan.ends, *plan.starts)]


def test_nothing_is_destroyed_by_old_records() -> None:
    """A host whose records are of an earlier run starts its guests, but keeps those that the records do not have."""
    assert plan_of(None, RUNNING, Standing.SNAPSHOT).is_empty
    assert (Start(GUEST),) == plan_of(GUEST, None, Standing.SNAPSHOT).starts


def test_devices_that_no_guest_needs_go() -> None:
    """Those of a guest that is gone or stopped; never those of one that runs while its ports are not all known."""
    assert (TAP,) == make_plan({}, Seen(taps=PLUGGED), Standing.IN_SYNC, NOW).unplug
    assert (TAP,) == make_plan({ID: wanting(wanted="stopped")}, Seen(taps=PLUGGED), Standing.IN_SYNC, NOW).unplug
    assert () == plan_of(wanting(nics=(), is_whole=False), RUNNING).unplug


def test_a_running_guest_is_plugged_in_again() -> None:
    """When somebody took its device off the bridge."""
    assert (Plug(ID, GUEST.nics[0]),) == make_plan({ID: GUEST}, Seen(runs={ID: RUNNING}), Standing.IN_SYNC, NOW).plug


def test_what_the_server_is_told() -> None:
    """A guest that is yet to be started is not told; one that died is told as failed."""
    guests = {ID: GUEST}
    assert {} == states(guests, {}, {})
    assert {ID: ServerState(ID, "running")} == states(guests, {ID: RUNNING}, {})
    assert {ID: ServerState(ID, "stopped")} == states(guests, {ID: Run("ended", 0)}, {})
    assert {ID: ServerState(ID, "failed", KILLED)} == states(guests, {ID: Run("killed", 0)}, {})
    assert {ID: ServerState(ID, "failed", "no image")} == states(guests, {}, {ID: "no image"})
