"""The reference scenario on real parts: the same steps as `./demo`, in a lab of its own name."""

import os
from collections.abc import Iterator

import msgspec
import pytest
from lab import demo, site
from lab.scenario.stage import Stage
from lab.scenario.steps import STEPS, Step, play
from lab.topology import lab_here

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="the lab needs root"),
]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A fresh lab with Underlay on it, for all steps in their order."""
    lab = msgspec.structs.replace(lab_here(), name="test-scenario")
    try:
        demo.raise_lab(lab)
        yield Stage(lab, print)
    finally:
        site.down(lab)


@pytest.mark.parametrize("step", STEPS, ids=[step.title for step in STEPS])
def test_step(stage: Stage, step: Step) -> None:
    """Every check of the step passes, and there is at least one."""
    outcome = play(stage, step)
    assert [] == [f"{check.text}: {check.reason}" for check in outcome.failed]
    assert outcome.checks
