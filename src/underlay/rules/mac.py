"""MAC addresses of ports: unique in their network, chosen by chance behind the operator's prefix.

A group address (IEEE 802: the lowest bit of the first byte) is taken, though no guest can send from it: Neutron takes
it, and openstack's own tests give ports 11:22:33:44:55:66.
"""

from typing import Final

from underlay.model.address import Mac
from underlay.model.errors import InvalidInput, MacAddressGenerationFailure, MacAddressInUse
from underlay.model.ids import NetworkId, PortId
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot

_TRIES: Final = 16
_CHANCE_BITS: Final = 24
_BROADCAST: Final = (1 << 48) - 1


def choose(network_id: NetworkId, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations) -> Mac:
    """A MAC that is free on the network: the first three bytes of `base_mac`, the others by chance.

    Raises MacAddressGenerationFailure after sixteen that were taken.
    """
    prefix = regulations.base_mac.value >> _CHANCE_BITS << _CHANCE_BITS
    for _ in range(_TRIES):
        mac = Mac(prefix | circumstances.below(1 << _CHANCE_BITS))
        if mac.value != 0 and snapshot.mac_owner(network_id, mac) is None:
            return mac
    raise MacAddressGenerationFailure(network_id)


def require_usable(mac: Mac, network_id: NetworkId, snapshot: Snapshot, *, of_port: PortId | None = None) -> None:
    """A MAC that no port but `of_port` has on the network. Raises InvalidInput, MacAddressInUse."""
    if mac.value in (0, _BROADCAST):
        raise InvalidInput(f"'{mac}' is not a valid MAC address of a port")
    if snapshot.mac_owner(network_id, mac) not in (None, of_port):
        raise MacAddressInUse(network_id, mac)
