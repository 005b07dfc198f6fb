"""Tags of a record: `/v2.0/{collection}/{id}/tags` and `/tags/{tag}`, for every resource with a `tags` attribute.

Statuses are the reference implementation's: 201 for one tag put, 204 for one that is there or deleted, otherwise 200.
"""

from typing import Any

from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Resource
from underlay.api.calls import refuse_body, revision_condition
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute
from underlay.api.parse import parse_json
from underlay.commands.tags import AddTags, RemoveTag, ReplaceTags, TagTarget
from underlay.model.errors import InvalidInput, TagNotFound
from underlay.rules.tags import visible


def list_tags(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`GET /networks/{id}/tags`."""
    return answer({"tags": _tags(resource, service, ask)})


def show_tag(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`GET /networks/{id}/tags/{tag}`: 204 when it is there."""
    tag = _named(ask)
    if tag not in _tags(resource, service, ask):
        raise TagNotFound(tag)
    return Answer(status=204)


def replace_tags(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`PUT /networks/{id}/tags`."""
    tags = _sent(ask)
    execute(service, ask.caller, (ReplaceTags(_target(resource, ask), tags, revision_condition(ask.if_match)),))
    return answer({"tags": tags})


def add_tags(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`POST /networks/{id}/tags`."""
    tags = _sent(ask)
    execute(service, ask.caller, (AddTags(_target(resource, ask), tags, revision_condition(ask.if_match)),))
    return answer({"tags": tags})


def add_tag(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`PUT /networks/{id}/tags/{tag}`."""
    command = AddTags(_target(resource, ask), (_named(ask),), revision_condition(ask.if_match))
    execute(service, ask.caller, (command,))
    return answer(None, 201)


def remove_tags(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`DELETE /networks/{id}/tags`."""
    refuse_body(ask)
    execute(service, ask.caller, (ReplaceTags(_target(resource, ask), (), revision_condition(ask.if_match)),))
    return Answer(status=204)


def remove_tag(resource: Resource, service: Service, ask: Ask) -> Answer:
    """`DELETE /networks/{id}/tags/{tag}`."""
    refuse_body(ask)
    execute(service, ask.caller, (RemoveTag(_target(resource, ask), _named(ask), revision_condition(ask.if_match)),))
    return Answer(status=204)


def _target(resource: Resource, ask: Ask) -> TagTarget:
    return TagTarget(resource.kind, resource.collection, ask.path["id"])


def _tags(resource: Resource, service: Service, ask: Ask) -> tuple[str, ...]:
    with service.store.read() as reading:
        record: Any = visible(_target(resource, ask), reading, ask.caller)
        tags: tuple[str, ...] = record.tags
        return tags


def _named(ask: Ask) -> str:
    return _read((ask.path["tag"],))[0]


def _sent(ask: Ask) -> tuple[str, ...]:
    body = parse_json(ask.body)
    if "tags" not in body:
        raise InvalidInput("Invalid tags body")
    return _read(body["tags"])


def _read(value: Any) -> tuple[str, ...]:
    try:
        return standard.read_tags(list(value) if isinstance(value, tuple) else value)
    except ValueError as unfit:
        raise InvalidInput(str(unfit)) from None
