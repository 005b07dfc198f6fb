"""The parts of the OpenAPI document that many calls name: schemas of the resources, parameters, refusals.

Made from the attribute tables. An attribute is explained once: where it is shown, else where it is sent or filtered by.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from msgspec import UNSET

from underlay.api import schema
from underlay.api.attributes import INSIDE, RESOURCES
from underlay.api.attributes.attribute import Attribute, Resource
from underlay.api.faults import STATUS
from underlay.api.schema import Schema, plain
from underlay.commands.host import AgentState, PortState
from underlay.model.policy.policy import DEFAULT_POLICY

SCHEMAS: Final = "#/components/schemas/"
TOKEN: Final = "token"
PAGES: Final = ("sort_dir", "limit", "marker", "page_reverse")

_LINKS: Final = schema.list_of(schema.shown(rel=Schema(type="string", enum=("next", "previous")), href=schema.TEXT))
_NEUTRON_ERROR: Final = schema.shown(
    NeutronError=schema.shown(
        type=schema.described(schema.TEXT, "The name of Neutron's exception; docs/errors.md tells all."),
        message=schema.described(schema.TEXT, "What is wrong, for people."),
        detail=schema.described(schema.TEXT, "Always empty."),
    )
)
_KEYSTONE_ERROR: Final = schema.shown(error=schema.shown(code=schema.INTEGER, title=schema.TEXT, message=schema.TEXT))
_REQUEST_ID: Final = {"X-Openstack-Request-Id": {"$ref": "#/components/headers/request_id"}}
_REVISION: Final = r'^"?revision_number=[0-9]{1,18}"?$'


def name_of(resource: Resource) -> Schema:
    """The resource as it is shown."""
    return Schema(ref=SCHEMAS + resource.name)


def creation_of(resource: Resource) -> Schema:
    """What a client may send to create one."""
    return Schema(ref=f"{SCHEMAS}{resource.name}_create")


def update_of(resource: Resource) -> Schema:
    """What a client may send to change one."""
    return Schema(ref=f"{SCHEMAS}{resource.name}_update")


def page_links() -> Schema:
    """Where the next and the previous page are."""
    return Schema(ref=f"{SCHEMAS}links")


def filters_of(resource: Resource) -> list[dict[str, Any]]:
    """The query parameters of a list."""
    rows = [row for row in resource.attributes if row.filter]
    sortable = tuple(row.name for row in resource.attributes if row.sort)
    keys = schema.list_of(Schema(type="string", enum=sortable)) if sortable else None
    return [
        *(_filter(row) for row in rows),
        named("fields"),
        *([{"name": "sort_key", "in": "query", "schema": plain(keys)}] if keys else ()),
        *(named(name) for name in PAGES if keys or name != "sort_dir"),
    ]


def named(parameter: str) -> dict[str, Any]:
    """A parameter of `components`."""
    return {"$ref": f"#/components/parameters/{parameter}"}


def refusal(status: int) -> dict[str, Any]:
    """A refusal of `components`."""
    return {"$ref": f"#/components/responses/{status}"}


def answer_of(description: str, content: Schema | None, headers: Iterable[str] = ()) -> dict[str, Any]:
    """An answer with this body."""
    told = _REQUEST_ID | {name: {"$ref": f"#/components/headers/{name.lower()}"} for name in headers}
    body = {} if content is None else {"content": {"application/json": {"schema": plain(content)}}}
    return {"description": description, "headers": told, **body}


def components() -> dict[str, Any]:
    """All that calls refer to."""
    _, reports = msgspec.json.schema_components((AgentState, PortState), ref_template=SCHEMAS + "{name}")
    schemas = {
        "neutron_error": plain(_NEUTRON_ERROR),
        "keystone_error": plain(_KEYSTONE_ERROR),
        "links": plain(_LINKS),
        **reports,
    }
    for resource in (*RESOURCES, *INSIDE):
        schemas |= _schemas_of(resource)
    return {
        "securitySchemes": {
            TOKEN: {
                "type": "apiKey",
                "in": "header",
                "name": "X-Auth-Token",
                "description": "A token of the Identity API (`POST /v3/auth/tokens`).",
            }
        },
        "headers": {
            "request_id": _header("Names the request, here and in the server's log.", schema.TEXT),
            "warning": _header("What was read otherwise than written, or is kept and not enforced yet.", schema.TEXT),
            "www-authenticate": _header("Where tokens are made.", schema.TEXT),
        },
        "parameters": _parameters(),
        "responses": {str(status): _refusal(status, branch) for branch, status in STATUS},
        "schemas": schemas,
    }


def _schemas_of(resource: Resource) -> dict[str, Any]:
    seen = [row for row in resource.attributes if row.show and not row.filter_only]
    seen_names = {row.name for row in seen}
    sent = [row for row in resource.attributes if row.post]
    changed = [row for row in resource.attributes if row.put]
    shown = Schema(
        type="object", properties={row.name: schema.described(_shown(row), _explained(resource, row)) for row in seen}
    )
    found = {resource.name: {"description": _first_line(resource), **plain(shown)}}
    if sent and resource.create:
        properties = {
            row.name: row.post.takes if row.name in seen_names else schema.described(row.post.takes, row.description)
            for row in sent
            if row.post
        }
        required = tuple(row.name for row in sent if row.required) or UNSET
        found[f"{resource.name}_create"] = plain(
            Schema(type="object", properties=properties, required=required, additional_properties=False)
        )
    if changed:
        told = seen_names | {row.name for row in sent}
        properties = {
            row.name: row.put.takes if row.name in told else schema.described(row.put.takes, row.description)
            for row in changed
            if row.put
        }
        found[f"{resource.name}_update"] = plain(
            Schema(type="object", properties=properties, additional_properties=False)
        )
    return found


def _shown(row: Attribute) -> Schema:
    """The form in which the attribute is shown. Raises ValueError when the table does not tell it."""
    if row.shown is not None:
        return row.shown
    reader = row.post or row.put or row.filter
    if reader is None:
        raise ValueError(f"the table does not say in which form {row.name} is shown")
    return reader.gives


def _explained(resource: Resource, row: Attribute) -> str:
    rule = f"get_{resource.rule}:{row.name}"
    if rule not in DEFAULT_POLICY.expressions:
        return row.description
    return f"{row.description} By default shown to {DEFAULT_POLICY.who(rule)}."


def _filter(row: Attribute) -> dict[str, Any]:
    each = row.filter.takes if row.filter else schema.TEXT
    told = {} if row.show and not row.filter_only else {"description": row.description}
    return {"name": row.name, "in": "query", "schema": plain(schema.list_of(each)), **told}


def _parameters() -> dict[str, Any]:
    def query(name: str, description: str, form: Schema) -> dict[str, Any]:
        return {"name": name, "in": "query", "description": description, "schema": plain(form)}

    directions = schema.list_of(Schema(type="string", enum=("asc", "desc")))
    return {
        "fields": query("fields", "Shows only these attributes.", schema.list_of(schema.TEXT)),
        "sort_dir": query("sort_dir", "One for each `sort_key`.", directions),
        "limit": query("limit", "At most so many; 0: all.", Schema(type="integer", minimum=0, maximum=999_999_999)),
        "marker": query("marker", "The last id of the page before, with `limit`.", schema.TEXT),
        "page_reverse": query("page_reverse", "The page that ends before `marker`.", schema.BOOLEAN),
        "if_match": {
            "name": "If-Match",
            "in": "header",
            "description": "`revision_number=N`: only while the record is at that revision, else 412.",
            "schema": plain(Schema(type="string", pattern=_REVISION)),
        },
    }


def _refusal(status: int, branch: type) -> dict[str, Any]:
    error = "keystone_error" if status == 401 else "neutron_error"
    headers = ("WWW-Authenticate",) if status == 401 else ()
    return answer_of(_first_line(branch), Schema(ref=SCHEMAS + error), headers)


def _header(description: str, form: Schema) -> dict[str, Any]:
    return {"description": description, "schema": plain(form)}


def _first_line(documented: Any) -> str:
    if isinstance(documented, Resource):
        return f"A {documented.name.replace('_', ' ')}, as it is shown."
    return (documented.__doc__ or "").strip().splitlines()[0]
