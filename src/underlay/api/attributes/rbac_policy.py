"""RBAC policies: `/v2.0/rbac-policies`, extension `rbac-policies`: who besides its project may use an object."""

from typing import Any, get_args

from underlay.api import values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values
from underlay.api.schema import Schema
from underlay.commands.rbac_policy import CreateRbacPolicy, DeleteRbacPolicy, UpdateRbacPolicy
from underlay.model.change import RECORD_TYPES
from underlay.model.errors import InvalidInput, RbacPolicyNotFound
from underlay.model.ids import ProjectId
from underlay.model.rbac_policy import RbacPolicy, SharedObject


@values.reads(Schema(type="string", enum=get_args(SharedObject)))
def _read_type(value: Any) -> str:
    wanted = value.strip().lower() if isinstance(value, str) else value
    if wanted not in get_args(SharedObject) or wanted not in RECORD_TYPES:
        raise InvalidInput(f"'{values.shown(value)}' is not a valid RBAC object type")
    return str(wanted)


@values.reads(Schema(type="string", min_length=1, max_length=standard.PROJECT_ID_LENGTH))
def _read_target(value: Any) -> str:
    target: str = values.text_up_to(standard.PROJECT_ID_LENGTH)(value)
    if not target.strip():
        raise ValueError(f"'{target}' Blank strings are not permitted")
    return target


def _create(project_id: ProjectId, sent: Values) -> CreateRbacPolicy:
    return CreateRbacPolicy(
        project_id=project_id,
        object_type=sent["object_type"],
        object_id=sent["object_id"],
        action=sent["action"],
        target_project=ProjectId(sent["target_tenant"]),
    )


def _update(record_id: str, _: int | None, sent: Values) -> UpdateRbacPolicy:
    if "target_tenant" not in sent:
        return UpdateRbacPolicy(id=record_id)
    return UpdateRbacPolicy(id=record_id, target_project=ProjectId(sent["target_tenant"]))


def _delete(record_id: str, _: int | None) -> DeleteRbacPolicy:
    return DeleteRbacPolicy(id=record_id)


def _fixed(name: str, description: str, reader: values.Reader[Any]) -> Attribute:
    return Attribute(
        name,
        description,
        show=lambda record, _: getattr(record, name),
        post=reader,
        required=True,
        filter=standard.text,
        sort=True,
    )


RBAC_POLICY = Resource(
    name="rbac_policy",
    collection="rbac_policies",
    path="rbac-policies",
    kind="rbac_policy",
    record_type=RbacPolicy,
    missing=RbacPolicyNotFound,
    attributes=(
        standard.identifier("RBAC policy"),
        *standard.owner(),
        _fixed(
            "object_type",
            "What is granted: `network`, `qos_policy`, `security_group`, `address_scope`, `subnetpool` or "
            "`address_group`.",
            _read_type,
        ),
        _fixed("object_id", "The object, which must be the caller's own.", values.uuid),
        _fixed(
            "action",
            "`access_as_shared`: seen and used as one's own; networks only, `access_as_external`: seen as external.",
            values.text_up_to(standard.NAME_LENGTH),
        ),
        Attribute(
            "target_tenant",
            "The project that it is granted to; `*`, for administrators, is all of them, as `shared` says.",
            show=lambda record, _: record.target_project,
            post=_read_target,
            put=_read_target,
            required=True,
            filter=standard.text,
            sort=True,
        ),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
