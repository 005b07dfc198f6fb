"""Which VLAN, or which other segment, a network gets: the administrator's choice checked, or one chosen.

Source: Networking API v2.0, provider extended attributes; IEEE 802.1Q, 9.6: VLAN ids 1 to 4094.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from underlay.commands.network import ProviderAttributes
from underlay.model.errors import (
    FlatNetworkInUse,
    InvalidInput,
    NoNetworkAvailable,
    SegmentsContainDuplicateEntry,
    VlanIdInUse,
)
from underlay.model.ids import ProjectId, Vid
from underlay.model.network import Flat, Local, Network, Segment, Vlan, physical_network_of
from underlay.rules import vlans
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.rules.vlans import Ground

_FIRST_VID: Final = 1
_LAST_VID: Final = 4094
_DEFAULT: Final = "default"
NONE_SENT: Final = ProviderAttributes()


def sent_names(provider: ProviderAttributes) -> tuple[str, ...]:
    """The attributes that were sent, as the API names them."""
    named = {
        "provider:network_type": provider.network_type,
        "provider:physical_network": provider.physical_network,
        "provider:segmentation_id": provider.segmentation_id,
    }
    return tuple(name for name, value in named.items() if value is not None)


def choose(
    provider: ProviderAttributes,
    project_id: ProjectId,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> Segment:
    """The segment of a new network of the project.

    Raises InvalidInput, VlanIdInUse, FlatNetworkInUse, NoNetworkAvailable.
    """
    ground = vlans.ground(project_id, snapshot, regulations)
    if provider == NONE_SENT:
        return _choose_for_tenant(ground, snapshot, circumstances, regulations)
    match provider.network_type:
        case "vlan":
            return _choose_vlan(provider, ground, snapshot, circumstances)
        case "flat":
            return _choose_flat(provider, ground, snapshot)
        case "local":
            _require_absent("local", "physical_network", provider.physical_network)
            _require_absent("local", "segmentation_id", provider.segmentation_id)
            return Local()
        case None:
            raise InvalidInput("provider:network_type required, one of flat, local, vlan")
        case other:
            raise InvalidInput(f"network_type value '{other}' not supported; supported are flat, local, vlan")


def choose_all(
    providers: Sequence[ProviderAttributes],
    project_id: ProjectId,
    snapshot: Snapshot,
    circumstances: Circumstances,
    regulations: Regulations,
) -> tuple[Segment, ...]:
    """The segments of a new network, in the order asked for: at least one.

    Raises SegmentsContainDuplicateEntry, and as `choose`; InvalidInput also when two are on one physical network.
    """
    whole = [each for each in providers if each.segmentation_id is not None]
    if any(each in whole[:index] for index, each in enumerate(whole)):
        raise SegmentsContainDuplicateEntry()
    chosen: tuple[Segment, ...] = ()
    for provider in providers:
        segment = choose(provider, project_id, snapshot, circumstances, regulations)
        require_apart(segment, chosen)
        chosen = (*chosen, segment)
    return chosen


def require_apart(segment: Segment, others: Iterable[Segment]) -> None:
    """A host can be on one segment of a network only, so no two are on one physical network. Raises InvalidInput."""
    name = physical_network_of(segment)
    if any(physical_network_of(other) == name for other in others):
        where = "local" if name is None else f"on physical network '{name}'"
        raise InvalidInput(f"a network has at most one segment {where}")


def change(network: Network, provider: ProviderAttributes, snapshot: Snapshot) -> Segment:
    """The segment of a network whose provider attributes are updated: a VLAN network may move to another VLAN id.

    What is sent as it is already changes nothing. Raises InvalidInput for anything else, VlanIdInUse.
    """
    segment = network.segment
    named = (provider.network_type, provider.physical_network)
    current = (network_type_of(segment), physical_network_of(segment))
    if any(sent is not None and sent != is_now for sent, is_now in zip(named, current, strict=True)):
        raise InvalidInput("Plugin does not support updating provider attributes other than segmentation_id")
    if provider.segmentation_id is None:
        return segment
    if network.further_segments:
        raise InvalidInput(
            "Provider network attributes can be updated only in provider networks with a single segment."
        )
    if not isinstance(segment, Vlan):
        raise InvalidInput("Only VLAN type networks can be updated")
    vid = _valid_vid(provider.segmentation_id)
    if vid == segment.vid:
        return segment
    return _free_vlan(segment.physical_network, vid, snapshot)


def network_type_of(segment: Segment) -> str:
    """`vlan`, `flat` or `local`."""
    match segment:
        case Vlan():
            return "vlan"
        case Flat():
            return "flat"
        case Local():
            return "local"


def _choose_for_tenant(
    ground: Ground, snapshot: Snapshot, circumstances: Circumstances, regulations: Regulations
) -> Segment:
    match regulations.tenant_network_type:
        case "vlan":
            return vlans.any_free(ground, ground.known, snapshot, circumstances)
        case "local":
            return Local()
        case _:
            raise NoNetworkAvailable()


def _choose_vlan(
    provider: ProviderAttributes, ground: Ground, snapshot: Snapshot, circumstances: Circumstances
) -> Vlan:
    physical_network = provider.physical_network or _default_of(ground)
    if physical_network is None:
        if provider.segmentation_id is not None:
            raise InvalidInput(
                "segmentation_id requires physical_network for VLAN provider network; "
                f"{_known_text(ground)}, and none of them is named '{_DEFAULT}'"
            )
        return vlans.any_free(ground, ground.known, snapshot, circumstances)
    if physical_network not in ground.known:
        raise InvalidInput(
            f"physical_network '{physical_network}' unknown for VLAN provider network; {_known_text(ground)}"
        )
    if provider.segmentation_id is None:
        return vlans.any_free(ground, (physical_network,), snapshot, circumstances)
    return _free_vlan(physical_network, _valid_vid(provider.segmentation_id), snapshot)


def _choose_flat(provider: ProviderAttributes, ground: Ground, snapshot: Snapshot) -> Flat:
    physical_network = provider.physical_network or _default_of(ground)
    if physical_network is None:
        raise InvalidInput(f"physical_network required for flat provider network; {_known_text(ground)}")
    if physical_network not in ground.known:
        raise InvalidInput(
            f"physical_network '{physical_network}' unknown for flat provider network; {_known_text(ground)}"
        )
    _require_absent("flat", "segmentation_id", provider.segmentation_id)
    if snapshot.network_with_segment(physical_network, None) is not None:
        raise FlatNetworkInUse(physical_network)
    return Flat(physical_network)


def _free_vlan(physical_network: str, vid: Vid, snapshot: Snapshot) -> Vlan:
    if snapshot.network_with_segment(physical_network, vid) is not None:
        raise VlanIdInUse(vid, physical_network)
    return Vlan(physical_network, vid)


def _valid_vid(segmentation_id: int) -> Vid:
    if not _FIRST_VID <= segmentation_id <= _LAST_VID:
        raise InvalidInput(f"segmentation_id out of range ({_FIRST_VID} through {_LAST_VID})")
    return Vid(segmentation_id)


def _default_of(ground: Ground) -> str | None:
    return _DEFAULT if _DEFAULT in ground.known else None


def _require_absent(network_type: str, name: str, value: object) -> None:
    if value is not None:
        raise InvalidInput(f"{name} prohibited for {network_type} provider network")


def _known_text(ground: Ground) -> str:
    known = ", ".join(f"'{name}'" for name in ground.known)
    return f"known are {known}" if known else "network_vlan_ranges names none"
