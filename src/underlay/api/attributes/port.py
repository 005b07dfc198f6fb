"""Ports: `/v2.0/ports`, with the binding and extra_dhcp_opt extensions."""

from collections.abc import Collection
from ipaddress import ip_interface, ip_network
from typing import Any, Literal

import msgspec

from underlay.api import schema, values
from underlay.api.attributes import dns, standard, vif
from underlay.api.attributes.attribute import Attribute, Field, Resource, Values, View, pick
from underlay.api.attributes.qos import UNENFORCED as NO_QOS
from underlay.api.attributes.security_group_rule import UNENFORCED
from underlay.api.schema import Schema
from underlay.commands.port import CreatePort, DeletePort, FixedIpWish, UpdatePort
from underlay.model.errors import (
    AllowedAddressPairsMissingIP,
    DuplicateAddressPairInRequest,
    HTTPBadRequest,
    InvalidInput,
    PortNotFound,
)
from underlay.model.ids import NetworkId, PortId, ProjectId, SubnetId
from underlay.model.port import AllowedAddressPair, ExtraDhcpOpt, Port

_SAME_NAME = (
    "name",
    "mac_address",
    "fixed_ips",
    "admin_state_up",
    "device_id",
    "device_owner",
    "description",
    "dns_name",
    "dns_domain",
    "qos_policy_id",
    "propagate_uplink_status",
    "port_security_enabled",
    "allowed_address_pairs",
)
_BINDING = {"binding:host_id": "host", "binding:vnic_type": "vnic_type", "binding:profile": "profile"}
_MAY_BE_BLANK = ("router", "classless-static-route")
_OPTION_NAME_LENGTH = 64
_OPTION_VALUE_LENGTH = 255
_OPTION_VERSION = Schema(type="integer", enum=(4, 6))
_DHCP_OPTIONS = schema.list_of(
    schema.exactly(
        ("opt_name", "opt_value"),
        opt_name=Schema(type="string", min_length=1, max_length=_OPTION_NAME_LENGTH),
        opt_value=Schema(type=("string", "null"), max_length=_OPTION_VALUE_LENGTH),
        ip_version=_OPTION_VERSION,
    )
)
_SHOWN_DHCP_OPTION = schema.shown(opt_name=schema.TEXT, opt_value=schema.TEXT, ip_version=_OPTION_VERSION)
_ADDRESS = Schema(any_of=(schema.IP, schema.CIDR))


@values.reads(
    schema.list_of(schema.exactly(subnet_id=schema.UUID, ip_address=schema.IP)),
    schema.list_of(schema.shown(subnet_id=schema.UUID, ip_address=schema.IP)),
)
def _read_fixed_ips(value: Any) -> tuple[FixedIpWish, ...]:
    if not isinstance(value, list):
        raise ValueError(f"Invalid data format for fixed IP: '{values.shown(value)}'")
    wishes: list[FixedIpWish] = []
    for one in value:
        if not isinstance(one, dict):
            raise ValueError(f"Invalid data format for fixed IP: '{values.shown(one)}'")
        address = values.ip(one["ip_address"]) if "ip_address" in one else None
        subnet_id = values.uuid(one["subnet_id"]) if "subnet_id" in one else None
        if address is not None and any(wish.ip_address == address for wish in wishes):
            raise ValueError(f"Duplicate IP address '{address}'")
        if address is None and subnet_id is None:
            raise InvalidInput("IP allocation requires subnet_id or ip_address")
        wishes.append(FixedIpWish(subnet_id=SubnetId(subnet_id) if subnet_id else None, ip_address=address))
    return tuple(wishes)


class _DhcpOptions(msgspec.Struct, frozen=True):
    """Options to set, and those sent with null, which are to go."""

    wanted: tuple[ExtraDhcpOpt, ...] = ()
    withdrawn: tuple[tuple[str, Literal[4, 6]], ...] = ()


@values.reads(_DHCP_OPTIONS, schema.list_of(_SHOWN_DHCP_OPTION))
def _read_dhcp_options(value: Any) -> _DhcpOptions:
    if not isinstance(value, list):
        raise ValueError(f"'{values.shown(value)}' is not a list")
    wanted = [_read_dhcp_option(one) for one in value if not _is_withdrawn(one)]
    blanked = [_read_dhcp_option({**one, "opt_value": "-"}) for one in value if _is_withdrawn(one)]
    keys = [(one.opt_name, one.ip_version) for one in (*wanted, *blanked)]
    if len(set(keys)) != len(keys):
        raise ValueError(f"Duplicate items in the list: '{values.shown(value)}'")
    return _DhcpOptions(tuple(wanted), tuple(keys[len(wanted) :]))


def _is_withdrawn(option: Any) -> bool:
    return isinstance(option, dict) and "opt_value" in option and option["opt_value"] is None


def _read_dhcp_option(value: Any) -> ExtraDhcpOpt:
    fits = (
        isinstance(value, dict)
        and set(value) <= {"opt_name", "opt_value", "ip_version"}
        and _is_line(value.get("opt_name"), _OPTION_NAME_LENGTH)
        and (_is_line(value.get("opt_value"), _OPTION_VALUE_LENGTH) or _is_blank_on_purpose(value))
    )
    if not fits:
        raise InvalidInput(f"No valid key specs matched for: {values.shown(value)}")
    version = values.one_of((4, 6), values.integer)(value.get("ip_version", 4))
    return ExtraDhcpOpt(opt_name=value["opt_name"], opt_value=value["opt_value"], ip_version=version)


def _is_line(value: Any, max_length: int) -> bool:
    return isinstance(value, str) and value.strip() != "" and len(value) <= max_length and value.isprintable()


def _is_blank_on_purpose(option: dict[str, Any]) -> bool:
    return option.get("opt_name") in _MAY_BE_BLANK and option.get("opt_value") == ""


@values.reads(schema.list_of(schema.UUID, unique_items=True))
def _read_groups(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"'{values.shown(value)}' is not a list")
    ids = tuple(values.uuid(one) for one in value)
    if len(set(ids)) != len(ids):
        raise ValueError(f"Duplicate items in the list: '{values.shown(', '.join(ids))}'")
    return ids


@values.reads(
    schema.list_of(schema.exactly(("ip_address",), ip_address=_ADDRESS, mac_address=schema.nullable(schema.MAC))),
    schema.list_of(schema.shown(ip_address=_ADDRESS, mac_address=schema.MAC)),
)
def _read_pairs(value: Any) -> tuple[AllowedAddressPair, ...]:
    if not isinstance(value, list):
        raise HTTPBadRequest("Allowed address pairs must be a list.")
    pairs: list[AllowedAddressPair] = []
    for one in value:
        pair = _read_pair(one)
        if pair in pairs:
            raise DuplicateAddressPairInRequest(pair.mac_address, pair.ip_address)
        pairs.append(pair)
    return tuple(pairs)


def _read_pair(value: Any) -> AllowedAddressPair:
    if not isinstance(value, dict):
        raise ValueError(f"'{values.shown(value)}' is not a dictionary")
    mac = values.mac_address(value["mac_address"]) if value.get("mac_address") is not None else None
    if "ip_address" not in value:
        raise AllowedAddressPairsMissingIP()
    unknown = set(value) - {"mac_address", "ip_address"}
    if unknown:
        raise HTTPBadRequest(f"Unrecognized attribute(s) '{values.shown(', '.join(sorted(unknown)))}'")
    if mac is not None and mac.value >> 40 & 1:
        raise HTTPBadRequest(f"MAC address {mac} is a multicast address, which is not supported.")
    return AllowedAddressPair(_read_allowed_address(value["ip_address"]), mac)


def _read_allowed_address(value: Any) -> str:
    text = value if isinstance(value, str) and "%" not in value and len(value) <= 64 else ""
    try:
        network = ip_interface(text).network
    except ValueError:
        kind = "IP subnet" if "/" in text else "IP address"
        raise HTTPBadRequest(f"'{values.shown(value)}' is not a valid {kind}") from None
    multicast = ip_network("224.0.0.0/4") if network.version == 4 else ip_network("ff00::/8")
    if network.prefixlen and network.overlaps(multicast):
        raise HTTPBadRequest(f"{value} overlaps with multicast range {multicast}, which is not supported.")
    return text


def _show_pairs(port: Port, _: View) -> list[dict[str, str]]:
    return [{"ip_address": one.ip_address, "mac_address": str(one.mac_address)} for one in port.allowed_address_pairs]


def _show_fixed_ips(port: Port, _: View) -> list[dict[str, str]]:
    return [{"subnet_id": one.subnet_id, "ip_address": str(one.ip_address)} for one in port.fixed_ips]


def _show_dhcp_options(port: Port, _: View) -> list[dict[str, Any]]:
    return [
        {"opt_name": one.opt_name, "opt_value": one.opt_value, "ip_version": one.ip_version}
        for one in port.extra_dhcp_opts
    ]


def _show_vif_type(port: Port, _: View) -> str:
    return vif.vif_type(port.binding.host, port.binding.vnic_type, port.binding.profile)


def _show_vif_details(port: Port, view: View) -> dict[str, Any]:
    return vif.vif_details(port.binding.host, view)


@values.reads(Schema(type="string", pattern=r"^(ip_address|ip_address_substr|subnet_id)="))
def _read_fixed_ips_filter(value: Any) -> tuple[str, str]:
    key, equals, wanted = str(value).partition("=")
    if not equals or key.strip() not in ("ip_address", "ip_address_substr", "subnet_id"):
        raise InvalidInput(
            f"'{values.shown(value)}' is not of the form ip_address=<address>, ip_address_substr=<part of an address> "
            "or subnet_id=<id>"
        )
    return key.strip(), wanted.strip()


def _has_fixed_ips(shown: Any, wanted: Collection[Any]) -> bool:
    parts = [part for key, part in wanted if key == "ip_address_substr"]
    if parts and not any(part in one["ip_address"] for part in parts for one in shown):
        return False
    keys = {key for key, _ in wanted} - {"ip_address_substr"}
    return all(any((key, one[key]) in wanted for one in shown) for key in keys)


@values.reads(schema.MAC)
def _mac_text(value: Any) -> str:
    try:
        return str(values.mac_address(value))
    except ValueError:
        return str(value)


def _renamed(sent: Values) -> dict[str, Any]:
    return pick(sent, *_SAME_NAME) | {field: sent[name] for name, field in _BINDING.items() if name in sent}


def _create(project_id: ProjectId, sent: Values) -> CreatePort:
    return new_port(project_id, NetworkId(sent["network_id"]), sent)


def new_port(project_id: ProjectId, network_id: NetworkId, sent: Values) -> CreatePort:
    """The command to create the port that the values describe."""
    fields = _renamed(sent)
    if "security_groups" in sent:
        fields["security_group_ids"] = sent["security_groups"]
    if fields.get("host") == "":
        fields["host"] = None
    if "extra_dhcp_opts" in sent:
        fields["extra_dhcp_opts"] = sent["extra_dhcp_opts"].wanted
    fields |= pick(sent, "tags")
    return CreatePort(project_id=project_id, network_id=network_id, **fields)


def _update(record_id: str, revision: int | None, sent: Values) -> UpdatePort:
    fields = _renamed(sent)
    if "security_groups" in sent:
        fields["security_group_ids"] = sent["security_groups"]
    if "extra_dhcp_opts" in sent:
        fields["extra_dhcp_opts"] = sent["extra_dhcp_opts"].wanted
        fields["removed_dhcp_opts"] = sent["extra_dhcp_opts"].withdrawn
    return UpdatePort(id=PortId(record_id), revision=revision, **fields)


def _delete(record_id: str, revision: int | None) -> DeletePort:
    return DeletePort(id=PortId(record_id), revision=revision)


def _device(name: str, description: str) -> Attribute:
    reader = values.text_up_to(255)
    return Attribute(
        name,
        description,
        show=Field(name),
        post=reader,
        put=reader,
        filter=standard.text,
        sort=True,
    )


_host = values.or_none(values.text_up_to(255))
_vnic_type = values.one_of(vif.VNIC_TYPES, values.text_up_to(64))

PORT = Resource(
    name="port",
    collection="ports",
    kind="port",
    record_type=Port,
    missing=PortNotFound,
    attributes=(
        standard.identifier("port"),
        standard.name("port"),
        *standard.owner(),
        Attribute(
            "network_id",
            "The network that it is on.",
            show=Field("network_id"),
            post=values.uuid,
            required=True,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "mac_address",
            "Its MAC, unique on the network; made by the server when not sent, and anew when an update sends null.",
            show=lambda record, _: str(record.mac_address),
            shown=schema.MAC,
            post=values.or_none(values.mac_address),
            put=values.or_none(values.mac_address),
            filter=_mac_text,
            sort=True,
        ),
        Attribute(
            "fixed_ips",
            "Its addresses: a list of `{subnet_id, ip_address}`; either may be left out when sent. Not sent: one "
            "address of each IP version; an empty list: none. Lists filter by `fixed_ips=ip_address=A`, "
            "`fixed_ips=ip_address_substr=PART` and `fixed_ips=subnet_id=S`.",
            show=_show_fixed_ips,
            post=_read_fixed_ips,
            put=_read_fixed_ips,
            filter=_read_fixed_ips_filter,
            match=_has_fixed_ips,
        ),
        standard.flag("admin_state_up", "Whether it carries traffic."),
        Attribute(
            "status",
            "`ACTIVE` once its host has wired it, else `DOWN`.",
            show=Field("status"),
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "status_reason",
            "Ours: why its host could not wire it; empty when there is nothing to say.",
            show=Field("status_reason"),
            shown=schema.TEXT,
        ),
        Attribute(
            "ip_allocation",
            "`immediate`: it got its addresses when it was created; `deferred`: it gets them when its host is known, "
            "on a routed network; `none`: it was created with an empty list of `fixed_ips`.",
            show=lambda record, _: record.ip_allocation,
            filter=standard.text,
            sort=True,
        ),
        _device("device_id", "The machine that it belongs to."),
        _device("device_owner", "What kind of thing that is: `compute:nova`, `network:dhcp`."),
        Attribute(
            "binding:host_id",
            "The host that it is plugged on. When not sent, the host where its device appears.",
            show=lambda record, _: record.binding.host or "",
            shown=schema.TEXT,
            post=_host,
            put=_host,
            filter=standard.text,
        ),
        Attribute(
            "binding:vif_type",
            "`ovs` when bound to a host, `binding_failed` with a device that is not for Open vSwitch, else `unbound`.",
            show=_show_vif_type,
            shown=schema.TEXT,
        ),
        Attribute(
            "binding:vif_details",
            "How the machine's device is to be plugged: bridge and datapath.",
            show=_show_vif_details,
            shown=schema.OBJECT,
        ),
        Attribute(
            "binding:vnic_type",
            "Kind of device; only `normal` is wired.",
            show=Field("binding.vnic_type"),
            post=_vnic_type,
            put=_vnic_type,
        ),
        Attribute(
            "binding:profile",
            "The client's own data, kept and given back.",
            show=Field("binding.profile"),
            post=vif.read_profile,
            put=vif.read_profile,
        ),
        Attribute(
            "extra_dhcp_opts",
            "DHCP options for this port alone: a list of `{opt_name, opt_value, ip_version}`. An update sets those "
            "that it names and leaves the others; null as value removes one.",
            show=_show_dhcp_options,
            post=values.null_as(_DhcpOptions(), _read_dhcp_options),
            put=values.null_as(_DhcpOptions(), _read_dhcp_options),
        ),
        Attribute(
            "port_security_enabled",
            "Whether it may use only its own and its allowed addresses, and the rules of its groups hold. Not sent: as "
            "its network has it; false for ports of the network itself (`network:*`).",
            show=Field("port_security_enabled"),
            post=values.boolean,
            put=values.boolean,
            unenforced="hosts do not enforce port security yet",
        ),
        Attribute(
            "security_groups",
            "Ids of its security groups. Not sent: the default group of its project; an empty list: none.",
            show=Field("security_group_ids"),
            post=values.null_as((), _read_groups),
            put=values.null_as((), _read_groups),
            filter=standard.text,
            link="port_security_group",
            unenforced=UNENFORCED,
        ),
        Attribute(
            "allowed_address_pairs",
            "Addresses that it may use beside its own: a list of `{ip_address, mac_address}`, an address or a prefix; "
            "without a MAC its own is meant.",
            show=_show_pairs,
            post=values.null_as((), _read_pairs),
            put=values.null_as((), _read_pairs),
            unenforced="hosts do not enforce port security yet, so every address is allowed",
        ),
        Attribute(
            "qos_policy_id",
            "The QoS policy of this port; null: that of its network, if it has one.",
            show=Field("qos_policy_id"),
            post=values.or_none(values.uuid),
            put=values.or_none(values.uuid),
            filter=standard.text,
            link="qos_policy",
            unenforced=NO_QOS,
        ),
        Attribute(
            "qos_network_policy_id",
            "The QoS policy of its network.",
            show=lambda record, view: view.qos_policy_of(record.network_id),
            shown=schema.nullable(schema.UUID),
        ),
        Attribute(
            "resource_request",
            "What its QoS policy guarantees, as Nova asks Placement for it: `{request_groups, same_subtree}`; null for "
            "none. Administrators only. No Placement is told what hosts have, and hosts guarantee nothing yet.",
            show=lambda record, view: view.resource_request(record),
            shown=schema.nullable(
                schema.shown(
                    request_groups=schema.list_of(
                        schema.shown(id=schema.UUID, required=schema.list_of(schema.TEXT), resources=schema.OBJECT)
                    ),
                    same_subtree=schema.list_of(schema.UUID),
                )
            ),
        ),
        standard.flag(
            "propagate_uplink_status",
            "Whether a device of an SR-IOV card follows its uplink's state. Kept for clients; not for Open vSwitch.",
        ),
        Attribute(
            "trunk_details",
            "Of a trunk's parent port: `{trunk_id, sub_ports}`, each subport with its `mac_address`; else null.",
            show=lambda record, view: view.trunk_details(record.id),
            shown=schema.nullable(
                schema.shown(
                    trunk_id=schema.UUID,
                    sub_ports=schema.list_of(
                        schema.shown(
                            port_id=schema.UUID,
                            segmentation_type=schema.TEXT,
                            segmentation_id=schema.INTEGER,
                            mac_address=schema.MAC,
                        )
                    ),
                )
            ),
        ),
        *dns.of_port(),
        standard.description("port"),
        *standard.tags(post=True),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
    listed_as_text=True,
)
