"""A record of the segment of each network; the table itself is `objects`."""

from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_FIRST_SEGMENTS = UUID("6c6f6c2d-7365-4d65-8e74-756e6465726c")
"""As `model.segment.first_segment_id` had it when this was written."""


def upgrade() -> None:
    """Write them, and the changes that tell watchers."""
    _record_segments(op.get_bind())


def _record_segments(database: sa.Connection) -> None:
    newest = database.execute(sa.text("SELECT coalesce(max(revision), 0) FROM changes")).scalar_one()
    stored = database.execute(sa.text("SELECT record FROM networks ORDER BY created")).fetchall()
    for revision_, (text,) in enumerate(stored, newest + 1):
        network = msgspec.json.decode(text)
        segment = {
            "kind": "segment",
            "id": str(uuid5(_FIRST_SEGMENTS, network["id"])),
            "network_id": network["id"],
            "segment": network["segment"],
            "created_at": network["created_at"],
            "updated_at": network["updated_at"],
        }
        values = {
            "revision": revision_,
            "id": segment["id"],
            "network_id": segment["network_id"],
            "record": msgspec.json.encode(segment).decode(),
        }
        for statement in (
            "INSERT INTO objects (created, kind, id, project_id, name, shared, record)"
            " VALUES (:revision, 'segment', :id, '', '', false, :record)",
            "INSERT INTO links (kind, id, relation, to_id) VALUES ('segment', :id, 'network', :network_id)",
            "INSERT INTO changes (revision, kind, id, network_id, hosts, record)"
            " VALUES (:revision, 'segment', :id, NULL, '[]', :record)",
        ):
            database.execute(sa.text(statement), values)
