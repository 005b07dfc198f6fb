"""The steps of a plan: small comparable values, each with one idempotent function in `effects`.

`needs` and `makes` name what a step stands on and what it brings about, so that a step that failed holds back its
dependents and nothing else.
"""

import msgspec

from underlay.agent.state.host import FlowKey, Link, NetworkMark, OvsPort


class MakeBridge(msgspec.Struct, frozen=True, tag=True):
    """Make the bridge, in fail_mode secure, with our mark."""

    name: str
    datapath_type: str
    fail_mode: str


class SetFailMode(msgspec.Struct, frozen=True, tag=True):
    """Have the bridge forward only what flows say."""

    name: str
    fail_mode: str


class PutPort(msgspec.Struct, frozen=True, tag=True):
    """Add the port to its bridge, or make the one of that name as given."""

    name: str
    port: OvsPort


class SetTag(msgspec.Struct, frozen=True, tag=True):
    """Make the port an access port of `tag`, and write down what the tag stands for, and the port's number.

    Attributes:
    cuts: the port loses a network that it had.
    """

    name: str
    bridge: str
    tag: int | None
    mark: NetworkMark | None
    identity: int | None = None
    cuts: bool = False


class RemovePort(msgspec.Struct, frozen=True, tag=True):
    """Take a port of ours off its bridge."""

    name: str
    bridge: str


class ClosePort(msgspec.Struct, frozen=True, tag=True):
    """Take a port of ours off its bridge whose device is gone; it is put back when the device is."""

    name: str
    bridge: str


class MakeNamespace(msgspec.Struct, frozen=True, tag=True):
    """Make the namespace, with our mark, `lo` up."""

    name: str


class PutLink(msgspec.Struct, frozen=True, tag=True):
    """Make the veth pair if missing, and the end in the namespace as given.

    Attributes:
    stale: addresses to take off.
    """

    namespace: str
    name: str
    link: Link
    stale: frozenset[str] = frozenset()


class RemoveLink(msgspec.Struct, frozen=True, tag=True):
    """Delete a veth pair of ours by its end in the namespace."""

    namespace: str
    name: str


class RemoveNamespace(msgspec.Struct, frozen=True, tag=True):
    """Delete the namespace and the links in it."""

    name: str
    links: tuple[str, ...] = ()


class AddFlow(msgspec.Struct, frozen=True, tag=True):
    """Add the flow, replacing ours of the same key.

    Attributes:
    device: the OVS port whose frames it lets in; empty when it is not about one port.
    """

    bridge: str
    key: FlowKey
    actions: str
    device: str = ""


class RemoveFlow(msgspec.Struct, frozen=True, tag=True):
    """Remove our flow of this key."""

    bridge: str
    key: FlowKey


class WriteTable(msgspec.Struct, frozen=True, tag=True):
    """Replace the pump's table by rename.

    Attributes:
    namespace: where the pump will look for its sockets.
    """

    name: str
    content: bytes
    namespace: str


class RemoveTable(msgspec.Struct, frozen=True, tag=True):
    """The pump stops serving the network."""

    name: str


OvsdbStep = MakeBridge | SetFailMode | PutPort | SetTag | RemovePort | ClosePort
KernelStep = MakeNamespace | PutLink | RemoveLink | RemoveNamespace
FlowStep = AddFlow | RemoveFlow
TableStep = WriteTable | RemoveTable
Step = OvsdbStep | KernelStep | FlowStep | TableStep


def makes(step: Step) -> str:
    """What is there, or as it should be, once the step is done."""
    match step:
        case MakeBridge(name=name) | SetFailMode(name=name):
            return f"bridge {name}"
        case PutPort(name=name) | SetTag(name=name) | RemovePort(name=name) | ClosePort(name=name):
            return f"port {name}"
        case MakeNamespace(name=name) | RemoveNamespace(name=name):
            return f"namespace {name}"
        case PutLink(namespace=namespace) | RemoveLink(namespace=namespace):
            return f"links of {namespace}"
        case AddFlow(bridge=bridge, key=key) | RemoveFlow(bridge=bridge, key=key):
            return f"flow {bridge} {key.table} {key.priority} {key.match}"
        case WriteTable(name=name) | RemoveTable(name=name):
            return f"table {name}"


def needs(step: Step) -> tuple[str, ...]:
    """What must not have failed for the step to make sense."""
    match step:
        case PutPort(name=name, port=port):
            return (f"bridge {port.bridge}", f"link {name}")
        case SetTag(bridge=bridge) | RemovePort(bridge=bridge) | ClosePort(bridge=bridge):
            return (f"bridge {bridge}",)
        case PutLink(namespace=namespace) | RemoveLink(namespace=namespace):
            return (f"namespace {namespace}",)
        case AddFlow(bridge=bridge, device=device):
            return (f"bridge {bridge}", f"port {device}")
        case RemoveFlow(bridge=bridge):
            return (f"bridge {bridge}",)
        case WriteTable(namespace=namespace):
            return (f"namespace {namespace}", f"links of {namespace}")
        case MakeBridge() | SetFailMode() | MakeNamespace() | RemoveNamespace() | RemoveTable():
            return ()


def also_makes(step: Step) -> tuple[str, ...]:
    """Everything that is missing when the step failed."""
    if isinstance(step, PutLink):
        return (makes(step), f"link {step.link.peer}")
    return (makes(step),)


def takes_away(step: Step) -> bool:
    """Whether the step removes something that may be in use: never done on incomplete knowledge."""
    match step:
        case RemovePort() | RemoveLink() | RemoveNamespace() | RemoveFlow() | RemoveTable():
            return True
        case SetTag(cuts=cuts):
            return cuts
        case MakeBridge() | SetFailMode() | PutPort() | ClosePort() | MakeNamespace() | PutLink():
            return False
        case AddFlow() | WriteTable():
            return False
