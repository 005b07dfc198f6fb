"""Rules of security groups: `/v2.0/security-group-rules`, with security-groups-normalized-cidr,
security-groups-remote-address-group and security-groups-rules-belongs-to-default-sg."""

from typing import Final

from underlay.api import schema, values
from underlay.api.attributes import standard, traffic
from underlay.api.attributes.attribute import Attribute, Resource, Values, pick
from underlay.commands.security_group import CreateSecurityGroupRule, DeleteSecurityGroupRule
from underlay.model.errors import SecurityGroupRuleNotFound
from underlay.model.ids import ProjectId
from underlay.model.security_group import SecurityGroupRule
from underlay.rules.traffic import normalized_cidr

UNENFORCED: Final = "hosts do not enforce security groups yet"

_ID: Final = values.text_up_to(36)
"""Neutron reads ids of groups as any text, and finds none by what is no UUID."""


def _create(project_id: ProjectId, sent: Values) -> CreateSecurityGroupRule:
    return CreateSecurityGroupRule(
        project_id=project_id,
        traffic=traffic.traffic_of(sent),
        **pick(sent, "security_group_id", "description", "tags"),
    )


def _delete(record_id: str, revision: int | None) -> DeleteSecurityGroupRule:
    return DeleteSecurityGroupRule(id=record_id, revision=revision)


SECURITY_GROUP_RULE = Resource(
    name="security_group_rule",
    collection="security_group_rules",
    path="security-group-rules",
    kind="security_group_rule",
    record_type=SecurityGroupRule,
    missing=SecurityGroupRuleNotFound,
    attributes=(
        standard.identifier("rule"),
        *standard.owner(),
        Attribute(
            "security_group_id",
            "The group that it belongs to. Who sees only the group, because it is shared, sees its rules in the group.",
            show=lambda record, _: record.security_group_id,
            post=_ID,
            required=True,
            filter=standard.text,
            link="security_group",
            sort=True,
        ),
        *traffic.rows(_ID),
        Attribute(
            "normalized_cidr",
            "`remote_ip_prefix` without the bits behind its length.",
            show=lambda record, _: normalized_cidr(record.traffic),
            shown=schema.nullable(schema.CIDR),
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "belongs_to_default_sg",
            "Whether its group is the default group of its project.",
            show=lambda record, _: record.of_default_group,
            filter=values.boolean,
        ),
        standard.post_description("rule"),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    delete=_delete,
    unenforced=UNENFORCED,
)
