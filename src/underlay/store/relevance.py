"""Which host needs which change. Pure: no clock, no I/O.

A host needs the ports bound to it and everything of the networks that it serves DHCP for, the networks and subnets of
both, the instances of those ports, its servers, and its own agents and DHCP bindings. `Topology` follows the changes
one by one and says of each who gets it, who gets it as a deletion, and for whom something has come into view that must
be sent before.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from underlay.model.ids import AgentId, HostName, InstanceId, NetworkId, PortId
from underlay.store.contract import ChangeRow, Place

K = TypeVar("K")
V = TypeVar("V")

_NOBODY: frozenset[HostName] = frozenset()


class Opening(msgspec.Struct, frozen=True):
    """What the host must be sent before the change.

    Attributes:
    network_id: this network and its subnets; None for none.
    whole: the network's ports too.
    instance_ids: these instances, those of them that exist.
    """

    host: HostName
    network_id: NetworkId | None = None
    whole: bool = False
    instance_ids: frozenset[InstanceId] = frozenset()


class Delivery(msgspec.Struct, frozen=True):
    """Attributes:
    to: get the change as it is.
    gone_for: get it as a deletion, because they no longer need the record.
    openings: sent before; at most one a host.
    """

    to: frozenset[HostName] = _NOBODY
    gone_for: frozenset[HostName] = _NOBODY
    openings: tuple[Opening, ...] = ()


class Topology:
    """Who is where, as of the last change applied."""

    def __init__(
        self, places: Iterable[Place] = (), dhcp_hosts: Iterable[tuple[NetworkId, AgentId, HostName]] = ()
    ) -> None:
        self._places: dict[PortId, Place] = {}
        self._on_network: dict[NetworkId, set[PortId]] = defaultdict(set)
        self._of_device: dict[InstanceId, set[PortId]] = defaultdict(set)
        self._bound: dict[tuple[NetworkId, HostName], int] = defaultdict(int)
        self._wiring: dict[NetworkId, set[HostName]] = defaultdict(set)
        self._bindings: dict[NetworkId, dict[str, HostName]] = defaultdict(dict)
        for place in places:
            self._move(None, place)
        for network_id, agent_id, host in dhcp_hosts:
            self._bindings[network_id][f"{network_id}/{agent_id}"] = host

    def serving(self, network_id: NetworkId) -> frozenset[HostName]:
        """The hosts that serve DHCP for the network."""
        return frozenset(self._bindings[network_id].values()) if network_id in self._bindings else _NOBODY

    def needing(self, network_id: NetworkId) -> frozenset[HostName]:
        """The hosts that need the network: they serve it, or one of its ports is bound there."""
        return self.serving(network_id) | self._wiring.get(network_id, _NOBODY)

    def apply(self, change: ChangeRow, place: Place | None, served_by: HostName | None) -> Delivery:
        """Take in the next change.

        Args:
        place: of a port that is put, where it is now; None otherwise.
        served_by: of a DHCP binding that is put, its host; None otherwise.
        """
        match change.kind:
            case "port":
                return self._apply_port(change, place)
            case "dhcp_binding" if change.network_id is not None:
                return self._apply_binding(change, change.network_id, served_by)
            case "network" | "subnet" if change.network_id is not None:
                return Delivery(to=self.needing(change.network_id))
            case "instance":
                return Delivery(to=self._seeing_device(InstanceId(change.id)))
            case "agent" | "server":
                return Delivery(to=frozenset(change.hosts))
            case _:
                return Delivery()

    def _apply_port(self, change: ChangeRow, new: Place | None) -> Delivery:
        old = self._places.get(PortId(change.id))
        either = new or old
        if either is None:
            return Delivery()
        needed_before = self.needing(either.network_id)
        seen_before = self._seeing(old) if old else _NOBODY
        self._move(old, new)
        if new is None:
            return Delivery(to=seen_before)
        seen = self._seeing(new)
        openings = [self._opening(host, old, new, seen_before, needed_before) for host in sorted(seen)]
        return Delivery(seen, seen_before - seen, tuple(opening for opening in openings if opening))

    def _opening(
        self,
        host: HostName,
        old: Place | None,
        new: Place,
        seen_before: frozenset[HostName],
        needed_before: frozenset[HostName],
    ) -> Opening | None:
        """For a host that sees the port."""
        known_device = old.device_id if old and host in seen_before else ""
        instance_ids = frozenset({new.device_id} if new.device_id and new.device_id != known_device else ())
        network_id = None if host in needed_before else new.network_id
        if network_id is None and not instance_ids:
            return None
        return Opening(host, network_id, whole=False, instance_ids=instance_ids)

    def _apply_binding(self, change: ChangeRow, network_id: NetworkId, host: HostName | None) -> Delivery:
        served_before = self.serving(network_id)
        if host is None:
            self._bindings[network_id].pop(change.id, None)
            return Delivery(to=frozenset(change.hosts))
        self._bindings[network_id][change.id] = host
        if host in served_before:
            return Delivery(to=frozenset({host}))
        devices = {self._places[port_id].device_id for port_id in self._on_network.get(network_id, ())}
        opening = Opening(host, network_id, whole=True, instance_ids=frozenset(devices - {InstanceId("")}))
        return Delivery(frozenset({host}), frozenset(change.hosts) - {host}, (opening,))

    def _seeing(self, place: Place) -> frozenset[HostName]:
        serving = self.serving(place.network_id)
        return serving | {place.host} if place.host else serving

    def _seeing_device(self, device_id: InstanceId) -> frozenset[HostName]:
        ports = self._of_device.get(device_id, set())
        return frozenset(host for port_id in ports for host in self._seeing(self._places[port_id]))

    def _move(self, old: Place | None, new: Place | None) -> None:
        if old:
            del self._places[old.port_id]
            _drop(self._on_network, old.network_id, old.port_id)
            _drop(self._of_device, old.device_id, old.port_id)
            if old.host:
                self._count(old.network_id, old.host, -1)
        if new:
            self._places[new.port_id] = new
            self._on_network[new.network_id].add(new.port_id)
            if new.device_id:
                self._of_device[new.device_id].add(new.port_id)
            if new.host:
                self._count(new.network_id, new.host, 1)

    def _count(self, network_id: NetworkId, host: HostName, change: int) -> None:
        key = (network_id, host)
        self._bound[key] += change
        if self._bound[key]:
            self._wiring[network_id].add(host)
        else:
            del self._bound[key]
            _drop(self._wiring, network_id, host)


def _drop(index: dict[K, set[V]], key: K, member: V) -> None:
    """Remove the member, and the key with its last member."""
    members = index.get(key)
    if members is not None:
        members.discard(member)
        if not members:
            del index[key]
