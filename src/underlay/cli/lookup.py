"""Name or id -> id, by asking the server."""

import re
from typing import Final

from underlay.cli.errors import CliError
from underlay.cli.session import Session, part_of

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FREE_IDS: Final = frozenset({"instance"})


def find_id(session: Session, resource: str, name_or_id: str) -> str:
    """The id of the one resource that has this id or, failing that, this name.

    Only what has the shape of an id is asked for as one, save for resources whose ids may be any text.
    Raises CliError when there is none or more than one.
    """
    if resource in _FREE_IDS or _UUID.fullmatch(name_or_id):
        found = _ids(session, resource, "id", name_or_id)
        if found:
            return found[0]
    found = _ids(session, resource, "name", name_or_id)
    if len(found) > 1:
        raise CliError(f"Multiple {resource} matches found for name '{name_or_id}', use an ID to be more specific.")
    if not found:
        raise CliError(f"Unable to find {resource} with name '{name_or_id}'")
    return found[0]


def own_project(session: Session) -> str:
    """The id of the project that the token is for."""
    return str(part_of(part_of(session.call("GET", "/quotas/tenant"), "tenant"), "tenant_id"))


def _ids(session: Session, resource: str, key: str, value: str) -> list[str]:
    path = f"/{resource.replace('_', '-')}s"
    answer = session.call("GET", path, [(key, value), ("fields", "id")])
    return [str(item["id"]) for item in part_of(answer, f"{resource}s")]
