"""Physical networks: `/v2.0/physical_networks`. Ours; read by administrators."""

from typing import Any

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, View
from underlay.model.errors import PhysicalNetworkNotFound
from underlay.model.network import Network
from underlay.model.physical_network import PhysicalNetwork
from underlay.model.segment import SegmentUse
from underlay.model.segment_range import NetworkSegmentRange

_RANGE = schema.shown(
    id=schema.UUID,
    name=schema.TEXT,
    minimum=schema.INTEGER,
    maximum=schema.INTEGER,
    default=schema.BOOLEAN,
    shared=schema.BOOLEAN,
    project_id=schema.nullable(schema.TEXT),
)
_USE = schema.shown(segmentation_id=schema.INTEGER, network_id=schema.UUID, project_id=schema.TEXT)


def _show_range(part: NetworkSegmentRange) -> dict[str, Any]:
    return {
        "id": part.id,
        "name": part.name,
        "minimum": part.minimum,
        "maximum": part.maximum,
        "default": part.default,
        "shared": part.shared,
        "project_id": part.project_id,
    }


def _show_use(use: SegmentUse) -> dict[str, Any]:
    return {"segmentation_id": use.vid, "network_id": use.network_id, "project_id": use.project_id}


def _reserved(physical: PhysicalNetwork) -> set[int]:
    """The VLAN ids of its ranges."""
    return {vid for part in physical.ranges for vid in range(part.minimum, part.maximum + 1)}


def _used(physical: PhysicalNetwork, _: View) -> list[dict[str, Any]]:
    within = _reserved(physical)
    return [_show_use(use) for use in physical.uses if use.vid in within]


def _free(physical: PhysicalNetwork, _: View) -> list[int]:
    return sorted(_reserved(physical) - {use.vid for use in physical.uses})


def _outside(physical: PhysicalNetwork, _: View) -> list[dict[str, Any]]:
    within = _reserved(physical)
    return [_show_use(use) for use in physical.uses if use.vid and use.vid not in within]


def _flat(physical: PhysicalNetwork, _: View) -> str | None:
    return next((use.network_id for use in physical.uses if not use.vid), None)


PHYSICAL_NETWORK = Resource(
    name="physical_network",
    collection="physical_networks",
    kind="network",
    record_type=Network,
    missing=PhysicalNetworkNotFound,
    attributes=(
        Attribute(
            "name",
            "As in `network_vlan_ranges`, `bridge_mappings`, ranges and `provider:physical_network`.",
            show=lambda record, _: record.name,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "configured",
            "Whether the setting `network_vlan_ranges` names it.",
            show=lambda record, _: record.configured,
            filter=values.boolean,
            sort=True,
        ),
        Attribute(
            "hosts",
            "The hosts that reach it: those with a bridge for it in `bridge_mappings`.",
            show=lambda record, _: record.hosts,
            shown=schema.list_of(schema.TEXT),
        ),
        Attribute(
            "ranges",
            "Its network segment ranges.",
            show=lambda record, _: [_show_range(part) for part in record.ranges],
            shown=schema.list_of(_RANGE),
        ),
        Attribute(
            "vlans_used",
            "VLAN ids of its ranges that networks are on, each with its network.",
            show=_used,
            shown=schema.list_of(_USE),
        ),
        Attribute(
            "vlans_free",
            "VLAN ids of its ranges that no network is on.",
            show=_free,
            shown=schema.list_of(schema.INTEGER),
        ),
        Attribute(
            "vlans_outside",
            "VLAN ids that networks are on and no range has, each with its network.",
            show=_outside,
            shown=schema.list_of(_USE),
        ),
        Attribute(
            "flat_network_id",
            "The network that uses it without a tag; null for none.",
            show=_flat,
            shown=schema.nullable(schema.UUID),
        ),
    ),
    inside=True,
)
