"""Records by id within one transaction, each read and decoded once."""

from collections.abc import Mapping
from typing import cast

from underlay.model.change import KINDS, Kind, Record, Ref
from underlay.store.contract import R
from underlay.store.rows import decode_kind
from underlay.store.statements import Prepared, Session


class Records:
    """What the transaction has read or written so far, by kind and id; None for what does not exist."""

    def __init__(self, session: Session, by_id: Mapping[Kind, Prepared]) -> None:
        self._session = session
        self._by_id = by_id
        self._known: dict[Ref, Record | None] = {}

    def find(self, record_type: type[R], record_id: str) -> R | None:
        """The record of that type and id."""
        return cast(R | None, self.stored(Ref(KINDS[record_type], record_id)))

    def stored(self, ref: Ref) -> Record | None:
        """The record that `ref` names, as this transaction left it."""
        if ref not in self._known:
            row = self._session.row(self._by_id[ref.kind], {"id": ref.id})
            self._known[ref] = None if row is None else decode_kind(ref.kind, row[0])
        return self._known[ref]

    def remember(self, ref: Ref, record: Record | None) -> None:
        """It was written; None: deleted."""
        self._known[ref] = record
