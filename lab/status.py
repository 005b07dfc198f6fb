"""What runs in the lab, as lines for a terminal."""

from collections.abc import Iterator

from lab import container, guest, wiring
from lab.service import Status, read_services, read_status
from lab.topology import COMPUTE_HOSTS, CONTAINERS, HOSTS, Lab


def status_lines(lab: Lab) -> Iterator[str]:
    """A line a machine, its services and guests below it; then the cables that are missing."""
    pids = container.running(lab)
    if not pids:
        yield f"lab {lab.name}: down"
        return
    addresses = {host.name: host.address for host in HOSTS}
    yield f"lab {lab.name}:"
    for name in CONTAINERS:
        state = f"runs, process {pids[name]}" if name in pids else "DOES NOT RUN"
        yield f"  {name:<11} {addresses.get(name, ''):<12} {state}"
        if name in pids:
            yield from _service_lines(lab, name)
            if name in COMPUTE_HOSTS:
                yield from _guest_lines(lab, name)
    links = wiring.links_of(lab, pids)
    for wire in wiring.wires():
        if wire.link not in links.get(wire.container, ()):
            yield f"  NO CABLE: {wire.link} of {wire.container} to {wire.far_container}"


def _service_lines(lab: Lab, name: str) -> Iterator[str]:
    status: Status = read_status(lab.folder(name))
    for service in read_services(lab.folder(name)):
        seen = status.get(service)
        if seen is None or seen.pid is None:
            yield f"      {service:<18} DOES NOT RUN"
        else:
            again = f", started {seen.starts} times" if seen.starts > 1 else ""
            yield f"      {service:<18} runs{again}"


def _guest_lines(lab: Lab, name: str) -> Iterator[str]:
    for one in guest.guests_of(lab, name):
        yield f"      guest {one.name:<12} {' '.join(guest.addresses(lab, name, one.name))}  port {one.port_id}"
