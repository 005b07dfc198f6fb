"""Commands on quotas."""

import msgspec

from underlay.model.ids import ProjectId


class SetQuota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """limits: resource name -> limit, -1 unlimited; resources not named keep theirs."""

    project_id: ProjectId
    limits: dict[str, int]


class ResetQuota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Back to the server's defaults."""

    project_id: ProjectId
