"""Network segment ranges: VLAN ids set aside for a project, or for all; those of the settings are only read.

Source: Networking API v2.0, extension network-segment-range; what is refused is what Neutron refuses, but that a range
may grow whatever of it is in use.
"""

from typing import assert_never

from msgspec import UNSET

from underlay.commands.segment_range import (
    CreateSegmentRange,
    DeclareDefaultRanges,
    DeleteSegmentRange,
    SegmentRangeCommand,
    UpdateSegmentRange,
)
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import (
    BadRequest,
    InvalidInput,
    NetworkSegmentRangeDefaultReadOnly,
    NetworkSegmentRangeNetTypeNotSupported,
    NetworkSegmentRangeNotFound,
    NetworkSegmentRangeOverlaps,
    NetworkSegmentRangeReferencedByProject,
)
from underlay.model.ids import Vid
from underlay.model.segment_range import NetworkSegmentRange, default_range_id
from underlay.rules import access
from underlay.rules.amend import amended
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import Verdict


def judge(
    command: SegmentRangeCommand,
    snapshot: Snapshot,
    caller: Caller,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Verdict:
    """Any command on ranges; all are the administrator's."""
    match command:
        case CreateSegmentRange():
            return create(command, snapshot, caller, circumstances)
        case UpdateSegmentRange():
            return update(command, snapshot, caller, circumstances)
        case DeleteSegmentRange():
            return delete(command, snapshot, caller)
        case DeclareDefaultRanges():
            return declare_defaults(snapshot, caller, circumstances, regulations)
        case _:
            assert_never(command)


def create(command: CreateSegmentRange, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """A range that shares no VLAN id with another one; it may lie over those of the settings."""
    access.require_always(caller, "create_network_segment_range")
    if command.network_type != "vlan":
        raise NetworkSegmentRangeNetTypeNotSupported(command.network_type)
    if not command.physical_network:
        raise BadRequest(
            "network_segment_range",
            "Network type vlan requires 'physical_network' to be specified while creating new range",
        )
    made = NetworkSegmentRange(
        id=circumstances.new_id(),
        project_id=None if command.shared else command.project_id,
        name=command.name,
        physical_network=command.physical_network,
        minimum=Vid(command.minimum),
        maximum=Vid(command.maximum),
        created_at=circumstances.now,
        updated_at=circumstances.now,
        description=command.description,
    )
    _require_sound(made, snapshot)
    return Verdict(Writes(puts=(made,)), made)


def update(command: UpdateSegmentRange, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Raises NetworkSegmentRangeReferencedByProject when a VLAN that is in use would no longer be in it."""
    access.require_always(caller, "update_network_segment_range")
    before = _own(command.id, snapshot)
    access.require_revision(command.revision, before.revision_number)
    after = amended(
        before,
        circumstances.now,
        name=command.name,
        minimum=command.minimum,
        maximum=command.maximum,
        description=command.description,
    )
    if (command.minimum, command.maximum) != (UNSET, UNSET):
        _require_sound(after, snapshot)
        lost = tuple(vid for vid in _used(before, snapshot) if vid not in after)
        if lost:
            raise NetworkSegmentRangeReferencedByProject(before.id, lost)
    return Verdict(Writes(puts=(after,)) if after is not before else Writes(), after)


def delete(command: DeleteSegmentRange, snapshot: Snapshot, caller: Caller) -> Verdict:
    """Raises NetworkSegmentRangeReferencedByProject while a network is on a VLAN of it."""
    access.require_always(caller, "delete_network_segment_range")
    before = _own(command.id, snapshot)
    access.require_revision(command.revision, before.revision_number)
    used = _used(before, snapshot)
    if used:
        raise NetworkSegmentRangeReferencedByProject(before.id, used)
    return Verdict(Writes(deletes=(Ref("network_segment_range", before.id),)))


def declare_defaults(
    snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """The default ranges are those of the settings: new ones come, those that are no longer named go."""
    access.require_always(caller, "create_network_segment_range")
    known = {each.id: each for each in snapshot.records_of(NetworkSegmentRange) if each.default}
    wanted = {
        default_range_id(name, part.first, part.last): (name, part)
        for name, parts in regulations.vlan_ranges.items()
        for part in parts
    }
    puts = tuple(
        NetworkSegmentRange(
            id=range_id,
            project_id=None,
            name="",
            physical_network=name,
            minimum=part.first,
            maximum=part.last,
            created_at=circumstances.now,
            updated_at=circumstances.now,
            default=True,
        )
        for range_id, (name, part) in wanted.items()
        if range_id not in known
    )
    gone = tuple(Ref("network_segment_range", range_id) for range_id in known if range_id not in wanted)
    return Verdict(Writes(puts=puts, deletes=gone))


def _own(range_id: str, snapshot: Snapshot) -> NetworkSegmentRange:
    """The range, if the API may change it."""
    found = snapshot.record(NetworkSegmentRange, range_id)
    if found is None:
        raise NetworkSegmentRangeNotFound(range_id)
    if found.default:
        raise NetworkSegmentRangeDefaultReadOnly(range_id)
    return found


def _require_sound(wanted: NetworkSegmentRange, snapshot: Snapshot) -> None:
    if not (1 <= wanted.minimum <= 4094 and 1 <= wanted.maximum <= 4094):
        raise InvalidInput(
            f"Invalid network VLAN range: '{wanted.minimum}:{wanted.maximum}': VLAN ids are 1 through 4094"
        )
    if wanted.minimum > wanted.maximum:
        raise InvalidInput(
            f"Invalid network VLAN range: '{wanted.minimum}:{wanted.maximum}': minimum is greater than maximum"
        )
    overlapped = [
        each.id
        for each in snapshot.records_of(NetworkSegmentRange)
        if each.id != wanted.id
        and not each.default
        and each.physical_network == wanted.physical_network
        and each.minimum <= wanted.maximum
        and wanted.minimum <= each.maximum
    ]
    if overlapped:
        raise NetworkSegmentRangeOverlaps(", ".join(overlapped))


def _used(part: NetworkSegmentRange, snapshot: Snapshot) -> tuple[Vid, ...]:
    """The VLAN ids of the range that networks are on, ascending."""
    return tuple(sorted(vid for vid in snapshot.vids_in_use(part.physical_network) if vid in part))
