"""Trunks: `/v2.0/trunks`, extension `trunk`."""

from typing import Any

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.api.schema import Schema
from underlay.commands.trunk import CreateTrunk, DeleteTrunk, SubPortWish, UpdateTrunk
from underlay.model.errors import InvalidInput, TrunkNotFound
from underlay.model.ids import PortId, ProjectId
from underlay.model.trunk import Trunk

UNENFORCED = "hosts do not wire subports yet"
"""Said to who asks for a trunk."""

SHOWN_SUB_PORTS = schema.list_of(
    schema.shown(port_id=schema.UUID, segmentation_type=schema.TEXT, segmentation_id=schema.INTEGER)
)
_KEYS = ("port_id", "segmentation_type", "segmentation_id")


@values.reads(
    schema.list_of(
        schema.exactly(
            ("port_id",),
            port_id=schema.UUID,
            segmentation_type=Schema(type="string", max_length=255),
            segmentation_id=schema.INTEGER,
        )
    ),
    SHOWN_SUB_PORTS,
)
def read_sub_ports(value: Any) -> tuple[SubPortWish, ...]:
    """A list of `{port_id, segmentation_type, segmentation_id}`, no port and no VLAN id twice.

    Raises ValueError with Neutron's reasons.
    """
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for subports: '{values.shown(value)}' is not a list")
    wishes: list[SubPortWish] = []
    for one in value:
        wish = _read_sub_port(one)
        if any(wish.port_id == other.port_id for other in wishes):
            raise ValueError(f"Non unique UUID for subport: '{wish.port_id}'")
        if wish.segmentation_id is not None and any(_segment(wish) == _segment(other) for other in wishes):
            raise ValueError(f"Segmentation ID '{wish.segmentation_id}' for '{wish.port_id}' is not unique")
        wishes.append(wish)
    return tuple(wishes)


def _segment(wish: SubPortWish) -> tuple[str | None, int | None]:
    return wish.segmentation_type, wish.segmentation_id


def _read_sub_port(value: Any) -> SubPortWish:
    if not isinstance(value, dict):
        raise ValueError(f"Invalid data format for subport: '{values.shown(value)}' is not a dict")
    if "port_id" not in value:
        raise ValueError("A valid port UUID must be specified")
    unknown = set(value) - set(_KEYS)
    if unknown:
        raise ValueError(f"Unexpected keys supplied: {values.shown(', '.join(sorted(unknown)))}")
    try:
        port_id = PortId(values.uuid(value["port_id"]))
    except ValueError:
        raise ValueError(f"Invalid UUID for subport: '{values.shown(value['port_id'])}'") from None
    segmentation_type, segmentation_id = value.get("segmentation_type"), value.get("segmentation_id")
    if segmentation_type == "inherit":
        return SubPortWish(port_id, segmentation_type)
    if (not segmentation_type or segmentation_id is None) and len(value) > 1:
        raise ValueError(
            f"Invalid subport details '{values.shown(value)}': missing segmentation information. Must specify both "
            "segmentation_id and segmentation_type"
        )
    if segmentation_type is None:
        return SubPortWish(port_id)
    return SubPortWish(port_id, values.text_up_to(255)(segmentation_type), _read_id(segmentation_id))


def _read_id(value: Any) -> int:
    try:
        return int(values.integer(value))
    except InvalidInput:
        raise ValueError(
            f"Invalid subport details: segmentation_id '{values.shown(value)}' is not an integer"
        ) from None


def show_sub_ports(trunk: Trunk) -> list[dict[str, Any]]:
    """As the API writes them."""
    return [
        {
            "port_id": each.port_id,
            "segmentation_type": each.segmentation_type,
            "segmentation_id": each.segmentation_id,
        }
        for each in trunk.sub_ports
    ]


def _show_sub_ports(trunk: Trunk, _: View) -> list[dict[str, Any]]:
    return show_sub_ports(trunk)


def _create(project_id: ProjectId, sent: Values) -> CreateTrunk:
    fields = pick(sent, "name", "admin_state_up", "sub_ports", "description", "tags")
    return CreateTrunk(project_id=project_id, port_id=PortId(sent["port_id"]), **fields)


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateTrunk:
    return UpdateTrunk(id=record_id, revision=revision, **pick(sent, "name", "admin_state_up", "description"))


def _delete(record_id: str, revision: int | None) -> DeleteTrunk:
    return DeleteTrunk(id=record_id, revision=revision)


TRUNK = Resource(
    name="trunk",
    collection="trunks",
    kind="trunk",
    record_type=Trunk,
    missing=TrunkNotFound,
    attributes=(
        standard.identifier("trunk"),
        standard.name("trunk"),
        *standard.owner(),
        standard.flag(
            "admin_state_up", "False: subports cannot be added or taken away, and the trunk cannot be deleted."
        ),
        Attribute(
            "port_id",
            "The parent port: what the machine sends untagged. No host may have it yet, and no other trunk.",
            show=lambda record, _: record.port_id,
            post=values.uuid,
            required=True,
            filter=standard.text,
            link="trunk_parent",
            sort=True,
        ),
        Attribute(
            "sub_ports",
            "The ports that the machine reaches by VLAN ids: list of `{port_id, segmentation_type, segmentation_id}`. "
            "The type is `vlan`, or `inherit` for the id of the port's own network. Changed by `add_subports` and "
            "`remove_subports`.",
            show=_show_sub_ports,
            post=read_sub_ports,
        ),
        Attribute(
            "status",
            "`DOWN`: hosts do not wire subports yet.",
            show=lambda record, _: "DOWN",
            filter=standard.text,
            sort=True,
        ),
        standard.description("trunk"),
        *standard.tags(post=True),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
    unenforced=UNENFORCED,
)
