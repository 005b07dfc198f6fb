"""A record -> the columns beside it, and JSON -> a record of one kind. Pure.

What goes in is a record of `model`; what comes out is a dict with every column of its table but `created` and `record`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, assert_never, cast

import msgspec
from sqlalchemy import ColumnElement, Table, true

from underlay.model.address import decode_address_type
from underlay.model.agent import Agent, DhcpBinding
from underlay.model.change import KINDS, Kind, Record, kind_of, project_of
from underlay.model.ids import HostName, ProjectId
from underlay.model.instance import Instance
from underlay.model.network import Flat, Local, Network, Segment, Vlan
from underlay.model.port import Port
from underlay.model.quota import Quota
from underlay.model.server import Server
from underlay.model.subnet import Subnet
from underlay.store import tables
from underlay.store.contract import R
from underlay.store.twins import twin_of

_OWN_TABLES: Final[Mapping[Kind, Table]] = {
    "network": tables.networks,
    "subnet": tables.subnets,
    "port": tables.ports,
    "agent": tables.agents,
    "dhcp_binding": tables.dhcp_bindings,
    "instance": tables.instances,
    "quota": tables.quotas,
}

TABLES: Final[Mapping[Kind, Table]] = {kind: _OWN_TABLES.get(kind, tables.objects) for kind in KINDS.values()}
"""Where the records of a kind are: a table of their own, or `objects`."""

_COLUMN_NAMES: Final[Mapping[str, str]] = {
    "provider:network_type": "network_type",
    "provider:physical_network": "physical_network",
    "provider:segmentation_id": "vid",
    "binding:host_id": "host",
}
"""Attributes whose column has another name."""

_DECODERS: Final[Mapping[Kind, msgspec.json.Decoder[Any]]] = {
    kind: msgspec.json.Decoder(record_type, dec_hook=decode_address_type) for record_type, kind in KINDS.items()
}


def is_of(kind: Kind) -> ColumnElement[bool]:
    """Tells the kind's rows from the others in its table."""
    return tables.objects.c.kind == kind if TABLES[kind] is tables.objects else true()


def decode_as(record_type: type[R], text: str | bytes) -> R:
    """The record, which is of that type; faster than telling the kinds apart."""
    return cast(R, _DECODERS[KINDS[record_type]].decode(text))


def decode_kind(kind: Kind, text: str | bytes) -> Record:
    """The record, which is of that kind."""
    return cast(Record, _DECODERS[kind].decode(text))


def decode_twin(record_type: type[Record], text: str | bytes) -> Any:
    """The record with text for addresses and times (`twins`)."""
    return _twin_decoder(record_type).decode(text)


@cache
def _twin_decoder(record_type: type[Record]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(twin_of(record_type))


def column_name(attribute: str) -> str:
    """The column that holds what the API calls by this name."""
    return _COLUMN_NAMES.get(attribute, attribute)


def columns_of(record: Record) -> dict[str, Any]:
    """The indexed columns of the record's table, `id` included."""
    match record:
        case Network():
            network_type, physical_network, vid = _segment_columns(record.segment)
            return {
                "id": record.id,
                "project_id": record.project_id,
                "name": record.name,
                "shared": record.shared,
                "admin_state_up": record.admin_state_up,
                "mtu": record.mtu,
                "network_type": network_type,
                "physical_network": physical_network,
                "vid": vid,
            }
        case Subnet():
            return {
                "id": record.id,
                "network_id": record.network_id,
                "project_id": record.project_id,
                "name": record.name,
                "cidr": str(record.cidr),
                "ip_version": record.ip_version,
                "gateway_ip": "" if record.gateway_ip is None else str(record.gateway_ip),
                "enable_dhcp": record.enable_dhcp,
            }
        case Port():
            return {
                "id": record.id,
                "network_id": record.network_id,
                "project_id": record.project_id,
                "name": record.name,
                "mac_address": str(record.mac_address),
                "device_id": record.device_id,
                "device_owner": record.device_owner,
                "host": record.binding.host or "",
                "status": record.status,
                "admin_state_up": record.admin_state_up,
            }
        case Agent():
            return {
                "id": record.id,
                "host": record.host,
                "agent_type": record.agent_type,
                "binary": record.binary,
                "admin_state_up": record.admin_state_up,
            }
        case DhcpBinding():
            return {
                "id": record.id,
                "network_id": record.network_id,
                "agent_id": record.agent_id,
                "host": record.host,
            }
        case Instance():
            return {"id": record.id, "project_id": record.project_id, "name": record.name}
        case Quota():
            return {"id": record.id, "project_id": record.project_id}
        case _:
            return {
                "kind": kind_of(record),
                "id": record.id,
                "project_id": project_of(record) or "",
                "name": getattr(record, "name", ""),
                "shared": getattr(record, "shared", False),
            }


def hosts_of(record: Record) -> tuple[HostName, ...]:
    """The host that wires or serves the record, if there is one."""
    match record:
        case Port():
            return (record.binding.host,) if record.binding.host else ()
        case DhcpBinding() | Agent() | Server():
            return (record.host,)
        case _:
            return ()


def replaced_fields(old: Record, new: Record) -> dict[str, Any]:
    """What the fields were in which the new record of the same kind and id differs."""
    return {name: was for name in old.__struct_fields__ if (was := getattr(old, name)) != getattr(new, name)}


def counted_project(record: Record) -> ProjectId | None:
    """The project whose quota the record counts against; None for kinds that are not counted."""
    match record:
        case Agent() | DhcpBinding() | Instance() | Quota():
            return None
        case _:
            return project_of(record)


def segment_keys(network: Network) -> list[dict[str, Any]]:
    """What the network takes of `segments`; nothing for a segment that is not of the data centre."""
    columns = [_segment_columns(segment) for segment in network.segments]
    return [
        {"physical_network": physical_network, "vid": vid}
        for network_type, physical_network, vid in columns
        if network_type != "local"
    ]


def _segment_columns(segment: Segment) -> tuple[str, str, int]:
    match segment:
        case Vlan():
            return "vlan", segment.physical_network, segment.vid
        case Flat():
            return "flat", segment.physical_network, 0
        case Local():
            return "local", "", 0
        case _:
            assert_never(segment)
