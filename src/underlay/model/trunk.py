"""A trunk: several networks on one machine's device, one of them untagged, the others by VLAN ids of the machine's.

Source: Networking API v2.0, extension trunk.
"""

from datetime import datetime
from typing import Literal

import msgspec

from underlay.model.ids import PortId, ProjectId, Vid


class SubPort(msgspec.Struct, frozen=True):
    """Attributes:
    segmentation_id: the VLAN id that the machine uses for the port's network; has nothing to do with the network's own.
    """

    port_id: PortId
    segmentation_id: Vid
    segmentation_type: Literal["vlan"] = "vlan"


class Trunk(msgspec.Struct, frozen=True, tag="trunk", tag_field="kind"):
    """Attributes:
    port_id: the parent: what the machine sends and gets untagged.
    sub_ports: in the order in which they were added. A port is in one trunk at most, once, as parent or as subport.
    admin_state_up: False: neither subports nor the trunk itself can be added or taken away.
    """

    id: str
    project_id: ProjectId
    name: str
    port_id: PortId
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    admin_state_up: bool = True
    sub_ports: tuple[SubPort, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()


def port_key(port_id: PortId) -> str:
    """The unique key of the trunk that has the port."""
    return f"port:{port_id}"
