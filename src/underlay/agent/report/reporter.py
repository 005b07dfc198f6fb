"""Sends the host's reports, in a thread of its own, and remembers what the server has heard.

In: whole states (`publish`) and heartbeats (`beat`), the newest of each counts. Out: requests through a `Server`. What
changed is sent at once, everything after a (re)connection; what the server did not take is sent again with growing
pauses. Decides nothing about the host.
"""

import threading
from collections.abc import Mapping
from typing import Final, Protocol

import structlog

from underlay.commands.host import Heartbeat, PortState, ReportPorts
from underlay.model.ids import HostName, PortId

_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 10.0
_UNSETTLED: Final = frozenset({"UNKNOWN", "REFUSED"})
"""Answers that another host or a client may change without this host hearing of it: asked again at each heartbeat."""

_log = structlog.get_logger()


class ServerUnreachableError(Exception):
    """The server did not take the report; it may later."""


class Server(Protocol):
    """What the reporter needs of the server; both raise ServerUnreachableError."""

    def heartbeat(self, beat: Heartbeat) -> str:
        """`new`, `alive` or `revived`."""
        ...

    def report_ports(self, report: ReportPorts) -> Mapping[str, str]:
        """Port id -> `ACTIVE`, `DOWN`, `REFUSED` (bound to another host) or `UNKNOWN`."""
        ...


def difference(told: Mapping[PortId, PortState], current: Mapping[PortId, PortState]) -> tuple[PortState, ...]:
    """What the server has not heard, by port id; a port that is not there any more is unplugged."""
    fresh = {port_id: state for port_id, state in current.items() if told.get(port_id) != state}
    gone = {port_id: PortState(port_id, plugged=False) for port_id in told.keys() - current.keys()}
    return tuple(state for _, state in sorted((fresh | gone).items()) if told.get(state.id) != state)


class Reporter:
    """One thread. `start` it, and `stop` it; every other method only leaves word and returns."""

    def __init__(self, host: HostName, server: Server) -> None:
        self._host = host
        self._server = server
        self._changed = threading.Condition()
        self._states: dict[PortId, PortState] | None = None
        self._told: dict[PortId, PortState] = {}
        self._unsettled: set[PortId] = set()
        self._beat: Heartbeat | None = None
        self._stopping = False
        self._is_sending = False
        self._thread = threading.Thread(target=self._run, name="report", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def publish(self, states: dict[PortId, PortState]) -> None:
        """These are the states of all ports now."""
        with self._changed:
            self._states = states
            self._changed.notify()

    def beat(self, beat: Heartbeat) -> None:
        """The host's services live now."""
        with self._changed:
            self._beat = beat
            self._changed.notify()

    def wait_until_told(self, timeout_s: float) -> bool:
        """Wait until the server has heard everything; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_sending and not self._has_news(), timeout_s)

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
                self._changed.wait_for(lambda: self._stopping or self._has_news())
                if self._stopping:
                    return
                beat, self._beat = self._beat, None
                states = self._states
                self._is_sending = True
            try:
                self._send(beat, states)
                pause_s = 0.0
            except ServerUnreachableError as error:
                pause_s = min(max(pause_s * 2, _FIRST_PAUSE_S), _LONGEST_PAUSE_S)
                self._told = {}
                with self._changed:
                    self._beat = self._beat or beat
                _log.warning("report not taken", reason=str(error), again_in_s=pause_s)
            with self._changed:
                self._is_sending = False
                self._changed.notify_all()

    def _has_news(self) -> bool:
        return self._beat is not None or (self._states is not None and bool(difference(self._told, self._states)))

    def _send(self, beat: Heartbeat | None, states: dict[PortId, PortState] | None) -> None:
        if beat is not None:
            status = self._server.heartbeat(beat)
            self._told = {port_id: state for port_id, state in self._told.items() if port_id not in self._unsettled}
            self._unsettled.clear()
            if status != "alive":
                _log.info("server knows this host", status=status)
                self._told = {}
        ports = () if states is None else difference(self._told, states)
        if not ports:
            return
        answers = self._server.report_ports(ReportPorts(self._host, ports))
        for state in ports:
            self._note(state, answers.get(state.id, "UNKNOWN"))
        _log.info("ports reported", ports=len(ports), active=sum(answer == "ACTIVE" for answer in answers.values()))

    def _note(self, state: PortState, answer: str) -> None:
        self._told[state.id] = state
        if answer in _UNSETTLED and state.plugged:
            self._unsettled.add(state.id)
        if answer == "REFUSED":
            _log.warning("port is bound to another host, its device here stays cut off", port_id=state.id)
