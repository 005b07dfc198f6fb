"""What runs guests, as the loop sees it. QEMU is the one there is (`qemu.py`)."""

from pathlib import Path
from typing import Protocol

import msgspec

from underlay.compute.guest import Guest, Run
from underlay.model.ids import InstanceId


class GuestError(Exception):
    """The guest cannot be as wanted, and trying again will not help; the text is for its owner."""


class NotNowError(Exception):
    """Something that the guest needs is not there now; it may be later."""


class Media(msgspec.Struct, frozen=True):
    """What a guest boots from: files in the image cache.

    Attributes:
    kernel: None: what is on the disk.
    disk: what its disk is laid over; None for a guest without a disk.
    disk_format: of that file, `raw` or `qcow2`.
    """

    kernel: Path | None = None
    initrd: Path | None = None
    arguments: str = ""
    disk: Path | None = None
    disk_format: str = "raw"


class Hypervisor(Protocol):
    """Starts and ends guests. Every call may be repeated. For one thread, except `console`."""

    name: str

    def kept(self) -> frozenset[InstanceId]:
        """The guests that have something on this host."""
        ...

    def runs(self) -> dict[InstanceId, Run]:
        """The guests that were started since the host booted."""
        ...

    def media(self, guest_id: InstanceId) -> Media | None:
        """What the guest was first started from; None when it never was."""
        ...

    def start(self, guest: Guest, media: Media) -> None:
        """Start the guest; its devices are there. Raises GuestError and NotNowError."""
        ...

    def reset(self, guest: Guest) -> None:
        """Restart what runs in it. Raises NotNowError."""
        ...

    def ask_to_stop(self, guest_id: InstanceId) -> None:
        """Press its power button. Raises NotNowError."""
        ...

    def switch_off(self, guest_id: InstanceId) -> None:
        """End it as it is; `runs` has it as ended."""
        ...

    def forget(self, guest_id: InstanceId) -> None:
        """What has ended counts as never started."""
        ...

    def destroy(self, guest_id: InstanceId) -> None:
        """End it, remove all that it has here."""
        ...

    def console(self, guest_id: InstanceId) -> Path:
        """Where its console is written to; the file may not be there."""
        ...
