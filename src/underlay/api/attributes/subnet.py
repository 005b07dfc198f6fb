"""Subnets: `/v2.0/subnets`."""

import re
from typing import Any

from msgspec import UNSET

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.api.schema import Schema
from underlay.commands.subnet import CreateSubnet, DeleteSubnet, UpdateSubnet
from underlay.model.address import AddressRange, IpAddress
from underlay.model.errors import (
    BadRequest,
    InvalidAllocationPool,
    InvalidInput,
    InvalidInputSubnetServiceType,
    InvalidSubnetServiceType,
    SubnetNotFound,
)
from underlay.model.ids import NetworkId, ProjectId, SubnetId
from underlay.model.subnet import HostRoute, Subnet
from underlay.model.subnet_pool import PREFIX_DELEGATION

_IPV6_MODES = ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")
_WRITABLE = (
    "name",
    "gateway_ip",
    "allocation_pools",
    "host_routes",
    "dns_nameservers",
    "enable_dhcp",
    "description",
    "service_types",
    "dns_publish_fixed_ip",
    "segment_id",
)
_OWNER = re.compile(r"[A-Za-z0-9_.-]+:[\x21-\x7e]*")
_AT_CREATION = (
    "dhcp_address",
    "ipv6_ra_mode",
    "ipv6_address_mode",
    "ip_version",
    "prefixlen",
    "subnetpool_id",
    "use_default_subnetpool",
)


@values.reads(schema.list_of(Schema(type="string", max_length=255, pattern=f"^{_OWNER.pattern}$")))
def _read_service_types(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidInputSubnetServiceType(values.shown(value))
    for one in value:
        if not isinstance(one, str):
            raise InvalidInputSubnetServiceType(values.shown(one))
        if len(one) > 255 or not _OWNER.fullmatch(one):
            raise InvalidSubnetServiceType(values.shown(one))
    return tuple(dict.fromkeys(value))


@values.reads(Schema(any_of=(schema.UUID, Schema(enum=(PREFIX_DELEGATION,)))), schema.UUID)
def _read_pool_id(value: Any) -> str:
    return PREFIX_DELEGATION if value == PREFIX_DELEGATION else values.uuid(value)


@values.reads(schema.list_of(schema.exactly(("start", "end"), start=schema.IP, end=schema.IP)))
def _read_pools(value: Any) -> tuple[AddressRange, ...]:
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for IP pool: '{values.shown(value)}'")
    pools = []
    for one in value:
        pool = values.dict_with(("start", "end"), one)
        start, end = values.ip(pool["start"]), values.ip(pool["end"])
        if start.version != end.version or int(start) > int(end):
            raise InvalidAllocationPool(start, end)
        pools.append(AddressRange(start, end))
    return tuple(pools)


@values.reads(schema.list_of(schema.IP, unique_items=True))
def _read_nameservers(value: Any) -> tuple[IpAddress, ...]:
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for nameserver: '{values.shown(value)}'")
    servers: list[IpAddress] = []
    for one in value:
        try:
            server = values.ip(one)
        except ValueError as unfit:
            raise ValueError(f"'{values.shown(one)}' is not a valid nameserver. {unfit}") from None
        if server in servers:
            raise ValueError(f"Duplicate nameserver '{server}'")
        servers.append(server)
    return tuple(servers)


@values.reads(schema.list_of(schema.exactly(("destination", "nexthop"), destination=schema.CIDR, nexthop=schema.IP)))
def _read_routes(value: Any) -> tuple[HostRoute, ...]:
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for hostroute: '{values.shown(value)}'")
    routes: list[HostRoute] = []
    for one in value:
        sent = values.dict_with(("destination", "nexthop"), one)
        route = HostRoute(destination=values.route_cidr(sent["destination"]), nexthop=values.ip(sent["nexthop"]))
        if route in routes:
            raise ValueError(f"Duplicate hostroute '{values.shown(one)}'")
        routes.append(route)
    return tuple(routes)


def _show_pools(subnet: Subnet, _: View) -> list[dict[str, str]]:
    return [{"start": str(pool.start), "end": str(pool.end)} for pool in subnet.allocation_pools]


def _show_routes(subnet: Subnet, _: View) -> list[dict[str, str]]:
    return [{"destination": str(route.destination), "nexthop": str(route.nexthop)} for route in subnet.host_routes]


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)


def _create(project_id: ProjectId, sent: Values) -> CreateSubnet:
    cidr = sent.get("cidr")
    if cidr is not None and "prefixlen" in sent:
        raise BadRequest("subnets", "cidr and prefixlen must not be supplied together")
    version = sent.get("ip_version")
    if cidr is not None and version not in (None, cidr.version):
        raise InvalidInput(f"cidr '{cidr}' does not match the ip_version '{version}'")
    optional = pick(sent, *_WRITABLE, *_AT_CREATION)
    return CreateSubnet(project_id=project_id, network_id=NetworkId(sent["network_id"]), cidr=cidr, **optional)


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateSubnet:
    return UpdateSubnet(id=SubnetId(record_id), revision=revision, **pick(sent, *_WRITABLE))


def _delete(record_id: str, revision: int | None) -> DeleteSubnet:
    return DeleteSubnet(id=SubnetId(record_id), revision=revision)


def _ipv6_mode(name: str, description: str) -> Attribute:
    return Attribute(
        name,
        description,
        show=lambda record, _: getattr(record, name),
        post=values.or_none(values.one_of(_IPV6_MODES, values.text_up_to(255))),
        filter=standard.text,
        sort=True,
    )


SUBNET = Resource(
    name="subnet",
    collection="subnets",
    kind="subnet",
    record_type=Subnet,
    missing=SubnetNotFound,
    attributes=(
        standard.identifier("subnet"),
        standard.name("subnet"),
        *standard.owner(),
        Attribute(
            "network_id",
            "The network that it belongs to.",
            show=lambda record, _: record.network_id,
            post=values.uuid,
            required=True,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "ip_version",
            "4 or 6; need not be sent, and must agree with `cidr`.",
            show=lambda record, _: record.ip_version,
            post=values.one_of((4, 6), values.integer),
            filter=values.integer,
            sort=True,
        ),
        Attribute(
            "cidr",
            "Its block of addresses, `10.10.100.0/24`. An abbreviated `10.10.100/24` is read, stored in full, and "
            "answered with a `Warning` header. Must not overlap another subnet of the network.",
            show=lambda record, _: str(record.cidr),
            shown=schema.CIDR,
            post=values.or_none(values.cidr),
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "gateway_ip",
            "The data centre's router there; the first host address when not sent, null for none.",
            show=lambda record, _: _text_or_none(record.gateway_ip),
            post=values.or_none(values.ip),
            put=values.or_none(values.ip),
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "allocation_pools",
            "Where ports get their addresses from: a list of `{start, end}`, both included. All host addresses but the "
            "gateway when not sent.",
            show=_show_pools,
            post=values.null_as(UNSET, _read_pools),
            put=_read_pools,
        ),
        Attribute(
            "dns_nameservers",
            "DNS servers told by DHCP, in this order; `0.0.0.0` says that there is none.",
            show=lambda record, _: [str(one) for one in record.dns_nameservers],
            post=values.null_as((), _read_nameservers),
            put=values.null_as((), _read_nameservers),
        ),
        Attribute(
            "host_routes",
            "Routes told by DHCP (option 121): a list of `{destination, nexthop}`; null for none.",
            show=_show_routes,
            post=values.null_as((), _read_routes),
            put=values.null_as((), _read_routes),
        ),
        standard.flag("enable_dhcp", "Whether machines get their addresses by DHCP."),
        Attribute(
            "dhcp_address",
            "Ours: the address of the subnet's DHCP port, fixed when the subnet is created; the first of the pools "
            "when not sent.",
            show=lambda record, _: _text_or_none(record.dhcp_address),
            post=values.or_none(values.ip),
        ),
        _ipv6_mode("ipv6_ra_mode", "Who sends router advertisements: `slaac`, `dhcpv6-stateful`, `dhcpv6-stateless`."),
        _ipv6_mode("ipv6_address_mode", "How machines get IPv6 addresses: the same three values."),
        Attribute(
            "subnetpool_id",
            "The subnet pool that its block is of; null for none. `prefix_delegation` is refused: it needs routers.",
            show=lambda record, _: record.subnetpool_id,
            post=values.or_none(_read_pool_id),
            filter=standard.text,
            sort=True,
            link="subnetpool",
        ),
        Attribute(
            "use_default_subnetpool",
            "Whether it is to be of the default subnet pool of its `ip_version`.",
            post=values.null_as(False, values.boolean),
        ),
        Attribute(
            "prefixlen",
            "The length of the block to take of the subnet pool; not together with `cidr`.",
            post=values.null_as(UNSET, values.integer_between(0, 128)),
        ),
        Attribute(
            "segment_id",
            "The segment of the network where its addresses work; null: all. Either all subnets of a network have one "
            "(a routed network), or none. Only an administrator may set it, on the only subnet of a network also "
            "later.",
            show=lambda record, _: record.segment_id,
            post=values.or_none(values.uuid),
            put=values.or_none(values.uuid),
            filter=standard.text,
            sort=True,
            link="segment",
        ),
        Attribute(
            "service_types",
            "Only ports with one of these as device_owner get addresses of it, and of others last; empty: all ports.",
            show=lambda record, _: record.service_types,
            post=values.null_as((), _read_service_types),
            put=values.null_as((), _read_service_types),
        ),
        standard.flag(
            "dns_publish_fixed_ip",
            "Whether a DNS service is to know its addresses; kept for who asks, as there is no DNS service here.",
        ),
        standard.description("subnet"),
        Attribute("shared", "Lists only: whether its network is shared with the caller.", filter=values.boolean),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
