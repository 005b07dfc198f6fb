"""The flows of the bridges as ovs-vswitchd has them now. Reads only."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID

import msgspec

from underlay.agent.observed.ownership import is_our_cookie
from underlay.agent.state.host import FlowKey
from underlay.dataplane.openflow import FlowLine, dump_flows


class Flows(msgspec.Struct, frozen=True):
    """The flows of one bridge: ours, and the keys that somebody else's take."""

    ours: dict[FlowKey, str]
    foreign: frozenset[FlowKey]


class FlowView:
    """What flows there are. A bridge that was read is read again only when it is another one of the same name, or when
    told that something happened to it: each reading starts a program."""

    def __init__(self, run_dir: Path, timeout_s: float) -> None:
        """`run_dir`: where Open vSwitch keeps the bridges' management sockets."""
        self._run_dir = run_dir
        self._timeout_s = timeout_s
        self._read: dict[str, tuple[UUID, Flows]] = {}

    def forget(self, bridge: str) -> None:
        """Something was done to the bridge's flows."""
        self._read.pop(bridge, None)

    def forget_all(self) -> None:
        """Anything may have happened."""
        self._read.clear()

    def observe(self, bridges: Mapping[str, UUID]) -> dict[str, Flows]:
        """By bridge; `bridges` tells each one's row. Raises OpenFlowError when vswitchd does not tell."""
        self._read = {name: self._look(name, row) for name, row in sorted(bridges.items())}
        return {name: flows for name, (_, flows) in self._read.items()}

    def _look(self, bridge: str, row: UUID) -> tuple[UUID, Flows]:
        known = self._read.get(bridge)
        if known is not None and known[0] == row:
            return known
        return row, _parted(dump_flows(str(self._run_dir / f"{bridge}.mgmt"), self._timeout_s))


def _parted(lines: Iterable[FlowLine]) -> Flows:
    ours: dict[FlowKey, str] = {}
    foreign: set[FlowKey] = set()
    for line in lines:
        key = FlowKey(line.table, line.priority, line.match)
        if is_our_cookie(line.cookie):
            ours[key] = line.actions
        else:
            foreign.add(key)
    return Flows(ours, frozenset(foreign))
