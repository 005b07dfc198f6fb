"""What a port needs of its host by its QoS policy's guarantees, in Placement's words: `resource_request` of a port.

In: the port, the policy's rules, the physical network. Out: request groups, which Nova hands to Placement unread.
Placement itself, its inventories and what hosts could give, is not ours: what is shown is asked for, not granted.
Source: Networking API v2.0, extensions port-resource-request and -groups; names of os-resource-classes and os-traits.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from underlay.model.ids import PortId
from underlay.model.qos import MinimumBandwidth, MinimumPacketRate, QosRule

_BANDWIDTH: Final = {"egress": "NET_BW_EGR_KILOBIT_PER_SEC", "ingress": "NET_BW_IGR_KILOBIT_PER_SEC"}
_PACKET_RATE: Final = {
    "any": "NET_PACKET_RATE_KILOPACKET_PER_SEC",
    "egress": "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
    "ingress": "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
}


def resource_request(
    port_id: PortId, vnic_type: str, rules: Sequence[QosRule], physical_network: str | None
) -> dict[str, Any] | None:
    """One group for bandwidth, which a physical network has, and one for packets, which the host's switch has.

    Args:
    physical_network: of the network's first segment; without one there is no bandwidth to ask for.

    Returns: None when the rules guarantee nothing.
    """
    vnic_trait = _trait("VNIC_TYPE", vnic_type)
    groups = []
    bandwidths = [rule for rule in rules if isinstance(rule, MinimumBandwidth)]
    if bandwidths and physical_network is not None:
        resources = {_BANDWIDTH[rule.direction]: rule.min_kbps for rule in bandwidths}
        groups.append(_group(port_id, bandwidths, [_trait("PHYSNET", physical_network), vnic_trait], resources))
    rates = [rule for rule in rules if isinstance(rule, MinimumPacketRate)]
    if rates:
        resources = {_PACKET_RATE[rule.direction]: rule.min_kpps for rule in rates}
        groups.append(_group(port_id, rates, [vnic_trait], resources))
    if not groups:
        return None
    return {"request_groups": groups, "same_subtree": [group["id"] for group in groups]}


def _group(
    port_id: PortId,
    rules: Sequence[MinimumBandwidth | MinimumPacketRate],
    traits: list[str],
    resources: Mapping[str, int],
) -> dict[str, Any]:
    """Named after the port and the rules, as in Neutron: the same rules give the same id."""
    return {
        "id": str(uuid5(UUID(port_id), ":".join(rule.id for rule in rules))),
        "required": traits,
        "resources": dict(resources),
    }


def _trait(kind: str, name: str) -> str:
    """`CUSTOM_PHYSNET_DEFAULT`: upper case, and what is no letter or digit is an underscore."""
    return f"CUSTOM_{kind}_{re.sub('[^0-9A-Za-z]+', '_', name).upper()}"
