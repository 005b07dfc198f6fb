"""Quotas: how many networks, subnets and ports a project may have; set by the administrator, counted at creation.

Source: Networking API v2.0, "Quotas".
"""

from msgspec import structs

from underlay.commands.quota import ResetQuota, SetQuota
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import InvalidInput, OverQuota, QuotaResourceUnknown, TenantQuotaNotFound
from underlay.model.ids import ProjectId
from underlay.model.quota import Quota
from underlay.rules import access
from underlay.rules.snapshot import Regulations, Snapshot
from underlay.rules.verdict import Verdict

UNLIMITED = -1


def limit_of(resource: str, quota: Quota | None, regulations: Regulations) -> int:
    """The project's own limit, else the default; -1 is unlimited."""
    default = regulations.quota_defaults.get(resource, UNLIMITED)
    return quota.limits.get(resource, default) if quota else default


def require_room(
    resource: str, project_id: ProjectId, snapshot: Snapshot, regulations: Regulations, wanted: int = 1
) -> None:
    """The project may have `wanted` more of the resource (`network`, `subnet`, `port`). Raises OverQuota."""
    limit = limit_of(resource, snapshot.quota(project_id), regulations)
    if limit == UNLIMITED:
        return
    used = snapshot.count(resource, project_id)
    if used + wanted > limit:
        raise OverQuota(resource, limit, used)


def set_limits(command: SetQuota, snapshot: Snapshot, caller: Caller, regulations: Regulations) -> Verdict:
    """Limits named replace the project's own; the others stay. A limit below what is in use stops new ones only."""
    access.require(caller, "update_quota", command, snapshot)
    known = tuple(regulations.quota_defaults)
    for resource, limit in command.limits.items():
        if resource not in known:
            raise QuotaResourceUnknown(resource, known)
        if limit < UNLIMITED:
            raise InvalidInput(f"the quota of {resource} is a count, or -1 for unlimited, and not {limit}")
    before = snapshot.quota(command.project_id) or Quota(command.project_id, {})
    after = structs.replace(before, limits={**before.limits, **command.limits})
    return Verdict(Writes(puts=(after,)) if after != before else Writes(), after)


def reset(command: ResetQuota, snapshot: Snapshot, caller: Caller) -> Verdict:
    """The project's own limits go, the defaults hold again. Raises TenantQuotaNotFound when it has none."""
    access.require(caller, "delete_quota", command, snapshot)
    quota = snapshot.quota(command.project_id)
    if quota is None:
        raise TenantQuotaNotFound(command.project_id)
    return Verdict(Writes(deletes=(Ref("quota", quota.id),)))
