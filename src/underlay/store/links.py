"""What a record names, and what only it may have: derived from the record, kept in `links` and `unique_keys`. Pure.

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
