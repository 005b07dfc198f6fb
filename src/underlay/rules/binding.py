"""What a host reports of its ports: where they are plugged, and whether they are wired.

    report            port bound to this host      port bound nowhere             port bound elsewhere
    plugged, wired    ACTIVE if admin_state_up     bound here, by_plug; as left   REFUSED
    plugged           DOWN, with the reason        bound here, by_plug; DOWN      REFUSED
    unplugged         DOWN; unbound if by_plug     DOWN                           REFUSED

A host with an inactive binding is REFUSED too, but that the device is plugged there is kept in the binding: Nova waits
to hear of it before it migrates. A binding by plug to a host that is down gives way to the host where the device
appears now. A DHCP port that waits, reserved, is bound by scheduling only: the device of the agent that lost it may
still be there.
"""

from typing import Literal

from msgspec import structs

from underlay.commands.host import PortState, ReportPorts
from underlay.model.agent import OVS_AGENT
from underlay.model.caller import Caller
from underlay.model.change import Writes
from underlay.model.errors import ConflictError
from underlay.model.ids import HostName, PortId
from underlay.model.port import DHCP_OWNER, RESERVED_DHCP_DEVICE, Binding, FixedIp, Port
from underlay.rules import access, schedule
from underlay.rules.amend import amended
from underlay.rules.port import addresses_on
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.verdict import PortReport, PortsAnswer, Verdict


def report(
    command: ReportPorts, snapshot: Snapshot, caller: Caller, circumstances: Circumstances, regulations: Regulations
) -> Verdict:
    """Status and binding of each port as its host has it. A report that says nothing new writes nothing."""
    access.require(caller, "report_ports", command, snapshot)
    changed: dict[PortId, Port] = {}
    answers: dict[PortId, PortReport] = {}
    for state in command.ports:
        port = changed.get(state.id) or snapshot.port(state.id)
        if port is None:
            answers[state.id] = "UNKNOWN"
            continue
        if not _may_have(port, command.host, state, snapshot, circumstances, regulations):
            answers[state.id] = "REFUSED"
            after = _made_ready(port, command.host, state, circumstances)
        else:
            after = _reported(port, command.host, state, snapshot, circumstances, regulations)
            answers[state.id] = after.status
        if after is not port:
            changed[state.id] = after
    return Verdict(Writes(puts=tuple(changed.values())), PortsAnswer(answers))


def _may_have(
    port: Port,
    host: HostName,
    state: PortState,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> bool:
    bound_to = port.binding.host
    if bound_to == host:
        return True
    if bound_to is None:
        reserved = port.device_owner == DHCP_OWNER and port.device_id == RESERVED_DHCP_DEVICE
        return not (state.plugged and reserved)
    if not (state.plugged and port.binding.by_plug):
        return False
    agent = snapshot.agent_on(bound_to, OVS_AGENT)
    heartbeat = snapshot.heartbeat_of(agent.id) if agent else None
    return not schedule.is_alive(heartbeat, circumstances.now, regulations)


def _reported(
    port: Port,
    host: HostName,
    state: PortState,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Port:
    """The port as the report of a host that may have it makes it."""
    binding = port.binding
    if state.plugged and binding.host != host:
        binding = _bound(binding, host, by_plug=True)
    elif not state.plugged and binding.by_plug:
        binding = _bound(binding, None, by_plug=False)
    wired = state.plugged and state.wired
    status: Literal["ACTIVE", "DOWN"] = "ACTIVE" if wired and port.admin_state_up else "DOWN"
    reason = "" if wired else state.reason
    addresses = port.fixed_ips
    if state.plugged:
        addresses, unfit = _addresses_here(port, host, snapshot, circumstances, regulations)
        status, reason = ("DOWN", unfit) if unfit else (status, reason)
    return amended(port, circumstances.now, binding=binding, status=status, status_reason=reason, fixed_ips=addresses)


def _made_ready(port: Port, host: HostName, state: PortState, circumstances: Circumstances) -> Port:
    """The port, whose inactive binding to the host, if there is one, says whether the device is there."""
    inactive = tuple(
        structs.replace(each, plugged=state.plugged) if each.host == host else each for each in port.inactive_bindings
    )
    return amended(port, circumstances.now, inactive_bindings=inactive)


def _addresses_here(
    port: Port, host: HostName, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> tuple[tuple[FixedIp, ...], str]:
    """The addresses of a port that is plugged on the host, now that this is known, and why they do not work there.

    A port is not refused for that: whoever plugged it sees the reason, and a later report tries again.
    """
    try:
        return addresses_on(host, port, snapshot, circumstances, regulations), ""
    except ConflictError as unfit:
        return port.fixed_ips, unfit.message


def _bound(binding: Binding, host: HostName | None, *, by_plug: bool) -> Binding:
    return Binding(host, by_plug, binding.vnic_type, binding.profile)
