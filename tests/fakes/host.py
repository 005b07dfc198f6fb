"""A host that holds a HostState and does the steps of a plan, refusing those that come in the wrong order."""

import msgspec

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
    RemoveTable,
    SetFailMode,
    SetTag,
    Step,
    WriteTable,
)
from underlay.agent.state.host import Bridge, HostState


class FakeHost:
    """Begins as `state`; `state` is what it is now."""

    def __init__(self, state: HostState) -> None:
        self.state = HostState(
            bridges=dict(state.bridges),
            ports=dict(state.ports),
            flows={bridge: dict(flows) for bridge, flows in state.flows.items()},
            namespaces={name: dict(links) for name, links in state.namespaces.items()},
            tables=dict(state.tables),
            ofports=dict(state.ofports),
            foreign_flows=dict(state.foreign_flows),
        )

    def perform(self, steps: tuple[Step, ...]) -> None:
        """Do the steps in order; KeyError when one has no ground to stand on."""
        for step in steps:
            self._do(step)

    def _do(self, step: Step) -> None:
        state = self.state
        match step:
            case MakeBridge():
                state.bridges[step.name] = Bridge(step.datapath_type, step.fail_mode)
            case SetFailMode():
                state.bridges[step.name] = msgspec.structs.replace(state.bridges[step.name], fail_mode=step.fail_mode)
            case PutPort():
                _ = state.bridges[step.port.bridge]
                state.ports[step.name] = step.port
            case SetTag():
                state.ports[step.name] = msgspec.structs.replace(
                    state.ports[step.name], tag=step.tag, mark=step.mark, identity=step.identity
                )
            case ClosePort():
                state.ports.pop(step.name, None)
            case RemovePort():
                del state.ports[step.name]
            case MakeNamespace():
                state.namespaces.setdefault(step.name, {})
            case PutLink():
                state.namespaces[step.namespace][step.name] = step.link
            case RemoveLink():
                del state.namespaces[step.namespace][step.name]
            case RemoveNamespace():
                del state.namespaces[step.name]
            case AddFlow():
                _ = state.bridges[step.bridge]
                state.flows.setdefault(step.bridge, {})[step.key] = step.actions
            case RemoveFlow():
                del state.flows[step.bridge][step.key]
            case WriteTable():
                _ = state.namespaces[step.namespace]
                state.tables[step.name] = step.content
            case RemoveTable():
                del state.tables[step.name]
