"""Choosing a network for a port whose project does not mind which: the wish of the reference scenario.

Looked at are the networks that the project may put ports on. Those that fit are ordered by the policy, ties by age,
and the port is made on the first that takes it, by the same rule that makes every port (`rules.port`): so nothing is
chosen that could not be had, and two callers at the same time never get the same address.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from msgspec import structs

from underlay.commands.network_selection import SelectNetwork
from underlay.commands.port import CreatePort
from underlay.model.agent import Agent
from underlay.model.caller import Caller
from underlay.model.errors import (
    HostNotConnectedToAnySegment,
    IpAddressGenerationFailure,
    IpAddressGenerationFailureNoMatchingSubnet,
    NoNetworkFits,
)
from underlay.model.ids import ProjectId, SubnetId
from underlay.model.network import Network, physical_network_of
from underlay.model.network_selection import Candidate, NetworkSelection, SelectionPolicy
from underlay.model.port import Port
from underlay.model.subnet import InUse, Subnet
from underlay.rules import ipam, port, reach
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict

_FULL: Final = "no free address"

PortMaker = Callable[[CreatePort, Snapshot, Caller, Circumstances, Regulations], Verdict]


def select(
    command: SelectNetwork,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
    create: PortMaker = port.create,
) -> Verdict:
    """The port, on the network that the policy puts first of those that can take it.

    Raises NoNetworkFits, naming each network and why not; and what `port.create` raises for other reasons than that
    the network is full.
    """
    wanted = command.port
    networks = {
        network.id: network
        for network in snapshot.networks_open_to(wanted.project_id)
        if _is_usable(network, snapshot, wanted.project_id)
    }
    looked_at = [_candidate(network, command, snapshot) for network in networks.values()]
    left = sorted((each for each in looked_at if not each.refusal), key=lambda each: _order(command.policy, each))
    refused = [each for each in looked_at if each.refusal]
    for place, chosen in enumerate(left):
        creation = structs.replace(wanted, network_id=chosen.network_id)
        try:
            made = create(creation, snapshot, caller, circumstances, regulations)
        except (
            IpAddressGenerationFailure,
            IpAddressGenerationFailureNoMatchingSubnet,
            HostNotConnectedToAnySegment,
        ) as error:
            refused.append(structs.replace(chosen, refusal=error.message))
            continue
        others = left[place + 1 :]
        reason = _reason(command.policy, chosen, others, refused)
        candidates = (chosen, *others, *refused)
        return structs.replace(
            made, result=NetworkSelection(command.policy, reason, candidates, cast(Port, made.result))
        )
    raise NoNetworkFits(tuple((each.name or each.network_id, each.refusal) for each in refused))


def _is_usable(network: Network, snapshot: Snapshot, project_id: ProjectId) -> bool:
    """An external network is seen by all, and meant for its own project and those that it is shared with."""
    if not network.external or network.shared or network.project_id == project_id:
        return True
    return network.id in snapshot.granted_to(project_id, "access_as_shared")


def _candidate(network: Network, command: SelectNetwork, snapshot: Snapshot) -> Candidate:
    subnets = snapshot.subnets_of(network.id)
    free, used = _room(subnets, snapshot.addresses_in_use(network.id))
    refusal = _misfit(network, command, snapshot) or ("" if subnets else "it has no subnet") or ("" if free else _FULL)
    return Candidate(network.id, network.name, free, used, refusal)


def _misfit(network: Network, command: SelectNetwork, snapshot: Snapshot) -> str:
    """What the network lacks of what is asked for; empty for nothing."""
    if not network.admin_state_up:
        return "it is administratively down"
    if command.physical_network and command.physical_network not in map(physical_network_of, network.segments):
        return f"it is not on physical network {command.physical_network}"
    missing = set(command.tags) - set(network.tags)
    if missing:
        return f"it is not tagged {', '.join(sorted(missing))}"
    if command.availability_zone and not _is_in_zone(network, command.availability_zone, snapshot):
        return f"it is not in availability zone {command.availability_zone}"
    if command.port.host and not reach.reaches(network, command.port.host, snapshot):
        return f"it does not reach host {command.port.host}"
    return ""


def _is_in_zone(network: Network, zone: str, snapshot: Snapshot) -> bool:
    """Whether it asks to be, or is served from there; one that does neither is in every zone."""
    agents: Iterable[Agent | None] = (
        snapshot.agent(binding.agent_id) for binding in snapshot.dhcp_bindings_of(network.id)
    )
    zones = {*network.availability_zone_hints, *(agent.availability_zone for agent in agents if agent)}
    return not zones or zone in zones


def _room(subnets: Sequence[Subnet], in_use: dict[SubnetId, InUse]) -> tuple[int, int]:
    """Free addresses, and those in use: a port takes one of each IP version, so the version with fewer free counts.

    Addresses that guests make themselves (SLAAC) never run out; a network of nothing else counts by its prefixes.
    """
    counted = [subnet for subnet in subnets if not ipam.is_auto_address(subnet)] or subnets
    by_version: dict[int, int] = {}
    for subnet in counted:
        size = sum(pool.size for pool in subnet.allocation_pools)
        free = size - in_use.get(subnet.id, InUse()).used_in_pools
        by_version[subnet.ip_version] = by_version.get(subnet.ip_version, 0) + free
    used = sum(in_use.get(subnet.id, InUse()).used for subnet in counted)
    return min(by_version.values(), default=0), used


def _order(policy: SelectionPolicy, candidate: Candidate) -> int:
    return -candidate.free if policy == "most-free" else candidate.used


def _reason(
    policy: SelectionPolicy, chosen: Candidate, others: Sequence[Candidate], refused: Sequence[Candidate]
) -> str:
    unit, measure = ("free", "most free") if policy == "most-free" else ("used", "fewest used")
    count = chosen.free if policy == "most-free" else chosen.used
    said = f"{chosen.name or chosen.network_id} has the {measure} addresses: {count}"
    if others:
        following = others[0]
        behind = following.free if policy == "most-free" else following.used
        said += f"; next is {following.name or following.network_id} with {behind} {unit}"
    else:
        said += "; no other network can take the port"
    if refused:
        said += f"; {len(refused)} passed over"
    return said
