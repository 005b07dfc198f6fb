"""A plan: what will be done, and what is withheld because too little is known.

Pure. Law 3: nothing is taken away before the mirror is in sync with the feed; with no records at all only what the
operator's settings ask for is put in place.
"""

from typing import Final

import msgspec

from underlay.agent.plan.diff import diff
from underlay.agent.plan.steps import PutLink, Step, takes_away
from underlay.agent.state.host import HostState
from underlay.agent.state.standing import Standing


class Plan(msgspec.Struct, frozen=True):
    """Attributes:
    steps: in the order in which they are done.
    withheld: steps that the difference asks for and that are not safe yet.
    """

    steps: tuple[Step, ...] = ()
    withheld: tuple[Step, ...] = ()


NOTHING_TO_DO: Final = Plan()


def make_plan(desired: HostState, observed: HostState, standing: Standing) -> Plan:
    """The difference, without what is unsafe on this standing."""
    steps = diff(desired, observed)
    if standing is Standing.IN_SYNC:
        return Plan(steps)
    safe = tuple(_without_removals(step) for step in steps if not takes_away(step))
    return Plan(safe, tuple(step for step in steps if takes_away(step)))


def summary(plan: Plan) -> dict[str, int]:
    """How many steps of each kind, for the log."""
    counts: dict[str, int] = {}
    for step in plan.steps:
        name = type(step).__name__
        counts[name] = counts.get(name, 0) + 1
    return counts


def _without_removals(step: Step) -> Step:
    if isinstance(step, PutLink) and step.stale:
        return msgspec.structs.replace(step, stale=frozenset())
    return step
