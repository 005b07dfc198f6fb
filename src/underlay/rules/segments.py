"""Which VLAN, or which other segment, a network gets: the administrator's choice checked, or one chosen.

Source: Networking API v2.0, provider extended attributes; IEEE 802.1Q, 9.6: VLAN ids 1 to 4094.
"""

from collections.abc import Iterable
from typing import Final

from underlay.commands.network import ProviderAttributes
from underlay.model.errors import FlatNetworkInUse, InvalidInput, NoNetworkAvailable, VlanIdInUse
from underlay.model.ids import Vid
from underlay.model.network import Flat, Local, Segment, Vlan
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot

_FIRST_VID: Final = 1
_LAST_VID: Final = 4094
_DEFAULT: Final = "default"
_NONE_SENT: Final = ProviderAttributes()


def sent_names(provider: ProviderAttributes) -> tuple[str, ...]:
    """The attributes that were sent, as the API names them."""
    named = {
        "provider:network_type": provider.network_type,
        "provider:physical_network": provider.physical_network,
        "provider:segmentation_id": provider.segmentation_id,
    }
    return tuple(name for name, value in named.items() if value is not None)


def choose(
    provider: ProviderAttributes, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> Segment:
    """The segment of a new network.

    Raises InvalidInput, VlanIdInUse, FlatNetworkInUse, NoNetworkAvailable.
    """
    if provider == _NONE_SENT:
        return _choose_for_tenant(snapshot, circumstances, regulations)
    match provider.network_type:
        case "vlan":
            return _choose_vlan(provider, snapshot, circumstances, regulations)
        case "flat":
            return _choose_flat(provider, snapshot, regulations)
        case "local":
            _require_absent("local", "physical_network", provider.physical_network)
            _require_absent("local", "segmentation_id", provider.segmentation_id)
            return Local()
        case None:
            raise InvalidInput("provider:network_type required, one of flat, local, vlan")
        case other:
            raise InvalidInput(f"network_type value '{other}' not supported; supported are flat, local, vlan")


def change(segment: Segment, provider: ProviderAttributes, snapshot: Snapshot) -> Segment:
    """The segment of a network whose provider attributes are updated: a VLAN network may move to another VLAN id.

    Raises InvalidInput for anything else, VlanIdInUse.
    """
    if provider.network_type is not None or provider.physical_network is not None:
        raise InvalidInput("Plugin does not support updating provider attributes other than segmentation_id")
    if provider.segmentation_id is None:
        return segment
    if not isinstance(segment, Vlan):
        raise InvalidInput("Only VLAN type networks can be updated")
    vid = _valid_vid(provider.segmentation_id)
    if vid == segment.vid:
        return segment
    return _free_vlan(segment.physical_network, vid, snapshot)


def _choose_for_tenant(snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations) -> Segment:
    match regulations.tenant_network_type:
        case "vlan":
            return _any_vlan(regulations.vlan_ranges, snapshot, circumstances, regulations)
        case "local":
            return Local()
        case _:
            raise NoNetworkAvailable()


def _choose_vlan(
    provider: ProviderAttributes, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> Vlan:
    physical_network = provider.physical_network or _default_of(regulations)
    if physical_network is None:
        if provider.segmentation_id is not None:
            raise InvalidInput(
                "segmentation_id requires physical_network for VLAN provider network; "
                f"{_known_text(regulations)}, and none of them is named '{_DEFAULT}'"
            )
        return _any_vlan(regulations.vlan_ranges, snapshot, circumstances, regulations)
    if physical_network not in regulations.vlan_ranges:
        raise InvalidInput(
            f"physical_network '{physical_network}' unknown for VLAN provider network; {_known_text(regulations)}"
        )
    if provider.segmentation_id is None:
        return _any_vlan((physical_network,), snapshot, circumstances, regulations)
    return _free_vlan(physical_network, _valid_vid(provider.segmentation_id), snapshot)


def _choose_flat(provider: ProviderAttributes, snapshot: Snapshot, regulations: Regulations) -> Flat:
    physical_network = provider.physical_network or _default_of(regulations)
    if physical_network is None:
        raise InvalidInput(f"physical_network required for flat provider network; {_known_text(regulations)}")
    if physical_network not in regulations.vlan_ranges:
        raise InvalidInput(
            f"physical_network '{physical_network}' unknown for flat provider network; {_known_text(regulations)}"
        )
    _require_absent("flat", "segmentation_id", provider.segmentation_id)
    if snapshot.network_with_segment(physical_network, None) is not None:
        raise FlatNetworkInUse(physical_network)
    return Flat(physical_network)


def _any_vlan(
    physical_networks: Iterable[str], snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> Vlan:
    """A free VLAN by chance, from the ranges of the first physical network that has one."""
    tried: list[str] = []
    for physical_network in physical_networks:
        ranges = regulations.vlan_ranges[physical_network]
        if not ranges:
            continue
        tried.extend(f"{physical_network}:{part.first}:{part.last}" for part in ranges)
        used = set(snapshot.vids_in_use(physical_network))
        free = sorted({vid for part in ranges for vid in range(part.first, part.last + 1)} - used)
        if free:
            return Vlan(physical_network, Vid(free[circumstances.below(len(free))]))
    raise NoNetworkAvailable(tuple(tried))


def _free_vlan(physical_network: str, vid: Vid, snapshot: Snapshot) -> Vlan:
    if snapshot.network_with_segment(physical_network, vid) is not None:
        raise VlanIdInUse(vid, physical_network)
    return Vlan(physical_network, vid)


def _valid_vid(segmentation_id: int) -> Vid:
    if not _FIRST_VID <= segmentation_id <= _LAST_VID:
        raise InvalidInput(f"segmentation_id out of range ({_FIRST_VID} through {_LAST_VID})")
    return Vid(segmentation_id)


def _default_of(regulations: Regulations) -> str | None:
    return _DEFAULT if _DEFAULT in regulations.vlan_ranges else None


def _require_absent(network_type: str, name: str, value: object) -> None:
    if value is not None:
        raise InvalidInput(f"{name} prohibited for {network_type} provider network")


def _known_text(regulations: Regulations) -> str:
    known = ", ".join(f"'{name}'" for name in regulations.vlan_ranges)
    return f"known are {known}" if known else "network_vlan_ranges names none"
