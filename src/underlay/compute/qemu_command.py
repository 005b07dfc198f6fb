"""The command line that a guest's QEMU is started with. Pure.

No secret is on it, and no shell sees it. A guest knows from SMBIOS that it is on OpenStack: cloud-init asks the
metadata service then. A tap is opened without offload headers (`vnet_hdr=off`): Open vSwitch in userspace would pass on
checksums that nobody has finished. Source: QEMU 7.2, qemu-system-x86_64(1).
"""

from pathlib import Path
from typing import Literal

import msgspec

from underlay.compute.guest import Guest
from underlay.compute.hypervisor import Media

Accelerator = Literal["tcg", "kvm"]
DEFAULT_ARGUMENTS = "console=ttyS0"


class Places(msgspec.Struct, frozen=True):
    """Files of one guest.

    Attributes:
    disk: None for a guest without one.
    """

    pid: Path
    qmp: Path
    console: Path
    disk: Path | None


def qemu_command(emulator: str, accelerator: Accelerator, guest: Guest, media: Media, places: Places) -> list[str]:
    """Program and arguments; it puts itself into the background when the guest runs."""
    return [
        *(emulator, "-name", f"guest={guest.id},debug-threads=on", "-uuid", guest.id),
        *("-nodefaults", "-no-user-config", "-display", "none", "-daemonize", "-pidfile", str(places.pid)),
        # QEMU 7.2 is killed by its own filter when it may not fork, and is to put itself into the background.
        *("-sandbox", "on,obsolete=deny,resourcecontrol=deny"),
        *("-machine", f"pc,accel={accelerator}", "-cpu", "host" if accelerator == "kvm" else "max"),
        *("-smp", str(guest.vcpus), "-m", str(guest.ram_mb)),
        *("-smbios", f"type=1,manufacturer=Underlay,product=OpenStack Nova,serial={guest.id},uuid={guest.id}"),
        *("-chardev", f"file,id=console,path={_escaped(places.console)},append=on", "-serial", "chardev:console"),
        *("-chardev", f"socket,id=qmp,path={_escaped(places.qmp)},server=on,wait=off"),
        *("-mon", "chardev=qmp,mode=control", "-device", "virtio-rng-pci"),
        *_boot(media),
        *_disk(places.disk),
        *(word for number in range(len(guest.nics)) for word in _nic(guest, number)),
    ]


def _boot(media: Media) -> list[str]:
    if media.kernel is None:
        return []
    initrd = [] if media.initrd is None else ["-initrd", str(media.initrd)]
    return ["-kernel", str(media.kernel), *initrd, "-append", media.arguments or DEFAULT_ARGUMENTS]


def _disk(disk: Path | None) -> list[str]:
    if disk is None:
        return []
    drive = f"if=none,id=disk,format=qcow2,discard=unmap,file={_escaped(disk)}"
    return ["-drive", drive, "-device", "virtio-blk-pci,drive=disk"]


def _nic(guest: Guest, number: int) -> list[str]:
    nic = guest.nics[number]
    tap = f"tap,id=nic{number},ifname={nic.tap},script=no,downscript=no,vnet_hdr=off"
    device = f"virtio-net-pci,netdev=nic{number},mac={nic.mac_address},host_mtu={nic.mtu}"
    return ["-netdev", tap, "-device", device]


def _escaped(path: Path) -> str:
    """A path in a list of options: commas are doubled."""
    return str(path).replace(",", ",,")
