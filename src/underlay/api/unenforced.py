"""Honesty about what is stored and not yet enforced on hosts: a warning, or a refusal, as `[server] unenforced` says.

What that is stands in the attribute tables: `Attribute.unenforced`, `Resource.unenforced`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from underlay.api.attributes.attribute import Attribute, Resource
from underlay.api.values import Reader
from underlay.model.errors import NotEnforced
from underlay.rules.snapshot import Regulations

Headers = tuple[tuple[str, str], ...]


def at_creation(resource: Resource, sent: Mapping[str, Any]) -> tuple[str, ...]:
    """What hosts do not enforce of a record that is to be created so; the values are known to be well-formed."""
    return _notices(resource, sent, ((row, row.post) for row in resource.attributes))


def at_update(resource: Resource, sent: Mapping[str, Any]) -> tuple[str, ...]:
    """The same of a record that is to be changed so."""
    return _notices(resource, sent, ((row, row.put) for row in resource.attributes))


def warnings(notices: Iterable[str], regulations: Regulations) -> Headers:
    """The `Warning` headers for them, each once. Raises NotEnforced where the operator refuses such."""
    found = tuple(dict.fromkeys(notices))
    if found and regulations.unenforced == "refuse":
        raise NotEnforced("; ".join(found))
    return tuple(("Warning", f'299 underlay "{notice}"') for notice in found[:10])


def _notices(
    resource: Resource, sent: Mapping[str, Any], rows: Iterable[tuple[Attribute, Reader[Any] | None]]
) -> tuple[str, ...]:
    whole = (resource.unenforced,) if resource.unenforced else ()
    return whole + tuple(
        f"{row.name}: {row.unenforced}"
        for row, reader in rows
        if row.unenforced and reader and row.name in sent and reader(sent[row.name])
    )
