"""Distinct types for the identifiers, so that a subnet's id is never passed where a network's is wanted."""

from typing import NewType

NetworkId = NewType("NetworkId", str)
SubnetId = NewType("SubnetId", str)
PortId = NewType("PortId", str)
AgentId = NewType("AgentId", str)
InstanceId = NewType("InstanceId", str)
SegmentId = NewType("SegmentId", str)
ProjectId = NewType("ProjectId", str)
HostName = NewType("HostName", str)

Vid = NewType("Vid", int)
"""An IEEE 802.1Q VLAN id on the wire, 1-4094."""

Revision = NewType("Revision", int)
"""The global revision of one committed transaction's change, 1 and up; 0 means "before everything"."""
