"""Segments of networks: added, named, removed while no subnet is on them.

Source: Networking API v2.0, extension segment; what is refused is what Neutron refuses.
"""

from typing import assert_never

from underlay.commands.segment import CreateSegment, DeleteSegment, SegmentCommand, UpdateSegment
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import NetworkNotFound, SegmentInUse, SegmentNotFound
from underlay.model.ids import NetworkId, SegmentId
from underlay.model.network import Network, Segment
from underlay.model.segment import NetworkSegment, first_segment_id
from underlay.model.subnet import Subnet
from underlay.rules import access, segments
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict


def judge(
    command: SegmentCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """Any command on segments."""
    match command:
        case CreateSegment():
            return create(command, snapshot, caller, circumstances, regulations)
        case UpdateSegment():
            return update(command, snapshot, caller, circumstances)
        case DeleteSegment():
            return delete(command, snapshot, caller, circumstances)
        case _:
            assert_never(command)


def create(
    command: CreateSegment, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """One segment more for a network, on a physical network where it has none."""
    access.require_ever(caller, "create_segment")
    network = _network(command.network_id, snapshot)
    access.require(caller, "create_segment", command, snapshot, command)
    segment = segments.choose(command.provider, network.project_id, snapshot, circumstances, regulations)
    segments.require_apart(segment, network.segments)
    made = NetworkSegment(
        id=SegmentId(circumstances.new_id()),
        network_id=network.id,
        segment=segment,
        created_at=circumstances.now,
        updated_at=circumstances.now,
        name=command.name,
        description=command.description,
    )
    grown = amended(network, circumstances.now, further_segments=(*network.further_segments, segment))
    return Verdict(Writes(puts=(grown, made)), made)


def update(command: UpdateSegment, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """What it is called."""
    access.require_ever(caller, "update_segment")
    before = existing(command.id, snapshot)
    access.require(caller, "update_segment", before, snapshot, command)
    access.require_revision(command.revision, before.revision_number)
    after = amended(before, circumstances.now, name=command.name, description=command.description)
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def delete(command: DeleteSegment, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Raises SegmentInUse while a subnet is on it, and for the only one of a network."""
    access.require_ever(caller, "delete_segment")
    found = existing(command.id, snapshot)
    access.require(caller, "delete_segment", found, snapshot)
    access.require_revision(command.revision, found.revision_number)
    subnets = snapshot.linked(Subnet, "segment", found.id)
    if subnets:
        named = ", ".join(subnet.id for subnet in subnets)
        raise SegmentInUse(found.id, f"The segment is still associated with subnet(s) {named}")
    network = _network(found.network_id, snapshot)
    left = tuple(each for each in network.segments if each != found.segment)
    if not left:
        raise SegmentInUse(found.id, f"It is the only segment of network {network.id}")
    shrunk = amended(network, circumstances.now, segment=left[0], further_segments=left[1:])
    return Verdict(Writes(puts=(shrunk,), deletes=(Ref("segment", found.id),)))


def of_new_network(network: Network, circumstances: Circumstances) -> tuple[NetworkSegment, ...]:
    """The records of the segments that the network is created with."""
    ids = [first_segment_id(network.id), *(SegmentId(circumstances.new_id()) for _ in network.further_segments)]
    return tuple(
        NetworkSegment(segment_id, network.id, segment, circumstances.now, circumstances.now)
        for segment_id, segment in zip(ids, network.segments, strict=True)
    )


def moved(
    network_id: NetworkId, old: Segment, new: Segment, snapshot: Snapshot, circumstances: Circumstances
) -> tuple[NetworkSegment, ...]:
    """The record of the network's segment, to be put when that is another one now."""
    return tuple(
        amended(each, circumstances.now, segment=new)
        for each in snapshot.linked(NetworkSegment, "network", network_id)
        if each.segment == old
    )


def existing(segment_id: SegmentId, snapshot: Snapshot) -> NetworkSegment:
    """The segment. Raises SegmentNotFound."""
    found = snapshot.record(NetworkSegment, segment_id)
    if found is None:
        raise SegmentNotFound(segment_id)
    return found


def _network(network_id: NetworkId, snapshot: Snapshot) -> Network:
    network = snapshot.network(network_id)
    if network is None:
        raise NetworkNotFound(network_id)
    return network
