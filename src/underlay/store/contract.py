"""What the store promises beyond the lookups of rules: writing, listing, the change log.

Two implementations keep it, `transaction.Store` (database) and `memory.MemoryStore`; one suite, `tests/contract`,
runs against both. The lookups themselves are `rules.snapshot.Snapshot`, which both implement by shape: store and
rules are neighbours and do not import each other, so who needs both (api) joins the protocols.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

import msgspec

from underlay.model.change import KINDS, Kind, Record, Writes
from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId, ProjectId, Revision

R = TypeVar("R", bound=Record)

_FILTERS_OF_OBJECTS: Final = frozenset({"id", "project_id", "name", "shared"})

_FILTERS: Final[Mapping[Kind, frozenset[str]]] = {
    "network": frozenset(
        {
            "id",
            "project_id",
            "name",
            "shared",
            "admin_state_up",
            "mtu",
            "provider:network_type",
            "provider:physical_network",
            "provider:segmentation_id",
        }
    ),
    "subnet": frozenset(
        {"id", "network_id", "project_id", "name", "cidr", "ip_version", "gateway_ip", "enable_dhcp", "shared"}
    ),
    "port": frozenset(
        {
            "id",
            "network_id",
            "project_id",
            "name",
            "mac_address",
            "device_id",
            "device_owner",
            "binding:host_id",
            "status",
            "admin_state_up",
            "fixed_ips:ip_address",
            "fixed_ips:subnet_id",
        }
    ),
    "agent": frozenset({"id", "host", "agent_type", "binary", "admin_state_up"}),
    "dhcp_binding": frozenset({"network_id", "agent_id", "host"}),
    "instance": frozenset({"id", "project_id", "name"}),
    "quota": frozenset({"project_id"}),
}

FILTERS: Final[Mapping[Kind, frozenset[str]]] = {
    kind: _FILTERS.get(kind, _FILTERS_OF_OBJECTS) for kind in KINDS.values()
}
"""API attribute names that `list_records` filters by; what is not here is the caller's to filter. Besides these,
`LINK + relation` is a filter of every kind: the ids that a record names in that relation (`links.links_of`)."""

LINK: Final = "link:"

TAG_FILTERS: Final = frozenset({"tags", "tags-any", "not-tags", "not-tags-any"})
"""Filters of every kind that has tags: it has all of the values, at least one, not all, none."""

SORTS: Final[Mapping[Kind, frozenset[str]]] = {
    kind: names - {"fixed_ips:ip_address", "fixed_ips:subnet_id", "shared" if kind == "subnet" else ""}
    for kind, names in FILTERS.items()
}
"""API attribute names that `list_records` sorts by: the filters that have one value a record."""


class Query(msgspec.Struct, frozen=True):
    """Which records, and in which order.

    Attributes:
    filters: name of `FILTERS` -> values; a record must have one of the values of every name. An empty tuple fits
        nothing. Values are text as in JSON or bool or int; an address or MAC as text in canonical form; None and ""
        are the same (no host, no gateway).
    visible_to: only what this project may see: its own, what RBAC policies grant to it or to all, subnets of a network
        that is shared with it or its own, ports on a network of its own. None: everything (an admin).
    asked_by: the project for which `shared` is filtered: what is granted to it counts as shared. None: what all share.
    sort: (name of `SORTS`, ascending); after these, and without any, by creation.
    limit: at most so many; None: all.
    marker: id of the record after which (with page_reverse, before which) the page starts.
    page_reverse: the page before the marker instead of after it; the records come in the order asked for all the same.
    """

    filters: dict[str, tuple[str | bool | int | None, ...]] = {}
    visible_to: ProjectId | None = None
    asked_by: ProjectId | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int | None = None
    marker: str | None = None
    page_reverse: bool = False


class MarkerNotFound(LookupError):  # noqa: N818 - named as the errors of the model are
    """The record that `Query.marker` names does not exist; `args[0]` is the marker."""


class Listing(Protocol):
    """Reads beyond the lookups of rules, all of one moment."""

    def list_records(self, record_type: type[R], query: Query) -> list[R]:
        """The records that fit, in order. A fixed number of SQL statements, whatever the number of records.

        Raises MarkerNotFound, and KeyError for a name that is in neither FILTERS nor SORTS."""
        ...

    def list_as_text(self, record_type: type[Record], query: Query) -> list[Any]:
        """As `list_records`, for showing only: addresses and times are the text that JSON has (`twins`)."""
        ...

    def heartbeats(self) -> dict[AgentId, datetime]:
        """The time of every agent's last heartbeat."""
        ...

    def console(self, server_id: InstanceId) -> bytes:
        """The last that the server said on its console; empty for nothing."""
        ...

    def revision(self) -> Revision:
        """The newest committed revision of this moment; 0 when nothing was ever written."""
        ...


class Writing(Protocol):
    """What a transaction can do besides looking up. Later lookups see what was written before."""

    def commit_writes(self, writes: Writes) -> Revision:
        """Put and delete, keep every index, append the change records (puts first, then deletes, in their order).

        May be called several times in one transaction: all of it is committed together. Deleting what is not there and
        putting what is there already unchanged write nothing. Returns the newest revision, which counts only
        once the transaction is committed. Raises model.errors.Conflict when a unique index refuses."""
        ...

    def touch_agents(self, agent_ids: Sequence[AgentId], now: datetime) -> None:
        """These agents gave a sign of life: no change record, no revision."""
        ...

    def keep_console(self, server_id: InstanceId, output: bytes) -> None:
        """Keep this in the place of what the server said before, until it is deleted: no change record either."""
        ...


class ChangeRow(msgspec.Struct, frozen=True):
    """One row of the change log, with the record still as JSON.

    Attributes:
    replaced: what was there before, as JSON: of a put the fields that it changed, of a deletion the whole record; None
        of a record that is new.
    """

    revision: Revision
    kind: Kind
    id: str
    network_id: NetworkId | None
    hosts: tuple[HostName, ...]
    record: bytes | None
    replaced: bytes | None = None


class Place(msgspec.Struct, frozen=True):
    """Where one port is: what the feed must know of every port to tell which host needs what.

    Attributes:
    device_id: names the instance, empty for none.
    """

    port_id: PortId
    network_id: NetworkId
    host: HostName | None
    device_id: InstanceId


class StoredRecord(msgspec.Struct, frozen=True):
    """A record as JSON, and the revision at which it was created: its place in the order of creation."""

    created: Revision
    kind: Kind
    id: str
    network_id: NetworkId | None
    record: bytes


class Log(Protocol):
    """What the feed reads, all of one moment."""

    def revision(self) -> Revision:
        """As `Listing.revision`."""
        ...

    def oldest_revision(self) -> Revision:
        """Changes after this revision are all kept; 0 when none was ever dropped."""
        ...

    def changes_after(self, since: Revision, limit: int) -> Sequence[ChangeRow]:
        """The first `limit` changes after `since`, ascending."""
        ...

    def places(self) -> Sequence[Place]:
        """All ports, in any order."""
        ...

    def dhcp_hosts(self) -> Sequence[tuple[NetworkId, AgentId, HostName]]:
        """All DHCP bindings, in any order."""
        ...

    def stored(self, kind: Kind, after: Revision, limit: int) -> Sequence[StoredRecord]:
        """The first `limit` records of the kind created after `after`, in order of creation."""
        ...

    def stored_by_id(self, kind: Kind, ids: Collection[str]) -> Sequence[StoredRecord]:
        """Those of these ids that exist, in order of creation."""
        ...

    def stored_of_networks(self, kind: Kind, network_ids: Collection[NetworkId]) -> Sequence[StoredRecord]:
        """The networks, or their subnets, ports or DHCP bindings, in order of creation."""
        ...

    def stored_of_host(self, kind: Kind, host: HostName) -> Sequence[StoredRecord]:
        """The ports bound to the host, or its agents, servers or DHCP bindings, in order of creation."""
        ...


LogT_co = TypeVar("LogT_co", bound=Log, covariant=True)


class LogSource(Protocol[LogT_co]):
    """A store, as the feed sees it."""

    def read_log(self) -> AbstractContextManager[LogT_co]:
        """The log of one moment."""
        ...

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call this after every commit that made changes, from the thread that committed: it must only set an event."""
        ...
