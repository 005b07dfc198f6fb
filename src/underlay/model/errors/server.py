"""Errors about servers, keypairs, flavors and images."""

# The names are the protocol's, so they do not all end in Error.
# ruff: noqa: N818

from dataclasses import dataclass

from underlay.model.errors.tree import BadRequestError, ConflictError, ForbiddenError, NotFoundError
from underlay.model.ids import InstanceId, PortId


@dataclass(unsafe_hash=True)
class ServerInvalid(BadRequestError):
    """What is asked of a server cannot be; `text` is a sentence, Nova's where it has one."""

    template = "{text}"
    text: str


@dataclass(unsafe_hash=True)
class ServerNotFound(NotFoundError):
    """No such server."""

    template = "Instance {id} could not be found."
    id: InstanceId


@dataclass(unsafe_hash=True)
class KeypairNotFound(NotFoundError):
    """The user has no keypair of that name."""

    template = "Keypair {name} not found for user {user_id}"
    name: str
    user_id: str


@dataclass(unsafe_hash=True)
class FlavorNotFound(NotFoundError):
    """The settings have no such flavor."""

    template = "Flavor {id} could not be found."
    id: str


@dataclass(unsafe_hash=True)
class ImageNotFound(NotFoundError):
    """There is no such image."""

    template = "Image {id} could not be found."
    id: str


@dataclass(unsafe_hash=True)
class HypervisorNotFound(NotFoundError):
    """No host that runs servers has that id."""

    template = "Hypervisor with ID '{id}' could not be found."
    id: str


@dataclass(unsafe_hash=True)
class ServerQuotaExceeded(ForbiddenError):
    """The project has as many servers as it may."""

    template = "Quota exceeded for instances: Requested 1, but already used {used} of {limit} instances"
    limit: int
    used: int


@dataclass(unsafe_hash=True)
class KeypairExists(ConflictError):
    """The user has one of that name."""

    template = "Key pair '{name}' already exists."
    name: str


@dataclass(unsafe_hash=True)
class NoValidHost(ConflictError):
    """No host can run the server; `refusals` are (host, why)."""

    template = "No valid host was found."
    refusals: tuple[tuple[str, str], ...]

    @property
    def hint(self) -> str:  # noqa: D102
        if not self.refusals:
            return " No host runs servers; start underlay-compute on one."
        return " " + "; ".join(f"{host}: {why}" for host, why in self.refusals) + "."


@dataclass(unsafe_hash=True)
class ServerStateConflict(ConflictError):
    """What is asked for does not go with the state that the server is in."""

    template = "Cannot '{action}' instance {id} while it is in vm_state {state}"
    action: str
    id: InstanceId
    state: str


@dataclass(unsafe_hash=True)
class ServerPortInUse(ConflictError):
    """The port belongs to another machine."""

    template = "Port {port_id} is still in use."
    port_id: PortId
