"""Who serves DHCP on a network as a whole: its agents and their ports, given and taken.

`dhcp_served_by` decides: a network whose hosts serve their own ports alone has neither.
"""

from underlay.model.change import Record, Ref
from underlay.model.ids import NetworkId
from underlay.model.network import Network
from underlay.model.subnet import Subnet
from underlay.rules import dhcp_port, schedule
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot


def serve(
    network: Network,
    subnets: tuple[Subnet, ...],
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> tuple[Record, ...]:
    """The bindings and DHCP ports to put, now that these are the network's subnets.

    Raises IpAddressGenerationFailure when a subnet has no address left.
    """
    bindings = tuple(snapshot.dhcp_bindings_of(network.id))
    roster = schedule.roster(snapshot, circumstances, regulations)
    new, _ = roster.assign(network, bindings, regulations.dhcp_agents_per_network)
    service = dhcp_port.DhcpService(network, subnets, dhcp_port.ports_of(network.id, snapshot), (*bindings, *new))
    return (*new, *dhcp_port.cover(service, snapshot, circumstances, regulations))


def withdraw(network_id: NetworkId, snapshot: Snapshot) -> tuple[Ref, ...]:
    """The bindings and DHCP ports to delete when no agent is to serve the network any more."""
    return (
        *(Ref("dhcp_binding", binding.id) for binding in snapshot.dhcp_bindings_of(network_id)),
        *(Ref("port", port.id) for port in dhcp_port.ports_of(network_id, snapshot)),
    )
