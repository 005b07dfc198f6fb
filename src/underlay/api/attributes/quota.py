"""Quotas: `/v2.0/quotas`. A project without one of its own has the server's defaults."""

from collections.abc import Callable
from typing import Any, Final

from underlay.api import schema, values
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.commands.quota import ResetQuota, SetQuota
from underlay.model.errors import TenantQuotaNotFound
from underlay.model.ids import ProjectId
from underlay.model.quota import Quota
from underlay.rules.snapshot import QUOTA_DEFAULTS

COUNTED: Final = tuple(QUOTA_DEFAULTS)
"""Resources that have a quota."""

_limit = values.integer_between(-1, 2**31 - 1)


def _show_limit(resource: str) -> Callable[[Any, View], Any]:
    return lambda record, view: record.limits.get(resource, view.default_quota(resource))


def _update(record_id: str, _: int | None, sent: Values) -> SetQuota:
    return SetQuota(project_id=ProjectId(record_id), limits=pick(sent, *COUNTED))


def _delete(record_id: str, _: int | None) -> ResetQuota:
    return ResetQuota(project_id=ProjectId(record_id))


QUOTA = Resource(
    name="quota",
    collection="quotas",
    kind="quota",
    record_type=Quota,
    missing=TenantQuotaNotFound,
    attributes=(
        *(
            Attribute(
                resource,
                f"How many {resource.replace('_', ' ')}s the project may have; -1 is unlimited.",
                show=_show_limit(resource),
                put=_limit,
            )
            for resource in COUNTED
        ),
        Attribute(
            "check_limit",
            "Refuse limits that are below what is in use already.",
            put=values.boolean,
        ),
        Attribute("force", "Set limits whatever is in use, which is so without it too.", put=values.boolean),
        Attribute("project_id", "The project.", show=lambda record, _: record.project_id, shown=schema.TEXT),
        Attribute(
            "tenant_id", "The old name of `project_id`.", show=lambda record, _: record.project_id, shown=schema.TEXT
        ),
    ),
    update=_update,
    delete=_delete,
)
