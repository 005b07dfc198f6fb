"""The attribute tables, as data: what a client may send, what it is shown, and what each attribute means."""

from underlay.api.attributes.address_scope import ADDRESS_SCOPE
from underlay.api.attributes.agent import AGENT
from underlay.api.attributes.availability import AVAILABILITY
from underlay.api.attributes.instance import INSTANCE
from underlay.api.attributes.network import NETWORK
from underlay.api.attributes.port import PORT
from underlay.api.attributes.port_binding import PORT_BINDING
from underlay.api.attributes.qos import QOS_POLICY
from underlay.api.attributes.qos_rule import QOS_RULES
from underlay.api.attributes.quota import QUOTA
from underlay.api.attributes.rbac_policy import RBAC_POLICY
from underlay.api.attributes.subnet import SUBNET
from underlay.api.attributes.subnet_pool import SUBNET_POOL
from underlay.api.attributes.trunk import TRUNK

RESOURCES = (NETWORK, SUBNET, PORT, AGENT, QUOTA, INSTANCE, ADDRESS_SCOPE, SUBNET_POOL, QOS_POLICY, TRUNK, RBAC_POLICY)

INSIDE = (*QOS_RULES, PORT_BINDING, AVAILABILITY)
"""What is kept inside other records, and has URLs all the same (`api.inside`)."""

__all__ = [
    "ADDRESS_SCOPE",
    "AGENT",
    "INSIDE",
    "INSTANCE",
    "NETWORK",
    "PORT",
    "PORT_BINDING",
    "QOS_POLICY",
    "QUOTA",
    "RBAC_POLICY",
    "RESOURCES",
    "SUBNET",
    "SUBNET_POOL",
    "TRUNK",
]
