"""Segments of networks: `/v2.0/segments`, extensions `segment` and `standard-attr-segment`. Administrators only."""

from typing import Any

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, pick
from underlay.commands.network import ProviderAttributes
from underlay.commands.segment import CreateSegment, DeleteSegment, UpdateSegment
from underlay.model.errors import SegmentNotFound
from underlay.model.ids import NetworkId, ProjectId, SegmentId
from underlay.model.network import Vlan, physical_network_of
from underlay.model.segment import NetworkSegment
from underlay.rules.segments import network_type_of

_NETWORK_TYPE_LENGTH = 32
_PHYSICAL_NETWORK_LENGTH = 64


def segmentation_id_of(segment: Any) -> int | None:
    """The VLAN id; None for a segment without one."""
    return segment.vid if isinstance(segment, Vlan) else None


def _create(project_id: ProjectId, sent: Values) -> CreateSegment:
    provider = ProviderAttributes(**pick(sent, "network_type", "physical_network", "segmentation_id"))
    return CreateSegment(
        network_id=NetworkId(sent["network_id"]), provider=provider, **pick(sent, "name", "description")
    )


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateSegment:
    return UpdateSegment(id=SegmentId(record_id), revision=revision, **pick(sent, "name", "description"))


def _delete(record_id: str, revision: int | None) -> DeleteSegment:
    return DeleteSegment(id=SegmentId(record_id), revision=revision)


_name = values.null_as("", values.text_up_to(standard.NAME_LENGTH))

SEGMENT = Resource(
    name="segment",
    collection="segments",
    kind="segment",
    record_type=NetworkSegment,
    missing=SegmentNotFound,
    attributes=(
        standard.identifier("segment"),
        Attribute(
            "name",
            "What it is called; null for nothing.",
            show=lambda record, _: record.name or None,
            shown=schema.nullable(schema.TEXT),
            post=_name,
            put=_name,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "network_id",
            "The network that it is of.",
            show=lambda record, _: record.network_id,
            post=values.uuid,
            required=True,
            filter=standard.text,
            link="network",
            sort=True,
        ),
        Attribute(
            "network_type",
            "`vlan`, `flat` or `local`.",
            show=lambda record, _: network_type_of(record.segment),
            post=values.text_up_to(_NETWORK_TYPE_LENGTH),
            required=True,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "physical_network",
            "The physical network that it is on: another one than those of the network's other segments.",
            show=lambda record, _: physical_network_of(record.segment),
            post=values.or_none(values.text_up_to(_PHYSICAL_NETWORK_LENGTH)),
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "segmentation_id",
            "The VLAN id, 1-4094; when it is left out a free one of the ranges is taken.",
            show=lambda record, _: segmentation_id_of(record.segment),
            post=values.or_none(values.integer),
            filter=values.integer,
            sort=True,
        ),
        standard.description("segment"),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
