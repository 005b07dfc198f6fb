"""Who asks: a pure function of the network's directory and the caller's source address.

The network is known by the socket that the connection came in on, so the address has to be one port's only there.
"""

import msgspec

from underlay.metadata.directory import Directory, Entry
from underlay.model.address import IpAddress
from underlay.model.ids import NetworkId


class Callers(msgspec.Struct, frozen=True):
    """A `Directory` arranged by address.

    Attributes:
    by_address: None for an address that more than one entry has: it identifies nobody.
    """

    network_id: NetworkId
    directory: Directory
    by_address: dict[IpAddress, Entry | None]


def arrange(directory: Directory) -> Callers:
    """Make the callers of one network."""
    by_address: dict[IpAddress, Entry | None] = {}
    for entry in directory.entries:
        by_address[entry.address] = None if entry.address in by_address else entry
    return Callers(directory.network_id, directory, by_address)


def identify(callers: Callers, source: IpAddress) -> Entry | None:
    """The one port with that address, if it belongs to an instance; None when nobody or more than one has it."""
    entry = callers.by_address.get(source)
    return entry if entry is not None and entry.device_id else None
