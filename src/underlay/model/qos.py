"""A QoS policy: limits, guarantees and marks for the traffic of the ports and networks that name it.

Source: Networking API v2.0, extensions qos, qos-bw-limit-direction, qos-bw-minimum-ingress, qos-default, qos-pps,
qos-pps-minimum. Code points: RFC 2474, 2597 (AF), 3246 (EF).
"""

from datetime import datetime
from typing import Final, Literal

import msgspec

from underlay.model.ids import ProjectId

Direction = Literal["ingress", "egress"]
"""As the machine sees it: egress is what it sends."""

DSCP_MARKS: Final = (0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 44, 46, 48, 56)
"""Code points that have a name: class selectors, assured forwarding, voice admit, expedited forwarding."""


class BandwidthLimit(msgspec.Struct, frozen=True, tag="bandwidth_limit", tag_field="type"):
    """At most `max_kbps` kbit/s, in bursts of at most `max_burst_kbps` kbit; burst 0: the host's choice."""

    id: str
    max_kbps: int
    max_burst_kbps: int = 0
    direction: Direction = "egress"


class DscpMarking(msgspec.Struct, frozen=True, tag="dscp_marking", tag_field="type"):
    """What the machine sends carries this code point, one of `DSCP_MARKS`."""

    id: str
    dscp_mark: int


class MinimumBandwidth(msgspec.Struct, frozen=True, tag="minimum_bandwidth", tag_field="type"):
    """At least `min_kbps` kbit/s when there is competition."""

    id: str
    min_kbps: int
    direction: Direction = "egress"


class PacketRateLimit(msgspec.Struct, frozen=True, tag="packet_rate_limit", tag_field="type"):
    """At most `max_kpps` thousand packets a second, in bursts of `max_burst_kpps`; burst 0: the host's choice."""

    id: str
    max_kpps: int
    max_burst_kpps: int = 0
    direction: Direction = "egress"


class MinimumPacketRate(msgspec.Struct, frozen=True, tag="minimum_packet_rate", tag_field="type"):
    """At least `min_kpps` thousand packets a second; `any`: both directions together."""

    id: str
    min_kpps: int
    direction: Literal["any", "ingress", "egress"] = "egress"


QosRule = BandwidthLimit | DscpMarking | MinimumBandwidth | PacketRateLimit | MinimumPacketRate


class QosPolicy(msgspec.Struct, frozen=True, tag="qos_policy", tag_field="kind"):
    """Attributes:
    is_default: new networks of the project get it; at most one a project.
    rules: in order of creation; at most one of a type and direction.
    """

    id: str
    project_id: ProjectId
    name: str
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    shared: bool = False
    is_default: bool = False
    description: str = ""
    rules: tuple[QosRule, ...] = ()
    tags: tuple[str, ...] = ()


def default_policy_key(project_id: ProjectId) -> str:
    """The unique key that the project's default policy has."""
    return f"default:{project_id}"


def type_of(rule: QosRule) -> str:
    """The rule's type as the API names it."""
    return str(rule.__struct_config__.tag)
