"""What the server is told of each guest. Pure."""

from collections.abc import Mapping
from typing import Final

from underlay.commands.server import ServerState
from underlay.compute.guest import Guest, Run
from underlay.model.ids import InstanceId

KILLED: Final = "its process on the host was killed"


def states(
    guests: Mapping[InstanceId, Guest], runs: Mapping[InstanceId, Run], failures: Mapping[InstanceId, str]
) -> dict[InstanceId, ServerState]:
    """The state of each guest of which there is something to tell: not of one that has yet to be started.

    Args:
    failures: why a guest could not be started.
    """
    found: dict[InstanceId, ServerState] = {}
    for guest in guests.values():
        run = runs.get(guest.id)
        if run is not None and run.life == "running":
            found[guest.id] = ServerState(guest.id, "running")
        elif guest.id in failures:
            found[guest.id] = ServerState(guest.id, "failed", failures[guest.id])
        elif run is not None and run.life == "killed":
            found[guest.id] = ServerState(guest.id, "failed", KILLED)
        elif run is not None or guest.wanted == "stopped":
            found[guest.id] = ServerState(guest.id, "stopped")
    return found
