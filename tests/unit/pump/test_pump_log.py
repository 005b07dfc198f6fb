"""Log lines: one JSON object a line, and never a reason to stop."""

import io
from datetime import UTC, datetime
from ipaddress import IPv4Address

import msgspec

from underlay.pump.log import Log

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_line_has_event_level_time_and_fields() -> None:
    """In structlog's names; any value is written."""
    stream = io.StringIO()
    Log(stream, lambda: NOW).warning("address_declined", address=IPv4Address("10.0.0.5"), count=2)
    expected = {
        "event": "address_declined",
        "level": "warning",
        "timestamp": "2026-01-02T03:04:05Z",
        "address": "10.0.0.5",
        "count": 2,
    }
    assert [expected] == [msgspec.json.decode(line) for line in stream.getvalue().splitlines()]


def test_a_closed_stream_is_no_reason_to_stop() -> None:
    """The journal may go away; serving goes on."""
    stream = io.StringIO()
    stream.close()
    Log(stream).error("anything")
