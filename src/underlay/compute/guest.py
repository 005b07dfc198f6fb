"""What a guest is to be, and what is seen of it. Values only."""

from typing import Final, Literal

import msgspec

from underlay.model.address import Mac
from underlay.model.ids import InstanceId, PortId
from underlay.model.server import ServerStatus, ServerWish

TAP_PREFIX: Final = "tap"


class Nic(msgspec.Struct, frozen=True):
    """One device of a guest, plugged into the integration bridge as the port."""

    port_id: PortId
    mac_address: Mac
    mtu: int

    @property
    def tap(self) -> str:
        """The host's end of it, named as Nova names it."""
        return f"{TAP_PREFIX}{self.port_id[:11]}"


class Guest(msgspec.Struct, frozen=True):
    """A guest as the records want it.

    Attributes:
    disk_gb: 0: as large as its image.
    nics: those whose port and network are known.
    is_whole: whether those are all.
    reboots: how often a restart was asked for.
    status: what the server takes it for.
    """

    id: InstanceId
    name: str
    vcpus: int
    ram_mb: int
    disk_gb: int
    image_id: str
    nics: tuple[Nic, ...]
    is_whole: bool
    wanted: ServerWish
    reboots: int
    status: ServerStatus


class Run(msgspec.Struct, frozen=True):
    """A guest that was started since the host booted.

    Attributes:
    life: `ended`: it switched itself off, or was told to; `killed`: its process died.
    reboots: the guest's `reboots` as of its last start.
    stopping_since: when it was asked to switch itself off, as `time.time` tells; None when it was not.
    """

    life: Literal["running", "ended", "killed"]
    reboots: int
    stopping_since: float | None = None


class Plug(msgspec.Struct, frozen=True):
    """A device of a guest on the integration bridge."""

    guest_id: InstanceId
    nic: Nic


class Seen(msgspec.Struct, frozen=True):
    """The host's guests.

    Attributes:
    kept: guests with a folder on this host, whether they run or not.
    runs: those that were started since the host booted.
    taps: device on the bridge -> guest that it was plugged in for.
    """

    kept: frozenset[InstanceId] = frozenset()
    runs: dict[InstanceId, Run] = {}
    taps: dict[str, InstanceId] = {}
