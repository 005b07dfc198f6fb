"""What is shown of a port that other records say: its trunk, what its QoS policy says, its host's switch."""

from collections.abc import Mapping
from typing import Any

from underlay.api.attributes.trunk import show_sub_ports
from underlay.model.agent import OVS_AGENT
from underlay.model.ids import HostName, NetworkId, PortId
from underlay.model.network import Network, physical_network_of
from underlay.model.port import Port
from underlay.model.qos import QosPolicy, QosRule
from underlay.model.trunk import Trunk
from underlay.rules.qos_policy import USERS
from underlay.rules.snapshot import Snapshot
from underlay.rules.trunk import PARENT, SUB_PORT


def trunk_details(port_id: PortId, snapshot: Snapshot) -> dict[str, Any] | None:
    """`trunk_details` of the port; None when it is no trunk's parent."""
    for trunk in snapshot.linked(Trunk, PARENT, port_id):
        return _details(trunk, _macs(snapshot, trunk.id))
    return None


def all_trunk_details(snapshot: Snapshot) -> dict[PortId, dict[str, Any] | None]:
    """The same of every parent port."""
    macs = _macs(snapshot, None)
    return {trunk.port_id: _details(trunk, macs) for trunk in snapshot.records_of(Trunk)}


def qos_policy_id(network_id: NetworkId, snapshot: Snapshot) -> str | None:
    """The QoS policy of the network; None for none."""
    network = snapshot.network(network_id)
    return network.qos_policy_id if network else None


def all_qos_policy_ids(snapshot: Snapshot) -> dict[NetworkId, str | None]:
    """The same of every network that has one."""
    return {network.id: network.qos_policy_id for network in snapshot.naming(Network, USERS)}


def qos_rules(policy_id: str, snapshot: Snapshot) -> tuple[QosRule, ...]:
    """The rules of the QoS policy."""
    policy = snapshot.record(QosPolicy, policy_id)
    return policy.rules if policy else ()


def all_qos_rules(snapshot: Snapshot) -> dict[str, tuple[QosRule, ...]]:
    """The same of every policy."""
    return {policy.id: policy.rules for policy in snapshot.records_of(QosPolicy)}


def physical_network(network_id: NetworkId, snapshot: Snapshot) -> str | None:
    """What the network's first segment is on; None for a local one."""
    network = snapshot.network(network_id)
    return physical_network_of(network.segment) if network else None


def all_physical_networks(snapshot: Snapshot) -> dict[NetworkId, str | None]:
    """The same of every network."""
    return {network.id: physical_network_of(network.segment) for network in snapshot.records_of(Network)}


def switch_configuration(host: HostName, snapshot: Snapshot) -> Mapping[str, Any]:
    """What the Open vSwitch agent of the host says of itself; empty when there is none."""
    agent = snapshot.agent_on(host, OVS_AGENT)
    return agent.configurations if agent else {}


def all_switch_configurations(snapshot: Snapshot) -> dict[HostName, Mapping[str, Any]]:
    """The same of every host."""
    return {agent.host: agent.configurations for agent, _ in snapshot.agents(OVS_AGENT)}


def _macs(snapshot: Snapshot, trunk_id: str | None) -> dict[PortId, str]:
    sub_ports = snapshot.named_by("trunk", trunk_id, SUB_PORT, Port)
    return {port.id: str(port.mac_address) for port in sub_ports}


def _details(trunk: Trunk, macs: Mapping[PortId, str]) -> dict[str, Any]:
    sub_ports = [{**shown, "mac_address": macs.get(shown["port_id"])} for shown in show_sub_ports(trunk)]
    return {"trunk_id": trunk.id, "sub_ports": sub_ports}
