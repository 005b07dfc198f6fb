"""Commands on servers."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.address import IpAddress
from underlay.model.ids import HostName, InstanceId, NetworkId, PortId, ProjectId
from underlay.model.server import Flavor


class Nic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device on a network, with a free address or that one; or on a port that is there. Just one of the two ids."""

    network_id: NetworkId | None = None
    port_id: PortId | None = None
    fixed_ip: IpAddress | None = None


class CreateServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """nics `auto`: one, on the network that fits best. key_name: one of the caller's; empty for none.
    security_groups: names or ids; UNSET: the project's default group. host None: the server chooses."""

    project_id: ProjectId
    name: str
    flavor: Flavor
    image_id: str
    nics: tuple[Nic, ...] | Literal["auto"] = "auto"
    key_name: str = ""
    user_data: str = ""
    metadata: dict[str, str] = {}
    security_groups: tuple[str, ...] | UnsetType = UNSET
    availability_zone: str | None = None
    host: HostName | None = None
    description: str = ""


class UpdateServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """metadata as a whole."""

    id: InstanceId
    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    metadata: dict[str, str] | UnsetType = UNSET


class StartServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: InstanceId


class StopServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: InstanceId


class RebootServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """hard: also one that does not run."""

    id: InstanceId
    hard: bool = False


class DeleteServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: InstanceId


class ServerState(msgspec.Struct, frozen=True):
    """How the guest of that id is on its host; `reason` of a failure, for people."""

    id: InstanceId
    state: Literal["running", "stopped", "failed"]
    reason: str = ""


class ReportServers(msgspec.Struct, frozen=True):
    """Sent when something changed, and for every guest after (re)connecting."""

    host: HostName
    servers: tuple[ServerState, ...]


ServerCommand = CreateServer | UpdateServer | StartServer | StopServer | RebootServer | DeleteServer | ReportServers
