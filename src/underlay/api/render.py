"""Records to what a caller may see of them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, get_args

from underlay.api import places, surroundings
from underlay.api.address_scopes import Scopes, all_scopes, scopes_of
from underlay.api.attributes.attribute import Field, Resource
from underlay.api.attributes.port import PORT
from underlay.api.attributes.security_group_rule import SECURITY_GROUP_RULE
from underlay.api.remembered import Remembered
from underlay.api.resource_request import resource_request
from underlay.api.sight import doubtful
from underlay.model.agent import AgentType
from underlay.model.caller import Caller
from underlay.model.ids import HostName, NetworkId, PortId, ProjectId
from underlay.model.policy.expression import NO, Check, holds
from underlay.model.port import Port
from underlay.model.qos import QosRule
from underlay.model.security_group import SecurityGroupRule
from underlay.rules import access
from underlay.rules.snapshot import Regulations, Snapshot


class Viewpoint:
    """Implements `attributes.attribute.View` on a snapshot; looks things up only when an attribute asks."""

    __slots__ = (
        "_expected",
        "_granted",
        "_heartbeats",
        "_now",
        "_physical_networks",
        "_qos_policies",
        "_qos_rules",
        "_regulations",
        "_rules",
        "_scopes",
        "_snapshot",
        "_switches",
        "_trunks",
        "_vlans",
        "_zones",
        "caller",
    )

    def __init__(self, caller: Caller, snapshot: Snapshot, regulations: Regulations, now: datetime) -> None:
        self.caller = caller
        self._snapshot = snapshot
        self._regulations = regulations
        self._now = now
        self._heartbeats: dict[str, datetime] | None = None
        self._scopes: Remembered[NetworkId, Scopes] = Remembered(
            lambda key: scopes_of(key, snapshot), lambda: all_scopes(snapshot), {}
        )
        self._trunks: Remembered[PortId, dict[str, Any] | None] = Remembered(
            lambda key: surroundings.trunk_details(key, snapshot),
            lambda: surroundings.all_trunk_details(snapshot),
            None,
        )
        self._qos_policies: Remembered[NetworkId, str | None] = Remembered(
            lambda key: surroundings.qos_policy_id(key, snapshot),
            lambda: surroundings.all_qos_policy_ids(snapshot),
            None,
        )
        self._qos_rules: Remembered[str, tuple[QosRule, ...]] = Remembered(
            lambda key: surroundings.qos_rules(key, snapshot), lambda: surroundings.all_qos_rules(snapshot), ()
        )
        self._physical_networks: Remembered[NetworkId, str | None] = Remembered(
            lambda key: surroundings.physical_network(key, snapshot),
            lambda: surroundings.all_physical_networks(snapshot),
            None,
        )
        self._switches: Remembered[HostName, Mapping[str, Any]] = Remembered(
            lambda key: surroundings.switch_configuration(key, snapshot),
            lambda: surroundings.all_switch_configurations(snapshot),
            {},
        )
        self._expected: frozenset[str] = frozenset()
        self._rules: dict[str, list[dict[str, Any]]] = {}
        self._granted: Collection[str] | None = None
        self._vlans: dict[str, dict[int, ProjectId]] | None = None
        self._zones: Remembered[NetworkId, tuple[str, ...]] = Remembered(
            lambda key: places.zones_serving(key, snapshot), lambda: places.all_zones_serving(snapshot), ()
        )

    def heartbeat(self, agent_id: str) -> datetime:
        """When the agent was last heard."""
        if self._heartbeats is None:
            self._heartbeats = {
                agent.id: heard
                for agent_type in get_args(AgentType)
                for agent, heard in self._snapshot.agents(agent_type)
            }
        return self._heartbeats[agent_id]

    def is_alive(self, agent_id: str) -> bool:
        """Whether that was recently enough."""
        return (self._now - self.heartbeat(agent_id)).total_seconds() <= self._regulations.agent_down_time_s

    def is_shared(self, network_id: NetworkId) -> bool:
        """Whether the network is open to all projects."""
        network = self._snapshot.network(network_id)
        return network is not None and (network.shared or self.is_granted(network_id))

    def is_granted(self, object_id: str) -> bool:
        """Whether the object is shared with the caller's project by name."""
        if self._granted is None:
            self._granted = self._snapshot.granted_to(self.caller.project_id, "access_as_shared")
        return object_id in self._granted

    def vlan_projects(self, physical_network: str) -> Mapping[int, ProjectId]:
        """VLAN id -> the project of the network that is on it, ascending."""
        if self._vlans is None:
            self._vlans = {}
            for use in self._snapshot.segments_in_use():
                if use.vid:
                    self._vlans.setdefault(use.physical_network, {})[use.vid] = use.project_id
        return self._vlans.get(physical_network, {})

    def zones_serving(self, network_id: NetworkId) -> Sequence[str]:
        """The availability zones of the agents that serve the network, sorted."""
        return self._zones.of(network_id)

    def trunk_details(self, port_id: PortId) -> dict[str, Any] | None:
        """The trunk whose parent the port is, with its subports' MACs; None for none."""
        return self._trunks.of(port_id)

    def qos_policy_of(self, network_id: NetworkId) -> str | None:
        """The network's QoS policy."""
        return self._qos_policies.of(network_id)

    def resource_request(self, port: Port) -> dict[str, Any] | None:
        """What the port's QoS policy, its own or its network's, asks of a host; None when it guarantees nothing."""
        policy_id = port.qos_policy_id or self.qos_policy_of(port.network_id)
        rules = self._qos_rules.of(policy_id) if policy_id else ()
        if not rules:
            return None
        return resource_request(port.id, port.binding.vnic_type, rules, self._physical_networks.of(port.network_id))

    def switch_on(self, host: HostName) -> Mapping[str, Any]:
        """What the host's Open vSwitch agent says of itself; empty when there is none."""
        return self._switches.of(host)

    @property
    def dns_domain(self) -> str:
        """The domain of hosts, by the server's setting."""
        return self._regulations.dns_domain

    def address_scope_of(self, network_id: NetworkId, ip_version: int) -> str | None:
        """The address scope that the network's subnets of that version are in."""
        return self._scopes.of(network_id).get(ip_version)

    def expect(self, record_ids: Iterable[str]) -> None:
        """These records are going to be shown: what belongs to them may be looked up for all of them at once."""
        self._expected = frozenset(record_ids)

    def rules_of(self, group_id: str) -> Sequence[dict[str, Any]]:
        """The security group's rules as they are shown, in order of creation."""
        if group_id not in self._rules:
            self._rules = {each: [] for each in {group_id, *self._expected}}
            for rule in self._snapshot.linked_to(SecurityGroupRule, "security_group", tuple(self._rules)):
                self._rules[rule.security_group_id].append(render(SECURITY_GROUP_RULE, rule, self))
        return self._rules[group_id]

    def guarded(
        self, show: Callable[[Any], dict[str, Any]], guards: Mapping[str, Check]
    ) -> Callable[[Any], dict[str, Any]]:
        """Shows without those attributes of which the record itself says that the caller may not see them."""

        def show_rest(record: Any) -> dict[str, Any]:
            asked = access.Asked(record, self._snapshot, self.caller)
            refused = {name for name, left in guards.items() if not holds(left, self.caller, asked)}
            return {name: value for name, value in show(record).items() if name not in refused}

        return show_rest

    def default_quota(self, resource: str) -> int:
        """The limit of a project without one of its own."""
        return self._regulations.quota_defaults.get(resource, -1)

    def port(self, port: Port) -> dict[str, Any]:
        """The port as it is shown."""
        return render(PORT, port, self)


def render(resource: Resource, record: Any, view: Viewpoint, fields: Collection[str] = ()) -> dict[str, Any]:
    """The record as JSON's dictionary; only `fields` when some are named."""
    return renderer(resource, view, fields)(record)


def renderer(resource: Resource, view: Viewpoint, fields: Collection[str] = ()) -> Callable[[Any], dict[str, Any]]:
    """Renders any number of records alike: what is a plain field is read for all attributes at once."""
    guards = doubtful(resource, view.caller)
    rows = [
        row
        for row in resource.attributes
        if row.show is not None
        and not row.filter_only
        and (not fields or row.name in fields)
        and guards.get(row.name) is not NO
    ]
    names = [row.name for row in rows]
    paths = [row.show.path if isinstance(row.show, Field) else "" for row in rows]
    plain = next((path for path in paths if path), "")
    made = [(index, row.show) for index, row in enumerate(rows) if row.show and not paths[index]]
    # One more at the end, because of a single name attrgetter gives no tuple.
    read = attrgetter(*(path or plain for path in paths), plain) if plain else None

    def render_one(record: Any) -> dict[str, Any]:
        values = [*read(record)] if read else [None] * len(names)
        for index, show in made:
            values[index] = show(record, view)
        return dict(zip(names, values, strict=False))

    asked = {row.name: guards[row.name] for row in rows if row.name in guards}
    return view.guarded(render_one, asked) if asked else render_one
