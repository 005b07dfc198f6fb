"""`/v2.1/servers`: create, list, show, rename, delete; their metadata, addresses and interfaces."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from underlay.api.compute import server_body, server_view
from underlay.api.compute.hosts import alive_hosts
from underlay.api.compute.microversion import Microversion
from underlay.api.compute.server_view import Scene
from underlay.api.exchange import Answer, Ask, Reading, Service, answer
from underlay.api.execute import execute
from underlay.api.images.calls import compute_of
from underlay.commands.security_group import EnsureDefaultSecurityGroup
from underlay.commands.server import DeleteServer, UpdateServer
from underlay.model.errors import (
    HTTPBadRequest,
    HTTPNotFound,
    NotFoundError,
    NoValidHost,
    OverQuota,
    ServerInvalid,
    ServerQuotaExceeded,
)
from underlay.model.ids import InstanceId
from underlay.model.server import Server
from underlay.rules import access
from underlay.rules import server as rules
from underlay.store.contract import Query

_LIMIT: Final = 1000
_TRUE: Final = frozenset({"", "1", "true", "yes", "on", "t", "y"})
_SORTS: Final[Mapping[str, Callable[[Server], Any]]] = {
    "created_at": lambda each: each.created_at,
    "display_name": lambda each: each.name,
    "name": lambda each: each.name,
    "updated_at": lambda each: each.updated_at,
    "host": lambda each: each.host,
    "uuid": lambda each: each.id,
    "vm_state": lambda each: each.status,
    "project_id": lambda each: each.project_id,
}


def create_server(service: Service, ask: Ask, version: Microversion) -> Answer:
    """POST /servers: one, or as many as `max_count`, else `min_count`; all of them or none."""
    project_id = ask.caller.project_id
    boot = server_body.read_create(ask.body, project_id, compute_of(service), version)
    prepared = EnsureDefaultSecurityGroup(project_id)
    try:
        try:
            made = execute(service, ask.caller, (prepared, *boot.commands))[1:]
        except (OverQuota, ServerQuotaExceeded, NoValidHost):
            if boot.least == len(boot.commands):
                raise
            made = execute(service, ask.caller, (prepared, *boot.commands[: boot.least]))[1:]
    except NotFoundError as missing:
        raise ServerInvalid(missing.message) from None
    first: Server = made[0]
    with service.store.read() as reading:
        scene = scene_of([first], service, ask, version, reading)
    shown = {
        "id": first.id,
        "links": server_view.links_to(f"servers/{first.id}", ask.base),
        "OS-DCF:diskConfig": "MANUAL",
        "security_groups": server_view.detail(first, scene)["security_groups"],
    }
    location = ("Location", f"{shown['links'][0]['href']}")
    return answer({"server": shown}, 202, (location,))


def list_servers(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /servers: id, name and links."""
    return _list(service, ask, version, "servers", server_view.summary)


def list_servers_in_detail(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /servers/detail."""
    return _list(service, ask, version, "servers/detail", server_view.detail)


def show_server(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /servers/{id}."""
    with service.store.read() as reading:
        server = rules.visible(InstanceId(ask.path["id"]), reading, ask.caller)
        scene = scene_of([server], service, ask, version, reading)
    return answer({"server": server_view.detail(server, scene)})


def update_server(service: Service, ask: Ask, version: Microversion) -> Answer:
    """PUT /servers/{id}: name, description."""
    execute(service, ask.caller, (server_body.read_update(ask.body, ask.path["id"]),))
    return show_server(service, ask, version)


def delete_server(service: Service, ask: Ask, _: Microversion) -> Answer:
    """DELETE /servers/{id}."""
    execute(service, ask.caller, (DeleteServer(InstanceId(ask.path["id"])),))
    return Answer(204)


def show_addresses(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /servers/{id}/ips."""
    with service.store.read() as reading:
        server = rules.visible(InstanceId(ask.path["id"]), reading, ask.caller)
        scene = scene_of([server], service, ask, version, reading)
    return answer({"addresses": server_view.addresses(server, scene)})


def list_interfaces(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /servers/{id}/os-interface."""
    with service.store.read() as reading:
        server = rules.visible(InstanceId(ask.path["id"]), reading, ask.caller)
        scene = scene_of([server], service, ask, version, reading)
    shown = [
        {
            "port_id": port.id,
            "net_id": port.network_id,
            "mac_addr": str(port.mac_address),
            "port_state": port.status,
            "fixed_ips": [{"subnet_id": one.subnet_id, "ip_address": str(one.ip_address)} for one in port.fixed_ips],
        }
        for port in scene.ports.values()
    ]
    return answer({"interfaceAttachments": shown})


def list_security_groups(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /servers/{id}/os-security-groups."""
    with service.store.read() as reading:
        server = rules.visible(InstanceId(ask.path["id"]), reading, ask.caller)
        scene = scene_of([server], service, ask, version, reading)
    shown = [
        {"id": one.id, "name": one.name, "description": one.description, "tenant_id": one.project_id, "rules": []}
        for one in scene.groups.values()
    ]
    return answer({"security_groups": shown})


def list_nothing(collection: str, service: Service, ask: Ask, _: Microversion) -> Answer:
    """What clients ask of a server that has none here: volumes, tags, actions."""
    with service.store.read() as reading:
        rules.visible(InstanceId(ask.path["id"]), reading, ask.caller)
    return answer({collection: []})


def show_metadata(service: Service, ask: Ask, _: Microversion) -> Answer:
    """GET /servers/{id}/metadata."""
    with service.store.read() as reading:
        return answer({"metadata": rules.visible(InstanceId(ask.path["id"]), reading, ask.caller).metadata})


def add_metadata(service: Service, ask: Ask, _: Microversion) -> Answer:
    """POST /servers/{id}/metadata: these, the others stay."""
    return _set_metadata(service, ask, lambda before: {**before, **server_body.read_metadata(ask.body)})


def replace_metadata(service: Service, ask: Ask, _: Microversion) -> Answer:
    """PUT /servers/{id}/metadata: these and no others."""
    return _set_metadata(service, ask, lambda _: server_body.read_metadata(ask.body))


def remove_metadata(service: Service, ask: Ask, _: Microversion) -> Answer:
    """DELETE /servers/{id}/metadata/{key}."""
    key = ask.path["key"]

    def without(before: Mapping[str, str]) -> dict[str, str]:
        if key not in before:
            raise HTTPNotFound("Metadata item was not found")
        return {name: text for name, text in before.items() if name != key}

    _set_metadata(service, ask, without)
    return Answer(204)


def scene_of(servers: Sequence[Server], service: Service, ask: Ask, version: Microversion, reading: Reading) -> Scene:
    """What showing these needs."""
    shows_hosts = access.may_always(ask.caller, "get_server:host")
    up = alive_hosts(reading, service) if shows_hosts else frozenset()
    images = {each.id: each for each in compute_of(service).images.images()} if shows_hosts else {}
    around = server_view.surroundings_of(servers, reading)
    return Scene(version, ask.base, images, shows_hosts=shows_hosts, hosts_up=up, **around)


def _set_metadata(service: Service, ask: Ask, change: Callable[[Mapping[str, str]], dict[str, str]]) -> Answer:
    server_id = InstanceId(ask.path["id"])
    with service.store.read() as reading:
        before = rules.visible(server_id, reading, ask.caller)
    after = execute(service, ask.caller, (UpdateServer(server_id, metadata=change(before.metadata)),))[0]
    return answer({"metadata": after.metadata})


def _list(
    service: Service,
    ask: Ask,
    version: Microversion,
    path: str,
    show: Callable[[Server, Scene], dict[str, Any]],
) -> Answer:
    query = dict(ask.query)
    whose = _projects(query, ask)
    with service.store.read() as reading:
        filters: dict[str, Any] = {} if whose is None else {"project_id": (whose,)}
        listed = reading.list_records(Server, Query(filters=filters))
        found = [each for each in listed if access.may_see(each, reading, ask.caller)]
        around = server_view.surroundings_of(found, reading) if query.get("ip") or query.get("ip6") else {}
        kept = [
            each
            for each in found
            if _fits(each, query, around, by_host=access.may_always(ask.caller, "get_server:host"))
        ]
        page, more = _page(_sorted(kept, ask.query), query)
        scene = scene_of(page, service, ask, version, reading)
    body: dict[str, Any] = {"servers": [show(each, scene) for each in page]}
    if more:
        following = urlencode({**query, "marker": page[-1].id})
        body["servers_links"] = [{"rel": "next", "href": f"{ask.base}/compute/v2.1/{path}?{following}"}]
    return answer(body)


def _projects(query: Mapping[str, str], ask: Ask) -> str | None:
    """The project whose servers are wanted; None: of all, for administrators."""
    wants_all = query.get("all_tenants", "0").lower() in _TRUE
    if not wants_all:
        return ask.caller.project_id
    access.require_always(ask.caller, "get_server")
    return query.get("project_id") or query.get("tenant_id")


def _fits(server: Server, query: Mapping[str, str], around: Mapping[str, Any], *, by_host: bool) -> bool:
    """Whether it is what the query wants; what only administrators may ask is left out for others, as Nova does."""
    if query.get("deleted", "0").lower() in _TRUE - {""}:
        return False
    exact = {
        "status": server.status,
        "flavor": server.flavor.id,
        "image": server.image_id,
        "key_name": server.key_name,
        "user_id": server.user_id,
        "availability_zone": server.availability_zone,
        "uuid": server.id,
        **({"host": server.host, "node": server.host} if by_host else {}),
    }
    for name, value in exact.items():
        wanted = query.get(name)
        if wanted and (wanted.upper() if name == "status" else wanted.rsplit("/", 1)[-1]) != value:
            return False
    if "changes-since" in query and server_view.moment(server.updated_at) < query["changes-since"]:
        return False
    parts = (("name", [server.name]), ("description", [server.description]))
    addresses = [
        str(fixed_ip.ip_address)
        for port_id in server.port_ids
        for fixed_ip in (around["ports"][port_id].fixed_ips if port_id in around.get("ports", {}) else ())
    ]
    texts = (*parts, ("ip", addresses), ("ip6", addresses))
    return all(any(_matches(query[name], text) for text in within) for name, within in texts if query.get(name))


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        raise HTTPBadRequest(f"'{pattern[:80]}' is not a regular expression") from None


def _sorted(servers: Sequence[Server], query: Sequence[tuple[str, str]]) -> list[Server]:
    """By the keys named, else the newest first."""
    keys = [text for name, text in query if name == "sort_key"] or ["created_at"]
    directions = [text for name, text in query if name == "sort_dir"]
    ordered = list(reversed(servers))
    for place, key in reversed(list(enumerate(keys))):
        if key not in _SORTS:
            raise HTTPBadRequest(f"Invalid sort key: {key[:80]}")
        descending = (directions[place] if place < len(directions) else "desc") != "asc"
        ordered.sort(key=_SORTS[key], reverse=descending)
    return ordered


def _page(servers: list[Server], query: Mapping[str, str]) -> tuple[list[Server], bool]:
    limit = query.get("limit", str(_LIMIT))
    if not limit.isdecimal():
        raise HTTPBadRequest(f"limit param must be an integer of 0 or more, not {limit[:40]}")
    if marker := query.get("marker"):
        ids = [each.id for each in servers]
        if marker not in ids:
            raise HTTPBadRequest(f"marker [{marker}] not found")
        servers = servers[ids.index(InstanceId(marker)) + 1 :]
    size = min(int(limit), _LIMIT)
    return servers[:size], 0 < size < len(servers)
