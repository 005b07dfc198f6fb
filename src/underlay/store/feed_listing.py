"""What a watcher is sent before the changes to come: the records as they are, or what it missed.

Read page by page, each page a moment of its own, so that a slow watcher holds neither memory nor a transaction. What is
committed meanwhile comes after, as changes, before the watcher is told that it is in sync.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

import msgspec

from underlay.model.change import KINDS, Kind
from underlay.model.ids import HostName, InstanceId, NetworkId, Revision
from underlay.store.contract import ChangeRow, Log, LogSource, StoredRecord
from underlay.store.feed_lines import Choice, RawChange, encode_line

_ORDER: Final = tuple(KINDS.values())
"""Referents before references."""
_PAGE: Final = 500
_NETWORKS_A_PAGE: Final = 20


class _PortDevice(msgspec.Struct, frozen=True):
    device_id: str = ""


def list_everything(source: LogSource[Log], choice: Choice, revision: Revision) -> Iterator[bytes]:
    """Every record, as changes of `revision`."""
    for kind in _ORDER:
        if choice.kinds is not None and kind not in choice.kinds:
            continue
        after = Revision(0)
        while True:
            with source.read_log() as log:
                page = log.stored(kind, after, _PAGE)
            if not page:
                break
            yield _chunk(page, choice, revision)
            after = page[-1].created


def missed_changes(source: LogSource[Log], choice: Choice, since: Revision, until: Revision) -> Iterator[bytes]:
    """The changes after `since` up to `until`, from the database."""
    for page in _pages_of_changes(source, since, until):
        wanted = filter(choice.takes, page)
        yield b"".join(encode_line(as_raw(change)) for change in wanted)


def list_host(source: LogSource[Log], host: HostName, choice: Choice, revision: Revision) -> Iterator[bytes]:
    """Every record that the host needs, as changes of `revision`."""
    for page in _pages_of_host(source, host):
        yield _chunk(page, choice, revision)


def missed_by_host(
    source: LogSource[Log], host: HostName, choice: Choice, since: Revision, until: Revision
) -> Iterator[bytes]:
    """For a host that has seen `since`: every record that it needs now, then deletions of what it may have had and
    does not need any more; all as changes of `since`, so that a watcher that is cut off starts again from there."""
    sent: set[tuple[Kind, str]] = set()
    networks: set[NetworkId] = set()
    for page in _pages_of_host(source, host):
        sent.update((stored.kind, stored.id) for stored in page)
        networks.update(stored.network_id for stored in page if stored.network_id is not None)
        yield _chunk(page, choice, since)
    for changes in _pages_of_changes(source, since, until):
        lost = {
            (change.kind, change.id): RawChange(since, change.kind, change.id, None, change.network_id)
            for change in changes
            if (change.kind, change.id) not in sent and _may_have_had(change, host, networks)
        }
        yield b"".join(encode_line(line) for line in filter(choice.takes, lost.values()))


def as_raw(change: ChangeRow) -> RawChange:
    """The change as a line tells it."""
    record = None if change.record is None else msgspec.Raw(change.record)
    return RawChange(change.revision, change.kind, change.id, record, change.network_id, change.hosts)


def as_put(stored: StoredRecord, revision: Revision) -> RawChange:
    """The record as a change of that revision."""
    return RawChange(revision, stored.kind, stored.id, msgspec.Raw(stored.record), stored.network_id)


def closure(log: Log, network_ids: Sequence[NetworkId], *, whole: bool) -> list[StoredRecord]:
    """The networks and their subnets; whole: their ports too."""
    kinds: tuple[Kind, ...] = ("network", "subnet", "port") if whole else ("network", "subnet")
    return list(chain.from_iterable(log.stored_of_networks(kind, network_ids) for kind in kinds))


def _pages_of_host(source: LogSource[Log], host: HostName) -> Iterator[Sequence[StoredRecord]]:
    with source.read_log() as log:
        own = log.stored_of_host("agent", host)
        bindings = log.stored_of_host("dhcp_binding", host)
        ports = log.stored_of_host("port", host)
        wired = list(closure(log, sorted(_networks(ports) - _networks(bindings)), whole=False))
        instances = log.stored_by_id("instance", _devices(ports))
        servers = log.stored_of_host("server", host)
    yield [*own, *wired, *bindings]
    served = sorted(_networks(bindings))
    for start in range(0, len(served), _NETWORKS_A_PAGE):
        with source.read_log() as log:
            page = closure(log, served[start : start + _NETWORKS_A_PAGE], whole=True)
            found = log.stored_by_id("instance", _devices(page))
        yield [*page, *found]
    yield [*(port for port in ports if port.network_id not in served), *instances, *servers]


def _pages_of_changes(source: LogSource[Log], since: Revision, until: Revision) -> Iterator[Sequence[ChangeRow]]:
    while since < until:
        with source.read_log() as log:
            page = log.changes_after(since, _PAGE)
        if not page:
            return
        yield [change for change in page if change.revision <= until]
        since = page[-1].revision


def _may_have_had(change: ChangeRow, host: HostName, networks: set[NetworkId]) -> bool:
    if host in change.hosts:
        return True
    return change.record is None and (change.kind == "instance" or change.network_id in networks)


def _networks(records: Iterable[StoredRecord]) -> set[NetworkId]:
    return {stored.network_id for stored in records if stored.network_id is not None}


def _devices(records: Iterable[StoredRecord]) -> set[InstanceId]:
    ports = (stored for stored in records if stored.kind == "port")
    named = {InstanceId(msgspec.json.decode(port.record, type=_PortDevice).device_id) for port in ports}
    return named - {InstanceId("")}


def _chunk(page: Iterable[StoredRecord], choice: Choice, revision: Revision) -> bytes:
    return b"".join(encode_line(as_put(stored, revision)) for stored in filter(choice.takes, page))
