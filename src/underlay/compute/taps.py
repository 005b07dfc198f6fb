"""Guests' devices on the integration bridge: tap devices, plugged in as any hypervisor plugs them.

What is written in OVSDB, and by which a device is known as a guest's later (`external_ids` of its interface):
`iface-id`, `attached-mac`, `iface-status` as Nova and libvirt write them, and `underlay-server`, the guest's id. The
rest is the agent's work. Until it has wired the device it is cut off (`tag` 4095, as Neutron does it).
"""

from collections.abc import Callable, Sequence
from typing import Final

from underlay.compute.guest import Plug
from underlay.compute.hypervisor import NotNowError
from underlay.dataplane import links, tap
from underlay.dataplane.ovsdb import Ovsdb, OvsdbUnavailableError, Writer
from underlay.model.ids import InstanceId

_GUEST: Final = "underlay-server"
_CUT_OFF: Final = 4095


class Taps:
    """Looks at one bridge, and changes what is on it."""

    def __init__(self, ovsdb: Ovsdb, bridge: str) -> None:
        self._ovsdb = ovsdb
        self._bridge = bridge

    def seen(self) -> dict[str, InstanceId]:
        """Device -> guest that it was plugged in for; only devices that are there as links too."""
        return {name: guest_id for name, guest_id in self._plugged().items() if links.exists(name)}

    def plug(self, plugs: Sequence[Plug]) -> None:
        """Make the devices and plug them in, in one transaction. Raises NotNowError."""
        for each in plugs:
            if not links.exists(each.nic.tap):
                tap.make(each.nic.tap)
            links.set_up(each.nic.tap, mtu=each.nic.mtu)
        self._transact(lambda writer: self._write(writer, plugs))

    def unplug(self, names: Sequence[str]) -> None:
        """Take the devices off the bridge, and away. Raises NotNowError."""

        def write(writer: Writer) -> None:
            bridge = writer.find("Bridge", self._bridge)
            for name in names:
                port = writer.find("Port", name)
                if bridge is not None and port is not None:
                    writer.remove_port(bridge, port)

        self._transact(write)
        for name in names:
            links.remove(name)

    def _write(self, writer: Writer, plugs: Sequence[Plug]) -> None:
        bridge = writer.find("Bridge", self._bridge)
        if bridge is None:
            return
        for each in plugs:
            port = writer.find("Port", each.nic.tap)
            if port is None:
                port = writer.add_port(bridge, each.nic.tap)
                port.tag = _CUT_OFF
            port.interfaces[0].external_ids = {
                "iface-id": each.nic.port_id,
                "attached-mac": str(each.nic.mac_address),
                "iface-status": "active",
                _GUEST: each.guest_id,
            }

    def _plugged(self) -> dict[str, InstanceId]:
        self._ovsdb.run()
        rows = self._ovsdb.rows("Interface")
        return {row.name: InstanceId(row.external_ids[_GUEST]) for row in rows if _GUEST in row.external_ids}

    def _transact(self, write: Callable[[Writer], None]) -> None:
        if self._bridge not in {row.name for row in self._ovsdb.rows("Bridge")}:
            raise NotNowError(f"there is no bridge {self._bridge} yet: underlay-agent makes it")
        try:
            refused = self._ovsdb.transact(write)
        except OvsdbUnavailableError as error:
            raise NotNowError(str(error)) from error
        if refused:
            raise NotNowError(f"ovsdb-server refused: {refused}")
