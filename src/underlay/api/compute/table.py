"""The URL table of the Compute API, as data."""

from functools import partial
from typing import Final

from underlay.api.compute import actions, flavors, hosts, keypairs, limits, servers
from underlay.api.compute.microversion import Versioned, versioned
from underlay.api.exchange import Answer, Ask, Endpoint, Method, Service, answer

_SERVER: Final = "/servers/{id}"


def _list_nothing(collection: str, _: Service, __: Ask, ___: object) -> Answer:
    """What clients ask for and there is none of: extensions, host aggregates, server groups."""
    return answer({collection: []})


_ROWS: Final[tuple[tuple[Method, str, Versioned], ...]] = (
    ("GET", "/servers", servers.list_servers),
    ("POST", "/servers", servers.create_server),
    ("GET", "/servers/detail", servers.list_servers_in_detail),
    ("GET", _SERVER, servers.show_server),
    ("PUT", _SERVER, servers.update_server),
    ("DELETE", _SERVER, servers.delete_server),
    ("POST", f"{_SERVER}/action", actions.act),
    ("GET", f"{_SERVER}/ips", servers.show_addresses),
    ("GET", f"{_SERVER}/os-interface", servers.list_interfaces),
    ("GET", f"{_SERVER}/os-security-groups", servers.list_security_groups),
    ("GET", f"{_SERVER}/os-volume_attachments", partial(servers.list_nothing, "volumeAttachments")),
    ("GET", f"{_SERVER}/os-instance-actions", partial(servers.list_nothing, "instanceActions")),
    ("GET", f"{_SERVER}/tags", partial(servers.list_nothing, "tags")),
    ("GET", f"{_SERVER}/metadata", servers.show_metadata),
    ("POST", f"{_SERVER}/metadata", servers.add_metadata),
    ("PUT", f"{_SERVER}/metadata", servers.replace_metadata),
    ("DELETE", f"{_SERVER}/metadata/{{key}}", servers.remove_metadata),
    ("GET", "/flavors", flavors.list_flavors),
    ("GET", "/flavors/detail", flavors.list_flavors_in_detail),
    ("GET", "/flavors/{id}", flavors.show_flavor),
    ("GET", "/flavors/{id}/os-extra_specs", flavors.show_extra_specs),
    ("GET", "/os-keypairs", keypairs.list_keypairs),
    ("POST", "/os-keypairs", keypairs.create_keypair),
    ("GET", "/os-keypairs/{name}", keypairs.show_keypair),
    ("DELETE", "/os-keypairs/{name}", keypairs.delete_keypair),
    ("GET", "/os-services", hosts.list_services),
    ("PUT", "/os-services/{id}", hosts.update_service),
    ("GET", "/os-hypervisors", hosts.list_hypervisors),
    ("GET", "/os-hypervisors/detail", hosts.list_hypervisors_in_detail),
    ("GET", "/os-hypervisors/statistics", hosts.show_statistics),
    ("GET", "/os-hypervisors/{id}", hosts.show_hypervisor),
    ("GET", "/os-availability-zone", hosts.list_zones),
    ("GET", "/os-availability-zone/detail", hosts.list_zones_in_detail),
    ("GET", "/limits", limits.show_limits),
    ("GET", "/os-quota-sets/{project_id}", limits.show_quotas),
    ("GET", "/os-quota-sets/{project_id}/defaults", limits.show_quotas),
    ("GET", "/extensions", partial(_list_nothing, "extensions")),
    ("GET", "/os-aggregates", partial(_list_nothing, "aggregates")),
    ("GET", "/os-server-groups", partial(_list_nothing, "server_groups")),
)

ENDPOINTS: Final = tuple(Endpoint(method, f"/v2.1{path}", versioned(handler)) for method, path, handler in _ROWS)
