"""Address groups: `/v2.0/address-groups`, extension address-group."""

from ipaddress import ip_interface
from typing import Any

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, pick
from underlay.commands.address_group import CreateAddressGroup, DeleteAddressGroup, UpdateAddressGroup
from underlay.model.address import IpNetwork
from underlay.model.address_group import MAX_ADDRESSES, AddressGroup
from underlay.model.errors import AddressGroupNotFound, HTTPBadRequest
from underlay.model.ids import ProjectId

_SAME_NAME = ("name", "description")


@values.reads(
    schema.nullable(schema.list_of(schema.CIDR, max_items=MAX_ADDRESSES, unique_items=True)),
    schema.list_of(schema.CIDR),
)
def _read_addresses(value: Any) -> tuple[IpNetwork, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"'{values.shown(value)}' is not a list")
    if len({str(one) for one in value}) != len(value):
        raise ValueError(f"Duplicate items in the list: '{values.shown(value)}'")
    return tuple(_read_prefix(one) for one in value)


def _read_prefix(value: Any) -> IpNetwork:
    if isinstance(value, str) and "/" in value and "%" not in value:
        try:
            return ip_interface(value).network
        except ValueError:
            pass
    raise ValueError(f"'{values.shown(value)}' is not a valid IP subnet")


def read_addresses_of_action(body: dict[str, Any]) -> tuple[IpNetwork, ...]:
    """What is to be added or removed: addresses with or without a prefix length. Raises HTTPBadRequest."""
    sent = body.get("addresses")
    if not isinstance(sent, list) or len(sent) > MAX_ADDRESSES:
        raise HTTPBadRequest("Invalid input for addresses. Reason: it is to be a list of prefixes.")
    found: list[IpNetwork] = []
    for one in sent:
        try:
            found.append(_read_prefix(one if not isinstance(one, str) or "/" in one else str(ip_interface(one))))
        except ValueError:
            reason = f"'{values.shown(one)}' is not a valid IP subnet"
            raise HTTPBadRequest(f"Invalid input for addresses. Reason: {reason}.") from None
    return tuple(found)


def _create(project_id: ProjectId, sent: Values) -> CreateAddressGroup:
    return CreateAddressGroup(project_id=project_id, **pick(sent, *_SAME_NAME, "addresses"))


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateAddressGroup:
    return UpdateAddressGroup(id=record_id, revision=revision, **pick(sent, *_SAME_NAME))


def _delete(record_id: str, revision: int | None) -> DeleteAddressGroup:
    return DeleteAddressGroup(id=record_id, revision=revision)


ADDRESS_GROUP = Resource(
    name="address_group",
    collection="address_groups",
    path="address-groups",
    kind="address_group",
    record_type=AddressGroup,
    missing=AddressGroupNotFound,
    attributes=(
        standard.identifier("address group"),
        standard.name("address group"),
        *standard.owner(),
        standard.shared_by_policies("address group"),
        Attribute(
            "addresses",
            "Its prefixes, each once, without the bits behind their length. Changed by "
            '`PUT .../{id}/add_addresses` and `.../remove_addresses` with `{"addresses": []}`.',
            show=lambda record, _: [str(address) for address in record.addresses],
            post=_read_addresses,
        ),
        standard.description("address group"),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
