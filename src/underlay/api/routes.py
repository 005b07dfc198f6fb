"""The URL table, as data: every path of the Networking API and of ours, with its methods.

Every row needs a valid token. The only documents without one (`/`, `/v2.0`, the OpenAPI document) are served beside
this table, by `app`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

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
    security_groups,
    subnet_pools,
    tags,
    trunks,
)
from underlay.api.attributes import PORT_BINDING, QUOTA, RESOURCES, SECURITY_GROUP, SECURITY_GROUP_RULE
from underlay.api.attributes.attribute import Resource
from underlay.api.attributes.availability import AVAILABILITY
from underlay.api.attributes.qos_rule import QOS_RULES
from underlay.api.exchange import Answer, Ask, Endpoint, Method, Service

PREFIX: Final = "/v2.0"
OPENAPI_PATH: Final = f"{PREFIX}/openapi.json"
"""Told without a token, as versions are: tools read it before they log in, and it says nothing that docs do not."""


def _rows_of(resource: Resource) -> Sequence[Endpoint]:
    many, one = f"{PREFIX}/{resource.url}", f"{PREFIX}/{resource.url}/{{id}}"
    rows = [
        Endpoint("GET", many, partial(calls.list_records, resource)),
        Endpoint("GET", one, partial(calls.show_record, resource)),
    ]
    if resource.create:
        rows.append(Endpoint("POST", many, partial(calls.create_records, resource)))
    if resource.update:
        rows.append(Endpoint("PUT", one, partial(calls.update_record, resource)))
    if resource.delete:
        rows.append(Endpoint("DELETE", one, partial(calls.delete_record, resource)))
    if resource.attribute("tags"):
        rows += _tag_rows_of(resource, f"{one}/tags", f"{one}/tags/{{tag}}")
        if "/" in resource.path:  # Neutron's tags of a policy have no `/qos` before it.
            bare = f"{PREFIX}/{resource.collection}/{{id}}/tags"
            rows += _tag_rows_of(resource, bare, f"{bare}/{{tag}}")
    return rows


def _tag_rows_of(resource: Resource, many: str, one: str) -> Sequence[Endpoint]:
    return (
        Endpoint("GET", many, partial(tags.list_tags, resource)),
        Endpoint("PUT", many, partial(tags.replace_tags, resource)),
        Endpoint("POST", many, partial(tags.add_tags, resource)),
        Endpoint("DELETE", many, partial(tags.remove_tags, resource)),
        Endpoint("GET", one, partial(tags.show_tag, resource)),
        Endpoint("PUT", one, partial(tags.add_tag, resource)),
        Endpoint("DELETE", one, partial(tags.remove_tag, resource)),
    )


def _rows_of_rules(resource: Resource) -> Sequence[Endpoint]:
    """Rules of a QoS policy: under it, and, as aliases, without it. Neutron's alias has dashes, its reference not."""
    many = f"{PREFIX}/{resource.url}"
    aliases = (f"alias_{resource.collection}", f"alias-{resource.collection.replace('_', '-')}")
    return (
        Endpoint("GET", many, partial(qos.list_rules, resource)),
        Endpoint("POST", many, partial(calls.create_records, resource)),
        *(
            Endpoint(method, one, partial(handler, resource))
            for one in (f"{many}/{{id}}", *(f"{PREFIX}/qos/{alias}/{{id}}" for alias in aliases))
            for method, handler in _OF_ONE_RULE
        ),
    )


def _absent_rows_of(path: str, collection: str) -> Sequence[Endpoint]:
    writes: Sequence[Method] = ("POST", "PUT", "DELETE")
    return (
        Endpoint("GET", f"{PREFIX}/{path}", partial(absent.list_nothing, collection)),
        *(Endpoint(method, f"{PREFIX}/{path}", absent.refuse) for method in writes),
    )


_OF_ONE_RULE: Final[tuple[tuple[Method, Callable[[Resource, Service, Ask], Answer]], ...]] = (
    ("GET", qos.show_rule),
    ("PUT", qos.update_rule),
    ("DELETE", qos.delete_rule),
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *(row for resource in RESOURCES if resource is not QUOTA for row in _rows_of(resource)),
    *(row for resource in QOS_RULES for row in _rows_of_rules(resource)),
    Endpoint("GET", f"{PREFIX}/ports/{{port_id}}/bindings", port_bindings.list_bindings),
    Endpoint("POST", f"{PREFIX}/ports/{{port_id}}/bindings", partial(calls.create_records, PORT_BINDING)),
    Endpoint("GET", f"{PREFIX}/ports/{{port_id}}/bindings/{{host}}", port_bindings.show_binding),
    Endpoint("PUT", f"{PREFIX}/ports/{{port_id}}/bindings/{{host}}", port_bindings.update_binding),
    Endpoint("DELETE", f"{PREFIX}/ports/{{port_id}}/bindings/{{host}}", port_bindings.delete_binding),
    Endpoint("PUT", f"{PREFIX}/ports/{{port_id}}/bindings/{{host}}/activate", port_bindings.activate_binding),
    Endpoint("GET", f"{PREFIX}/qos/rule-types", qos.list_rule_types),
    Endpoint("GET", f"{PREFIX}/qos/rule-types/{{type}}", qos.show_rule_type),
    Endpoint("PUT", f"{PREFIX}/trunks/{{id}}/add_subports", trunks.add_sub_ports),
    Endpoint("PUT", f"{PREFIX}/trunks/{{id}}/remove_subports", trunks.remove_sub_ports),
    Endpoint("GET", f"{PREFIX}/trunks/{{id}}/get_subports", trunks.list_sub_ports),
    Endpoint("GET", f"{PREFIX}/security-groups", partial(security_groups.list_with_default, SECURITY_GROUP)),
    Endpoint("GET", f"{PREFIX}/security-group-rules", partial(security_groups.list_with_default, SECURITY_GROUP_RULE)),
    Endpoint("GET", f"{PREFIX}/default-security-group-rules", security_groups.list_default_rules),
    Endpoint("GET", f"{PREFIX}/default-security-group-rules/{{id}}", security_groups.show_default_rule),
    Endpoint("PUT", f"{PREFIX}/address-groups/{{id}}/add_addresses", security_groups.add_addresses),
    Endpoint("PUT", f"{PREFIX}/address-groups/{{id}}/remove_addresses", security_groups.remove_addresses),
    Endpoint("GET", f"{PREFIX}/agents/{{id}}/dhcp-networks", scheduling.list_networks_of_agent),
    Endpoint("POST", f"{PREFIX}/agents/{{id}}/dhcp-networks", scheduling.add_network_to_agent),
    Endpoint("DELETE", f"{PREFIX}/agents/{{id}}/dhcp-networks/{{network_id}}", scheduling.remove_network_from_agent),
    Endpoint("GET", f"{PREFIX}/networks/{{id}}/dhcp-agents", scheduling.list_agents_of_network),
    Endpoint("GET", f"{PREFIX}/{AVAILABILITY.url}", availability.list_availabilities),
    Endpoint("GET", f"{PREFIX}/{AVAILABILITY.url}/{{id}}", availability.show_availability),
    Endpoint("PUT", f"{PREFIX}/subnetpools/{{id}}/add_prefixes", subnet_pools.add_prefixes),
    Endpoint("PUT", f"{PREFIX}/subnetpools/{{id}}/remove_prefixes", subnet_pools.remove_prefixes),
    Endpoint("PUT", f"{PREFIX}/subnetpools/{{id}}/onboard_network_subnets", subnet_pools.onboard_network_subnets),
    Endpoint("POST", f"{PREFIX}/network-selections", network_selections.select_network),
    Endpoint("GET", f"{PREFIX}/physical_networks", physical_networks.list_physical_networks),
    Endpoint("GET", f"{PREFIX}/physical_networks/{{id}}", physical_networks.show_physical_network),
    Endpoint("GET", f"{PREFIX}/availability_zones", physical_networks.list_availability_zones),
    Endpoint("GET", f"{PREFIX}/auto-allocated-topology/{{id}}", physical_networks.show_topology),
    Endpoint("DELETE", f"{PREFIX}/auto-allocated-topology/{{id}}", physical_networks.delete_topology),
    Endpoint("GET", f"{PREFIX}/quotas", quotas.list_quotas),
    Endpoint("GET", f"{PREFIX}/quotas/tenant", quotas.show_own_project),
    Endpoint("GET", f"{PREFIX}/quotas/project", quotas.show_own_project),
    Endpoint("GET", f"{PREFIX}/quotas/{{id}}/default", quotas.show_default_quota),
    Endpoint("GET", f"{PREFIX}/quotas/{{id}}/details", quotas.show_quota_usage),
    Endpoint("GET", f"{PREFIX}/quotas/{{id}}", quotas.show_quota),
    Endpoint("PUT", f"{PREFIX}/quotas/{{id}}", quotas.update_quota),
    Endpoint("DELETE", f"{PREFIX}/quotas/{{id}}", partial(calls.delete_record, QUOTA)),
    *(row for path, collection in absent.ABSENT.items() for row in _absent_rows_of(path, collection)),
    Endpoint("GET", f"{PREFIX}/extensions", extensions.list_extensions),
    Endpoint("GET", f"{PREFIX}/extensions/{{alias}}", extensions.show_extension),
    Endpoint("PUT", "/underlay/v1/hosts/{host}/heartbeat", hosts.take_heartbeat),
    Endpoint("POST", "/underlay/v1/hosts/{host}/ports", hosts.take_port_states),
)

FEED_PATH: Final = "/underlay/v1/feed"
"""Served by `watch`, because its answer does not end."""
