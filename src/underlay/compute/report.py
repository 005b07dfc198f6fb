"""Tells the server of this host's guests, in a thread of its own: heartbeat, states, consoles.

In: whole states (`publish`), the newest count. Out: requests. States are sent when they change, and all of them after a
(re)connection; a console when it has grown, at most every 2 s. What was not taken is sent again with growing pauses.
"""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
import structlog

from underlay.client.errors import ClientError, Refused
from underlay.client.http import Session
from underlay.commands.host import AgentState
from underlay.commands.server import ServerState
from underlay.compute import console
from underlay.model.ids import HostName, InstanceId

_CONSOLE_INTERVAL_S: Final = 2.0
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 10.0

_log = structlog.get_logger()


class HeartbeatAnswer(msgspec.Struct, frozen=True):
    """Body of the answer to a heartbeat."""

    status: str


class ServersAnswer(msgspec.Struct, frozen=True):
    """Body of the answer to a report of servers."""

    servers: dict[InstanceId, str]


class Reporter:
    """One thread. `start` it, `stop` it; `publish` leaves word and returns.

    Args:
    agent: what the heartbeat says.
    console_of: where a guest's console is.
    """

    def __init__(
        self,
        host: HostName,
        session: Session,
        agent: Callable[[], AgentState],
        console_of: Callable[[InstanceId], Path],
        interval_s: float,
    ) -> None:
        self._path = f"/underlay/v1/hosts/{quote(host, safe='')}"
        self._session = session
        self._agent = agent
        self._console_of = console_of
        self._interval_s = interval_s
        self._changed = threading.Condition()
        self._states: dict[InstanceId, ServerState] = {}
        self._stopping = False
        self._told: dict[InstanceId, ServerState] = {}
        self._marks: dict[InstanceId, tuple[int, int]] = {}
        self._beat_at = 0.0
        self._thread = threading.Thread(target=self._run, name="report", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def publish(self, states: Mapping[InstanceId, ServerState]) -> None:
        """These are the states of all guests now."""
        with self._changed:
            self._states = dict(states)
            self._changed.notify()

    def stop(self, timeout_s: float) -> None:
        """End, after the request that is under way."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        pause_s = 0.0
        while True:
            with self._changed:
                if pause_s:
                    self._changed.wait_for(lambda: self._stopping, pause_s)
                else:
                    self._changed.wait_for(lambda: self._stopping or self._states != self._told, _CONSOLE_INTERVAL_S)
                if self._stopping:
                    return
                states = self._states
            try:
                self._send(states)
                pause_s = 0.0
            except ClientError as error:
                pause_s = min(max(pause_s * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
                self._told, self._beat_at = {}, 0.0
                _log.warning("report not taken", reason=str(error), again_in_s=pause_s)

    def _send(self, states: dict[InstanceId, ServerState]) -> None:
        if time.monotonic() >= self._beat_at:
            self._beat()
        fresh = [state for guest_id, state in states.items() if self._told.get(guest_id) != state]
        if fresh:
            path = f"{self._path}/servers"
            answer = self._session.fetch("POST", path, ServersAnswer, {"servers": fresh}, repeatable=True)
            _log.info("guests reported", guests=answer.servers)
        self._told = states
        for guest_id in states:
            self._send_console(guest_id)
        self._marks = {guest_id: mark for guest_id, mark in self._marks.items() if guest_id in states}

    def _beat(self) -> None:
        answer = self._session.fetch("PUT", f"{self._path}/heartbeat", HeartbeatAnswer, {"agents": [self._agent()]})
        self._beat_at = time.monotonic() + self._interval_s
        if answer.status != "alive":
            self._told = {}

    def _send_console(self, guest_id: InstanceId) -> None:
        path = self._console_of(guest_id)
        mark = console.mark(path)
        if mark is None or mark == self._marks.get(guest_id):
            return
        try:
            self._session.put_bytes(f"{self._path}/servers/{quote(guest_id, safe='')}/console", console.tail(path))
        except Refused as error:
            _log.warning("console not taken", guest_id=guest_id, reason=str(error))
        self._marks[guest_id] = mark
