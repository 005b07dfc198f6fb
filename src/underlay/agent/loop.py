"""The agent's one deciding thread: wait, coalesce, observe, plan, log, perform, look again, report.

Level-triggered: whatever woke it, it compares the whole host with the whole of what is desired. It holds no state of
its own about the host; what it keeps between turns are times.

# Note [Look again]
A round that did something is followed by another look. That is the verification: what was done and is not seen is
planned again. It is also how things that need two steps come about: a port has no OpenFlow number before vswitchd has
made it.
"""

import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import ovs.poller
import structlog

from underlay.agent import snapshot
from underlay.agent.desired.host import desired
from underlay.agent.effects.handles import Handles
from underlay.agent.effects.outcome import Done, Failed, Outcome
from underlay.agent.effects.perform import perform
from underlay.agent.hints import FeedRestart, Hint, Hints, Stop
from underlay.agent.mirror import Mirror
from underlay.agent.observed.host import Observation, Observer
from underlay.agent.observed.pumps import PumpWatch
from underlay.agent.plan.diff import in_the_way
from underlay.agent.plan.plan import Plan, make_plan, summary
from underlay.agent.plan.steps import (
    AddFlow,
    ClosePort,
    MakeBridge,
    MakeNamespace,
    PutLink,
    PutPort,
    RemoveFlow,
    RemoveLink,
    RemoveNamespace,
    RemovePort,
    Step,
    makes,
)
from underlay.agent.report.health import Life, heartbeat
from underlay.agent.report.reporter import Reporter
from underlay.agent.report.states import port_states
from underlay.agent.state.host import HostState, OvsPort
from underlay.agent.state.records import Records
from underlay.agent.state.standing import Standing
from underlay.dataplane.openflow import OpenFlowError
from underlay.dataplane.vswitch import VswitchWatch

_MOST_ROUNDS: Final = 6
_QUIET_MS: Final = 4
"""After something came, wait for more until nothing came for so long ..."""
_LONGEST_COALESCE_S: Final = 0.05
"""... but no longer than this."""
_FIRST_RETRY_S: Final = 0.05
_LONGEST_RETRY_S: Final = 30.0
_SNAPSHOT_DELAY_S: Final = 1.0
_BEATS_PER_AUDIT: Final = 10
_CONNECT_RETRY_S: Final = 0.02

_log = structlog.get_logger()


class Parts(msgspec.Struct, frozen=True):
    """What the loop works with.

    Attributes:
    life: asks which services live now.
    """

    handles: Handles
    observer: Observer
    watch: VswitchWatch
    pumps: PumpWatch
    mirror: Mirror
    reporter: Reporter
    hints: Hints
    life: Callable[[], Life]
    snapshot_path: Path
    report_interval_s: float


class Loop:
    """Runs until a `Stop` hint, or once until the host is as the server says."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._site = parts.handles.site
        self._stopping = False
        self.failure = ""
        """Why it had to stop; empty when it was asked to."""
        self._look = True
        self._retry_at = 0.0
        self._retry_s = _FIRST_RETRY_S
        self._beat_at = 0.0
        self._beat_due = False
        self._beats = 0
        self._snapshot_at = 0.0
        self._seen: Observation | None = None
        self._warned: tuple[str, ...] = ()

    def run(self) -> None:
        """Until told to stop; what is on the host stays as it is."""
        while not self._stopping:
            self.turn()
            if not self._stopping:
                self._wait()
        self._keep_snapshot()

    def run_once(self, limit_s: float) -> bool:
        """Until the mirror is in sync and nothing is left to do; False when that took longer than limit_s."""
        limit = time.monotonic() + limit_s
        while not self._stopping and time.monotonic() < limit:
            self.turn()
            in_sync = self._parts.mirror.standing is Standing.IN_SYNC
            if in_sync and self._seen is not None and not self._look and not self._retry_at:
                self._keep_snapshot()
                return True
            self._poll(100)
        return False

    def turn(self) -> None:
        """Take in what came, and act on it."""
        self._take_in()
        now = time.monotonic()
        if self._retry_at and now >= self._retry_at:
            self._look, self._retry_at = True, 0.0
        if now >= self._beat_at:
            self._begin_beat(now)
        if self._look and not self._stopping and self._is_workable():
            self._look = False
            self._reconcile()
        self._beat()
        if self._snapshot_at and now >= self._snapshot_at:
            self._keep_snapshot()

    def _take_in(self) -> None:
        """Everything that has come, and what comes in the next moments: two hundred devices are one plan."""
        limit = time.monotonic() + _LONGEST_COALESCE_S
        came = self._drain()
        while came and time.monotonic() < limit and not self._stopping:
            self._poll(_QUIET_MS)
            came = self._drain()

    def _drain(self) -> bool:
        hints = self._parts.hints.drain()
        for hint in hints:
            self._apply(hint)
        changed = self._parts.handles.ovsdb.run()
        restarted = self._parts.watch.run()
        if restarted:
            _log.info("vswitchd", alive=self._parts.watch.alive, generation=self._parts.watch.generation)
            self._parts.observer.forget_all()
        pump_came = self._parts.pumps.run()
        self._look = self._look or changed or restarted or pump_came
        return bool(hints) or changed or restarted or pump_came

    def _apply(self, hint: Hint) -> None:
        mirror = self._parts.mirror
        match hint:
            case Stop():
                self._stopping = True
                self.failure = hint.failure
            case FeedRestart():
                mirror.restart()
            case _:
                standing = mirror.standing
                if mirror.apply(hint):
                    self._look = True
                    self._snapshot_at = self._snapshot_at or time.monotonic() + _SNAPSHOT_DELAY_S
                if mirror.standing is not standing:
                    _log.info("mirror", standing=mirror.standing.value, revision=mirror.revision)

    def _is_workable(self) -> bool:
        """Whether Open vSwitch is there. Before its first bridge is made vswitchd has no socket to watch."""
        ovsdb = self._parts.handles.ovsdb
        if not ovsdb.connected:
            return False
        names = {row.name for row in ovsdb.rows("Bridge")}
        return self._parts.watch.alive or self._site.integration_bridge not in names

    def _reconcile(self) -> None:
        mirror = self._parts.mirror
        records = mirror.records()
        reasons: dict[str, str] = {}
        try:
            seen, wanted, plan = self._compare(records)
            for _ in range(_MOST_ROUNDS):
                if not plan.steps:
                    break
                outcomes = self._perform(plan)
                reasons = {makes(step): outcome.reason for step, outcome in outcomes if not isinstance(outcome, Done)}
                seen, wanted, plan = self._compare(records)
                if not any(isinstance(outcome, Done) for _, outcome in outcomes):
                    break
        except OpenFlowError as error:
            _log.warning("ovs-vswitchd does not tell its flows", reason=str(error))
            self._retry()
            return
        self._seen = seen
        self._warn(in_the_way(wanted, seen.state))
        if plan.steps:
            self._retry()
        else:
            self._retry_s = _FIRST_RETRY_S
        if records is not None and mirror.standing is Standing.IN_SYNC:
            self._parts.reporter.publish(port_states(records, self._site, wanted, seen, reasons))

    def _compare(self, records: Records | None) -> tuple[Observation, HostState, Plan]:
        seen = self._parts.observer.observe()
        wanted = desired(records, self._site, seen.present)
        return seen, wanted, make_plan(wanted, seen.state, self._parts.mirror.standing)

    def _perform(self, plan: Plan) -> tuple[tuple[Step, Outcome], ...]:
        _log.info("plan", **summary(plan), withheld=len(plan.withheld), standing=self._parts.mirror.standing.value)
        started = time.monotonic()
        outcomes = perform(plan, self._parts.handles)
        for step, outcome in outcomes:
            self._forget(step)
            if isinstance(outcome, Failed):
                _log.error("step failed", makes=makes(step), reason=outcome.reason)
            elif not isinstance(outcome, Done):
                _log.warning("step to be tried again", makes=makes(step), reason=outcome.reason)
        done = sum(isinstance(outcome, Done) for _, outcome in outcomes)
        _log.info("outcome", done=done, of=len(outcomes), took_s=round(time.monotonic() - started, 3))
        return outcomes

    def _forget(self, step: Step) -> None:
        match step:
            case (
                AddFlow(bridge=bridge)
                | RemoveFlow(bridge=bridge)
                | RemovePort(bridge=bridge)
                | ClosePort(bridge=bridge)
            ):
                self._parts.observer.flows.forget(bridge)
            case MakeBridge(name=bridge) | PutPort(port=OvsPort(bridge=bridge)):
                self._parts.observer.flows.forget(bridge)
            case MakeNamespace(name=name) | RemoveNamespace(name=name):
                self._parts.observer.namespaces.forget(name)
            case PutLink(namespace=name) | RemoveLink(namespace=name):
                self._parts.observer.namespaces.forget(name)
            case _:
                pass

    def _warn(self, obstacles: tuple[str, ...]) -> None:
        if obstacles != self._warned:
            self._warned = obstacles
            for obstacle in obstacles:
                _log.error("a flow that is not ours is in the way of one of ours", flow=obstacle)

    def _retry(self) -> None:
        self._retry_at = time.monotonic() + self._retry_s
        self._retry_s = min(self._retry_s * 2, _LONGEST_RETRY_S)

    def _begin_beat(self, now: float) -> None:
        """Ask vswitchd for a sign of life; the heartbeat goes out when it has come."""
        self._beat_at = now + self._parts.report_interval_s
        self._beat_due = True
        self._look = True
        self._parts.watch.ping()
        self._beats += 1
        self._parts.observer.flows.forget_all()
        if self._beats % _BEATS_PER_AUDIT == 0:
            self._parts.observer.namespaces.forget_all()

    def _beat(self) -> None:
        if self._beat_due and self._seen is not None and self._is_workable() and self._parts.watch.answers:
            self._beat_due = False
            records = self._parts.mirror.records() or Records()
            self._parts.reporter.beat(heartbeat(self._site, records, self._seen, self._parts.life()))

    def _keep_snapshot(self) -> None:
        self._snapshot_at = 0.0
        kept = self._parts.mirror.snapshot()
        if kept is None:
            return
        try:
            snapshot.save(self._parts.snapshot_path, kept)
        except OSError as error:
            _log.error("snapshot not written", path=str(self._parts.snapshot_path), reason=str(error))

    def _wait(self) -> None:
        """Until something comes, or one of the times does."""
        soon = time.monotonic() + _CONNECT_RETRY_S if self._parts.watch.is_starting else 0.0
        due = [self._beat_at, *(at for at in (self._retry_at, self._snapshot_at, soon) if at)]
        self._poll(max(0, int((min(due) - time.monotonic()) * 1000) + 1))

    def _poll(self, limit_ms: int) -> None:
        poller = ovs.poller.Poller()
        self._parts.handles.ovsdb.wait(poller)
        for fileno in (self._parts.hints.fileno(), self._parts.pumps.fileno(), *self._parts.watch.filenos()):
            poller.fd_wait(fileno, select.POLLIN)
        poller.timer_wait(limit_ms)
        poller.block()
