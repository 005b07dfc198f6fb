"""`./demo`: the lab from nothing, Underlay on it, and the reference scenario with every command, output and check.

usage: ./demo           leaves everything running, with lines to try next
       ./demo --once    takes everything down again; the exit code is the result
       ./demo down      takes down what an earlier ./demo left
"""

import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lab import container, site, software
from lab.progress import fail, tell
from lab.scenario.stage import Stage
from lab.scenario.steps import STEPS, Outcome, play
from lab.topology import CONTAINERS, Lab, lab_here

REPEATED = 4
"""So many failed checks a step are shown once more at the end."""
USAGE = (__doc__ or "").partition("\n\n")[2].strip()


def main(argv: Sequence[str]) -> int:
    """Run it; 0 when every check passed."""
    if list(argv) not in ([], ["--once"], ["down"]):
        return fail(USAGE)
    if os.geteuid() != 0:
        return fail("the lab makes network namespaces and needs root: run it with sudo")
    lab = lab_here()
    if list(argv) == ["down"]:
        site.down(lab)
        return 0
    try:
        return run(lab, once=list(argv) == ["--once"])
    except container.ContainerError as error:
        return fail(f"demo: {error}")


def run(lab: Lab, *, once: bool) -> int:
    """Bring all up, play the scenario, tell the result; 0 when every check passed."""
    begun = time.monotonic()
    tell("The lab: a physical switch, four gateways, a controller, a network host, two compute hosts")
    try:
        raise_lab(lab)
        outcomes = play_all(lab)
    except BaseException:
        if once:
            site.down(lab)
        raise
    passed = all(outcome.passed for outcome in outcomes)
    summary(outcomes, time.monotonic() - begun)
    if once:
        tell("")
        if not passed:
            tell(f"Logs of all machines: {keep_logs(lab)}")
        site.down(lab)
    else:
        try_next(lab)
    return 0 if passed else 1


def keep_logs(lab: Lab) -> Path:
    """Copy every machine's logs to where `down` leaves them."""
    kept = lab.state.with_name(f"{lab.name}.failed")
    shutil.rmtree(kept, ignore_errors=True)
    for name in CONTAINERS:
        shutil.copytree(lab.folder(name) / "log", kept / name)
    return kept


def raise_lab(lab: Lab) -> None:
    """A fresh lab with Underlay running: what an earlier run left is taken down first."""
    if container.running(lab) or lab.state.exists():
        site.down(lab)
    site.up(lab)
    software.install(lab)


def play_all(lab: Lab) -> list[Outcome]:
    """Play every step."""
    stage = Stage(lab, tell)
    outcomes = []
    for number, step in enumerate(STEPS, 1):
        tell(f"\n── {number}/{len(STEPS)}  {step.title} " + "─" * max(3, 90 - len(step.title)))
        outcomes.append(play(stage, step))
    return outcomes


def summary(outcomes: Sequence[Outcome], took_s: float) -> None:
    """The table at the end, and what failed once more."""
    tell("\n" + "═" * 100)
    for number, outcome in enumerate(outcomes, 1):
        mark = "✓" if outcome.passed else "✗"
        all_of_it = len(outcome.checks)
        good = f"{all_of_it - len(outcome.failed):>3} of {all_of_it:>3} checks"
        tell(f" {mark} {number:>2}  {outcome.title:<56} {good} {outcome.took_s:>7.1f} s")
    for outcome in outcomes:
        for check in outcome.failed[:REPEATED]:
            tell(f"   ✗ {outcome.title}: {check.text}\n       because: {check.reason}")
        if len(outcome.failed) > REPEATED:
            tell(f"     ... and {len(outcome.failed) - REPEATED} more of that step")
    checks = sum(len(outcome.checks) for outcome in outcomes)
    failed = sum(len(outcome.failed) for outcome in outcomes)
    verdict = f"all {checks} checks passed" if not failed else f"{failed} of {checks} checks FAILED"
    tell(f"═══ {verdict}, in {took_s:.0f} s " + "═" * 60)


def try_next(lab: Lab) -> None:
    """Lines to try on what runs now."""
    sudo = "" if "SUDO_USER" not in os.environ else "sudo "
    name = "" if lab.name == "ul" else f"UNDERLAY_LAB={lab.name} "
    here = f"{sudo}{name}.venv/bin/python -m lab"
    tell(
        f"""
Everything still runs. Try:
  {here} status
  {here} exec --as admin controller -- quantum net-list
  {here} exec --as alice controller -- quantum port-list
  {here} exec --as admin controller              # a shell, with the administrator's OS_ variables
  {here} exec net1 -- ip netns
  {here} exec cmp1 -- ovs-vsctl show
  {here} exec sw -- tcpdump -n -e -i to-cmp1
  {here} guest exec vm100a -- curl http://169.254.169.254/latest/meta-data/
  {sudo}./demo down"""
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
