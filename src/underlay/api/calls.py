"""The five calls that every collection has: list, show, create, update, delete."""

import re
from typing import Any, Final

import msgspec

from underlay.api import unenforced
from underlay.api.attributes.attribute import Resource
from underlay.api.exchange import Answer, Ask, Reading, Service, answer
from underlay.api.execute import execute, execute_and_render, viewpoint
from underlay.api.parse import parse_create, parse_json, parse_update
from underlay.api.query import finish, links, read_fields, read_query
from underlay.api.render import render, renderer
from underlay.api.sight import seen, sees_none, visible_to
from underlay.model.errors import BadRequest, HTTPBadRequest, HTTPNotFound
from underlay.store.contract import LINK, MarkerNotFound, Query

_REVISION_TAG: Final = re.compile(r'"?revision_number=([^",]*)"?')


def list_records(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`GET /networks`."""
    wanted = read_query(resource, ask.query, ask.caller, service.pagination_max_limit)
    if sees_none(resource, ask.caller):
        return answer({resource.collection: []})
    with service.store.read() as reading:
        view = viewpoint(service, ask.caller, reading)
        stored = _under_parent(resource, wanted.stored, reading, ask)
        fetched = seen(
            resource, _fetch(resource, reading, stored, as_text=resource.listed_as_text), reading, ask.caller
        )
        found = finish(wanted, fetched, view)
        view.expect(record.id for record in found)
        shown = list(map(renderer(resource, view, wanted.fields), found))
    body: dict[str, Any] = {resource.collection: shown}
    page_links = links(wanted, ask.query, ask.base + ask.url_path, found)
    if page_links:
        body[f"{resource.collection}_links"] = page_links
    return answer(body)


def show_record(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`GET /networks/{id}`."""
    with service.store.read() as reading:
        found = _find(resource, ask.path["id"], reading, ask)
        view = viewpoint(service, ask.caller, reading)
        return answer({resource.name: render(resource, found, view, read_fields(ask.query))})


def create_records(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`POST /networks`, one or many."""
    parsed = parse_create(resource, ask.body, ask.caller, _parent_id(resource, ask))
    warnings = unenforced.warnings(parsed.unenforced, service.regulations)
    shown = execute_and_render(service, resource, ask.caller, parsed.commands)
    headers = tuple(("Warning", f'299 underlay "{hint}"') for hint in parsed.hints[:10])
    return answer({resource.collection: shown} if parsed.bulk else {resource.name: shown[0]}, 201, headers + warnings)


def update_record(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`PUT /networks/{id}`."""
    _require_seen(resource, ask.path["id"], ask)
    _require_under_parent(resource, service, ask)
    command = parse_update(resource, ask.body, ask.path["id"], revision_condition(ask.if_match), ask.caller)
    notices = unenforced.at_update(resource, parse_json(ask.body)[resource.name])
    headers = unenforced.warnings(notices, service.regulations)
    return answer({resource.name: execute_and_render(service, resource, ask.caller, (command,))[0]}, headers=headers)


def delete_record(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`DELETE /networks/{id}`."""
    _require_seen(resource, ask.path["id"], ask)
    refuse_body(ask)
    if resource.delete is None:
        raise HTTPNotFound()
    _require_under_parent(resource, service, ask)
    execute(service, ask.caller, (resource.delete(ask.path["id"], revision_condition(ask.if_match)),))
    return Answer(status=204)


def refuse_body(ask: Ask) -> None:
    """DELETE has no body. Raises HTTPBadRequest."""
    if ask.body:
        raise HTTPBadRequest("Request body is not supported in DELETE.")


def revision_condition(if_match: str) -> int | None:
    """N of `If-Match: revision_number=N`; None when the header says nothing of it."""
    numbers = [found.group(1).strip() for found in _REVISION_TAG.finditer(if_match)]
    if not numbers:
        return None
    if len(numbers) > 1:
        raise BadRequest("if-match", "Multiple revision_number etags are not supported")
    if not (numbers[0].isascii() and numbers[0].isdigit() and len(numbers[0]) <= 18):
        raise BadRequest("if-match", "Revision number etag must be in the format of revision_number=<int>")
    return int(numbers[0])


def _find(resource: Resource, record_id: str, reading: Reading, ask: Ask) -> Any:
    """The record, if the caller may see it. Raises what `Resource.missing` makes."""
    _require_seen(resource, record_id, ask)
    wanted = Query(filters={"id": (record_id,)}, visible_to=visible_to(resource, ask.caller))
    query = _under_parent(resource, wanted, reading, ask)
    found = seen(resource, _fetch(resource, reading, query), reading, ask.caller)
    if not found:
        raise resource.missing(record_id)
    return found[0]


def _require_seen(resource: Resource, record_id: str, ask: Ask) -> None:
    """Where the caller sees none of the records there is none. Raises what `Resource.missing` makes."""
    if sees_none(resource, ask.caller):
        raise resource.missing(record_id)


def _parent_id(resource: Resource, ask: Ask) -> dict[str, str]:
    return {} if resource.parent is None else {resource.parent.parameter: ask.path[resource.parent.parameter]}


def _under_parent(resource: Resource, query: Query, reading: Reading, ask: Ask) -> Query:
    """For a nested resource: only what is under the parent, which the caller must see; who sees it sees all of it."""
    if resource.parent is None:
        return query
    parent_id = ask.path[resource.parent.parameter]
    _find(resource.parent.resource, parent_id, reading, ask)
    filters = {**query.filters, LINK + resource.parent.relation: (parent_id,)}
    return msgspec.structs.replace(query, filters=filters, visible_to=None)


def _require_under_parent(resource: Resource, service: Service, ask: Ask) -> None:
    """A nested record that is to be changed is the parent's: for good, so that it can be asked beforehand."""
    if resource.parent is not None:
        with service.store.read() as reading:
            _find(resource, ask.path["id"], reading, ask)


def _fetch(resource: Resource, reading: Reading, query: Query, *, as_text: bool = False) -> list[Any]:
    try:
        if as_text:
            return reading.list_as_text(resource.record_type, query)
        return reading.list_records(resource.record_type, query)
    except MarkerNotFound:
        raise resource.missing(query.marker) from None
