"""What a host reports of its guests.

report     wanted running                       wanted stopped
running    ACTIVE                               ACTIVE, until it is stopped
stopped    from ACTIVE: SHUTOFF, and wanted so  SHUTOFF
           (it switched itself off); else as is
failed     ERROR, with the reason               ERROR, with the reason
"""

from underlay.commands.server import ReportServers, ServerState
from underlay.model.caller import Caller
from underlay.model.change import Record, Writes
from underlay.model.errors import ServerNotFound
from underlay.model.ids import HostName, InstanceId
from underlay.model.server import Server
from underlay.rules import access
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import ServerReport, ServersAnswer, Verdict


def report(command: ReportServers, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Status of each server as its host has it. A report that says nothing new writes nothing."""
    access.require(caller, "report_servers", command, snapshot)
    changed: dict[InstanceId, Record] = {}
    answers: dict[InstanceId, ServerReport] = {}
    for state in {each.id: each for each in command.servers}.values():
        server = snapshot.record(Server, state.id)
        if server is None:
            answers[state.id] = "UNKNOWN"
        elif server.host != command.host:
            answers[state.id] = "REFUSED"
        else:
            after = _reported(server, state, circumstances)
            answers[state.id] = after.status
            if after is not server:
                changed[state.id] = after
    return Verdict(Writes(puts=tuple(changed.values())), ServersAnswer(answers))


def require_server_of(host: HostName, server_id: InstanceId, snapshot: Snapshot, caller: Caller) -> None:
    """The caller speaks for the host, and the server runs there. Raises PolicyNotAuthorized, ServerNotFound."""
    access.require(caller, "report_servers", ReportServers(host, ()), snapshot)
    server = snapshot.record(Server, server_id)
    if server is None or server.host != host:
        raise ServerNotFound(server_id)


def _reported(server: Server, state: ServerState, circumstances: Circumstances) -> Server:
    now = circumstances.now
    match state.state:
        case "running":
            return amended(server, now, status="ACTIVE", fault="", launched_at=server.launched_at or now)
        case "failed":
            return amended(server, now, status="ERROR", fault=state.reason or "its host says no more than that")
        case "stopped":
            if server.wanted == "running" and server.status != "ACTIVE":
                return server
            return amended(server, now, status="SHUTOFF", fault="", wanted="stopped")
