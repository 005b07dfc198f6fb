"""A server: a guest that a host runs for a project. (The record `Instance` beside it is what metadata tells the guest.)

Source: Compute API v2.1, "Servers" and "Flavors".
"""

from datetime import datetime
from typing import Final, Literal

import msgspec

from underlay.model.ids import HostName, InstanceId, PortId, ProjectId

ServerStatus = Literal["BUILD", "ACTIVE", "SHUTOFF", "ERROR"]
ServerWish = Literal["running", "stopped"]

ON_HOST: Final = "server_host"
"""The relation by which a server names its host (`store.links`)."""


class Flavor(msgspec.Struct, frozen=True):
    """How large a guest is; from the settings. disk_gb 0: as large as its image."""

    id: str
    name: str
    vcpus: int
    ram_mb: int
    disk_gb: int


class Server(msgspec.Struct, frozen=True, tag="server", tag_field="kind"):
    """Attributes:
    host: where it runs; chosen in the transaction that makes it.
    image_id: of the read-only image list.
    port_ids: in the order of its devices; the `device_id` of each is the server's id.
    own_port_ids: those that were made with it, and go with it.
    wanted: what its host is to see to.
    reboots: counts what was asked for; the host restarts the guest when it sees a new number.
    status: as its host reported it.
    fault: why it is in ERROR, in the host's words.
    """

    id: InstanceId
    project_id: ProjectId
    user_id: str
    name: str
    host: HostName
    flavor: Flavor
    image_id: str
    port_ids: tuple[PortId, ...]
    own_port_ids: tuple[PortId, ...]
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    wanted: ServerWish = "running"
    reboots: int = 0
    status: ServerStatus = "BUILD"
    fault: str = ""
    launched_at: datetime | None = None
    key_name: str = ""
    metadata: dict[str, str] = {}
    availability_zone: str = "nova"
    description: str = ""
