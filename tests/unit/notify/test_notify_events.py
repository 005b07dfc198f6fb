"""What Nova is told of a change, by the change log as the store writes it."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fakes.records import HOST, network, port, subnet, uuid_of
from underlay.model.address import Mac
from underlay.model.change import Ref, Writes
from underlay.model.ids import HostName, InstanceId, PortId
from underlay.model.port import Binding, FixedIp, Port
from underlay.notify.events import Event, EventName, events_of
from underlay.store.contract import ChangeRow
from underlay.store.memory import MemoryStore

NET = network(1, subnets=1)
SUB = subnet(NET)
ONE, OTHER = InstanceId(uuid_of(4, 1)), InstanceId(uuid_of(4, 2))
DOWN = replace(port(1, NET, addresses=((SUB, "10.0.0.10"),)), device_id=ONE, device_owner="compute:nova")
ACTIVE = replace(DOWN, status="ACTIVE")
FIXED = DOWN.fixed_ips[0]


def beside(of: Port, plugged: bool) -> Port:
    """With an inactive binding, as before a live migration."""
    return replace(of, inactive_bindings=(Binding(HostName("h2"), plugged=plugged),))


MOVED = replace(DOWN, binding=Binding(HostName("h2")), inactive_bindings=(Binding(HOST, plugged=True),))
"""After a live migration, when the new host's binding was activated and the old one has the device still."""


def logged(*states: Port | None) -> list[ChangeRow]:
    """The changes of a port that goes through these states; None: it is deleted."""
    store = MemoryStore()
    store.write(lambda moment: moment.commit_writes(Writes(puts=(NET, SUB))))
    for state in states:
        writes = Writes(puts=(state,)) if state else Writes(deletes=(Ref("port", DOWN.id),))
        store.write(lambda moment, writes=writes: moment.commit_writes(writes))
    with store.read_log() as log:
        return [change for change in log.changes_after(0, 1000) if change.kind == "port"]


def told(*states: Port | None) -> list[tuple[EventName, InstanceId]]:
    """What the last of the changes tells."""
    return [(event.name, event.server_uuid) for event in events_of(logged(*states)[-1])]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (DOWN, ACTIVE, [("network-vif-plugged", ONE)]),
        (ACTIVE, DOWN, [("network-vif-unplugged", ONE)]),
        (ACTIVE, None, [("network-vif-deleted", ONE)]),
        (DOWN, None, [("network-vif-deleted", ONE)]),
        (ACTIVE, replace(ACTIVE, device_id="", device_owner=""), [("network-vif-deleted", ONE)]),
        (ACTIVE, replace(ACTIVE, device_id=OTHER), [("network-vif-deleted", ONE), ("network-vif-plugged", OTHER)]),
        (DOWN, replace(DOWN, device_id=OTHER), [("network-vif-deleted", ONE)]),
        (replace(ACTIVE, device_id=""), ACTIVE, [("network-vif-plugged", ONE)]),
        (DOWN, replace(DOWN, fixed_ips=()), [("network-changed", ONE)]),
        (DOWN, replace(DOWN, mac_address=Mac(0xFA163E000099)), [("network-changed", ONE)]),
        (DOWN, replace(ACTIVE, fixed_ips=()), [("network-changed", ONE), ("network-vif-plugged", ONE)]),
        (beside(ACTIVE, plugged=False), beside(ACTIVE, plugged=True), [("network-vif-plugged", ONE)]),
        (beside(ACTIVE, plugged=True), beside(ACTIVE, plugged=False), []),
        (beside(ACTIVE, plugged=True), ACTIVE, []),
        (ACTIVE, MOVED, [("network-vif-unplugged", ONE)]),
        (DOWN, replace(DOWN, name="renamed", revision_number=2), []),
    ],
)
def test_a_change_tells(before, after, expected):
    """Each row of the table in `notify/events.py`."""
    assert expected == told(before, after)


@pytest.mark.parametrize(
    "fields",
    [{"device_owner": "network:dhcp"}, {"device_owner": ""}, {"device_id": ""}, {"device_id": "dhcp-1"}],
)
def test_ports_that_are_no_instances_tell_nothing(fields):
    """Whatever happens to them."""
    down, active = replace(DOWN, **fields), replace(ACTIVE, **fields)
    assert [[], [], [], []] == [told(down), told(down, active), told(active, down), told(active, None)]


def test_a_new_port_tells_nothing_until_it_is_plugged():
    """It is not plugged when it is made."""
    assert [] == told(DOWN)


def test_an_old_log_that_does_not_say_what_was_before():
    """After an upgrade: a plug is told, perhaps twice; a deletion of nobody knows what is not."""
    put = replace_row(logged(DOWN, ACTIVE)[-1])
    assert [Event("network-vif-plugged", ONE, DOWN.id)] == list(events_of(put))
    assert () == events_of(replace_row(logged(DOWN, None)[-1]))


def replace_row(change: ChangeRow) -> ChangeRow:
    """As a version wrote it that did not keep what was replaced."""
    return replace(change, replaced=None)


STATES = st.builds(
    lambda device, owner, status, last: replace(
        DOWN,
        device_id=device,
        device_owner=owner,
        status=status,
        fixed_ips=(FixedIp(FIXED.subnet_id, ip_address(f"10.0.0.{last}")),),
    ),
    st.sampled_from([ONE, ONE, ONE, OTHER, ""]),
    st.sampled_from(["compute:nova", "compute:nova", "compute:az2", "network:dhcp"]),
    st.sampled_from(["ACTIVE", "DOWN"]),
    st.integers(10, 11),
)


def owner_of(state: Port | None) -> InstanceId | None:
    """The instance that has the port."""
    is_instances = state is not None and state.device_id and state.device_owner.startswith("compute:")
    return InstanceId(state.device_id) if state is not None and is_instances else None


@given(st.lists(STATES | STATES | st.none(), max_size=20))
def test_nova_always_believes_what_is_so_and_is_told_nothing_twice(states):
    """After every change, who folds the events knows which instance's port is plugged; no event repeats what is known,
    and addresses are told of exactly when they change under an instance."""
    plugged: set[tuple[InstanceId, PortId]] = set()
    kept = [state for number, state in enumerate(states) if state or (number and states[number - 1])]
    steps = [state for number, state in enumerate(kept) if not number or state != kept[number - 1]]
    changes = iter(logged(*steps))
    before: Port | None = None
    for state in steps:
        events = events_of(next(changes))
        for event in events:
            match event.name:
                case "network-vif-plugged":
                    assert (event.server_uuid, event.tag) not in plugged
                    plugged.add((event.server_uuid, event.tag))
                case "network-vif-unplugged":
                    plugged.remove((event.server_uuid, event.tag))
                case "network-vif-deleted":
                    assert owner_of(before) == event.server_uuid
                    plugged.discard((event.server_uuid, event.tag))
        owner = owner_of(state)
        is_active = state is not None and state.status == "ACTIVE"
        assert plugged == ({(owner, DOWN.id)} if owner and is_active else set())
        moved = owner is not None and before is not None and state is not None and owner == owner_of(before)
        has_changed = moved and before is not None and state is not None and before.fixed_ips != state.fixed_ips
        assert has_changed == any(event.name == "network-changed" for event in events)
        before = state
