"""Start time and memory of the two pumps with 1, 100 and 1000 networks, and how many DHCP exchanges a second.

    python -m bench.pumps [--networks 1,100,1000] [--hosts 20] [--rates 1000,3000,6000,10000] [--seconds 5]     (root)

Makes namespaces with a prefix of its own and removes them. Prints JSON lines. Start time counts from exec to the pump's
log line "serving", with all sockets open. Memory is /proc/<pid>/smaps_rollup afterwards. The DHCP rate is perfdhcp's
(Debian package kea-admin), over a veth, with 2000 known machines; the load generator runs on the same cores.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from bench.figures import emit, progress
from underlay.dhcp.scope import Reservation, Scope, SubnetScope
from underlay.metadata.directory import Directory, Entry
from underlay.model.address import Mac
from underlay.model.codec import encode
from underlay.model.ids import InstanceId, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.instance import Instance
from underlay.model.subnet import Subnet

THEN = datetime(2026, 1, 1, tzinfo=UTC)
PREFIX = f"ubench{os.getpid()}-"
DEVICE = "ns-bench"
PERFDHCP_MAC = 0x0A00_0000_0000

Figure = tuple[str, float, str]
"""(what, value, unit)"""


def main() -> None:
    """Run all, print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", default="1,100,1000")
    parser.add_argument("--hosts", type=int, default=20, help="machines a network")
    parser.add_argument("--rates", default="1000,3000,6000,10000", help="offered DHCP exchanges a second")
    parser.add_argument("--seconds", type=int, default=5, help="of load at each rate")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("namespaces need root: run it with sudo")
    for count in (int(word) for word in options.networks.split(",") if word):
        with namespaces(count), tempfile.TemporaryDirectory() as folder:
            for program, write in (("dhcp", write_scopes), ("metadata", write_directories)):
                write(Path(folder, program), count, options.hosts)
                progress(f"starting underlay-{program} with {count} networks")
                for figure, value, unit in start_and_memory(program, folder):
                    emit("pumps", f"{program}_{figure}", value, unit, networks=count, hosts=options.hosts)
    if options.rates and shutil.which("perfdhcp") is None:
        sys.exit("perfdhcp is missing: install the package kea-admin")
    for rate in (int(word) for word in options.rates.split(",") if word):
        progress(f"offering {rate} DHCP exchanges a second")
        for figure, value, unit in exchange_rate(rate, options.seconds):
            emit("pumps", f"dhcp_{figure}", value, unit, offered=rate)


@contextmanager
def namespaces(count: int) -> Iterator[None]:
    """So many, each with a veth whose other end is in one more namespace, so that none is left behind."""
    far = f"{PREFIX}far"
    names = [f"{PREFIX}{index}" for index in range(count)]
    try:
        batch([f"netns add {name}" for name in (far, *names)])
        batch(
            [
                f"link add {DEVICE} netns {name} type veth peer name p{index} netns {far}"
                for index, name in enumerate(names)
            ]
        )
        for index, name in enumerate(names):
            if index < 20:
                batch([f"addr add 10.0.0.2/16 dev {DEVICE}", f"link set {DEVICE} up"], "-n", name)
        yield
    finally:
        batch([f"netns del {name}" for name in (far, *names)], "-force")


def batch(lines: list[str], *words: str) -> None:
    """`ip -batch` with these lines."""
    subprocess.run(
        ["ip", *words, "-batch", "-"],
        input="\n".join(lines).encode(),
        check="-force" not in words,
        stderr=subprocess.DEVNULL if "-force" in words else None,
    )


def write_scopes(folder: Path, count: int, hosts: int) -> None:
    """DHCP tables of so many networks."""
    folder.mkdir()
    for index in range(count):
        network = Scope(NetworkId(f"net{index}"), f"{PREFIX}{index}", DEVICE, 1500, 86_400, "openstacklocal")
        write_table(folder, network.network_id, encode(with_hosts(network, hosts, Mac.parse("fa:16:3e:00:00:00"))))


def with_hosts(network: Scope, hosts: int, first: Mac) -> Scope:
    """The network with machines of consecutive MACs and addresses from 10.0.1.0."""
    subnet = SubnetScope(
        SubnetId("subnet"),
        IPv4Network("10.0.0.0/16"),
        IPv4Address("10.0.0.2"),
        IPv4Address("10.0.0.1"),
        (IPv4Address("8.8.8.8"),),
        metadata_nexthop=IPv4Address("10.0.0.2"),
    )
    reservations = tuple(
        Reservation(port_id(number), Mac(first.value + number), subnet.subnet_id, address(number), host_name(number))
        for number in range(hosts)
    )
    return Scope(
        network.network_id,
        network.netns,
        network.device,
        network.mtu,
        network.lease_time_s,
        network.domain,
        (subnet,),
        reservations,
    )


def port_id(number: int) -> PortId:
    """Of the length of a real one."""
    return PortId(f"61eaed6f-d000-4000-8000-{number:012x}")


def address(number: int) -> IPv4Address:
    """Of machine `number`."""
    return IPv4Address("10.0.1.0") + number


def host_name(number: int) -> str:
    """As Neutron makes them."""
    return "host-" + str(address(number)).replace(".", "-")


def write_directories(folder: Path, count: int, hosts: int) -> None:
    """Metadata tables of so many networks; every machine has a record with a key."""
    folder.mkdir()
    project, subnet_id = ProjectId("p" * 32), SubnetId("s" * 36)
    key = "ssh-ed25519 " + "A" * 68
    for index in range(count):
        network_id = NetworkId(f"net{index}")
        subnet = Subnet(subnet_id, network_id, project, "", IPv4Network("10.0.0.0/16"), THEN, THEN)
        entries = []
        for number in range(hosts):
            instance_id = InstanceId(f"22222222-d000-4000-8000-{number:012x}")
            instance = Instance(instance_id, project, f"web-{number}", THEN, THEN, public_keys={"key": key})
            mac = Mac(0xFA16_3E00_0000 + number)
            entries.append(Entry(address(number), subnet_id, port_id(number), mac, project, instance_id, instance))
        directory = Directory(network_id, f"{PREFIX}{index}", 1500, (subnet,), tuple(entries))
        write_table(folder, network_id, encode(directory))


def write_table(folder: Path, network_id: NetworkId, table: bytes) -> None:
    """One file."""
    (folder / f"{network_id}.json").write_bytes(table)


@contextmanager
def running(program: str, folder: str) -> Iterator[tuple[subprocess.Popen[str], float, int]]:
    """The pump, when it serves: with the seconds that took and the networks that it has open."""
    began = time.monotonic()
    process = subprocess.Popen(
        [Path(sys.executable).with_name(f"underlay-{program}")],
        env=os.environ | {f"UNDERLAY_{program.upper()}_TABLE_DIR": str(Path(folder, program))},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        serving = next((line for line in process.stderr if '"serving"' in line), "")
        if not serving:
            sys.exit(f"underlay-{program} did not start")
        yield process, time.monotonic() - began, json.loads(serving)["opened"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def start_and_memory(program: str, folder: str) -> list[Figure]:
    """Figures of one start."""
    with running(program, folder) as (process, seconds, opened):
        memory = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        return [
            ("opened", opened, "networks"),
            ("start", seconds, "s"),
            ("rss", megabytes(memory, "Rss"), "MB"),
            ("pss", megabytes(memory, "Pss"), "MB"),
            ("open_files", len(os.listdir(f"/proc/{process.pid}/fd")), "files"),
        ]


def megabytes(rollup: str, name: str) -> float:
    """A line of smaps_rollup, in MB of 1,000,000 bytes."""
    found = re.search(rf"^{name}:\s+(\d+) kB", rollup, re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6, 1) if found else 0.0


def exchange_rate(rate: int, seconds: int) -> list[Figure]:
    """DISCOVER, OFFER, REQUEST, ACK a second, offered and completed."""
    server, client = f"{PREFIX}s", f"{PREFIX}c"
    try:
        batch([f"netns add {server}", f"netns add {client}"])
        batch([f"link add {DEVICE} netns {server} type veth peer name p0 netns {client}"])
        for netns, device, own in ((server, DEVICE, "10.0.0.2/16"), (client, "p0", "10.0.0.3/16")):
            batch([f"addr add {own} dev {device}", f"link set {device} up"], "-n", netns)
            words = ["ip", "netns", "exec", netns, "ethtool", "-K", device, "tx", "off"]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "dhcp").mkdir()
            network = Scope(NetworkId("net"), server, DEVICE, 1500, 86_400, "openstacklocal")
            table = with_hosts(network, 2000, Mac(PERFDHCP_MAC))
            write_table(Path(folder, "dhcp"), network.network_id, encode(table))
            with running("dhcp", folder) as (process, _, _):
                before = cpu_seconds(process.pid)
                words = ["ip", "netns", "exec", client, "perfdhcp", "-4", "-l", "p0", "-b", "mac=0a:00:00:00:00:00"]
                words += ["-R", "2000", "-r", str(rate), "-p", str(seconds), "-L", "67", "10.0.0.2"]
                done = subprocess.run(words, capture_output=True, text=True, check=False)
                spent = cpu_seconds(process.pid) - before
        found = re.search(r"Rate: ([\d.]+) 4-way exchanges/second", done.stdout)
        drops = re.findall(r"drops ratio: ([\d.]+) %", done.stdout)
        completed = float(found[1]) if found else 0.0
        return [
            ("completed", completed, "exchanges/s"),
            ("lost_discovers", float(drops[0]) if drops else 100.0, "percent"),
            ("cpu", spent / max(completed * seconds, 1) * 1e6, "us/exchange"),
        ]
    finally:
        batch([f"netns del {name}" for name in (server, client)], "-force")


def cpu_seconds(pid: int) -> float:
    """User and system time of the process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
