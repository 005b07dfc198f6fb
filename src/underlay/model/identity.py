"""Users, projects and who has which role where: what the embedded identity endpoint stores.

There is one domain, `default`, and four roles; neither is stored. Source: Identity API v3.
"""

from typing import Final, Literal, NewType, get_args

import msgspec

from underlay.model.ids import HostName, ProjectId

UserId = NewType("UserId", str)
RoleName = Literal["admin", "member", "reader", "host"]

ROLE_NAMES: Final[tuple[RoleName, ...]] = get_args(RoleName)
DEFAULT_DOMAIN_ID: Final = "default"
DEFAULT_DOMAIN_NAME: Final = "Default"


class Project(msgspec.Struct, frozen=True):
    """Attributes:
    name: unique.
    """

    id: ProjectId
    name: str
    enabled: bool = True
    description: str = ""


class User(msgspec.Struct, frozen=True):
    """Attributes:
    name: unique.
    password_hash: argon2's encoded form; empty: no password fits.
    default_project_id: the project of a token that was asked for without a scope.
    host: the one host that the user may speak for, with role `host`.
    generation: counted up to void every token made for the user before.
    """

    id: UserId
    name: str
    password_hash: str = ""
    enabled: bool = True
    default_project_id: ProjectId | None = None
    host: HostName | None = None
    description: str = ""
    email: str = ""
    generation: int = 0


class Assignment(msgspec.Struct, frozen=True, order=True):
    """The user has the role on the project. Roles that it implies are not stored."""

    user_id: UserId
    project_id: ProjectId
    role: RoleName


class NameTaken(Exception):  # noqa: N818 - the condition's name, as in the error tree of the model
    """Another project or user has the name."""

    def __init__(self, kind: Literal["project", "user"], name: str) -> None:
        super().__init__(kind, name)
        self.kind = kind
        self.name = name
