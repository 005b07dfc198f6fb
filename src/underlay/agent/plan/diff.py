"""From the host as observed to the host as desired: the steps, in order.

Pure and total: the same two states always give the same steps; two equal states give none.

# Note [Adds before removals]
Links come before the OVS ports that name them, tags before the flows that let a device speak (a port without its tag is
a trunk), namespaces before the tables that send a pump into them, and these before the flows that send guests' packets
to the pump. Removals come last: flows before tables and tables before namespaces, so that no packet meets a pump that
does not know it, a pump leaves a namespace before it goes, and nothing that stays is ever without its flow.

# Note [A link made anew]
vswitchd goes on reading from a device that has gone, also when there is a new one of that name (Open vSwitch 3.1,
userspace datapath): its port has its number and no error, and is dead. So the port is taken off before the link is made
again. A device that vswitchd did not find at all, as after a boot, it opens by itself.
"""

from collections.abc import Iterator

from underlay.agent.plan.steps import (
    AddFlow,
    ClosePort,
    MakeBridge,
    MakeNamespace,
    PutLink,
    PutPort,
    RemoveFlow,
    RemoveLink,
    RemoveNamespace,
    RemovePort,
    RemoveTable,
    SetFailMode,
    SetTag,
    Step,
    WriteTable,
)
from underlay.agent.state.host import HostState, NetworkMark, OvsPort


def diff(desired: HostState, observed: HostState) -> tuple[Step, ...]:
    """What to do, in the order of Note [Adds before removals]."""
    dead = _dead(desired, observed)
    return (
        *_bridges(desired, observed),
        *_links(desired, observed, dead),
        *_ports(desired, observed, dead),
        *_new_tables(desired, observed),
        *_new_flows(desired, observed),
        *_gone(desired, observed),
    )


def in_the_way(desired: HostState, observed: HostState) -> tuple[str, ...]:
    """Flows of ours that are not added because somebody else's has the same table, priority and match."""
    return tuple(
        f"{bridge}: table={key.table},priority={key.priority},{key.match}"
        for bridge, flows in sorted(desired.flows.items())
        for key in sorted(flows)
        if key in observed.foreign_flows.get(bridge, frozenset())
    )


def _bridges(desired: HostState, observed: HostState) -> Iterator[Step]:
    for name, bridge in sorted(desired.bridges.items()):
        there = observed.bridges.get(name)
        if there is None:
            yield MakeBridge(name, bridge.datapath_type, bridge.fail_mode)
        elif there.fail_mode != bridge.fail_mode:
            yield SetFailMode(name, bridge.fail_mode)


def _dead(desired: HostState, observed: HostState) -> frozenset[str]:
    """OVS ports that vswitchd has open whose device is gone: see Note [A link made anew]."""
    return frozenset(
        link.peer
        for namespace, links in desired.namespaces.items()
        for name, link in links.items()
        if link.peer in desired.ports
        and link.peer in observed.ports
        and link.peer in observed.ofports
        and (name not in observed.namespaces.get(namespace, {}) or not observed.namespaces[namespace][name].peer)
    )


def _links(desired: HostState, observed: HostState, dead: frozenset[str]) -> Iterator[Step]:
    for namespace, links in sorted(desired.namespaces.items()):
        there = observed.namespaces.get(namespace)
        if there is None:
            yield MakeNamespace(namespace)
        for name, link in sorted(links.items()):
            seen = (there or {}).get(name)
            if link.peer in dead:
                yield ClosePort(link.peer, observed.ports[link.peer].bridge)
            if seen != link:
                stale = seen.addresses - link.addresses if seen is not None else frozenset()
                yield PutLink(namespace, name, link, stale)


def _ports(desired: HostState, observed: HostState, dead: frozenset[str]) -> Iterator[Step]:
    for name, port in sorted(desired.ports.items()):
        there = None if name in dead else observed.ports.get(name)
        if there is None or _identity(there) != _identity(port):
            yield PutPort(name, port)
        elif port.tag is not None and _label(there) != _label(port):
            cuts = there.mark is not None and port.mark is None
            yield SetTag(name, port.bridge, port.tag, port.mark, port.identity, cuts)


def _identity(port: OvsPort) -> tuple[str, ...]:
    """What makes it the port meant. The MAC is written down only for ports that we make."""
    return (port.bridge, port.peer, port.port_id, port.mac if port.owned else "")


def _label(port: OvsPort) -> tuple[int | None, NetworkMark | None, int | None]:
    return port.tag, port.mark, port.identity


def _new_flows(desired: HostState, observed: HostState) -> Iterator[Step]:
    device_of = {f"in_port={ofport}": name for name, ofport in desired.ofports.items()}
    for bridge, flows in sorted(desired.flows.items()):
        there = observed.flows.get(bridge, {})
        foreign = observed.foreign_flows.get(bridge, frozenset())
        for key, actions in sorted(flows.items()):
            if there.get(key) != actions and key not in foreign:
                device = device_of.get(key.match, "")
                port = desired.ports.get(device)
                yield AddFlow(bridge, key, actions, device if port is not None and port.bridge == bridge else "")


def _new_tables(desired: HostState, observed: HostState) -> Iterator[Step]:
    for name, content in sorted(desired.tables.items()):
        if observed.tables.get(name) != content:
            yield WriteTable(name, content, _namespace_of(name, desired))


def _namespace_of(table: str, desired: HostState) -> str:
    """Where the pump will look for its sockets: of a port's table the namespace that is no network's."""
    kind, _, name = table.rpartition("/")
    if "/" not in kind:
        return f"qdhcp-{name.removesuffix('.json')}"
    return next((each for each in sorted(desired.namespaces) if not each.startswith("qdhcp-")), "")


def _gone(desired: HostState, observed: HostState) -> Iterator[Step]:
    for bridge, flows in sorted(observed.flows.items()):
        for key in sorted(flows.keys() - desired.flows.get(bridge, {}).keys()):
            yield RemoveFlow(bridge, key)
    for name in sorted(observed.tables.keys() - desired.tables.keys()):
        yield RemoveTable(name)
    for name, port in sorted(observed.ports.items()):
        if port.owned and name not in desired.ports:
            yield RemovePort(name, port.bridge)
    for namespace, links in sorted(observed.namespaces.items()):
        kept = desired.namespaces.get(namespace)
        if kept is None:
            yield RemoveNamespace(namespace, tuple(sorted(links)))
            continue
        for name in sorted(links.keys() - kept.keys()):
            yield RemoveLink(namespace, name)
