"""Lists and single ones of what is kept inside another record: rules of a QoS policy, bindings of a port.

They have the URLs, filters and pages of records of their own; all of it is done here, because the store
knows none of it.
"""

from collections.abc import Sequence
from typing import Any

from underlay.api.attributes.attribute import Resource
from underlay.api.exchange import Answer, Ask, answer
from underlay.api.query import finish, links, read_fields, read_query
from underlay.api.render import Viewpoint, render


def list_inside(resource: Resource, ask: Ask, records: Sequence[Any], view: Viewpoint) -> Answer:
    """What of `records` the query wants."""
    wanted = read_query(resource, ask.query, ask.caller)
    found = finish(wanted, records, view)
    body: dict[str, Any] = {resource.collection: [render(resource, each, view, wanted.fields) for each in found]}
    page_links = links(wanted, ask.query, ask.base + ask.url_path, found)
    if page_links:
        body[f"{resource.collection}_links"] = page_links
    return answer(body)


def show_inside(resource: Resource, ask: Ask, record: Any, view: Viewpoint) -> Answer:
    """The one."""
    return answer({resource.name: render(resource, record, view, read_fields(ask.query))})
