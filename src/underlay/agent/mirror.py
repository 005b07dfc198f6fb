"""This host's copy of the records that concern it.

In: the lines of the feed, in order; at start, a snapshot. Out: `Records`, always a consistent view, and how far they
can be trusted. Does no I/O. A listing from scratch is collected aside and takes the old records' place only when it is
whole, so that a relisting never makes the host forget its ports.
"""

from collections.abc import Iterable

import msgspec

from underlay.agent.state.records import Records
from underlay.agent.state.standing import Standing
from underlay.model.agent import Agent, DhcpBinding
from underlay.model.change import Change, InSync, Record, Ref, kind_of
from underlay.model.ids import HostName, Revision
from underlay.model.instance import Instance
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.server import Server
from underlay.model.subnet import Subnet


class Snapshot(msgspec.Struct, frozen=True):
    """A mirror in sync, as kept on disk."""

    host: HostName
    revision: Revision
    records: tuple[Record, ...]


class Mirror:
    """The records of one host."""

    def __init__(self, host: HostName, snapshot: Snapshot | None = None) -> None:
        """A snapshot of another host is nothing."""
        self._host = host
        self._records: dict[Ref, Record] = {}
        self._listing: dict[Ref, Record] | None = {}
        self.standing = Standing.NOTHING
        self.revision = Revision(0)
        self._unfinished: Revision | None = None
        if snapshot is not None and snapshot.host == host:
            self._records = {_ref(record): record for record in snapshot.records}
            self._listing = None
            self.standing = Standing.SNAPSHOT
            self.revision = snapshot.revision

    def restart(self) -> None:
        """The feed begins again from nothing: what comes now is a listing."""
        self._listing = {}

    def apply(self, line: Change | InSync) -> bool:
        """Take in one line; whether there is something to act on. What comes before the first InSync is not yet:
        the host would walk again through states that are long past."""
        if isinstance(line, InSync):
            return self._in_sync(line)
        target = self._records if self._listing is None else self._listing
        ref = Ref(line.kind, line.id)
        if line.record is None:
            target.pop(ref, None)
        else:
            target[ref] = line.record
        if self._listing is None:
            self._note_revision(line.revision)
        return self._listing is None and self.standing is Standing.IN_SYNC

    def _note_revision(self, revision: Revision) -> None:
        """One revision may have several lines: it was seen whole when a later one begins."""
        if self._unfinished is not None and revision > self._unfinished:
            self.revision = self._unfinished
        self._unfinished = revision

    def records(self) -> Records | None:
        """The records as of now; None when nothing is known."""
        return None if self.standing is Standing.NOTHING else sort_out(self._records.values())

    def snapshot(self) -> Snapshot | None:
        """What to keep on disk; None when the mirror is not in sync."""
        if self.standing is not Standing.IN_SYNC:
            return None
        return Snapshot(self._host, self.revision, tuple(needed(self._records.values(), self._host)))

    def _in_sync(self, line: InSync) -> bool:
        is_silence = self.standing is Standing.IN_SYNC and line.in_sync == self.revision
        was_listing, self._listing = self._listing, None
        self.revision, self._unfinished = line.in_sync, None
        if was_listing is not None:
            self._records = was_listing
        elif is_silence:
            return self._prune()
        changed = was_listing is not None or self.standing is not Standing.IN_SYNC
        self.standing = Standing.IN_SYNC
        return changed

    def _prune(self) -> bool:
        """Drop what is not needed any more; only in silence, as a record may come before the one that needs it."""
        kept = needed(self._records.values(), self._host)
        changed = len(kept) != len(self._records)
        self._records = {_ref(record): record for record in kept}
        return changed


def sort_out(found: Iterable[Record]) -> Records:
    """The records by kind and id; kinds that no host needs are left out."""
    records = Records()
    for record in found:
        match record:
            case Network():
                records.networks[record.id] = record
            case Subnet():
                records.subnets[record.id] = record
            case Port():
                records.ports[record.id] = record
            case Agent():
                records.agents[record.id] = record
            case DhcpBinding():
                records.dhcp_bindings[record.id] = record
            case Instance():
                records.instances[record.id] = record
            case Server():
                records.servers[record.id] = record
            case _:
                pass
    return records


def needed(records: Iterable[Record], host: HostName) -> list[Record]:
    """What the host still needs, in the same order: its own ports, servers, agents and DHCP bindings, everything of the
    networks that it serves, networks and subnets of both, and the instances of those ports."""
    found = list(records)
    served = {record.network_id for record in found if isinstance(record, DhcpBinding) and record.host == host}
    ports = {
        record.id: record
        for record in found
        if isinstance(record, Port) and (record.binding.host == host or record.network_id in served)
    }
    networks = served | {port.network_id for port in ports.values()}
    devices = {port.device_id for port in ports.values()}

    def is_needed(record: Record) -> bool:
        match record:
            case Network():
                return record.id in networks
            case Subnet():
                return record.network_id in networks
            case Port():
                return record.id in ports
            case Agent() | DhcpBinding() | Server():
                return record.host == host
            case Instance():
                return record.id in devices
            case _:
                return False

    return [record for record in found if is_needed(record)]


def _ref(record: Record) -> Ref:
    return Ref(kind_of(record), record.id)
