"""The change log -> Nova, in order, each event at least once, by a thread of its own.

    commit -> hint -> thread: changes after the position -> events -> Nova -> position, on disk

The change log is the queue: nothing waits in memory but the request under way, writers wait for nothing, and what was
committed is told after a restart too. While Nova is away the request is tried again, ever slower; what leaves the
change log meanwhile (`change_retention`) is lost, and the log says so.
"""

from collections.abc import Sequence
from http import HTTPStatus
from threading import Event as Flag
from threading import Thread
from typing import Final

import msgspec
import structlog

from underlay.client.errors import ClientError, LoginRefused, Refused
from underlay.model.ids import Revision
from underlay.notify.events import Event, events_of
from underlay.notify.nova import Answer, Nova
from underlay.notify.position import Position
from underlay.store.contract import Log, LogSource

_READ: Final = 500
"""Changes read at once."""
_TOLD: Final = 100
"""A request has so many events, and at most two more."""
_UNSAVED: Final = 1000
"""Revisions without an event after which the position is written down all the same, so that it stays in the log."""
_CLOSE_S: Final = 3.0

_log = structlog.get_logger()


class Pace(msgspec.Struct, frozen=True):
    """Seconds.

    Attributes:
    poll: how long a commit of another process may go unseen.
    gather: after a commit, so that commits that follow at once are read with it.
    first_wait, longest_wait: between two tries while Nova is away; each is twice the one before.
    """

    poll: float = 1.0
    gather: float = 0.01
    first_wait: float = 0.5
    longest_wait: float = 30.0


DEFAULT_PACE: Final = Pace()


class Notifier:
    """One a database: two would tell everything twice."""

    def __init__(self, source: LogSource[Log], nova: Nova, position: Position, pace: Pace = DEFAULT_PACE) -> None:
        self._source: Final = source
        self._nova: Final = nova
        self._position: Final = position
        self._pace: Final = pace
        self._hint: Final = Flag()
        self._stop: Final = Flag()
        self._told = self._saved = Revision(0)
        self._thread: Thread | None = None

    def prepare(self) -> None:
        """Find where to begin: after what was told, the first time after what is there now; and write it down.

        Raises OSError, ValueError: the file with the position cannot be used."""
        with self._source.read_log() as log:
            newest = log.revision()
        told = self._position.read()
        if told is not None and told > newest:
            _log.warning(
                "nova_position_is_of_another_database",
                position=told,
                newest=newest,
                remedy="begins with what is committed from now on; what Nova missed it finds by itself when it heals "
                "its instances' network information",
            )
            told = None
        self._told = newest if told is None else told
        self._save()

    def start(self) -> None:
        """Start the thread; `prepare` must have been called."""
        self._source.on_commit(self._hint.set)
        self._thread = Thread(target=self._run, name="nova", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread. A request that Nova has not answered within a few seconds is sent again after the start."""
        self._stop.set()
        self._hint.set()
        if self._thread:
            self._thread.join(_CLOSE_S)
        self._nova.close()

    def _run(self) -> None:
        wait_s = self._pace.first_wait
        while not self._stop.is_set():
            try:
                while self._tell_next():
                    wait_s = self._pace.first_wait
            except ClientError as error:
                _log_trouble(error, self._told, wait_s)
                self._stop.wait(wait_s)
                wait_s = min(2 * wait_s, self._pace.longest_wait)
                continue
            except Exception as error:
                # Whatever is wrong with database or disk, Nova must be told once it is right again.
                _log.warning("nova_change_log_failed", reason=repr(error))
            self._hint.wait(self._pace.poll)
            self._stop.wait(self._pace.gather)
            self._hint.clear()
        if self._told != self._saved:
            self._save()

    def _tell_next(self) -> bool:
        """Whether there was anything after the position that could be gone on from."""
        up_to, events = self._next()
        if up_to == self._told or self._stop.is_set():
            return False
        if events:
            _log_answers(self._nova.tell(events), up_to)
        self._told = up_to
        if events or up_to >= self._saved + _UNSAVED:
            self._save()
        return True

    def _next(self) -> tuple[Revision, Sequence[Event]]:
        """The next events, and the revision up to which these are all."""
        with self._source.read_log() as log:
            oldest = log.oldest_revision()
            if self._told < oldest:
                _log.error(
                    "nova_events_lost",
                    after=self._told,
                    up_to=oldest,
                    remedy="Nova was away longer than the change log reaches: raise [server] change_retention; "
                    "instances that wait for a port now must be started again",
                )
                self._told = oldest
            changes = log.changes_after(self._told, _READ)
        up_to = self._told
        events: list[Event] = []
        for change in changes:
            events += events_of(change)
            up_to = change.revision
            if len(events) >= _TOLD:
                break
        return up_to, events

    def _save(self) -> None:
        self._position.write(self._told)
        self._saved = self._told


def _log_answers(answers: Sequence[Answer], up_to: Revision) -> None:
    taken = [f"{answer.event.name} {answer.event.tag}" for answer in answers if answer.code == HTTPStatus.OK]
    if taken:
        _log.info("nova_told", events=taken, revision=up_to)
    for answer in answers:
        told = {"event_name": answer.event.name, "port_id": answer.event.tag, "instance_id": answer.event.server_uuid}
        match answer.code:
            case HTTPStatus.OK:
                pass
            case HTTPStatus.NOT_FOUND:
                _log.info("nova_event_dropped", reason="Nova knows no such instance", code=answer.code, **told)
            case HTTPStatus.UNPROCESSABLE_ENTITY:
                _log.info("nova_event_dropped", reason="the instance is on no host", code=answer.code, **told)
            case _:
                _log.warning("nova_event_dropped", reason="Nova does not take it", code=answer.code, **told)


def _log_trouble(error: ClientError, told: Revision, wait_s: float) -> None:
    """Who must act is told what to do; what passes by itself is a warning."""
    remedy = _remedy(error)
    tell = _log.error if remedy else _log.warning
    tell("nova_not_told", reason=str(error), since=told, again_in_s=wait_s, **({"remedy": remedy} if remedy else {}))


def _remedy(error: ClientError) -> str:
    match error:
        case LoginRefused():
            return (
                "[nova] auth_url, username, password_file, project_name and domain names must be a user's of Keystone"
            )
        case Refused(status=HTTPStatus.UNAUTHORIZED):
            return "Nova does not take the token: it must ask the Keystone of [nova] auth_url"
        case Refused(status=HTTPStatus.FORBIDDEN):
            return "the user of [nova] username needs the role that Nova asks for external events: admin or service"
        case Refused(status=HTTPStatus.NOT_FOUND):
            return "[nova] url must be the Compute API with its version, such as http://nova:8774/v2.1"
        case Refused(status=status) if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return "see Nova's own log"
        case _:
            return ""
