"""The rules that new security groups start with: `/v2.0/default-security-group-rules`, extension
security-groups-default-rules."""

from typing import Any

from underlay.api import schema, values
from underlay.api.attributes import standard, traffic
from underlay.api.attributes.attribute import Attribute, Resource, Values, pick
from underlay.api.attributes.security_group_rule import UNENFORCED
from underlay.api.schema import Schema
from underlay.commands.security_group import CreateDefaultSecurityGroupRule, DeleteDefaultSecurityGroupRule
from underlay.model.errors import DefaultSecurityGroupRuleNotFound
from underlay.model.ids import ProjectId
from underlay.model.security_group import PARENT, SecurityGroupTemplate

_USES = ("used_in_default_sg", "used_in_non_default_sg")


@values.reads(Schema(any_of=(schema.UUID, Schema(enum=(PARENT,)))), schema.TEXT)
def _read_group(value: Any) -> str:
    return PARENT if value == PARENT else values.uuid(value)


def _create(_: ProjectId, sent: Values) -> CreateDefaultSecurityGroupRule:
    return CreateDefaultSecurityGroupRule(traffic=traffic.traffic_of(sent), **pick(sent, *_USES, "description"))


def _delete(record_id: str, _: int | None) -> DeleteDefaultSecurityGroupRule:
    return DeleteDefaultSecurityGroupRule(id=record_id)


def _use(name: str, description: str) -> Attribute:
    return Attribute(
        name,
        description,
        show=lambda record, _: getattr(record, name),
        post=values.boolean,
        filter=values.boolean,
    )


DEFAULT_SECURITY_GROUP_RULE = Resource(
    name="default_security_group_rule",
    collection="default_security_group_rules",
    path="default-security-group-rules",
    kind="security_group_template",
    record_type=SecurityGroupTemplate,
    missing=DefaultSecurityGroupRuleNotFound,
    attributes=(
        standard.identifier("rule"),
        Attribute("project_id", "Read and forgotten: the rules are nobody's.", post=values.text_up_to(255)),
        Attribute("tenant_id", "The old name of `project_id`.", post=values.text_up_to(255)),
        *traffic.rows(_read_group),
        _use("used_in_default_sg", "Whether the default groups of projects start with it. Not sent: no."),
        _use("used_in_non_default_sg", "Whether all other groups start with it. Not sent: yes."),
        standard.post_description("rule"),
    ),
    create=_create,
    delete=_delete,
    inside=True,
    unenforced=UNENFORCED,
)
