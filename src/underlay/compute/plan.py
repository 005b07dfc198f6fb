"""Guests wanted and guests seen -> what to do, in order. Pure: the time is an argument.

| seen           | wanted running                                        | wanted stopped          | not wanted |
|----------------|-------------------------------------------------------|-------------------------|------------|
| never started  | plug, start                                           | -                       | destroy    |
| running        | reset, when a reboot was asked for                    | ask, later switch off   | destroy    |
| ended, killed  | start, when a start or reboot was asked for since     | forget the run, unplug  | destroy    |

What is not wanted goes only while the records are in sync: a host with old records destroys nobody's disk.
A guest that ended is told to the server, which takes it for stopped; what is wanted of it afterwards was asked for
since.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from underlay.agent.state.standing import Standing
from underlay.compute.guest import Guest, Plug, Run, Seen
from underlay.model.ids import InstanceId

STOP_GRACE_S: Final = 20.0
"""A guest that was asked to switch itself off is switched off after so long."""


class Start(msgspec.Struct, frozen=True):
    """Start it, with its disk made if need be."""

    guest: Guest


class Reset(msgspec.Struct, frozen=True):
    """Restart what runs in it."""

    guest: Guest


class AskToStop(msgspec.Struct, frozen=True):
    """Press its power button."""

    guest_id: InstanceId


class SwitchOff(msgspec.Struct, frozen=True):
    """End it as it is."""

    guest_id: InstanceId


class Forget(msgspec.Struct, frozen=True):
    """What ended is over: the guest counts as never started."""

    guest_id: InstanceId


class Destroy(msgspec.Struct, frozen=True):
    """End it, and remove its disk and console."""

    guest_id: InstanceId


Step = Start | Reset | AskToStop | SwitchOff | Forget | Destroy


class Plan(msgspec.Struct, frozen=True):
    """Done in the order of the fields."""

    ends: tuple[Step, ...] = ()
    unplug: tuple[str, ...] = ()
    plug: tuple[Plug, ...] = ()
    starts: tuple[Step, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.ends or self.unplug or self.plug or self.starts)


def make_plan(
    guests: Mapping[InstanceId, Guest],
    seen: Seen,
    standing: Standing,
    now: float,
    held: frozenset[InstanceId] = frozenset(),
) -> Plan:
    """What to do now.

    Args:
    now: as `time.time` tells it.
    held: guests that are not to be started now.
    """
    is_sure = standing is Standing.IN_SYNC
    ends: list[Step] = []
    starts: list[Step] = []
    for guest in guests.values():
        match _step(guest, seen.runs.get(guest.id), now):
            case Start() if guest.id in held:
                pass
            case Start() | Reset() as step:
                starts.append(step)
            case None:
                pass
            case step:
                ends.append(step)
    if is_sure:
        ends += [Destroy(guest_id) for guest_id in sorted((seen.kept | seen.runs.keys()) - guests.keys())]
    has_taps = {step.guest.id for step in starts if isinstance(step, Start)}
    has_taps |= {guest_id for guest_id, run in seen.runs.items() if run.life == "running" and guest_id in guests}
    plugs = [
        Plug(guest.id, nic)
        for guest in guests.values()
        if guest.id in has_taps
        for nic in guest.nics
        if seen.taps.get(nic.tap) != guest.id
    ]
    wired = {
        nic.tap for guest in guests.values() if guest.id in has_taps or guest.wanted == "running" for nic in guest.nics
    }
    stray = [
        tap
        for tap, guest_id in sorted(seen.taps.items())
        if tap not in wired and (guest_id in guests or is_sure) and _is_loose(guests.get(guest_id), seen, guest_id)
    ]
    return Plan(tuple(ends), tuple(stray), tuple(plugs), tuple(starts))


def _step(guest: Guest, run: Run | None, now: float) -> Step | None:
    is_running = run is not None and run.life == "running"
    if guest.wanted == "running":
        return _towards_running(guest, run)
    if run is None:
        return None
    if not is_running:
        return Forget(guest.id)
    if run.stopping_since is None:
        return AskToStop(guest.id)
    return SwitchOff(guest.id) if now - run.stopping_since >= STOP_GRACE_S else None


def _towards_running(guest: Guest, run: Run | None) -> Step | None:
    if run is None:
        return Start(guest) if guest.is_whole else None
    if run.life == "running":
        return Reset(guest) if guest.reboots > run.reboots else None
    was_asked = guest.reboots > run.reboots or guest.status == "SHUTOFF"
    return Start(guest) if was_asked and guest.is_whole else None


def _is_loose(guest: Guest | None, seen: Seen, guest_id: InstanceId) -> bool:
    """Whether a device that no guest needs may go: not one of a running guest whose ports are not all known."""
    run = seen.runs.get(guest_id)
    return guest is None or guest.is_whole or run is None or run.life != "running"
