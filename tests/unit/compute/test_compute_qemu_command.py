"""QEMU's command line."""

from pathlib import Path

from fakes.guest_records import server_of
from fakes.records import HOST, network, port
from underlay.agent.mirror import sort_out
from underlay.compute.desired import desired
from underlay.compute.hypervisor import Media
from underlay.compute.qemu_command import Places, qemu_command

NET = network(1)
PORT = port(1, NET)
SERVER = server_of(PORT)
GUEST = desired(sort_out([SERVER, PORT, NET]), HOST)[SERVER.id]
PLACES = Places(Path("/run/pid"), Path("/run/qmp"), Path("/a,b/console.log"), None)


def test_a_guest_knows_who_it_is_and_has_its_device() -> None:
    """SMBIOS has its id; the tap is without offload headers; the MAC is the port's."""
    line = " ".join(qemu_command("qemu", "tcg", GUEST, Media(kernel=Path("/k"), initrd=Path("/i")), PLACES))
    assert f"product=OpenStack Nova,serial={SERVER.id},uuid={SERVER.id}" in line
    assert f"ifname=tap{PORT.id[:11]},script=no,downscript=no,vnet_hdr=off" in line
    assert f"mac={PORT.mac_address}" in line
    assert "-kernel /k -initrd /i -append console=ttyS0" in line
    assert "virtio-blk" not in line


def test_a_comma_in_a_path_does_not_begin_another_option() -> None:
    """QEMU's options are lists: a comma is doubled."""
    assert "path=/a,,b/console.log,append=on" in " ".join(qemu_command("qemu", "tcg", GUEST, Media(), PLACES))
