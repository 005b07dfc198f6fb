"""An instance: what the metadata service tells the machine whose ports carry `device_id == id`."""

from datetime import datetime

import msgspec

from underlay.model.ids import InstanceId, ProjectId


class Instance(msgspec.Struct, frozen=True, tag="instance", tag_field="kind"):
    """Attributes:
    id: equal to the `device_id` of the instance's ports.
    public_keys: key name -> OpenSSH public key line.
    user_data: base64 of what the guest gets from `user_data`; empty for none. At most 65535 characters (as Nova).
    meta: free key -> value pairs shown under `meta`.
    """

    id: InstanceId
    project_id: ProjectId
    name: str
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    public_keys: dict[str, str] = {}
    user_data: str = ""
    meta: dict[str, str] = {}
    availability_zone: str = "nova"
