"""Roles: six that are fixed, and those that the administrator makes; which implies which.

admin implies manager implies member implies reader, as in Keystone; service is what Nova's own user has, host what an
agent has, and both imply nothing. What a role may do is the policy's business (`model.policy.table`): those that are
made may do nothing by default, unless one implies manager, member or reader.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import NAMESPACE_DNS, uuid5

import msgspec

from underlay.identity.records import IdentityStore
from underlay.model.identity import Implication, Role, RoleId, RoleName

ADMIN: Final = RoleName("admin")
MANAGER: Final = RoleName("manager")
MEMBER: Final = RoleName("member")
READER: Final = RoleName("reader")
SERVICE: Final = RoleName("service")
HOST: Final = RoleName("host")

FIXED: Final = tuple(
    Role(RoleId(uuid5(NAMESPACE_DNS, f"{name}.role.underlay").hex), name)
    for name in (ADMIN, MANAGER, MEMBER, READER, SERVICE, HOST)
)
ROLE_IDS: Final[Mapping[RoleName, RoleId]] = {role.name: role.id for role in FIXED}
BEYOND_PROJECTS: Final = (ADMIN, SERVICE, HOST)
"""Roles that count in every project, whichever they are assigned on."""
ALWAYS: Final = (Implication(ADMIN, MANAGER), Implication(MANAGER, MEMBER), Implication(MEMBER, READER))


class RoleBook(msgspec.Struct, frozen=True):
    """All roles and implications of a moment."""

    roles: tuple[Role, ...] = FIXED
    implications: tuple[Implication, ...] = ALWAYS

    def named(self, name: str) -> Role | None:
        """The role of exactly that name."""
        return next((role for role in self.roles if role.name == name), None)

    def get(self, role_id: str) -> Role | None:
        """The role of that id."""
        return next((role for role in self.roles if role.id == role_id), None)

    def implied_by(self, name: RoleName) -> tuple[RoleName, ...]:
        """What it implies itself, not by way of others."""
        return tuple(each.implied for each in self.implications if each.prior == name)

    def effective(self, assigned: Iterable[RoleName]) -> frozenset[RoleName]:
        """The roles assigned and all that they imply, also by way of others."""
        found = set(assigned)
        waiting = list(found)
        while waiting:
            new = set(self.implied_by(waiting.pop())) - found
            found |= new
            waiting += new
        return frozenset(found)


def read_roles(store: IdentityStore) -> RoleBook:
    """As they are now."""
    return RoleBook((*FIXED, *store.roles.find()), (*ALWAYS, *store.implications.find()))
