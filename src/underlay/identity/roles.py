"""The four roles, fixed: admin implies member implies reader; host is what an agent has, and implies nothing."""

from collections.abc import Iterable
from typing import Final
from uuid import NAMESPACE_DNS, uuid5

from underlay.model.identity import ROLE_NAMES, RoleName

IMPLIED: Final[dict[RoleName, frozenset[RoleName]]] = {
    "admin": frozenset({"admin", "member", "reader"}),
    "member": frozenset({"member", "reader"}),
    "reader": frozenset({"reader"}),
    "host": frozenset({"host"}),
}
ROLE_IDS: Final[dict[RoleName, str]] = {name: uuid5(NAMESPACE_DNS, f"{name}.role.underlay").hex for name in ROLE_NAMES}
_BY_ID: Final[dict[str, RoleName]] = {role_id: name for name, role_id in ROLE_IDS.items()}


def effective(assigned: Iterable[RoleName]) -> frozenset[RoleName]:
    """The roles assigned and all that they imply."""
    return frozenset().union(*(IMPLIED[name] for name in assigned))


def role_of(role_id: str) -> RoleName | None:
    """The role of that id."""
    return _BY_ID.get(role_id)
