"""What each handler of the URL table takes and answers, for the OpenAPI document.

A handler that is missing here makes the document fail, so none is forgotten.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from underlay.api import (
    absent,
    availability,
    calls,
    extensions,
    hosts,
    network_selections,
    physical_networks,
    port_bindings,
    qos,
    quotas,
    scheduling,
    schema,
    security_groups,
    subnet_pools,
    tags,
    trunks,
)
from underlay.api.attributes import (
    ADDRESS_GROUP,
    AGENT,
    DEFAULT_SECURITY_GROUP_RULE,
    NETWORK,
    PORT_BINDING,
    QUOTA,
    TRUNK,
)
from underlay.api.attributes.attribute import Resource
from underlay.api.attributes.auto_allocated_topology import AUTO_ALLOCATED_TOPOLOGY
from underlay.api.attributes.availability import AVAILABILITY
from underlay.api.attributes.availability_zone import AVAILABILITY_ZONE
from underlay.api.attributes.network_selection import NETWORK_SELECTION
from underlay.api.attributes.physical_network import PHYSICAL_NETWORK
from underlay.api.attributes.standard import read_tags
from underlay.api.attributes.subnet_pool import read_prefixes
from underlay.api.attributes.trunk import SHOWN_SUB_PORTS, read_sub_ports
from underlay.api.openapi import parts
from underlay.api.parse import MAX_BULK
from underlay.api.schema import Schema
from underlay.model.address_group import MAX_ADDRESSES

Query = tuple[dict[str, Any], ...]


class Call(msgspec.Struct, frozen=True):
    """One call of the API.

    Attributes:
    answer: the body of the answer; None for none.
    status: of the answer; 0 when it is never anything but a refusal.
    refusals: statuses beside those that every such call may have.
    body: what is sent; None: nothing.
    conditional: whether it heeds `If-Match`.
    """

    summary: str
    answer: Schema | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    body: Schema | None = None
    query: Query = ()
    conditional: bool = False


_FIELDS: Final = (parts.named("fields"),)
_TAGS: Final = schema.shown(tags=read_tags.takes)
_PREFIXES: Final = schema.shown(prefixes=read_prefixes.takes)
_NETWORK_ID: Final = schema.shown(network_id=schema.UUID)
_SUB_PORTS: Final = schema.exactly(("sub_ports",), sub_ports=read_sub_ports.takes)
_ADDRESSES: Final = schema.shown(
    addresses=schema.list_of(Schema(any_of=(schema.IP, schema.CIDR)), max_items=MAX_ADDRESSES)
)
_USAGE: Final = schema.shown(limit=schema.INTEGER, used=schema.INTEGER, reserved=schema.INTEGER)
_RULE_TYPE: Final = schema.shown(type=schema.TEXT)
_EXTENSION: Final = schema.shown(
    alias=schema.TEXT,
    name=schema.TEXT,
    description=schema.TEXT,
    updated=schema.TEXT,
    links=schema.list_of(schema.OBJECT),
)
_NULL: Final = Schema(type="null")


def call_of(handler: Callable[..., Any], path: str) -> Call:
    """What the handler of that path takes and answers. Raises KeyError when nothing is written of it."""
    if isinstance(handler, partial) and handler not in _SPECIAL:
        described = _OF_RESOURCE.get(handler.func)
        if described is not None:
            return described(handler.args[0], path)
        return _absent(handler.args[0]) if handler.func is absent.list_nothing else _SPECIAL[handler.func]
    return _SPECIAL[handler]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _one(resource: Resource, name: str = "") -> Schema:
    return schema.shown(**{name or resource.name: parts.name_of(resource)})


def _many(resource: Resource) -> Schema:
    links = {f"{resource.collection}_links": parts.page_links()}
    several = {resource.collection: schema.list_of(parts.name_of(resource))}
    return Schema(type="object", properties=several | links, required=(resource.collection,))


def _list(resource: Resource, _: str = "") -> Call:
    return Call(f"List {_words(resource.collection)}", _many(resource), query=tuple(parts.filters_of(resource)))


def _show(resource: Resource, path: str = "") -> Call:
    return Call(f"Show a {_words(resource.name)}", _one(resource, _key(resource, path)), query=_FIELDS)


def _create(resource: Resource, _: str = "") -> Call:
    creation = parts.creation_of(resource)
    several = schema.list_of(creation, min_items=1, max_items=MAX_BULK)
    body = Schema(any_of=(schema.shown(**{resource.name: creation}), schema.shown(**{resource.collection: several})))
    answer = Schema(
        any_of=(_one(resource), schema.shown(**{resource.collection: schema.list_of(parts.name_of(resource))}))
    )
    return Call(f"Create a {_words(resource.name)}, or several, all or none", answer, 201, body=body)


def _update(resource: Resource, path: str = "") -> Call:
    key = _key(resource, path)
    body = schema.shown(**{key: parts.update_of(resource)})
    return Call(f"Change a {_words(resource.name)}", _one(resource, key), body=body, conditional=True)


def _delete(resource: Resource, _: str = "") -> Call:
    return Call(f"Delete a {_words(resource.name)}", status=204, conditional=True)


def _key(resource: Resource, path: str) -> str:
    """Rules of QoS policies without their policy have another key in bodies (`qos._named`)."""
    return f"alias_{resource.name}" if "/qos/alias" in path else resource.name


def _absent(collection: str) -> Call:
    return Call("An empty list: there are none here", schema.shown(**{collection: schema.list_of(schema.OBJECT)}))


def _tagged(summary: str, answer: Schema | None = None, **further: Any) -> Callable[[Resource, str], Call]:
    return lambda resource, _: Call(f"{summary} a {_words(resource.name)}", answer, **further)


_OF_RESOURCE: Final[Mapping[Callable[..., Any], Callable[[Resource, str], Call]]] = {
    calls.list_records: _list,
    calls.show_record: _show,
    calls.create_records: _create,
    calls.update_record: _update,
    calls.delete_record: _delete,
    security_groups.list_with_default: _list,
    qos.list_rules: _list,
    qos.show_rule: _show,
    qos.update_rule: _update,
    qos.delete_rule: _delete,
    tags.list_tags: _tagged("List the tags of", _TAGS),
    tags.replace_tags: _tagged("Replace the tags of", _TAGS, body=_TAGS, conditional=True),
    tags.add_tags: _tagged("Add tags to", _TAGS, body=_TAGS, conditional=True),
    tags.remove_tags: _tagged("Remove all tags of", status=204, conditional=True),
    tags.show_tag: _tagged("Ask for a tag of", status=204),
    tags.add_tag: _tagged("Add a tag to", _NULL, status=201, conditional=True),
    tags.remove_tag: _tagged("Remove a tag of", status=204, conditional=True),
}

_SPECIAL: Final[Mapping[Callable[..., Any], Call]] = {
    absent.refuse: Call("Always 404: there is no such thing here", status=0),
    port_bindings.list_bindings: _list(PORT_BINDING),
    port_bindings.show_binding: _show(PORT_BINDING),
    port_bindings.update_binding: msgspec.structs.replace(_update(PORT_BINDING), conditional=False),
    port_bindings.delete_binding: msgspec.structs.replace(_delete(PORT_BINDING), conditional=False),
    port_bindings.activate_binding: Call("Make this binding the active one", parts.name_of(PORT_BINDING)),
    qos.list_rule_types: Call(
        "List the types of QoS rules",
        schema.shown(rule_types=schema.list_of(Schema(type="object", properties={"type": schema.TEXT}))),
        query=(
            {"name": "all_supported", "in": "query", "schema": {"type": "boolean"}},
            {"name": "all_rules", "in": "query", "schema": {"type": "boolean"}},
            *_FIELDS,
        ),
    ),
    qos.show_rule_type: Call("Show what rules of a type may say", schema.shown(rule_type=schema.OBJECT), query=_FIELDS),
    trunks.add_sub_ports: Call("Add subports to a trunk", parts.name_of(TRUNK), body=_SUB_PORTS),
    trunks.remove_sub_ports: Call("Remove subports of a trunk", parts.name_of(TRUNK), body=_SUB_PORTS),
    trunks.list_sub_ports: Call("List the subports of a trunk", schema.shown(sub_ports=SHOWN_SUB_PORTS)),
    security_groups.list_default_rules: _list(DEFAULT_SECURITY_GROUP_RULE),
    security_groups.show_default_rule: _show(DEFAULT_SECURITY_GROUP_RULE),
    security_groups.add_addresses: Call(
        "Add addresses to an address group", _one(ADDRESS_GROUP), body=_ADDRESSES, conditional=True
    ),
    security_groups.remove_addresses: Call(
        "Remove addresses of an address group", _one(ADDRESS_GROUP), body=_ADDRESSES, conditional=True
    ),
    scheduling.list_networks_of_agent: Call(
        "List the networks that a DHCP agent serves",
        schema.shown(networks=schema.list_of(parts.name_of(NETWORK))),
        query=_FIELDS,
    ),
    scheduling.add_network_to_agent: Call("Have a DHCP agent serve a network", _NULL, 201, body=_NETWORK_ID),
    scheduling.remove_network_from_agent: Call("Have a DHCP agent no longer serve a network", status=204),
    scheduling.list_agents_of_network: Call(
        "List the DHCP agents that serve a network",
        schema.shown(agents=schema.list_of(parts.name_of(AGENT))),
        query=_FIELDS,
    ),
    availability.list_availabilities: _list(AVAILABILITY),
    availability.show_availability: _show(AVAILABILITY),
    subnet_pools.add_prefixes: Call("Add prefixes to a subnet pool", _PREFIXES, body=_PREFIXES),
    subnet_pools.remove_prefixes: Call("Remove prefixes of a subnet pool", _PREFIXES, body=_PREFIXES),
    subnet_pools.onboard_network_subnets: Call(
        "Take the subnets of a network into a subnet pool",
        schema.list_of(schema.shown(id=schema.UUID, cidr=schema.CIDR)),
        body=_NETWORK_ID,
    ),
    network_selections.select_network: Call(
        "Make a port on the network that fits best",
        _one(NETWORK_SELECTION),
        201,
        body=schema.shown(network_selection=parts.creation_of(NETWORK_SELECTION)),
    ),
    physical_networks.list_physical_networks: _list(PHYSICAL_NETWORK),
    physical_networks.show_physical_network: _show(PHYSICAL_NETWORK),
    physical_networks.list_availability_zones: _list(AVAILABILITY_ZONE),
    physical_networks.show_topology: msgspec.structs.replace(
        _show(AUTO_ALLOCATED_TOPOLOGY),
        query=(
            {
                "name": "fields",
                "in": "query",
                "description": "`dry-run`: only asks whether there is one.",
                "schema": {"type": "string", "enum": ["dry-run"]},
            },
        ),
        refusals=(409,),
    ),
    physical_networks.delete_topology: Call("Nothing: it was not made for the project", status=204),
    quotas.list_quotas: Call(
        "List the quotas of projects that have their own", schema.shown(quotas=schema.list_of(parts.name_of(QUOTA)))
    ),
    quotas.show_own_project: Call("Tell the caller's project", schema.map_of(schema.map_of(schema.TEXT))),
    quotas.show_default_quota: Call("Show the limits of a project without its own", _one(QUOTA)),
    quotas.show_quota_usage: Call("Show limits and use", schema.shown(quota=schema.map_of(_USAGE))),
    quotas.show_quota: Call("Show the quota of a project", _one(QUOTA)),
    quotas.update_quota: msgspec.structs.replace(_update(QUOTA), conditional=False),
    extensions.list_extensions: Call("List the extensions", schema.shown(extensions=schema.list_of(_EXTENSION))),
    extensions.show_extension: Call("Show an extension", schema.shown(extension=_EXTENSION)),
    hosts.take_heartbeat: Call(
        "A host tells that its services are alive",
        schema.shown(status=Schema(type="string", enum=("new", "alive", "revived"))),
        body=schema.shown(agents=schema.list_of(Schema(ref=f"{parts.SCHEMAS}AgentState"))),
    ),
    hosts.take_port_states: Call(
        "A host tells which ports it has wired",
        schema.shown(ports=schema.map_of(Schema(type="string", enum=("ACTIVE", "DOWN", "REFUSED", "UNKNOWN")))),
        body=schema.shown(ports=schema.list_of(Schema(ref=f"{parts.SCHEMAS}PortState"))),
    ),
}
