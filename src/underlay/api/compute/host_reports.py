"""What hosts tell of their guests: `/underlay/v1/hosts/{host}/servers`, and what these said on their consoles."""

from typing import Final

import msgspec

from underlay.api.exchange import Answer, Ask, Endpoint, Service, Transaction, answer
from underlay.api.execute import execute
from underlay.api.hosts import read_host, read_report
from underlay.commands.server import ReportServers, ServerState
from underlay.model.errors import HTTPRequestEntityTooLarge
from underlay.model.ids import InstanceId
from underlay.rules import server_report

CONSOLE_BYTES: Final = 256 * 1024
"""At most so much of a console is kept."""

_SERVERS: Final = "/underlay/v1/hosts/{host}/servers"


class _ServersBody(msgspec.Struct, frozen=True):
    servers: tuple[ServerState, ...]


def take_server_states(service: Service, ask: Ask) -> Answer:
    """`POST .../servers` with `{"servers": [...]}`: `{"servers": {id: status}}`."""
    command = ReportServers(host=read_host(ask), servers=read_report(ask.body, _ServersBody).servers)
    return answer(execute(service, ask.caller, (command,))[0])


def take_console(service: Service, ask: Ask) -> Answer:
    """`PUT .../servers/{id}/console` with the last of what the guest said, as bytes."""
    if len(ask.body) > CONSOLE_BYTES:
        raise HTTPRequestEntityTooLarge(CONSOLE_BYTES)
    host, server_id = read_host(ask), InstanceId(ask.path["id"])

    def work(transaction: Transaction) -> None:
        server_report.require_server_of(host, server_id, transaction, ask.caller)
        transaction.keep_console(server_id, ask.body)

    service.store.write(work)
    return Answer(204)


ENDPOINTS: Final = (
    Endpoint("POST", _SERVERS, take_server_states),
    Endpoint("PUT", f"{_SERVERS}/{{id}}/console", take_console),
)
