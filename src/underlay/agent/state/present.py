"""What is on the host and cannot be derived from records: plugged devices, port numbers, tags given out.

It is read from the host (law 6) and is an argument of `desired`.
"""

import msgspec

from underlay.model.ids import NetworkId, PortId


class Device(msgspec.Struct, frozen=True, order=True):
    """A device on the integration bridge whose interface names a port.

    Attributes:
    name: of the OVS port.
    ofport: None until vswitchd has given it a number, or when it could not open the device.
    error: vswitchd's words, when it could not.
    owned: made by us for a network that is or was served from here.
    """

    name: str
    port_id: PortId
    ofport: int | None = None
    error: str = ""
    owned: bool = False


class Present(msgspec.Struct, frozen=True):
    """Attributes:
    devices: sorted by name.
    ofports: number of every OVS port on the bridges that we look after, by name.
    tags: local tag of each network that has one, as marked on the ports.
    identities: number of each port that has one, as kept on the OVS ports.
    pumps: which pumps (`dhcp`, `metadata`) have ever run here.
    foreign_tags: tags in use on the integration bridge on ports without a mark; never given out.
    """

    devices: tuple[Device, ...] = ()
    ofports: dict[str, int] = {}
    tags: dict[NetworkId, int] = {}
    foreign_tags: frozenset[int] = frozenset()
    identities: dict[PortId, int] = {}
    pumps: frozenset[str] = frozenset()
