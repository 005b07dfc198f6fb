"""`POST /v2.1/servers/{id}/action`: start, stop, reboot, and the console's output."""

from typing import Any

import msgspec

from underlay.api.compute.microversion import Microversion
from underlay.api.compute.server_body import read
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute
from underlay.commands.server import RebootServer, StartServer, StopServer
from underlay.model.errors import ServerInvalid
from underlay.model.ids import InstanceId
from underlay.rules import server as rules


class _Reboot(msgspec.Struct, frozen=True):
    type: str


class _Console(msgspec.Struct, frozen=True):
    length: int | str | None = None


def act(service: Service, ask: Ask, _: Microversion) -> Answer:
    """One action, named by the body's only key. Raises ServerInvalid for those that there are not."""
    body = read(ask.body, dict[str, Any])
    if len(body) != 1:
        raise ServerInvalid("There is no such action; the body names just one")
    ((name, told),) = body.items()
    server_id = InstanceId(ask.path["id"])
    match name:
        case "os-start":
            execute(service, ask.caller, (StartServer(server_id),))
        case "os-stop":
            execute(service, ask.caller, (StopServer(server_id),))
        case "reboot":
            kind = _of(told, _Reboot).type.upper()
            if kind not in ("SOFT", "HARD"):
                raise ServerInvalid("Invalid input for field/attribute type. It is SOFT or HARD")
            execute(service, ask.caller, (RebootServer(server_id, hard=kind == "HARD"),))
        case "os-getConsoleOutput":
            return answer({"output": _console(service, ask, server_id, _of(told, _Console).length)})
        case _:
            raise ServerInvalid(f"There is no such action: {name[:80]}")
    return Answer(202)


def _of(told: Any, expected: type[Any]) -> Any:
    try:
        return msgspec.convert(told if told is not None else {}, expected)
    except msgspec.ValidationError as unfit:
        raise ServerInvalid(f"Invalid input: {unfit}") from None


def _console(service: Service, ask: Ask, server_id: InstanceId, length: int | str | None) -> str:
    """The last `length` lines; all that is kept for none or -1."""
    text = str(length) if length is not None else "-1"
    if not (text.removeprefix("-").isdecimal() and int(text) >= -1):
        raise ServerInvalid("Invalid input for field/attribute length. It is a number of lines, -1 for all")
    with service.store.read() as reading:
        rules.permitted(server_id, "get_server_console", reading, ask.caller)
        said = reading.console(server_id).decode("utf-8", "replace")
    lines = said.splitlines(keepends=True)
    return said if int(text) == -1 else "".join(lines[len(lines) - int(text) :] if int(text) < len(lines) else lines)
