"""An address scope: subnet pools whose addresses do not overlap, so that they can be routed to one another.

Source: Networking API v2.0, extension address-scope.
"""

from datetime import datetime
from typing import Literal

import msgspec

from underlay.model.ids import ProjectId


class AddressScope(msgspec.Struct, frozen=True, tag="address_scope", tag_field="kind"):
    """Attributes:
    shared: open to all projects; never taken back.
    """

    id: str
    project_id: ProjectId
    name: str
    ip_version: Literal[4, 6]
    created_at: datetime
    updated_at: datetime
    revision_number: int = 1
    shared: bool = False
