"""Who may use the cloud: domains, users, groups, projects, roles, who has which role where, application credentials.

What the embedded identity endpoint stores. Source: Identity API v3.
"""

from datetime import datetime
from typing import Final, Literal, NewType

import msgspec

from underlay.model.ids import HostName, ProjectId

DomainId = NewType("DomainId", str)
UserId = NewType("UserId", str)
RoleId = NewType("RoleId", str)
RoleName = NewType("RoleName", str)
GroupId = NewType("GroupId", str)
CredentialId = NewType("CredentialId", str)
RegionId = NewType("RegionId", str)
ServiceId = NewType("ServiceId", str)
EndpointId = NewType("EndpointId", str)

Interface = Literal["public", "internal", "admin"]

DEFAULT_DOMAIN_ID: Final = DomainId("default")
DEFAULT_DOMAIN_NAME: Final = "Default"


class Domain(msgspec.Struct, frozen=True):
    """What users and projects belong to. Disabled: none of its users gets a token, none for its projects.

    Attributes:
    name: unique.
    """

    id: DomainId
    name: str
    enabled: bool = True
    description: str = ""


class Project(msgspec.Struct, frozen=True):
    """Attributes:
    name: unique in the domain.
    tags: sorted.
    """

    id: ProjectId
    name: str
    enabled: bool = True
    description: str = ""
    domain_id: DomainId = DEFAULT_DOMAIN_ID
    tags: tuple[str, ...] = ()


class User(msgspec.Struct, frozen=True):
    """Attributes:
    name: unique in the domain.
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
    domain_id: DomainId = DEFAULT_DOMAIN_ID


class Group(msgspec.Struct, frozen=True):
    """Users who have the group's roles.

    Attributes:
    name: unique in the domain.
    """

    id: GroupId
    name: str
    description: str = ""
    domain_id: DomainId = DEFAULT_DOMAIN_ID


class Role(msgspec.Struct, frozen=True):
    """A role that the administrator made; the four fixed ones (`identity.roles`) are not stored.

    Attributes:
    name: unique.
    """

    id: RoleId
    name: RoleName
    description: str = ""


class Implication(msgspec.Struct, frozen=True, order=True):
    """Who has `prior` has `implied` too. Those among the fixed roles are not stored."""

    prior: RoleName
    implied: RoleName


class OnProject(msgspec.Struct, frozen=True, tag="project"):
    """A role is held on this project."""

    id: ProjectId


class OnDomain(msgspec.Struct, frozen=True, tag="domain"):
    """A role is held on this domain itself, not on its projects."""

    id: DomainId


class OnSystem(msgspec.Struct, frozen=True, tag="system"):
    """A role is held on the whole cloud."""


Target = OnProject | OnDomain | OnSystem


class Assignment(msgspec.Struct, frozen=True):
    """The user has the role there. Roles that it implies are not stored."""

    user_id: UserId
    target: Target
    role: RoleName

    @property
    def sort_key(self) -> tuple[str, str, str, str]:
        """Order of lists."""
        kind, target_id = place_of(self.target)
        return self.user_id, kind, target_id, self.role


class GroupAssignment(msgspec.Struct, frozen=True):
    """All users in the group have the role there."""

    group_id: GroupId
    target: Target
    role: RoleName

    @property
    def sort_key(self) -> tuple[str, str, str, str]:
        """Order of lists."""
        kind, target_id = place_of(self.target)
        return self.group_id, kind, target_id, self.role


class ApplicationCredential(msgspec.Struct, frozen=True):
    """A secret by which a program acts for the user on one project, with some of the user's roles there.

    Attributes:
    name: unique for the user.
    secret_hash: argon2's encoded form.
    roles: not those implied; the credential is void once the user lacks one of them.
    unrestricted: whether it may make and delete application credentials.
    """

    id: CredentialId
    user_id: UserId
    project_id: ProjectId
    name: str
    secret_hash: str
    roles: tuple[RoleName, ...]
    description: str = ""
    unrestricted: bool = False
    expires_at: datetime | None = None


class Region(msgspec.Struct, frozen=True):
    """A part of the cloud, as the catalog has it."""

    id: RegionId
    description: str = ""
    parent_region_id: RegionId | None = None


class CatalogService(msgspec.Struct, frozen=True):
    """A service in the catalog. Disabled, clients are not shown it in their tokens."""

    id: ServiceId
    type: str
    name: str = ""
    description: str = ""
    enabled: bool = True


class CatalogEndpoint(msgspec.Struct, frozen=True):
    """Where a service is.

    Attributes:
    url: `$(project_id)s`, `$(tenant_id)s` and `$(user_id)s` in it stand for those of the token; % instead of $ as well.
    """

    id: EndpointId
    service_id: ServiceId
    interface: Interface
    url: str
    region_id: RegionId | None = None
    enabled: bool = True


def place_of(target: Target) -> tuple[Literal["project", "domain", "system"], str]:
    """The kind of the target and its id; the system's is `all`."""
    match target:
        case OnProject(project_id):
            return "project", project_id
        case OnDomain(domain_id):
            return "domain", domain_id
        case OnSystem():
            return "system", "all"


def target_at(kind: str, target_id: str) -> Target:
    """The inverse of `place_of`."""
    match kind:
        case "project":
            return OnProject(ProjectId(target_id))
        case "domain":
            return OnDomain(DomainId(target_id))
    return OnSystem()


class NameTaken(Exception):  # noqa: N818 - the condition's name, as in the error tree of the model
    """Another one of that kind has the name."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(kind, name)
        self.kind = kind
        self.name = name
