"""An address group: prefixes under one name, for rules of security groups to refer to.

Source: Networking API v2.0, extension address-group.
"""

from datetime import datetime
from typing import Final

import msgspec

from underlay.model.address import IpNetwork
from underlay.model.ids import ProjectId

MAX_ADDRESSES: Final = 10_000
"""Of one group."""


class AddressGroup(msgspec.Struct, frozen=True, tag="address_group", tag_field="kind"):
    """Attributes:
    shared: open to all projects, by an RBAC policy.
    addresses: without doubles, in the order in which they were added.
    """

    id: str
    project_id: ProjectId
    name: str
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    description: str = ""
    shared: bool = False
    addresses: tuple[IpNetwork, ...] = ()
