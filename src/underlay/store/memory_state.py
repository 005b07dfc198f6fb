"""All records as plain dicts, and what the database's unique indexes would refuse. For `memory`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import cast

import msgspec

from underlay.model.agent import Agent, DhcpBinding
from underlay.model.change import KINDS, Kind, Record, kind_of
from underlay.model.errors import Conflict
from underlay.model.ids import AgentId, InstanceId, ProjectId, Revision
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.rbac_policy import EVERYBODY, RbacPolicy
from underlay.model.subnet import Subnet
from underlay.store.contract import ChangeRow, R
from underlay.store.links import unique_keys_of
from underlay.store.rows import segment_keys


class Kept(msgspec.Struct, frozen=True):
    """A record and the revision at which it was created."""

    created: Revision
    record: Record


class State(msgspec.Struct):
    """What a database would hold. A transaction works on a copy.

    Attributes:
    kept: kind -> id -> record, in order of creation.
    changes: ascending.
    """

    kept: dict[Kind, dict[str, Kept]] = msgspec.field(default_factory=lambda: {kind: {} for kind in KINDS.values()})
    heartbeats: dict[AgentId, datetime] = msgspec.field(default_factory=dict)
    consoles: dict[InstanceId, bytes] = msgspec.field(default_factory=dict)
    changes: list[ChangeRow] = msgspec.field(default_factory=list)

    def copy(self) -> "State":
        """Changes to the copy do not show here."""
        kept = {kind: dict(records) for kind, records in self.kept.items()}
        return State(kept, dict(self.heartbeats), dict(self.consoles), list(self.changes))

    @property
    def revision(self) -> Revision:
        """The newest; 0 when nothing was ever written."""
        return self.changes[-1].revision if self.changes else Revision(0)

    def all_of(self, record_type: type[R]) -> list[R]:
        """The records of that type, in order of creation."""
        return [cast(R, kept.record) for kept in self.kept[KINDS[record_type]].values()]

    def find(self, record_type: type[R], record_id: str) -> R | None:
        """The record of that type and id."""
        kept = self.kept[KINDS[record_type]].get(record_id)
        return None if kept is None else cast(R, kept.record)

    def grants(self, object_id: str, project_id: ProjectId, action: str | None = None) -> bool:
        """Whether an RBAC policy grants the object to the project or to all (by that action)."""
        policies = (policy for policy in self.all_of(RbacPolicy) if policy.object_id == object_id)
        found = (policy for policy in policies if policy.target_project in (EVERYBODY, project_id))
        return any(action is None or policy.action == action for policy in found)

    def refuse_doubles(self) -> None:
        """Raises Conflict when two records claim one thing."""
        records = [kept.record for of_kind in self.kept.values() for kept in of_kind.values()]
        claims = Counter(claim for record in records for claim in _claims(record))
        double = next((claim for claim, count in claims.items() if count > 1), None)
        if double is not None:
            raise Conflict(what=f"unique {double[0]}")

    def refuse_dangling(self) -> None:
        """Raises Conflict when a record names one that does not exist."""
        for of_kind in self.kept.values():
            for kept in of_kind.values():
                for kind, record_id in _references(kept.record):
                    if record_id not in self.kept[kind]:
                        raise Conflict(what=f"{kind_of(kept.record)} without its {kind}")


def _claims(record: Record) -> Iterator[tuple[object, ...]]:
    """What no other record may have."""
    for only in unique_keys_of(record):
        yield ("unique_keys", kind_of(record), only)
    match record:
        case Network():
            for key in segment_keys(record):
                yield ("segments", *key.values())
        case Port():
            yield ("ports", record.network_id, record.mac_address)
            for fixed_ip in record.fixed_ips:
                yield ("addresses", fixed_ip.subnet_id, fixed_ip.ip_address)
        case RbacPolicy():
            yield ("grants", record.object_id, record.action, record.target_project)
        case Agent():
            yield ("agents", record.host, record.agent_type)
        case _:
            return


def _references(record: Record) -> Iterable[tuple[Kind, str]]:
    """What must exist for the record to exist."""
    match record:
        case Subnet():
            return [("network", record.network_id)]
        case Port():
            return [("network", record.network_id), *(("subnet", fixed.subnet_id) for fixed in record.fixed_ips)]
        case DhcpBinding():
            return [("network", record.network_id), ("agent", record.agent_id)]
        case _:
            return []
