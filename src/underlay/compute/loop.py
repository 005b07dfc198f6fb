"""underlay-compute's one deciding thread: wait, look, plan, log, do, look again, report.

Level-triggered, as the agent's loop: whatever woke it, it compares all guests wanted with all guests seen. It looks
every 2 s too, because nothing tells of the end of a process that an earlier run has started. What it keeps between
turns is why a guest could not be started.
"""

import select
import time
from pathlib import Path
from typing import Final

import msgspec
import structlog

from underlay.agent import snapshot
from underlay.agent.hints import FeedRestart, Hints, Stop
from underlay.agent.mirror import Mirror
from underlay.agent.state.standing import Standing
from underlay.compute import console
from underlay.compute.desired import desired
from underlay.compute.guest import Guest, Seen
from underlay.compute.hypervisor import GuestError, Hypervisor, NotNowError
from underlay.compute.images import Images
from underlay.compute.plan import AskToStop, Destroy, Forget, Plan, Reset, Start, Step, SwitchOff, make_plan
from underlay.compute.report import Reporter
from underlay.compute.states import states
from underlay.compute.taps import Taps
from underlay.model.ids import HostName, InstanceId

_LOOK_EVERY_S: Final = 2.0
_MOST_ROUNDS: Final = 3
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0

_log = structlog.get_logger()


class Parts(msgspec.Struct, frozen=True):
    """What the loop works with."""

    host: HostName
    hypervisor: Hypervisor
    taps: Taps
    images: Images
    mirror: Mirror
    reporter: Reporter
    hints: Hints
    snapshot_path: Path


class Trouble(msgspec.Struct, frozen=True):
    """Why a guest could not be started.

    Attributes:
    asked: what was asked for then; something else is tried at once.
    again_at: by the monotonic clock; None: it would not help.
    """

    asked: tuple[int, str]
    reason: str
    again_at: float | None = None
    pause_s: float = 0.0


class Loop:
    """Runs until a `Stop` hint."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._stopping = False
        self.failure = ""
        """Why it had to stop; empty when it was asked to."""
        self._troubles: dict[InstanceId, Trouble] = {}
        self._is_snapshot_due = False

    def run(self) -> None:
        """Until told to stop; guests go on."""
        while not self._stopping:
            self._take_in()
            if not self._stopping:
                self._reconcile()
                self._keep_snapshot()
                select.select([self._parts.hints], [], [], _LOOK_EVERY_S)
        self._keep_snapshot()

    def _take_in(self) -> None:
        mirror = self._parts.mirror
        for hint in self._parts.hints.drain():
            match hint:
                case Stop():
                    self._stopping = True
                    self.failure = hint.failure
                case FeedRestart():
                    mirror.restart()
                case _:
                    standing = mirror.standing
                    self._is_snapshot_due |= mirror.apply(hint)
                    if mirror.standing is not standing:
                        _log.info("mirror", standing=mirror.standing.value, revision=mirror.revision)

    def _reconcile(self) -> None:
        records = self._parts.mirror.records()
        if records is None:
            return
        guests = desired(records, self._parts.host)
        self._troubles = {
            guest_id: trouble
            for guest_id, trouble in self._troubles.items()
            if guest_id in guests and trouble.asked == _asked(guests[guest_id])
        }
        seen = self._look()
        for _ in range(_MOST_ROUNDS):
            plan = make_plan(guests, seen, self._parts.mirror.standing, time.time(), self._held())
            if plan.is_empty:
                break
            if not self._perform(plan):
                break
            seen = self._look()
        for guest_id in seen.runs:
            console.trim(self._parts.hypervisor.console(guest_id))
        if self._parts.mirror.standing is Standing.IN_SYNC:
            lasting = {guest_id: each.reason for guest_id, each in self._troubles.items() if each.again_at is None}
            self._parts.reporter.publish(states(guests, seen.runs, lasting))

    def _look(self) -> Seen:
        hypervisor = self._parts.hypervisor
        return Seen(hypervisor.kept(), hypervisor.runs(), self._parts.taps.seen())

    def _held(self) -> frozenset[InstanceId]:
        """Guests whose start is not to be tried now."""
        now = time.monotonic()
        return frozenset(
            guest_id for guest_id, each in self._troubles.items() if each.again_at is None or each.again_at > now
        )

    def _perform(self, plan: Plan) -> bool:
        """Whether all was done."""
        _log.info("plan", steps=[_told(step) for step in (*plan.ends, *plan.starts)], plug=len(plan.plug))
        done = [self._try(step) for step in plan.ends]
        try:
            if plan.unplug:
                self._parts.taps.unplug(plan.unplug)
            if plan.plug:
                self._parts.taps.plug(plan.plug)
        except (NotNowError, OSError) as error:
            _log.warning("devices to be plugged again", reason=str(error))
            return False
        return all([*done, *(self._try(step) for step in plan.starts)])

    def _try(self, step: Step) -> bool:
        try:
            self._do(step)
        except NotNowError as error:
            _log.warning("step to be tried again", step=_told(step), reason=str(error))
            if isinstance(step, Start):
                self._note(step.guest, str(error), is_lasting=False)
            return False
        except (GuestError, OSError) as error:
            _log.error("step failed", step=_told(step), reason=str(error))
            if isinstance(step, Start):
                self._note(step.guest, str(error), is_lasting=True)
            return False
        if isinstance(step, Start):
            self._troubles.pop(step.guest.id, None)
        return True

    def _do(self, step: Step) -> None:
        hypervisor = self._parts.hypervisor
        match step:
            case Start(guest):
                hypervisor.start(guest, hypervisor.media(guest.id) or self._parts.images.media(guest.image_id))
            case Reset(guest):
                hypervisor.reset(guest)
            case AskToStop(guest_id):
                hypervisor.ask_to_stop(guest_id)
            case SwitchOff(guest_id):
                hypervisor.switch_off(guest_id)
            case Forget(guest_id):
                hypervisor.forget(guest_id)
            case Destroy(guest_id):
                hypervisor.destroy(guest_id)

    def _note(self, guest: Guest, reason: str, *, is_lasting: bool) -> None:
        before = self._troubles.get(guest.id)
        pause_s = _FIRST_PAUSE_S if before is None else min(before.pause_s * 2, _LONGEST_PAUSE_S)
        again_at = None if is_lasting else time.monotonic() + pause_s
        self._troubles[guest.id] = Trouble(_asked(guest), reason, again_at, pause_s)

    def _keep_snapshot(self) -> None:
        kept = self._parts.mirror.snapshot() if self._is_snapshot_due else None
        if kept is None:
            return
        try:
            snapshot.save(self._parts.snapshot_path, kept)
            self._is_snapshot_due = False
        except OSError as error:
            _log.error("snapshot not written", path=str(self._parts.snapshot_path), reason=str(error))


def _asked(guest: Guest) -> tuple[int, str]:
    return guest.reboots, guest.wanted


def _told(step: Step) -> str:
    guest_id = step.guest.id if isinstance(step, Start | Reset) else step.guest_id
    return f"{type(step).__name__} {guest_id}"
