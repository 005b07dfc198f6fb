"""Errors about networks."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import ConflictError, NotFoundError
from underlay.model.ids import NetworkId, PortId


@dataclass(unsafe_hash=True)
class NetworkNotFound(NotFoundError):
    """No such network."""

    template = "Network {net_id} could not be found."
    net_id: NetworkId


@dataclass(unsafe_hash=True)
class NetworkInUse(ConflictError):
    """A port that does not go with the network is on it; `port_id` names one."""

    template = (
        "Unable to complete operation on network {net_id}. There are one or more ports still in use on the network."
    )
    net_id: NetworkId
    port_id: PortId

    @property
    def hint(self) -> str:  # noqa: D102
        return f" One is port {self.port_id}."


@dataclass(unsafe_hash=True)
class InvalidSharedSetting(ConflictError):
    """Others than the owner have ports or subnets on the network."""

    template = "Unable to reconfigure sharing settings for network {network}. Multiple tenants are using it."
    network: str


@dataclass(unsafe_hash=True)
class DefaultExternalNetworkExists(ConflictError):
    """There is one default network."""

    template = "A default external network already exists: {net_id}."
    net_id: NetworkId


@dataclass(unsafe_hash=True)
class NoNetworkFits(ConflictError):
    """Of the networks that a port could be put on, none can take it; `refusals` are (name or id, why)."""

    template = "No network can take the port."
    refusals: tuple[tuple[str, str], ...]

    @property
    def hint(self) -> str:  # noqa: D102
        if not self.refusals:
            return " The project may use none; create one, or have one shared with it."
        return " " + "; ".join(f"{name}: {why}" for name, why in self.refusals) + "."


@dataclass(unsafe_hash=True)
class AutoAllocationFailure(ConflictError):
    """There is no network that the project could be given."""

    template = "Deployment error: {reason}."
    reason: str
