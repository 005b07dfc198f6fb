"""The attribute tables, as data: what a client may send, what it is shown, and what each attribute means."""

from underlay.api.attributes.address_group import ADDRESS_GROUP
from underlay.api.attributes.address_scope import ADDRESS_SCOPE
from underlay.api.attributes.agent import AGENT
from underlay.api.attributes.auto_allocated_topology import AUTO_ALLOCATED_TOPOLOGY
from underlay.api.attributes.availability import AVAILABILITY
from underlay.api.attributes.availability_zone import AVAILABILITY_ZONE
from underlay.api.attributes.default_security_group_rule import DEFAULT_SECURITY_GROUP_RULE
from underlay.api.attributes.instance import INSTANCE
from underlay.api.attributes.network import NETWORK
from underlay.api.attributes.network_selection import NETWORK_SELECTION
from underlay.api.attributes.physical_network import PHYSICAL_NETWORK
from underlay.api.attributes.port import PORT
from underlay.api.attributes.port_binding import PORT_BINDING
from underlay.api.attributes.qos import QOS_POLICY
from underlay.api.attributes.qos_rule import QOS_RULES
from underlay.api.attributes.quota import QUOTA
from underlay.api.attributes.rbac_policy import RBAC_POLICY
from underlay.api.attributes.security_group import SECURITY_GROUP
from underlay.api.attributes.security_group_rule import SECURITY_GROUP_RULE
from underlay.api.attributes.segment import SEGMENT
from underlay.api.attributes.segment_range import SEGMENT_RANGE
from underlay.api.attributes.subnet import SUBNET
from underlay.api.attributes.subnet_pool import SUBNET_POOL
from underlay.api.attributes.trunk import TRUNK

RESOURCES = (
    NETWORK,
    SUBNET,
    PORT,
    AGENT,
    QUOTA,
    INSTANCE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
    DEFAULT_SECURITY_GROUP_RULE,
    ADDRESS_GROUP,
    ADDRESS_SCOPE,
    SUBNET_POOL,
    SEGMENT,
    SEGMENT_RANGE,
    QOS_POLICY,
    TRUNK,
    RBAC_POLICY,
)

INSIDE = (
    *QOS_RULES,
    PORT_BINDING,
    AVAILABILITY,
    PHYSICAL_NETWORK,
    AVAILABILITY_ZONE,
    AUTO_ALLOCATED_TOPOLOGY,
    NETWORK_SELECTION,
)
"""What is kept inside other records or worked out of them, and has URLs all the same (`api.inside`)."""

__all__ = [
    "ADDRESS_GROUP",
    "ADDRESS_SCOPE",
    "AGENT",
    "DEFAULT_SECURITY_GROUP_RULE",
    "INSIDE",
    "INSTANCE",
    "NETWORK",
    "PORT",
    "PORT_BINDING",
    "QOS_POLICY",
    "QUOTA",
    "RBAC_POLICY",
    "RESOURCES",
    "SECURITY_GROUP",
    "SECURITY_GROUP_RULE",
    "SUBNET",
    "SUBNET_POOL",
    "TRUNK",
]
