"""Network segment ranges: `/v2.0/network_segment_ranges`, extension `network-segment-range`. Administrators only."""

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.commands.segment_range import CreateSegmentRange, DeleteSegmentRange, UpdateSegmentRange
from underlay.model.errors import NetworkSegmentRangeNotFound
from underlay.model.ids import ProjectId
from underlay.model.segment_range import NetworkSegmentRange

NETWORK_TYPES = ("vlan", "vxlan", "gre", "geneve")
PHYSICAL_NETWORK_LENGTH = 64
_SAME_NAME = ("name", "minimum", "maximum", "description")
_HIGHEST = 2**32 - 1


def used(record: NetworkSegmentRange, view: View) -> dict[str, str]:
    """VLAN id -> the project whose network is on it."""
    users = view.vlan_projects(record.physical_network)
    return {str(vid): project_id for vid, project_id in users.items() if vid in record}


def _available(record: NetworkSegmentRange, view: View) -> list[int]:
    users = view.vlan_projects(record.physical_network)
    return [vid for vid in range(record.minimum, record.maximum + 1) if vid not in users]


def _create(project_id: ProjectId, sent: Values) -> CreateSegmentRange:
    optional = pick(sent, "name", "shared", "description", "physical_network")
    return CreateSegmentRange(
        project_id=project_id,
        network_type=sent["network_type"],
        minimum=sent["minimum"],
        maximum=sent["maximum"],
        **optional,
    )


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateSegmentRange:
    return UpdateSegmentRange(id=record_id, revision=revision, **pick(sent, *_SAME_NAME))


def _delete(record_id: str, revision: int | None) -> DeleteSegmentRange:
    return DeleteSegmentRange(id=record_id, revision=revision)


def _project(name: str, description: str) -> Attribute:
    return Attribute(
        name,
        description,
        show=lambda record, _: record.project_id,
        post=values.or_none(values.text_up_to(standard.PROJECT_ID_LENGTH)),
        filter=standard.text,
        sort=True,
    )


def _end(name: str, description: str) -> Attribute:
    reader = values.integer_between(1, _HIGHEST)
    return Attribute(
        name,
        description,
        show=lambda record, _: getattr(record, name),
        post=reader,
        put=reader,
        required=True,
        filter=values.integer,
        sort=True,
    )


SEGMENT_RANGE = Resource(
    name="network_segment_range",
    collection="network_segment_ranges",
    kind="network_segment_range",
    record_type=NetworkSegmentRange,
    missing=NetworkSegmentRangeNotFound,
    attributes=(
        standard.identifier("range"),
        standard.name("range"),
        _project("project_id", "The project for whose networks it is; null when it is shared."),
        _project("tenant_id", "The old name of `project_id`; both are read and both are shown, always equal."),
        Attribute(
            "default",
            "Whether it is made from the setting `network_vlan_ranges`; such a range is only read here.",
            show=lambda record, _: record.default,
            filter=values.boolean,
        ),
        Attribute(
            "shared",
            "Whether it is for everybody's networks; true when not sent.",
            show=lambda record, _: record.shared,
            post=values.boolean,
            filter=values.boolean,
        ),
        Attribute(
            "network_type",
            "`vlan`.",
            show=lambda record, _: record.network_type,
            post=values.one_of(NETWORK_TYPES, values.text_up_to(32)),
            required=True,
            filter=standard.text,
        ),
        Attribute(
            "physical_network",
            "The physical network whose VLANs it holds; it becomes known by this, if no setting names it.",
            show=lambda record, _: record.physical_network,
            post=values.or_none(values.text_up_to(PHYSICAL_NETWORK_LENGTH)),
            filter=standard.text,
        ),
        _end("minimum", "Its first VLAN id, 1-4094."),
        _end("maximum", "Its last VLAN id. A range may grow whatever of it is in use, and shrink to what is in use."),
        Attribute(
            "used",
            "VLAN ids that networks are on, each with the project of the network.",
            show=used,
            shown=schema.map_of(schema.TEXT),
        ),
        Attribute(
            "available",
            "VLAN ids that no network is on.",
            show=_available,
            shown=schema.list_of(schema.INTEGER),
        ),
        standard.description("range"),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
