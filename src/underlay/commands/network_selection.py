"""The command to make a port wherever it fits best."""

import msgspec

from underlay.commands.port import CreatePort
from underlay.model.network_selection import SelectionPolicy


class SelectNetwork(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make the port on one of the networks that its project may use.

    Attributes:
    port: its `network_id` is replaced by the chosen network's.
    physical_network, tags, availability_zone: what the network must have; empty: anything.
    """

    port: CreatePort
    policy: SelectionPolicy = "most-free"
    physical_network: str = ""
    tags: tuple[str, ...] = ()
    availability_zone: str = ""
