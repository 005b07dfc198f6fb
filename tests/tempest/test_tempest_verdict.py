"""What `tools/tempest` makes of results."""

from typing import Any

from tempest.verdict import SCOPE, OutOfScope, read_scope, summary, unexpected

SCOPE_OF_TWO = (
    OutOfScope("routers", failed=(r"tempest\.api\.network\.Ports\.test_router",), skipped=("router extension",)),
    OutOfScope("tunnels", skipped=("(?i)vxlan",)),
)


def row(test: str, outcome: str, reason: str = "", count: int = 1) -> dict[str, Any]:
    """As `judge` writes it."""
    return {"test": test, "outcome": outcome, "reason": reason, "count": count, "seconds": 0.1}


ROWS = [
    row("tempest.api.network.Ports.test_create", "passed"),
    row("tempest.api.network.Ports.test_router", "failed", "404"),
    row("tempest.api.network.Routers", "skipped", "router extension not enabled.", 36),
    row("neutron_tempest_plugin.api.Trunk.test_vxlan", "skipped", "Vxlan type driver must be enabled"),
    row("neutron_tempest_plugin.api.Qos.test_rule", "passed"),
]


def test_what_was_meant_to_pass_and_did_not_is_unexpected() -> None:
    """A failure whose whole name no entry has, and a skip for a reason that none knows; a reason excuses no failure."""
    wrong = [
        row("tempest.api.network.Ports.test_router_too", "failed"),
        row("tempest.api.network.Ports.test_update", "skipped", "out of luck"),
        row("tempest.api.network.Ports.test_delete", "failed", "router extension not enabled."),
    ]
    assert [] == unexpected(ROWS, SCOPE_OF_TWO)
    assert wrong == unexpected([*ROWS, *wrong], SCOPE_OF_TWO)


def test_the_table_counts_every_test_once() -> None:
    """A class whose set-up skips counts as so many tests as it has; reasons with the most tests come first."""
    rows = [*ROWS, row("neutron_tempest_plugin.api.Qos.test_more", "failed")]
    lines = [line.split() for line in summary(rows, SCOPE_OF_TWO).splitlines()]
    assert [
        ["suite", "tests", "passed", "failed", "skipped", "out", "of", "scope"],
        ["tempest.api.network", "38", "1", "0", "0", "37"],
        ["neutron_tempest_plugin.api", "3", "1", "1", "0", "1"],
        ["tempest.api.identity", "0", "0", "0", "0", "0"],
        ["all", "41", "2", "1", "0", "38"],
        [],
        ["out", "of", "scope:"],
        ["37", "routers"],
        ["1", "tunnels"],
    ] == lines


def test_the_scope_can_be_read() -> None:
    """Each entry has a reason, and what it excuses."""
    entries = read_scope(SCOPE.read_text(encoding="utf-8"))
    assert all(entry.why and (entry.failed or entry.skipped) for entry in entries)
    assert len(entries) == len({entry.why for entry in entries})
