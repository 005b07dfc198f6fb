"""Who asks: the identity behind one request, as rules see it."""

from typing import Final

import msgspec

from underlay.model.ids import HostName, ProjectId
from underlay.model.policy.policy import DEFAULT_POLICY, Policy


class Caller(msgspec.Struct, frozen=True):
    """Attributes:
    roles: role names on the project; what they mean is the policy's business.
    host: the one host that the caller may speak for.
    policy: by which the caller is judged.
    """

    user_id: str
    project_id: ProjectId
    roles: frozenset[str]
    host: HostName | None = None
    policy: Policy = DEFAULT_POLICY

    @property
    def is_admin(self) -> bool:
        """Whether the caller administers the cloud."""
        return self.policy.allows("context_is_admin", self)


SERVER: Final = Caller("underlay-server", ProjectId(""), frozenset({"admin"}))
"""The server itself, at work that nobody asked for."""
