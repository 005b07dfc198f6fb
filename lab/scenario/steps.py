"""The steps of the scenario, in order."""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from lab import container
from lab.scenario import faults, instances, metadata, networks
from lab.scenario.stage import Check, Stage, StepFailed


class Step(msgspec.Struct, frozen=True):
    """One step; its title is what an operator would call it."""

    title: str
    play: Callable[[Stage], None]


class Outcome(msgspec.Struct, frozen=True):
    """How a step went."""

    title: str
    checks: tuple[Check, ...]
    took_s: float

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    @property
    def passed(self) -> bool:
        """Whether something was checked, and all of it passed."""
        return bool(self.checks) and not self.failed


STEPS: Final = (
    Step("Agents report from every host", networks.agents_are_alive),
    Step("The administrator makes four networks on four VLANs", networks.create_networks),
    Step("An ordinary user sees the report's table", networks.user_sees_the_table),
    Step("An ordinary user is refused what is not hers", networks.user_is_refused),
    Step("Bad input is refused, and nothing stored", networks.errors_are_exact),
    Step("VLANs run out in plain words", networks.vlans_run_out),
    Step("Each network has its namespace and device", metadata.namespaces),
    Step("The DHCP port has the same host number everywhere", metadata.same_host_number),
    Step("Instances get their addresses by real DHCP clients", instances.instances_boot),
    Step("Instances reach their gateway and each other", instances.reachable),
    Step("Instances do not reach other VLANs", instances.isolated),
    Step("The trunk carries the four tags and nothing untagged", instances.tags_on_the_trunk),
    Step("Metadata and ssh keys reach every instance", metadata.metadata_answers),
    Step("Host routes, as the report writes them", metadata.host_routes),
    Step("Host routes reach the guests", metadata.host_routes_reach_guests),
    Step("The DHCP port has the address asked for", metadata.address_asked_for),
    Step("The DHCP port keeps address and MAC", faults.dhcp_port_stays),
    Step("Garbage stops no pump", faults.garbage),
    Step("kill -9 of the server", faults.killed_server),
    Step("kill -9 of the agents: no ping is lost", faults.killed_agents),
    Step("kill -9 of the pumps", faults.killed_pumps),
    Step("kill -9 of Open vSwitch", faults.killed_switch),
    Step("A silent agent is shown as xxx", faults.silent_agent),
    Step("Server down: hosts start from what they keep", faults.server_stays_down),
    Step("Instances leave", faults.instances_leave),
    Step("Everything still works", faults.everything_still_works),
)


def play(stage: Stage, step: Step) -> Outcome:
    """Play one step to its end, also when it breaks off."""
    stage.checks = []
    begun = time.monotonic()
    try:
        step.play(stage)
    except (StepFailed, container.ContainerError) as failure:
        stage.check("the step could be played to its end", False, str(failure))
    return Outcome(step.title, tuple(stage.checks), time.monotonic() - begun)
