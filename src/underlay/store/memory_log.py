"""`contract.Log` in memory."""

from collections.abc import Callable, Collection, Sequence

from underlay.model.agent import DhcpBinding
from underlay.model.change import Kind, Record, network_of
from underlay.model.codec import encode
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, Revision
from underlay.model.port import Port
from underlay.store.contract import ChangeRow, Place, StoredRecord
from underlay.store.memory_state import State
from underlay.store.rows import hosts_of


class MemoryLog:
    """The log of one state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def revision(self) -> Revision:
        """As `contract.Log.revision`."""
        return self._state.revision

    def oldest_revision(self) -> Revision:
        """As `contract.Log.oldest_revision`."""
        return Revision(self._state.changes[0].revision - 1 if self._state.changes else 0)

    def changes_after(self, since: Revision, limit: int) -> Sequence[ChangeRow]:
        """As `contract.Log.changes_after`."""
        return [change for change in self._state.changes if change.revision > since][:limit]

    def places(self) -> Sequence[Place]:
        """As `contract.Log.places`."""
        return [
            Place(port.id, port.network_id, port.binding.host or None, InstanceId(port.device_id))
            for port in self._state.all_of(Port)
        ]

    def dhcp_hosts(self) -> Sequence[tuple[NetworkId, AgentId, HostName]]:
        """As `contract.Log.dhcp_hosts`."""
        bindings = self._state.all_of(DhcpBinding)
        return [(binding.network_id, binding.agent_id, binding.host) for binding in bindings]

    def stored(self, kind: Kind, after: Revision, limit: int) -> Sequence[StoredRecord]:
        """As `contract.Log.stored`."""
        return [stored for stored in self._stored(kind, lambda _: True) if stored.created > after][:limit]

    def stored_by_id(self, kind: Kind, ids: Collection[str]) -> Sequence[StoredRecord]:
        """As `contract.Log.stored_by_id`."""
        return self._stored(kind, lambda record: record.id in ids)

    def stored_of_networks(self, kind: Kind, network_ids: Collection[NetworkId]) -> Sequence[StoredRecord]:
        """As `contract.Log.stored_of_networks`."""
        return self._stored(kind, lambda record: network_of(record) in network_ids)

    def stored_of_host(self, kind: Kind, host: HostName) -> Sequence[StoredRecord]:
        """As `contract.Log.stored_of_host`."""
        return self._stored(kind, lambda record: host in hosts_of(record))

    def _stored(self, kind: Kind, fits: Callable[[Record], bool]) -> list[StoredRecord]:
        return [
            StoredRecord(kept.created, kind, kept.record.id, network_of(kept.record), encode(kept.record))
            for kept in self._state.kept[kind].values()
            if fits(kept.record)
        ]
