"""What a record names, what only it may have, its tags: derived from the record, kept in tables of their own. Pure.

A kind that has neither needs no line here.
"""

from underlay.model.change import Record

Link = tuple[str, str]
"""(relation, id of the record that is named)."""


def links_of(record: Record) -> frozenset[Link]:
    """Whom the record names, and as what; rules ask for it by `Snapshot.linked` and `is_linked`."""
    match record:
        case _:
            return frozenset()


def unique_keys_of(record: Record) -> frozenset[str]:
    """What no other record of the kind may have; rules ask for it by `Snapshot.with_unique_key`."""
    match record:
        case _:
            return frozenset()


def tags_of(record: Record) -> frozenset[str]:
    """The record's tags, for the filters by tag."""
    return frozenset(getattr(record, "tags", ()))
