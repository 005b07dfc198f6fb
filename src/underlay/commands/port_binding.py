"""Commands on a port's bindings to hosts."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from underlay.model.ids import HostName, PortId


class CreatePortBinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    port_id: PortId
    host: HostName
    vnic_type: str = "normal"
    profile: dict[str, Any] = {}


class UpdatePortBinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`host` names the binding, `new_host` moves it."""

    port_id: PortId
    host: HostName
    new_host: HostName | UnsetType = UNSET
    vnic_type: str | UnsetType = UNSET
    profile: dict[str, Any] | UnsetType = UNSET


class DeletePortBinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    port_id: PortId
    host: HostName


class ActivatePortBinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    port_id: PortId
    host: HostName


PortBindingCommand = CreatePortBinding | UpdatePortBinding | DeletePortBinding | ActivatePortBinding
