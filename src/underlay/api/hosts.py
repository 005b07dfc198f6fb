"""What hosts report: `/underlay/v1/hosts/{host}/heartbeat` and `.../ports`."""

from typing import Final, TypeVar

import msgspec

from underlay.api import values
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute
from underlay.commands.host import AgentState, Heartbeat, PortState, ReportPorts
from underlay.model.errors import HTTPBadRequest
from underlay.model.ids import HostName

T = TypeVar("T")

_read_host: Final = values.text_up_to(255)


class _HeartbeatBody(msgspec.Struct, frozen=True):
    agents: tuple[AgentState, ...]


class _PortsBody(msgspec.Struct, frozen=True):
    ports: tuple[PortState, ...]


def take_heartbeat(service: Service, ask: Ask) -> Answer:
    """`PUT .../heartbeat` with `{"agents": [...]}`: `{"status": "new" | "alive" | "revived"}`."""
    body = read_report(ask.body, _HeartbeatBody)
    command = Heartbeat(host=read_host(ask), agents=body.agents)
    return answer(execute(service, ask.caller, (command,))[0])


def take_port_states(service: Service, ask: Ask) -> Answer:
    """`POST .../ports` with `{"ports": [...]}`: `{"ports": {id: status}}`."""
    body = read_report(ask.body, _PortsBody)
    command = ReportPorts(host=read_host(ask), ports=body.ports)
    return answer(execute(service, ask.caller, (command,))[0])


def read_host(ask: Ask) -> HostName:
    """The host that the URL names. Raises HTTPBadRequest."""
    try:
        return HostName(_read_host(ask.path["host"]))
    except ValueError as unfit:
        raise HTTPBadRequest(f"Invalid input for host. Reason: {unfit}.") from None


def read_report(body: bytes, expected: type[T]) -> T:
    """The body as such a value. Raises HTTPBadRequest."""
    try:
        return msgspec.json.decode(body, type=expected)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as unfit:
        raise HTTPBadRequest(f"The report is not well-formed: {unfit}") from None
