"""The whole physical site: up, down, status. Each may be repeated at any time and after any crash."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from lab import container, guest, wiring
from lab.ovs import ovs_services
from lab.progress import timed
from lab.topology import COMPUTE_HOSTS, CONTAINERS, SWITCH, Lab


@contextmanager
def alone(lab: Lab) -> Iterator[None]:
    """Hold the lab's lock: two runs of `up` or `down` of one lab wait for each other."""
    lab.state.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lab.state.parent / f"{lab.name}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def up(lab: Lab) -> None:
    """Start what does not run, lay the cables that are missing, and configure all of it."""
    with alone(lab):
        missing = [name for name in CONTAINERS if name not in container.running(lab)]
        with timed(f"containers: {', '.join(missing) if missing else 'all run already'}"):
            container.start(lab, missing)
            for name in CONTAINERS:
                if name == SWITCH or has_trunk(name):
                    container.change_services(lab, name, ovs_services(name))
        with timed("cables, management network, gateways .1 of VLAN 100, 101, 200, 201"):
            wiring.connect(lab)
            wiring.build_management(lab)
            wiring.build_gateways(lab)
        with timed("trunk switch (Open vSwitch of its own)"):
            wiring.build_trunk_switch(lab)
        for host in COMPUTE_HOSTS:
            for lost in guest.guests_of(lab, host):
                guest.plug(lab, lost)


def has_trunk(name: str) -> bool:
    """Whether the container has a trunk, and therefore a switch."""
    return any(wire.container == name and wire.link == "eth1" for wire in wiring.wires())


def down(lab: Lab) -> None:
    """End all containers, and with them all that is in them; remove what they kept on disk."""
    with alone(lab):
        pids = container.running(lab)
        with timed(f"down: {', '.join(sorted(pids)) if pids else 'nothing runs'}"):
            container.stop(list(pids.values()))
            if lab.state.exists():
                shutil.rmtree(lab.state)
    (lab.state.parent / f"{lab.name}.lock").unlink(missing_ok=True)
