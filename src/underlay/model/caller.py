"""Who asks: the identity behind one request, as rules see it."""

import msgspec

from underlay.model.ids import HostName, ProjectId


class Caller(msgspec.Struct, frozen=True):
    """Attributes:
    roles: role names on the project (`admin`, `member`, `reader`, `host`).
    host: the one host that the caller may speak for; only with role `host`.
    """

    user_id: str
    project_id: ProjectId
    roles: frozenset[str]
    host: HostName | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the caller administers the cloud."""
        return "admin" in self.roles
