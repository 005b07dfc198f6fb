"""Security groups: `/v2.0/security-groups`, extensions security-group and stateful-security-group."""

from collections.abc import Sequence
from typing import Any

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.api.attributes.security_group_rule import UNENFORCED
from underlay.api.schema import Schema
from underlay.commands.security_group import CreateSecurityGroup, DeleteSecurityGroup, UpdateSecurityGroup
from underlay.model.errors import SecurityGroupDefaultAlreadyExists, SecurityGroupNotFound
from underlay.model.ids import ProjectId
from underlay.model.security_group import SecurityGroup

_SAME_NAME = ("name", "description", "stateful")


@values.reads(Schema(type="string", max_length=standard.NAME_LENGTH))
def _read_name(value: Any) -> str:
    name: str = values.text_up_to(standard.NAME_LENGTH)(value)
    if name.lower() == "default":
        raise SecurityGroupDefaultAlreadyExists()
    return name


def _show_rules(group: SecurityGroup, view: View) -> Sequence[dict[str, Any]]:
    return view.rules_of(group.id) if group.rule_ids else ()


def _create(project_id: ProjectId, sent: Values) -> CreateSecurityGroup:
    return CreateSecurityGroup(project_id=project_id, **pick(sent, *_SAME_NAME, "tags"))


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateSecurityGroup:
    return UpdateSecurityGroup(id=record_id, revision=revision, **pick(sent, *_SAME_NAME))


def _delete(record_id: str, revision: int | None) -> DeleteSecurityGroup:
    return DeleteSecurityGroup(id=record_id, revision=revision)


SECURITY_GROUP = Resource(
    name="security_group",
    collection="security_groups",
    path="security-groups",
    kind="security_group",
    record_type=SecurityGroup,
    missing=SecurityGroupNotFound,
    attributes=(
        standard.identifier("security group"),
        Attribute(
            "name",
            "Name of the security group, for people; need not be unique. `default` is the name of the one group that "
            "each project has, which its ports are in when nothing else is asked for.",
            show=lambda record, _: record.name,
            post=_read_name,
            put=_read_name,
            filter=standard.text,
            sort=True,
        ),
        *standard.owner(),
        Attribute(
            "stateful",
            "Whether answers to traffic that was let pass are let pass without a rule of their own. All groups of a "
            "port are so, or none; it cannot change while ports are in the group.",
            show=lambda record, _: record.stateful,
            post=values.boolean,
            put=values.boolean,
            filter=values.boolean,
        ),
        standard.shared_by_policies("security group"),
        Attribute(
            "security_group_rules",
            "Its rules, in order of creation, as `/v2.0/security-group-rules` shows them.",
            show=_show_rules,
            shown=schema.list_of(schema.shown(id=schema.UUID, security_group_id=schema.UUID, direction=schema.TEXT)),
        ),
        standard.description("security group"),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
    unenforced=UNENFORCED,
)
