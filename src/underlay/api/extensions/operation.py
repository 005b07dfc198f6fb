"""Agents, availability zones and quotas."""

from typing import Final

from underlay.api.extensions.extension import DHCP_HOSTS, Extension

OPERATION: Final = (
    Extension(
        "agent",
        "agent",
        "The agent management extension.",
        "2013-02-03T10:00:00-00:00",
        here="What hosts report of their agents; switching one off keeps new networks from it.",
    ),
    Extension(
        "availability_zone",
        "Availability Zone",
        "The availability zone extension.",
        "2015-01-01T10:00:00-00:00",
        here="Zones are what hosts say in their setting `availability_zone`.",
    ),
    Extension(
        "dhcp_agent_scheduler",
        "DHCP Agent Scheduler",
        "Schedule networks among dhcp agents",
        "2013-02-07T10:00:00-00:00",
        here="Which hosts serve DHCP for a network, chosen by the server or by an administrator.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "network_availability_zone",
        "Network Availability Zone",
        "Availability zone support for network.",
        "2015-01-01T10:00:00-00:00",
        here="DHCP is served by hosts of the zones that the network asks for.",
    ),
    Extension(
        "quota-check-limit",
        "Quota engine limit check",
        "Support for checking the resource usage before applying a new quota limit",
        "2021-09-08T16:00:00-00:00",
        here="With `check_limit` a limit below what is in use is refused.",
    ),
    Extension(
        "quota_details",
        "Quota details management support",
        "Expose functions for quotas usage statistics per project",
        "2017-02-10T10:00:00-00:00",
        here="Limit and use of each resource; nothing is ever only reserved.",
    ),
    Extension(
        "quotas",
        "Quota management support",
        "Expose functions for quotas management per project",
        "2012-07-29T10:00:00-00:00",
        here="Counted in the transaction that creates.",
    ),
)
