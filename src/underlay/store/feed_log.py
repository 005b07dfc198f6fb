"""The change log read once for all watchers, sorted by who needs what, and kept in memory for a while.

`advance` reads what was committed since the last time and appends it to one list of lines for those who want
everything, and to one for each host that has a watcher. Closures (what a host must be sent before a change, because
something has come into its view) are read in the same moment; they carry the revision before the change, so that a
watcher that is cut off between closure and change starts again before both.
"""

from collections.abc import Collection, Iterator, Sequence
from threading import Lock
from typing import Final

import msgspec

from underlay.model.change import Kind
from underlay.model.errors import RevisionGone
from underlay.model.ids import HostName, InstanceId, NetworkId, PortId, Revision
from underlay.store.contract import ChangeRow, Log, LogSource, Place
from underlay.store.feed_lines import Line, LineLog, RawChange, line_of
from underlay.store.feed_listing import as_put, as_raw, closure
from underlay.store.relevance import Opening, Topology

Key = tuple[Kind, str]


class _Bound(msgspec.Struct, frozen=True):
    host: HostName | None = None


class _PortPlace(msgspec.Struct, frozen=True):
    """As much of a port as tells where it is."""

    network_id: NetworkId
    device_id: InstanceId = InstanceId("")
    binding: _Bound = _Bound()


class _Served(msgspec.Struct, frozen=True):
    host: HostName


class FeedLog:
    """Shared by the reader thread, which advances it, and by all watchers.

    Args:
    max_changes: at most so many changes are kept in memory.
    max_bytes: and at most about so much memory; both give way by halves.
    """

    def __init__(self, source: LogSource[Log], max_changes: int, max_bytes: int) -> None:
        self._source = source
        self._max_changes = max_changes
        self._max_bytes = max_bytes
        self._advancing: Final = Lock()
        self._short: Final = Lock()
        self._topology: Topology | None = None
        self._everything = LineLog(Revision(0))
        self._hosts: dict[HostName, LineLog] = {}
        self._watched: dict[HostName, int] = {}
        self._revision = Revision(0)

    @property
    def revision(self) -> Revision:
        """Everything up to this one was taken in."""
        return self._revision

    def advance(self) -> frozenset[HostName | None]:
        """Take in what was committed. Returns the hosts that got lines; None among them stands for everything."""
        with self._advancing, self._source.read_log() as log:
            if self._topology is None:
                return self._start(log)
            changes = log.changes_after(self._revision, self._max_changes + 1)
            if not changes:
                return frozenset()
            if len(changes) > self._max_changes or changes[0].revision != self._revision + 1:
                return self._start(log)
            topology, self._topology = self._topology, None
            lines = self._sort(log, topology, changes)
            self._topology = topology
            self._append(changes, lines)
            return frozenset({None, *lines})

    def join(self, host: HostName | None, since: Revision | None) -> tuple[int, Revision, bool]:
        """Begin to watch: the position to read from, the newest revision, and whether all since `since` is there.

        When it is not, or `since` is None, the position is behind the newest line. Raises RevisionGone for a future.
        `leave` must follow."""
        with self._advancing, self._short:
            if since is not None and since > self._revision:
                raise RevisionGone(since=since, oldest=self._revision)
            if host is not None:
                self._hosts.setdefault(host, LineLog(self._revision))
                self._watched[host] = self._watched.get(host, 0) + 1
            lines = self._lines(host)
            if since is None or since < lines.floor:
                return lines.end, self._revision, False
            return lines.position_after(since), self._revision, True

    def leave(self, host: HostName | None) -> None:
        """The watcher is gone. Its host's lines stay until they are old, for when it comes back."""
        if host is not None:
            with self._short:
                self._watched[host] -= 1

    def take(self, host: HostName | None, position: int, limit_bytes: int) -> tuple[Sequence[Line], int, Revision]:
        """Lines from the position on, the position behind them, and the revision up to which there are no others when
        no lines come. Raises RevisionGone when they were dropped."""
        with self._short:
            lines, behind = self._lines(host).take(position, limit_bytes)
            return lines, behind, self._revision

    def _lines(self, host: HostName | None) -> LineLog:
        return self._everything if host is None else self._hosts[host]

    def _start(self, log: Log) -> frozenset[HostName | None]:
        """From the state as it is: whoever watches already has missed something and falls off."""
        topology = Topology(log.places(), log.dhcp_hosts())
        revision = log.revision()
        with self._short:
            self._topology, self._revision = topology, revision
            for lines in (self._everything, *self._hosts.values()):
                lines.break_off(revision)
            return frozenset({None, *self._hosts})

    def _sort(self, log: Log, topology: Topology, changes: Sequence[ChangeRow]) -> dict[HostName, list[Line]]:
        """The lines of each watched host. A record in a closure that changes again later in the batch is left to that
        change, so that no host sees a newer state before an older one."""
        newest: dict[Key, Revision] = {(change.kind, change.id): change.revision for change in changes}
        lines: dict[HostName, list[Line]] = {}
        with self._short:
            watched = frozenset(self._hosts)
        for change in changes:
            delivery = topology.apply(change, _place_of(change), _served_by(change))
            for opening in delivery.openings:
                if opening.host in watched:
                    found = lines.setdefault(opening.host, [])
                    found.extend(_closure_lines(log, opening, change.revision, newest))
            if watched & delivery.to:
                line = line_of(as_raw(change), change.revision)
                for host in watched & delivery.to:
                    lines.setdefault(host, []).append(line)
            if watched & delivery.gone_for:
                gone = RawChange(change.revision, change.kind, change.id, None, change.network_id)
                line = line_of(gone, change.revision)
                for host in watched & delivery.gone_for:
                    lines.setdefault(host, []).append(line)
        return lines

    def _append(self, changes: Sequence[ChangeRow], lines: dict[HostName, list[Line]]) -> None:
        encoded = [line_of(as_raw(change), change.revision) for change in changes]
        with self._short:
            for line in encoded:
                self._everything.append(line)
            for host, found in lines.items():
                for line in found:
                    self._hosts[host].append(line)
            self._revision = changes[-1].revision
            self._forget_old()

    def _forget_old(self) -> None:
        """Halve what is kept until it fits."""
        logs = (self._everything, *self._hosts.values())
        while len(self._everything) and (
            len(self._everything) > self._max_changes or sum(lines.bytes_kept for lines in logs) > self._max_bytes
        ):
            floor = self._everything.middle()
            for lines in logs:
                lines.drop_up_to(floor)
            unwatched = [host for host, lines in self._hosts.items() if not len(lines) and not self._watched.get(host)]
            for host in unwatched:
                del self._hosts[host]
                self._watched.pop(host, None)


def _closure_lines(log: Log, opening: Opening, at: Revision, newest: dict[Key, Revision]) -> Iterator[Line]:
    network_ids: Collection[NetworkId] = [] if opening.network_id is None else [opening.network_id]
    found = closure(log, list(network_ids), whole=opening.whole) if network_ids else []
    found += log.stored_by_id("instance", opening.instance_ids) if opening.instance_ids else []
    for stored in found:
        if newest.get((stored.kind, stored.id), Revision(0)) <= at:
            yield line_of(as_put(stored, Revision(at - 1)), at)


def _place_of(change: ChangeRow) -> Place | None:
    if change.kind != "port" or change.record is None:
        return None
    port = msgspec.json.decode(change.record, type=_PortPlace)
    return Place(PortId(change.id), port.network_id, port.binding.host or None, port.device_id)


def _served_by(change: ChangeRow) -> HostName | None:
    if change.kind != "dhcp_binding" or change.record is None:
        return None
    return msgspec.json.decode(change.record, type=_Served).host
