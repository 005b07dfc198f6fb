"""What the host says of its services: the body of a heartbeat. Pure."""

from datetime import datetime

import msgspec

from underlay.agent.desired.service import services
from underlay.agent.observed.host import Observation
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.commands.host import AgentState, Heartbeat
from underlay.model.agent import DHCP_AGENT, METADATA_AGENT, OVS_AGENT


class Life(msgspec.Struct, frozen=True):
    """What runs, beside the agent itself.

    Attributes:
    started_at: of this agent, UTC.
    """

    started_at: datetime
    dhcp: bool = False
    metadata: bool = False


def heartbeat(site: Site, records: Records, seen: Observation, life: Life) -> Heartbeat:
    """Claims life only for what lives; to be sent only while Open vSwitch answers."""
    agents = [_ovs_agent(site, seen, life)]
    if site.dhcp_agent and life.dhcp:
        agents.append(_dhcp_agent(site, records, life))
    if site.dhcp_agent and life.metadata:
        agents.append(
            AgentState(METADATA_AGENT, "underlay-metadata", "N/A", life.started_at, {}, site.availability_zone)
        )
    return Heartbeat(site.host, tuple(agents))


def _ovs_agent(site: Site, seen: Observation, life: Life) -> AgentState:
    configurations = {
        "bridge_mappings": dict(site.bridge_mappings),
        "integration_bridge": site.integration_bridge,
        "datapath_type": site.datapath_type,
        "devices": len(seen.present.devices),
    }
    return AgentState(OVS_AGENT, "underlay-agent", "N/A", life.started_at, configurations, site.availability_zone)


def _dhcp_agent(site: Site, records: Records, life: Life) -> AgentState:
    served = services(records, site).values()
    configurations = {
        "networks": len(served),
        "subnets": sum(len(service.subnets) for service in served),
        "ports": sum(len(service.ports) + 1 for service in served),
        "dhcp_lease_duration": site.lease_time_s,
    }
    return AgentState(
        DHCP_AGENT, "underlay-dhcp", "dhcp_agent", life.started_at, configurations, site.availability_zone
    )
