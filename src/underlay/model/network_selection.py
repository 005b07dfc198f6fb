"""What came of letting the server choose a network for a port. It is answered and not kept: the port is what stays."""

from typing import Literal

import msgspec

from underlay.model.ids import NetworkId
from underlay.model.port import Port

SelectionPolicy = Literal["most-free", "spread"]


class Candidate(msgspec.Struct, frozen=True):
    """A network that the port's project may use.

    Attributes:
    free, used: addresses of its subnets, as the port could have them, before this port.
    refusal: why the port could not be there; empty if it could.
    """

    network_id: NetworkId
    name: str
    free: int
    used: int
    refusal: str = ""


class NetworkSelection(msgspec.Struct, frozen=True):
    """Attributes:
    reason: one sentence, for people.
    candidates: all networks that were looked at, the chosen one first, then in the order in which they would be taken.
    port: what was made on the chosen one.
    """

    policy: SelectionPolicy
    reason: str
    candidates: tuple[Candidate, ...]
    port: Port
