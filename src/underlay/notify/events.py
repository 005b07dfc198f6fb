"""One change of a port -> what Nova is told of it.

    before -> after, of a port that is an instance's              event
    not ACTIVE -> ACTIVE                                          network-vif-plugged
    ACTIVE -> not ACTIVE                                          network-vif-unplugged
    plugged on a host that is made ready for a live migration     network-vif-plugged
    other addresses or MAC                                        network-changed
    deleted, or given to another instance or to none              network-vif-deleted, to the one that had it

A port is an instance's when `device_owner` begins with `compute:` and `device_id` is a UUID; one that is given to an
instance is to that instance as if new.

Source: neutron/notifiers/nova.py; Compute API, "Create external events (os-server-external-events)".
"""

import re
from typing import Final, Literal

import msgspec
from msgspec import UNSET, UnsetType, structs

from underlay.model.ids import InstanceId, PortId
from underlay.store.contract import ChangeRow

COMPUTE_OWNER: Final = "compute:"
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

EventName = Literal["network-vif-plugged", "network-vif-unplugged", "network-changed", "network-vif-deleted"]


class Event(msgspec.Struct, frozen=True):
    """As Nova takes it. Attributes: tag: the port."""

    name: EventName
    server_uuid: InstanceId
    tag: PortId
    status: Literal["completed"] = "completed"


class _FixedIp(msgspec.Struct, frozen=True):
    subnet_id: str
    ip_address: str


class _Binding(msgspec.Struct, frozen=True):
    host: str | None = None
    plugged: bool = False


class _Port(msgspec.Struct, frozen=True):
    """What matters here of a port's record."""

    device_id: str = ""
    device_owner: str = ""
    status: str = "DOWN"
    mac_address: str = ""
    fixed_ips: frozenset[_FixedIp] = frozenset()
    binding: _Binding = _Binding()
    inactive_bindings: tuple[_Binding, ...] = ()

    @property
    def instance(self) -> InstanceId | None:
        """Whose it is; None when it is not an instance's."""
        if self.device_owner.startswith(COMPUTE_OWNER) and _UUID.fullmatch(self.device_id):
            return InstanceId(self.device_id)
        return None

    @property
    def plugged_beside(self) -> frozenset[str | None]:
        """The hosts made ready where the device is already."""
        return frozenset(binding.host for binding in self.inactive_bindings if binding.plugged)


class _Replaced(msgspec.Struct, frozen=True):
    """The same of what a change replaced: absent what it left alone."""

    device_id: str | UnsetType = UNSET
    device_owner: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    mac_address: str | UnsetType = UNSET
    fixed_ips: frozenset[_FixedIp] | UnsetType = UNSET
    binding: _Binding | UnsetType = UNSET
    inactive_bindings: tuple[_Binding, ...] | UnsetType = UNSET


def events_of(change: ChangeRow) -> tuple[Event, ...]:
    """What Nova is told of the change, in this order; mostly nothing."""
    if change.kind != "port":
        return ()
    before, after = _sides(change)
    port_id = PortId(change.id)
    had = before.instance if before else None
    has = after.instance if after else None
    events: list[Event] = []
    if had and had != has:
        events.append(Event("network-vif-deleted", had, port_id))
    if has and after:
        known = before if before and had == has else None
        was_plugged, is_plugged = known is not None and known.status == "ACTIVE", after.status == "ACTIVE"
        if known and (known.mac_address, known.fixed_ips) != (after.mac_address, after.fixed_ips):
            events.append(Event("network-changed", has, port_id))
        appeared = known is not None and after.plugged_beside - known.plugged_beside - {known.binding.host}
        if (is_plugged and not was_plugged) or appeared:
            events.append(Event("network-vif-plugged", has, port_id))
        if was_plugged and not is_plugged:
            events.append(Event("network-vif-unplugged", has, port_id))
    return tuple(events)


def _sides(change: ChangeRow) -> tuple[_Port | None, _Port | None]:
    """The port before and after; None where there is none, or where an old log does not say."""
    if change.record is None:
        return (None if change.replaced is None else msgspec.json.decode(change.replaced, type=_Port)), None
    after = msgspec.json.decode(change.record, type=_Port)
    if change.replaced is None:
        return None, after
    replaced = structs.asdict(msgspec.json.decode(change.replaced, type=_Replaced))
    return structs.replace(after, **{name: was for name, was in replaced.items() if was is not UNSET}), after
