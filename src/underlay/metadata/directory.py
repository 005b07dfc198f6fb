"""The lookup table of the metadata service: one `Directory` per network, written by the agent as one JSON file.

File: `<state_dir>/metadata/<network_id>.json`, replaced by rename, removed when the host no longer serves the network.
"""

import msgspec

from underlay.model.address import IpAddress, Mac
from underlay.model.ids import InstanceId, NetworkId, PortId, ProjectId, SubnetId
from underlay.model.instance import Instance
from underlay.model.subnet import Subnet


class Entry(msgspec.Struct, frozen=True):
    """One address of one port: who it is.

    Attributes:
    instance: the record stored for `device_id`; None when there is none (the relay to Nova needs none).
    """

    address: IpAddress
    subnet_id: SubnetId
    port_id: PortId
    mac: Mac
    project_id: ProjectId
    device_id: InstanceId
    instance: Instance | None = None


class Directory(msgspec.Struct, frozen=True):
    """Attributes:
    netns: the namespace in which 169.254.169.254:80 is listened on, by name.
    entries: all addresses of the network's ports.
    """

    network_id: NetworkId
    netns: str
    mtu: int
    subnets: tuple[Subnet, ...] = ()
    entries: tuple[Entry, ...] = ()


class PortDirectory(msgspec.Struct, frozen=True):
    """Who is at one port of this host: `<state_dir>/metadata/ports/<port_id>.json`.

    Attributes:
    number: the port's identity (`wire.identity_address`).
    directory: of its network, with the entries of its instance only; its own come first.
    """

    port_id: PortId
    number: int
    directory: Directory
