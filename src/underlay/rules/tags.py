"""Tags: words that the owner hangs on a record, to find it by. A change of them is a change of the record.

Source: Networking API v2.0, extensions standard-attr-tag and tag-creation.
"""

from typing import Final, Protocol, assert_never, cast

from underlay.commands.tags import AddTags, RemoveTag, ReplaceTags, TagCommand, TagTarget
from underlay.model.caller import Caller
from underlay.model.change import RECORD_TYPES, Record, Writes
from underlay.model.errors import InvalidInput, NotFoundError, TagNotFound, TagResourceNotFound
from underlay.model.ids import NetworkId, PortId, SubnetId
from underlay.rules import access
from underlay.rules.amend import Revised, amended
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict

MAX_TAGS: Final = 1_000
"""Of one record."""

_NAMES: Final[dict[str, str]] = {"qos_policy": "policy"}
"""Kind -> what the policy calls it, where that differs."""


class Tagged(Revised, Protocol):
    """A record with tags."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Each once, sorted: Neutron's are the second half of a primary key, and clients compare."""
        ...


def judge(command: TagCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Who may, changes tags. Raises TagResourceNotFound, TagNotFound."""
    target = command.target
    record = visible(target, snapshot, caller)
    before = cast(Tagged, record)
    match command:
        case ReplaceTags():
            action, tags = "update", command.tags
        case AddTags():
            action, tags = "create", (*before.tags, *command.tags)
        case RemoveTag():
            action, tags = "delete", tuple(tag for tag in before.tags if tag != command.tag)
        case _:
            assert_never(command)
    access.require(caller, f"{action}_{_NAMES.get(target.kind, target.kind)}:tags", record, snapshot)
    access.require_revision(command.revision, before.revision_number)
    if isinstance(command, RemoveTag) and command.tag not in before.tags:
        raise TagNotFound(command.tag)
    each_once = tuple(sorted(set(tags)))
    if len(each_once) > MAX_TAGS and len(each_once) > len(before.tags):
        raise InvalidInput(f"a record has at most {MAX_TAGS} tags, and not {len(each_once)}")
    after = amended(before, circumstances.now, tags=each_once)
    written = cast(Record, after)
    return Verdict(Writes(puts=(written,)) if after is not before else Writes(), written)


def visible(target: TagTarget, snapshot: Snapshot, caller: Caller) -> Record:
    """The record. Raises TagResourceNotFound when the caller may not see it."""
    missing = TagResourceNotFound(target.collection, target.id)
    try:
        match target.kind:
            case "network":
                return access.visible_network(NetworkId(target.id), snapshot, caller)
            case "subnet":
                return access.visible_subnet(SubnetId(target.id), snapshot, caller)[0]
            case "port":
                return access.visible_port(PortId(target.id), snapshot, caller)[0]
            case _:
                record_type = RECORD_TYPES[target.kind]
                record: Record = access.visible(record_type, target.id, lambda _: missing, snapshot, caller)
                return record
    except NotFoundError:
        raise missing from None
