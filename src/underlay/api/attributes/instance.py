"""Instances: `/v2.0/instances` (ours: extension `instance-metadata`): what the metadata service tells a machine."""

import re
from base64 import b64decode
from typing import Any, Final

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, pick
from underlay.api.schema import Schema
from underlay.commands.instance import CreateInstance, DeleteInstance, UpdateInstance
from underlay.model.errors import InstanceNotFound
from underlay.model.ids import InstanceId, ProjectId
from underlay.model.instance import Instance

USER_DATA_LENGTH: Final = 65535
_LIMIT: Final = 255
_PAIRS: Final = 128
_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,255}")
_WRITABLE = ("name", "public_keys", "user_data", "meta", "availability_zone")


@values.reads(Schema(type="string", pattern=f"^{_ID.pattern}$"))
def _read_id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"'{values.shown(value)}' is not letters, digits and _ . : - (at most {_LIMIT})")
    return value


@values.reads(Schema(type="string", max_length=USER_DATA_LENGTH))
def _read_user_data(value: Any) -> str:
    text: str = values.text_up_to(USER_DATA_LENGTH)(value)
    try:
        b64decode(text, validate=True)
    except ValueError:
        raise ValueError("user_data is not base64") from None
    return text


def _read_pairs(max_length: int) -> values.Reader[Any]:
    key, text = values.text_up_to(_LIMIT), values.text_up_to(max_length)

    each = Schema(type="string", max_length=max_length)
    pairs = Schema(type="object", additional_properties=each, max_properties=_PAIRS)

    @values.reads(schema.nullable(pairs), pairs)
    def read(value: Any) -> dict[str, str]:
        pairs = values.free_dict(value)
        if len(pairs) > _PAIRS:
            raise ValueError(f"more than {_PAIRS} entries")
        return {key(one): text(other) for one, other in pairs.items()}

    return read


def _create(project_id: ProjectId, sent: Values) -> CreateInstance:
    instance_id = InstanceId(sent["id"]) if "id" in sent else None
    return CreateInstance(project_id=project_id, id=instance_id, **pick(sent, *_WRITABLE))


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateInstance:
    return UpdateInstance(id=InstanceId(record_id), revision=revision, **pick(sent, *_WRITABLE))


def _delete(record_id: str, revision: int | None) -> DeleteInstance:
    return DeleteInstance(id=InstanceId(record_id), revision=revision)


def _row(name: str, description: str, reader: values.Reader[Any]) -> Attribute:
    return Attribute(name, description, show=lambda record, _: getattr(record, name), post=reader, put=reader)


INSTANCE = Resource(
    name="instance",
    collection="instances",
    kind="instance",
    record_type=Instance,
    missing=InstanceNotFound,
    attributes=(
        Attribute(
            "id",
            "The `device_id` of the machine's ports; made by the server when not sent.",
            show=lambda record, _: record.id,
            post=_read_id,
            filter=standard.text,
            sort=True,
        ),
        standard.name("instance"),
        *standard.owner(),
        _row("public_keys", "ssh keys: name -> OpenSSH public key line.", _read_pairs(16_384)),
        _row("user_data", "base64 of what the machine gets as user data.", values.null_as("", _read_user_data)),
        _row("meta", "Free pairs of key and value, told under `meta`.", _read_pairs(_LIMIT)),
        _row("availability_zone", "Told to the machine as it is.", values.text_up_to(_LIMIT)),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
