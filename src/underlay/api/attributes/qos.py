"""QoS policies: `/v2.0/qos/policies`, extensions `qos` and `qos-default`."""

from typing import Any

import msgspec

from underlay.api import schema
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.commands.qos import CreateQosPolicy, DeleteQosPolicy, UpdateQosPolicy
from underlay.model.errors import QosPolicyNotFound
from underlay.model.ids import ProjectId
from underlay.model.qos import QosPolicy

UNENFORCED = "hosts do not shape or mark traffic yet"
"""Said to who asks for QoS."""


def _show_rules(policy: QosPolicy, _: View) -> list[dict[str, Any]]:
    return [{**msgspec.to_builtins(rule), "qos_policy_id": policy.id} for rule in policy.rules]


def _create(project_id: ProjectId, sent: Values) -> CreateQosPolicy:
    return CreateQosPolicy(project_id=project_id, **pick(sent, "name", "shared", "is_default", "description", "tags"))


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateQosPolicy:
    return UpdateQosPolicy(id=record_id, revision=revision, **pick(sent, "name", "shared", "is_default", "description"))


def _delete(record_id: str, revision: int | None) -> DeleteQosPolicy:
    return DeleteQosPolicy(id=record_id, revision=revision)


QOS_POLICY = Resource(
    name="policy",
    collection="policies",
    path="qos/policies",
    kind="qos_policy",
    record_type=QosPolicy,
    missing=QosPolicyNotFound,
    attributes=(
        standard.identifier("policy"),
        standard.name("policy"),
        *standard.owner(),
        standard.shared("Whether all projects may use it. Policies are the administrator's to make and change."),
        standard.flag("is_default", "Whether new networks of its project get it; at most one policy a project."),
        Attribute(
            "rules",
            "Its rules of all types, in order of creation, with `type` and `qos_policy_id`; changed under its URL.",
            show=_show_rules,
            shown=schema.list_of(schema.shown(id=schema.UUID, qos_policy_id=schema.UUID, type=schema.TEXT)),
        ),
        standard.description("policy"),
        *standard.tags(post=True),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
    unenforced=UNENFORCED,
)
