"""A plan -> what became of each step.

Steps are done in the plan's order, those of one kind in a row together. A step whose ground has failed is not done: it
is Retry, and what stands on it in turn. Everything else goes on.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import get_args

from underlay.agent.effects.flows import perform_flows
from underlay.agent.effects.handles import Handles
from underlay.agent.effects.namespaces import perform_kernel
from underlay.agent.effects.outcome import Done, Outcome, Retry
from underlay.agent.effects.ovsdb import perform_ovsdb
from underlay.agent.effects.tables import perform_table
from underlay.agent.plan.plan import Plan
from underlay.agent.plan.steps import (
    AddFlow,
    ClosePort,
    FlowStep,
    KernelStep,
    MakeBridge,
    MakeNamespace,
    OvsdbStep,
    PutLink,
    PutPort,
    RemoveFlow,
    RemoveLink,
    RemoveNamespace,
    RemovePort,
    RemoveTable,
    SetFailMode,
    SetTag,
    Step,
    WriteTable,
    also_makes,
    makes,
    needs,
)

_OVSDB = get_args(OvsdbStep)
_FLOWS = get_args(FlowStep)
_KERNEL = get_args(KernelStep)


def perform(plan: Plan, handles: Handles) -> tuple[tuple[Step, Outcome], ...]:
    """Every step with its outcome, in order."""
    results: list[tuple[Step, Outcome]] = []
    missing: set[str] = set()
    for batch in _batches(plan.steps):
        ready = [step for step in batch if not missing.intersection(needs(step))]
        held = [step for step in batch if missing.intersection(needs(step))]
        done = [*zip(ready, _perform_alike(ready, handles), strict=True)]
        done += [(step, Retry(f"waits for {', '.join(sorted(missing.intersection(needs(step))))}")) for step in held]
        for step, outcome in done:
            if not isinstance(outcome, Done):
                missing.update(also_makes(step))
        results += done
    return tuple(results)


def _batches(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Steps of one kind that follow each other. Bridges are a batch of their own: ports stand on them."""
    for _, batch in groupby(steps, key=lambda step: (_lane(step), makes(step).partition(" ")[0])):
        yield list(batch)


def _lane(step: Step) -> str:
    if isinstance(step, _OVSDB):
        return "ovsdb"
    if isinstance(step, _FLOWS):
        return "flows"
    return "kernel" if isinstance(step, _KERNEL) else "tables"


def _perform_alike(steps: list[Step], handles: Handles) -> list[Outcome]:
    if not steps:
        return []
    ovsdb: list[OvsdbStep] = [step for step in steps if isinstance(step, _OVSDB)]
    flows: list[FlowStep] = [step for step in steps if isinstance(step, _FLOWS)]
    if ovsdb:
        return perform_ovsdb(ovsdb, handles)
    if flows:
        return perform_flows(flows, handles)
    return [_perform_one(step, handles) for step in steps]


def _perform_one(step: Step, handles: Handles) -> Outcome:
    match step:
        case MakeNamespace() | PutLink() | RemoveLink() | RemoveNamespace():
            return perform_kernel(step, handles)
        case WriteTable() | RemoveTable():
            return perform_table(step, handles)
        case MakeBridge() | SetFailMode() | PutPort() | SetTag() | RemovePort() | ClosePort():
            return perform_ovsdb([step], handles)[0]
        case AddFlow() | RemoveFlow():
            return perform_flows([step], handles)[0]
