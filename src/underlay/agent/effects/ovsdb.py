"""Steps on the OVSDB: many in one transaction, which ends when vswitchd has put it in place.

# Note [One bad step]
A transaction is all or nothing. When ovsdb-server refuses one, its steps are done again one by one, so that only the
bad one fails.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from underlay.agent.effects.handles import Handles
from underlay.agent.effects.outcome import Done, Failed, Outcome, Retry
from underlay.agent.observed.ownership import OWNER, mark_config
from underlay.agent.plan.steps import ClosePort, MakeBridge, OvsdbStep, PutPort, RemovePort, SetFailMode, SetTag
from underlay.dataplane.ovsdb import OvsdbUnavailableError, Row, Writer

_MOST_PUTS: Final = 256
_MOST_REMOVALS: Final = 50
"""vswitchd takes 30 ms and more to delete a port, and answers nobody meanwhile (Open vSwitch 3.1)."""


def perform_ovsdb(steps: Sequence[OvsdbStep], handles: Handles) -> list[Outcome]:
    """The outcome of each step, in order."""
    outcomes: list[Outcome] = []
    for batch in _batches(steps):
        outcomes += _perform_batch(batch, handles)
    return outcomes


def _batches(steps: Sequence[OvsdbStep]) -> Iterator[list[OvsdbStep]]:
    removals = [step for step in steps if isinstance(step, RemovePort | ClosePort)]
    size = _MOST_REMOVALS if removals else _MOST_PUTS
    remaining = iter(steps)
    while batch := list(islice(remaining, size)):
        yield batch


def _perform_batch(batch: list[OvsdbStep], handles: Handles) -> list[Outcome]:
    outcomes: list[Outcome] = []

    def write(writer: Writer) -> None:
        outcomes[:] = [_write(step, writer, handles) for step in batch]

    try:
        refusal = handles.ovsdb.transact(write)
    except OvsdbUnavailableError as error:
        return [Retry(str(error))] * len(batch)
    if not refusal:
        return outcomes
    if len(batch) == 1:
        return [Failed(refusal)]
    return [outcome for step in batch for outcome in _perform_batch([step], handles)]


def _write(step: OvsdbStep, writer: Writer, handles: Handles) -> Outcome:
    match step:
        case MakeBridge():
            return _make_bridge(step, writer)
        case SetFailMode():
            return _set_fail_mode(step, writer)
        case PutPort():
            return _put_port(step, writer)
        case SetTag():
            return _set_tag(step, writer)
        case RemovePort() | ClosePort():
            return _remove_port(step, writer)


def _make_bridge(step: MakeBridge, writer: Writer) -> Outcome:
    if writer.find("Bridge", step.name) is None:
        bridge = writer.add_bridge(step.name)
        bridge.datapath_type = step.datapath_type
        bridge.fail_mode = step.fail_mode
        bridge.external_ids = {"owner": OWNER}
    return Done()


def _set_fail_mode(step: SetFailMode, writer: Writer) -> Outcome:
    bridge = writer.find("Bridge", step.name)
    if bridge is None:
        return Retry(f"bridge '{step.name}' has gone")
    bridge.fail_mode = step.fail_mode
    return Done()


def _put_port(step: PutPort, writer: Writer) -> Outcome:
    bridge = writer.find("Bridge", step.port.bridge)
    if bridge is None:
        return Retry(f"bridge '{step.port.bridge}' has gone")
    port = writer.find("Port", step.name)
    if port is None:
        port = writer.add_port(bridge, step.name)
    elif all(other.uuid != port.uuid for other in bridge.ports):
        return Failed(f"'{step.name}' is on another bridge than '{step.port.bridge}': take it off there")
    _fill(step, port)
    return Done()


def _fill(step: PutPort, port: Row) -> None:
    interface = port.interfaces[0]
    if step.port.owned:
        port.external_ids = {**port.external_ids, "owner": OWNER}
    if step.port.peer:
        interface.type = "patch"
        interface.options = {"peer": step.port.peer}
    if step.port.tag is not None:
        _tag(port, SetTag(step.name, step.port.bridge, step.port.tag, step.port.mark, step.port.identity))
    if step.port.port_id:
        marks = {"iface-id": step.port.port_id, "attached-mac": step.port.mac, "iface-status": "active"}
        interface.external_ids = {**interface.external_ids, **marks}


def _set_tag(step: SetTag, writer: Writer) -> Outcome:
    port = writer.find("Port", step.name)
    if port is None:
        return Retry(f"port '{step.name}' has gone")
    _tag(port, step)
    return Done()


def _tag(port: Row, step: SetTag) -> None:
    port.vlan_mode = []
    port.trunks = []
    port.tag = [] if step.tag is None else [step.tag]
    port.other_config = mark_config(step.mark, step.identity, port.other_config)


def _remove_port(step: RemovePort | ClosePort, writer: Writer) -> Outcome:
    bridge, port = writer.find("Bridge", step.bridge), writer.find("Port", step.name)
    if bridge is not None and port is not None:
        writer.remove_port(bridge, port)
    return Done()
