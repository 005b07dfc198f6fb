"""A physical network of the data centre, as far as settings, ranges, hosts and networks tell of it.

Nobody writes it: it is what all of those come to. Ours; the Networking API has no such resource.
"""

import msgspec

from underlay.model.ids import HostName
from underlay.model.segment import SegmentUse
from underlay.model.segment_range import NetworkSegmentRange


class PhysicalNetwork(msgspec.Struct, frozen=True):
    """Attributes:
    configured: the setting `network_vlan_ranges` names it.
    hosts: whose Open vSwitch agents have a bridge for it, sorted.
    ranges: in order of their first VLAN id.
    uses: the networks on it, by VLAN id; the flat one first.
    """

    name: str
    configured: bool
    hosts: tuple[HostName, ...] = ()
    ranges: tuple[NetworkSegmentRange, ...] = ()
    uses: tuple[SegmentUse, ...] = ()

    @property
    def id(self) -> str:
        """What its URL ends in."""
        return self.name
