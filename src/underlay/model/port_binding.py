"""A port's binding to one host, as the API shows it: kept inside the port's record.

Source: Networking API v2.0, extension binding-extended.
"""

from typing import Any, Literal

import msgspec

from underlay.model.ids import HostName, PortId
from underlay.model.port import Binding, Port

BindingStatus = Literal["ACTIVE", "INACTIVE"]


class PortBinding(msgspec.Struct, frozen=True):
    """Attributes:
    status: ACTIVE is the host that wires the port; INACTIVE ones are made ready for it, as for live migration.
    """

    port_id: PortId
    host: HostName
    status: BindingStatus
    vnic_type: str
    profile: dict[str, Any]

    @property
    def id(self) -> str:
        """The host names it among its port's."""
        return self.host


def bindings_of(port: Port) -> tuple[PortBinding, ...]:
    """The active one first, then the others in order of creation; none of a port that no host has."""
    active = _shown(port, port.binding, "ACTIVE")
    return (*active, *(shown for each in port.inactive_bindings for shown in _shown(port, each, "INACTIVE")))


def _shown(port: Port, binding: Binding, status: BindingStatus) -> tuple[PortBinding, ...]:
    if binding.host is None:
        return ()
    return (PortBinding(port.id, binding.host, status, binding.vnic_type, binding.profile),)
