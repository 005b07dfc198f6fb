"""A project's quota: how many of each resource it may have. Source: Networking API v2.0, "Quotas"."""

import msgspec

from underlay.model.ids import ProjectId


class Quota(msgspec.Struct, frozen=True, tag="quota", tag_field="kind"):
    """Limits of one project by resource name (`network`, `subnet`, `port`); -1 is unlimited.
    A resource that is not named here has the server's default."""

    project_id: ProjectId
    limits: dict[str, int]

    @property
    def id(self) -> str:
        """The record's id in store and feed."""
        return self.project_id
