"""Steps on flows: all of one bridge in one bundle, so that packets see none of them or all."""

from collections.abc import Sequence

from underlay.agent.effects.handles import Handles
from underlay.agent.effects.outcome import Done, Failed, Outcome, Retry
from underlay.agent.plan.steps import AddFlow, FlowStep
from underlay.agent.state.host import COOKIE, COOKIE_MASK
from underlay.dataplane.openflow import FlowLine, OpenFlowError, add_line, change_flows, delete_line


def perform_flows(steps: Sequence[FlowStep], handles: Handles) -> list[Outcome]:
    """The outcome of each step, in order. A bundle that is refused is done in halves."""
    outcomes: dict[FlowStep, Outcome] = {}
    for bridge in sorted({step.bridge for step in steps}):
        of_bridge = [step for step in steps if step.bridge == bridge]
        outcomes |= dict(zip(of_bridge, _perform_bundle(bridge, of_bridge, handles), strict=True))
    return [outcomes[step] for step in steps]


def _perform_bundle(bridge: str, steps: Sequence[FlowStep], handles: Handles) -> list[Outcome]:
    socket = handles.run_dir / f"{bridge}.mgmt"
    try:
        change_flows(str(socket), [_line(step) for step in steps], handles.timeout_s)
    except OpenFlowError as error:
        if not socket.exists():
            return [Retry(f"ovs-vswitchd has no bridge '{bridge}': {error}")] * len(steps)
        if len(steps) == 1:
            return [Failed(str(error))]
        middle = len(steps) // 2
        return [*_perform_bundle(bridge, steps[:middle], handles), *_perform_bundle(bridge, steps[middle:], handles)]
    return [Done()] * len(steps)


def _line(step: FlowStep) -> str:
    if isinstance(step, AddFlow):
        return add_line(FlowLine(step.key.table, step.key.priority, step.key.match, step.actions, COOKIE))
    return delete_line(FlowLine(step.key.table, step.key.priority, step.key.match, "", COOKIE), COOKIE_MASK)
