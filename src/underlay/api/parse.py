"""Request bodies to commands, with the errors that the Networking API has for each way to get one wrong.

In: the body's bytes and a `Resource`. Out: commands, well-formed, not yet judged. The order of checks is the reference
implementation's (neutron.api.v2.base, neutron_lib.api.attributes): project, unknown names, names not allowed here,
required names, values.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from underlay.api import values
from underlay.api.attributes.attribute import Attribute, Resource, Values
from underlay.api.unenforced import at_creation
from underlay.commands.command import Command
from underlay.model.caller import Caller
from underlay.model.errors import HTTPBadRequest, HTTPNotFound
from underlay.model.ids import ProjectId
from underlay.rules.access import may_always

MAX_DEPTH: Final = 16
MAX_BULK: Final = 2_000
_NO_PARENT: Final[Mapping[str, str]] = {}


class Parsed(msgspec.Struct, frozen=True):
    """What a body asks for.

    Attributes:
    bulk: it came as a collection, and is answered as one.
    hints: what was read otherwise than written, for the `Warning` header.
    unenforced: what hosts do not do yet of what is asked for.
    """

    commands: tuple[Command, ...]
    bulk: bool = False
    hints: tuple[str, ...] = ()
    unenforced: tuple[str, ...] = ()


def parse_json(body: bytes) -> dict[str, Any]:
    """The body as a JSON object, not nested deeper than the API ever needs; raises HTTPBadRequest."""
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise HTTPBadRequest("Body contains invalid data") from None
    if not isinstance(decoded, dict) or _is_deeper_than(MAX_DEPTH, decoded):
        raise HTTPBadRequest("Body contains invalid data")
    return decoded


def _is_deeper_than(limit: int, value: Any) -> bool:
    layer = [value]
    for _ in range(limit):
        layer = [
            one
            for parent in layer
            for one in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(one, dict | list)
        ]
        if not layer:
            return False
    return True


def parse_create(resource: Resource, body: bytes, caller: Caller, parent_id: Mapping[str, str] = _NO_PARENT) -> Parsed:
    """POST: one `{"network": {}}`, or many `{"networks": [{}]}`; `parent_id` joins the values of a nested resource."""
    decoded = parse_json(body)
    if not decoded:
        raise HTTPBadRequest("Resource body required")
    if resource.collection not in decoded:
        sent = only(resource, decoded)
        command = _create(resource, sent, caller, parent_id)
        return Parsed(commands=(command,), hints=_hints(sent), unenforced=at_creation(resource, sent))
    many = decoded[resource.collection]
    if not many:
        raise HTTPBadRequest("Resources required")
    if not isinstance(many, list) or not all(isinstance(one, dict) for one in many):
        raise HTTPBadRequest("Body contains invalid data")
    if len(many) > MAX_BULK:
        raise HTTPBadRequest(f"At most {MAX_BULK} {resource.collection} can be created at once")
    each = [only(resource, one) if resource.name in one else one for one in many]
    return Parsed(
        commands=tuple(_create(resource, sent, caller, parent_id) for sent in each),
        bulk=True,
        hints=tuple(hint for sent in each for hint in _hints(sent)),
        unenforced=tuple(notice for sent in each for notice in at_creation(resource, sent)),
    )


def parse_update(resource: Resource, body: bytes, record_id: str, revision: int | None, caller: Caller) -> Command:
    """PUT: `{"network": {}}` with what is to change. Raises HTTPNotFound when the resource cannot be updated at all."""
    if resource.update is None:
        raise HTTPNotFound()
    return resource.update(record_id, revision, read_update(resource, body, caller))


def read_update(resource: Resource, body: bytes, caller: Caller) -> Values:
    """The values that a PUT sends."""
    decoded = parse_json(body)
    if not decoded:
        raise HTTPBadRequest("Resource body required")
    if resource.collection in decoded:
        raise HTTPBadRequest("Bulk operation not supported")
    sent = only(resource, decoded)
    _check_project(resource, sent, caller)
    _refuse_unknown(resource, sent)
    for row in resource.attributes:
        if row.name in sent and row.put is None:
            raise HTTPBadRequest(f"Cannot update read-only attribute {row.name}")
    return {row.name: _read(row, row.put, sent) for row in _sent_rows(resource, sent)}


def _create(resource: Resource, sent: dict[str, Any], caller: Caller, parent_id: Mapping[str, str]) -> Command:
    if resource.create is None:
        raise HTTPNotFound()
    project_id, read = read_create(resource, sent, caller)
    return resource.create(project_id, {**read, **parent_id})


def read_create(resource: Resource, sent: dict[str, Any], caller: Caller) -> tuple[ProjectId, Values]:
    """For which project a new one is to be, and the values sent."""
    project_id = _check_project(resource, sent, caller)
    _refuse_unknown(resource, sent)
    for row in resource.attributes:
        if row.post is None and row.name in sent:
            raise HTTPBadRequest(f"Attribute '{row.name}' not allowed in POST")
        if row.required and row.name not in sent:
            raise HTTPBadRequest(f"Failed to parse request. Required attribute '{row.name}' not specified")
    read = {row.name: _read(row, row.post, sent) for row in _sent_rows(resource, sent)}
    return project_id, {name: value for name, value in read.items() if value is not msgspec.UNSET}


def only(resource: Resource, decoded: dict[str, Any]) -> dict[str, Any]:
    """What is inside of `{"network": {}}`."""
    sent = decoded.get(resource.name)
    if sent is None:
        raise HTTPBadRequest(f"Unable to find '{resource.name}' in request body")
    if not isinstance(sent, dict):
        raise HTTPBadRequest(f"Object '{resource.name}' contains invalid data")
    return sent


def _check_project(resource: Resource, sent: dict[str, Any], caller: Caller) -> ProjectId:
    project_id = sent.get("project_id", sent.get("tenant_id", caller.project_id))
    if sent.get("tenant_id", project_id) != project_id:
        raise HTTPBadRequest("'project_id' and 'tenant_id' do not match")
    is_own = project_id == caller.project_id or resource.attribute("project_id") is None
    if not is_own and not may_always(caller, "create_for_project"):
        raise HTTPBadRequest(
            "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request is not allowed "
            "for the current user."
        )
    return ProjectId(project_id)


def _refuse_unknown(resource: Resource, sent: dict[str, Any]) -> None:
    unknown = [name for name in sent if resource.attribute(name) is None]
    if unknown:
        raise HTTPBadRequest(f"Unrecognized attribute(s) '{values.shown(', '.join(sorted(unknown)))}'")


def _sent_rows(resource: Resource, sent: dict[str, Any]) -> list[Attribute]:
    return [row for row in resource.attributes if row.name in sent]


def _read(row: Attribute, reader: values.Reader[Any] | None, sent: dict[str, Any]) -> Any:
    if reader is None:
        raise HTTPBadRequest(f"Attribute '{row.name}' not allowed here")
    try:
        return reader(sent[row.name])
    except ValueError as unfit:
        raise HTTPBadRequest(f"Invalid input for {row.name}. Reason: {unfit}.") from None


def _hints(sent: dict[str, Any]) -> tuple[str, ...]:
    hint = values.cidr_hint(sent.get("cidr"))
    return () if hint is None else (hint,)
