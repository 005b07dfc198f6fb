"""The lab leaves nothing behind, and comes back from any crash."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest
from lab import container, guest, site, wiring
from lab.service import read_status
from lab.topology import CONTAINERS, SWITCH, Lab, lab_here

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(os.geteuid() != 0, reason="the lab needs root"),
]


def traces() -> dict[str, set[str]]:
    """Everything of the machine that a lab could leave behind."""
    links = json.loads(subprocess.run(["ip", "-json", "link"], capture_output=True, check=True).stdout)
    netns = subprocess.run(["ip", "netns", "list"], capture_output=True, check=True, text=True).stdout
    return {
        "links": {link["ifname"] for link in links},
        "namespaces": set(netns.split("\n")),
        "mounts": set(Path("/proc/self/mountinfo").read_text().splitlines()),
    }


def pid_namespaces(pids: Iterable[int]) -> set[str]:
    """The pid namespaces that these processes are in; processes that are gone are passed over."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            found.add(os.readlink(f"/proc/{pid}/ns/pid"))
    return found


def inhabited(namespaces: set[str]) -> set[str]:
    """Those of the pid namespaces in which a process still runs."""
    return namespaces & pid_namespaces(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def left(before: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is there now and was not before; what the kernel is still taking apart has three seconds to go."""
    for _ in range(30):
        new = {kind: now - before[kind] for kind, now in traces().items() if now - before[kind]}
        if not new:
            break
        time.sleep(0.1)
    return new


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A lab of its own name, down at the end whatever happens."""
    own = msgspec.structs.replace(lab_here(), name="test-lab")
    yield own
    site.down(own)


def a_guest() -> guest.Guest:
    """A guest on the first compute host."""
    return guest.Guest("vm1", "cmp1", "11111111-2222-4333-8444-555555555555", "fa:16:3e:00:00:01")


def test_down_leaves_nothing(lab: Lab) -> None:
    """After up, up, down, down the machine has the namespaces, links, mounts and processes that it had before."""
    before = traces()
    site.up(lab)
    site.up(lab)
    wiring.vsctl(lab, "cmp1", ["add-br", "br-int", "--", "set", "Bridge", "br-int", "datapath_type=netdev"])
    guest.plug(lab, a_guest())
    guest.boot(lab, a_guest(), "dhclient")
    assert set(CONTAINERS) == set(container.running(lab))
    own = pid_namespaces(container.running(lab).values())
    assert own == inhabited(own)
    site.down(lab)
    site.down(lab)
    assert {} == left(before)
    assert set() == inhabited(own)
    assert not lab.state.exists()


@pytest.mark.parametrize("killed", CONTAINERS)
def test_up_mends_a_lost_machine(lab: Lab, killed: str) -> None:
    """When a machine dies by kill -9, nothing of it stays; `up` starts it, lays its cables and plugs its guests."""
    site.up(lab)
    wiring.vsctl(lab, "cmp1", ["add-br", "br-int", "--", "set", "Bridge", "br-int", "datapath_type=netdev"])
    guest.plug(lab, a_guest())
    container.stop([container.pid_of(lab, killed)])
    assert killed not in container.running(lab)
    site.up(lab)
    assert 0 == wiring.connect(lab)
    assert "vm1" in container.do(lab, "cmp1", ["ip", "netns", "list"])
    reached = container.run(lab, "net1", ["ping", "-c", "3", "-i", "0.2", "-W", "1", "192.0.2.21"])
    assert reached.returncode == 0, reached.stdout


def test_down_after_a_crash_of_everything(lab: Lab) -> None:
    """A lab whose machines were all killed, and one killed half-way through `up`, are taken down to nothing."""
    before = traces()
    site.up(lab)
    own = pid_namespaces(container.running(lab).values())
    for pid in container.running(lab).values():
        os.kill(pid, signal.SIGKILL)
    container.start(lab, [SWITCH])
    own |= pid_namespaces(container.running(lab).values())
    site.down(lab)
    assert {} == left(before)
    assert set() == inhabited(own)


def test_init_starts_again_what_dies(lab: Lab) -> None:
    """A service that is killed runs again within seconds, and the switch still knows its ports."""
    site.up(lab)
    first = read_status(lab.folder("cmp1"))["ovs-vswitchd"].pid
    container.do(lab, "cmp1", ["kill", "-9", str(first)])
    wiring.vsctl(lab, "cmp1", ["add-br", "br-x", "--", "set", "Bridge", "br-x", "datapath_type=netdev"])
    again = read_status(lab.folder("cmp1"))["ovs-vswitchd"]
    assert (True, 2) == (again.pid not in (None, first), again.starts)
