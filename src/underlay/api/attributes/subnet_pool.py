"""Subnet pools: `/v2.0/subnetpools`, extensions subnet_allocation, default-subnetpools, address-scope."""

from ipaddress import ip_network
from typing import Any

from msgspec import UNSET, structs

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, pick
from underlay.api.schema import Schema
from underlay.commands.subnet_pool import CreateSubnetPool, DeleteSubnetPool, UpdateSubnetPool
from underlay.model.address import IpNetwork
from underlay.model.errors import SubnetPoolNotFound
from underlay.model.ids import ProjectId
from underlay.model.subnet_pool import SubnetPool

_LIMIT = 2**31 - 1
_WRITABLE = (
    "name",
    "prefixes",
    "min_prefixlen",
    "max_prefixlen",
    "default_prefixlen",
    "default_quota",
    "address_scope_id",
    "is_default",
    "description",
)


@values.reads(schema.list_of(schema.CIDR, unique_items=True))
def read_prefixes(value: Any) -> tuple[IpNetwork, ...]:
    """A list of prefixes; host bits are dropped, as Neutron does here."""
    if not isinstance(value, list):
        raise ValueError(f"'{values.shown(value)}' is not a list")
    prefixes: list[IpNetwork] = []
    for one in value:
        try:
            if not isinstance(one, str) or "/" not in one or "%" in one:
                raise ValueError
            prefix = ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"'{values.shown(one)}' is not a valid IP subnet") from None
        if prefix.prefixlen == 0:
            raise ValueError("0 is not allowed as CIDR prefix length")
        prefixes.append(prefix)
    if len(set(value)) != len(value):
        raise ValueError(f"Duplicate items in the list: '{values.shown(', '.join(value))}'")
    return tuple(prefixes)


@values.reads(Schema(type="string", min_length=1, max_length=standard.NAME_LENGTH))
def _read_name(value: Any) -> str:
    name: str = values.text_up_to(standard.NAME_LENGTH)(value)
    if not name.strip():
        raise ValueError(f"'{values.shown(name)}' Blank strings are not permitted")
    return name


@values.reads(Schema(type="integer", minimum=0, maximum=_LIMIT))
def _read_count(value: Any) -> int:
    count = values.integer(value)
    if not 0 <= count <= _LIMIT:
        raise ValueError(f"'{values.shown(value)}' should be non-negative" if count < 0 else f"'{count}' is too large")
    return count


def _create(project_id: ProjectId, sent: Values) -> CreateSubnetPool:
    return CreateSubnetPool(project_id=project_id, **pick(sent, *_WRITABLE, "shared"))


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateSubnetPool:
    return UpdateSubnetPool(id=record_id, revision=revision, **pick(sent, *_WRITABLE))


def _delete(record_id: str, revision: int | None) -> DeleteSubnetPool:
    return DeleteSubnetPool(id=record_id, revision=revision)


def _length(name: str, description: str) -> Attribute:
    return Attribute(
        name,
        description,
        show=lambda record, _: str(getattr(record, name)),
        shown=Schema(type="string", pattern="^[0-9]+$"),
        post=values.null_as(UNSET, _read_count),
        put=_read_count,
        filter=standard.text,
        sort=True,
    )


SUBNET_POOL = Resource(
    name="subnetpool",
    collection="subnetpools",
    kind="subnetpool",
    record_type=SubnetPool,
    missing=SubnetPoolNotFound,
    attributes=(
        standard.identifier("subnet pool"),
        Attribute(
            "name",
            "Name of the subnet pool, for people; not blank.",
            show=lambda record, _: record.name,
            post=_read_name,
            put=_read_name,
            required=True,
            filter=standard.text,
            sort=True,
        ),
        *standard.owner(),
        Attribute(
            "prefixes",
            "Where subnets get their blocks from: prefixes of one IP version, shown in their shortest form. An update "
            "may add to them; `remove_prefixes` takes some away.",
            show=lambda record, _: [str(prefix) for prefix in record.prefixes],
            post=read_prefixes,
            put=read_prefixes,
            required=True,
        ),
        Attribute(
            "ip_version",
            "4 or 6, as its prefixes are.",
            show=lambda record, _: record.ip_version,
            filter=values.integer,
            sort=True,
        ),
        _length(
            "min_prefixlen", "The shortest prefix, so the largest block, that is given away: 8 (IPv4) or 64 (IPv6)."
        ),
        _length("max_prefixlen", "The longest prefix that is given away: 32 or 128 when not sent."),
        _length(
            "default_prefixlen", "The prefix length of a subnet that asks for none: `min_prefixlen` when not sent."
        ),
        Attribute(
            "default_quota",
            "How much of it a project may take, in addresses (IPv4) or /64 networks (IPv6); null or 0 for no limit.",
            show=lambda record, _: record.default_quota,
            post=values.or_none(_read_count),
            put=values.or_none(_read_count),
            filter=values.integer,
            sort=True,
        ),
        Attribute(
            "address_scope_id",
            "The address scope, in which no two pools share an address; null for none.",
            show=lambda record, _: record.address_scope_id,
            post=values.or_none(values.uuid),
            put=values.or_none(values.uuid),
            filter=standard.text,
            sort=True,
            link="address_scope",
        ),
        standard.flag(
            "is_default",
            "Whether `use_default_subnetpool` means it; one for each IP version. Only an administrator may set it.",
        ),
        structs.replace(
            standard.shared("Whether all projects may use it. Only an administrator may set it."), put=None
        ),
        standard.description("subnet pool"),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
