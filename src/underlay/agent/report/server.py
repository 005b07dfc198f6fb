"""The reporter's `Server` over HTTP: DESIGN.md, "Reports"."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import msgspec

from underlay.agent.report.reporter import ServerUnreachableError
from underlay.client.errors import ClientError
from underlay.client.http import Session
from underlay.commands.host import Heartbeat, ReportPorts

HOSTS_PATH: Final = "/underlay/v1/hosts"


class HeartbeatAnswer(msgspec.Struct, frozen=True):
    """Body of the answer to a heartbeat."""

    status: str


class PortsAnswer(msgspec.Struct, frozen=True):
    """Body of the answer to a report of ports."""

    ports: dict[str, str]


class HttpServer:
    """Reports over a session. A refusal counts as unreachable: the host goes on and tries again."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def heartbeat(self, beat: Heartbeat) -> str:
        """PUT .../heartbeat."""
        path = f"{HOSTS_PATH}/{quote(beat.host, safe='')}/heartbeat"
        try:
            return self._session.fetch("PUT", path, HeartbeatAnswer, {"agents": beat.agents}).status
        except ClientError as error:
            raise ServerUnreachableError(str(error)) from error

    def report_ports(self, report: ReportPorts) -> Mapping[str, str]:
        """POST .../ports; saying it twice does no harm."""
        path = f"{HOSTS_PATH}/{quote(report.host, safe='')}/ports"
        try:
            return self._session.fetch("POST", path, PortsAnswer, {"ports": report.ports}, repeatable=True).ports
        except ClientError as error:
            raise ServerUnreachableError(str(error)) from error
