"""Address scopes: `/v2.0/address-scopes`, extension `address-scope`."""

from underlay.api import values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, pick
from underlay.commands.address_scope import CreateAddressScope, DeleteAddressScope, UpdateAddressScope
from underlay.model.address_scope import AddressScope
from underlay.model.errors import AddressScopeNotFound
from underlay.model.ids import ProjectId


def _create(project_id: ProjectId, sent: Values) -> CreateAddressScope:
    return CreateAddressScope(project_id=project_id, **pick(sent, "name", "ip_version", "shared"))


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateAddressScope:
    return UpdateAddressScope(id=record_id, revision=revision, **pick(sent, "name", "shared"))


def _delete(record_id: str, revision: int | None) -> DeleteAddressScope:
    return DeleteAddressScope(id=record_id, revision=revision)


ADDRESS_SCOPE = Resource(
    name="address_scope",
    collection="address_scopes",
    path="address-scopes",
    kind="address_scope",
    record_type=AddressScope,
    missing=AddressScopeNotFound,
    attributes=(
        standard.identifier("address scope"),
        standard.name("address scope"),
        *standard.owner(),
        standard.shared("Whether all projects may use it. Only an administrator may set it, nobody unset it."),
        Attribute(
            "ip_version",
            "4 or 6: of all its subnet pools.",
            show=lambda record, _: record.ip_version,
            post=values.one_of((4, 6), values.integer),
            required=True,
            filter=values.integer,
            sort=True,
        ),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
