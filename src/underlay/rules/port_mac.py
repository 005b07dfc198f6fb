"""Which MAC a port has: asked for, made by the server, made anew, or that of the physical device that it is.

Source: Networking API v2.0, extensions port-mac-address-regenerate and port-mac-override.
"""

from typing import Any, Final

from msgspec import UNSET

from underlay.commands.port import CreatePort, UpdatePort
from underlay.model.address import Mac
from underlay.model.errors import InvalidInput, PortBound
from underlay.model.ids import NetworkId
from underlay.model.port import Binding, Port
from underlay.rules import mac
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot

_PHYSICAL: Final = "direct-physical"
_DEVICE_MAC: Final = "device_mac_address"


def at_creation(
    command: CreatePort,
    network_id: NetworkId,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Mac:
    """The MAC of a new port. Raises MacAddressInUse, InvalidInput."""
    device_mac = _device_mac(Binding(command.host or None, vnic_type=command.vnic_type, profile=command.profile))
    wanted = device_mac or command.mac_address
    if wanted is None:
        return mac.choose(network_id, snapshot, circumstances, regulations)
    mac.require_usable(wanted, network_id, snapshot)
    return wanted


def in_update(
    command: UpdatePort,
    before: Port,
    binding: Binding,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Mac:
    """The MAC that the port has with this binding. Raises PortBound, MacAddressInUse, InvalidInput.

    A port that is a whole physical device (`direct-physical`) has that device's MAC, as its binding's profile says, and
    gives it back, for another port on that device, when it leaves it.
    """
    wanted = before.mac_address
    device_mac = _device_mac(binding)
    if device_mac is not None and device_mac != _device_mac(before.binding):
        return _free(device_mac, before, snapshot)
    if command.mac_address is None or (device_mac is None and _leaves_device(command, before)):
        wanted = mac.choose(before.network_id, snapshot, circumstances, regulations)
    elif command.mac_address is not UNSET:
        wanted = command.mac_address
    if wanted == before.mac_address:
        return wanted
    leaves = _device_mac(before.binding) is not None and device_mac is None
    if before.binding.host is not None and binding.host is not None and not leaves:
        raise PortBound(before.id, before.mac_address, wanted)
    return _free(wanted, before, snapshot)


def _leaves_device(command: UpdatePort, before: Port) -> bool:
    """Whether it had the MAC of a physical device, or was on one, and is on none any more."""
    if before.binding.vnic_type != _PHYSICAL:
        return False
    is_released = command.device_id == "" and command.device_owner == "" and before.device_id != ""
    return is_released or _device_mac(before.binding) is not None


def _free(wanted: Mac, before: Port, snapshot: Snapshot) -> Mac:
    mac.require_usable(wanted, before.network_id, snapshot, of_port=before.id)
    return wanted


def _device_mac(binding: Binding) -> Mac | None:
    """The MAC of the physical device that the port is bound to; None when it is none."""
    value: Any = binding.profile.get(_DEVICE_MAC)
    if binding.vnic_type != _PHYSICAL or binding.host is None or not value:
        return None
    try:
        return Mac.parse(str(value))
    except ValueError:
        raise InvalidInput(f"binding:profile has '{value}' as {_DEVICE_MAC}, which is not a MAC address") from None
