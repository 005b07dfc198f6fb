"""One extension: a row of the tables beside this module."""

from typing import Final

import msgspec

SERVER: Final = "server"
HOSTS: Final = "every host"
DHCP_HOSTS: Final = "hosts with DHCP"
METADATA_HOSTS: Final = "hosts with metadata"
NOT_YET: Final = "not yet"
KEPT: Final = "nowhere"


class Extension(msgspec.Struct, frozen=True):
    """One row of `/v2.0/extensions`: something that works here.

    Attributes:
    alias, name, description, updated: as Neutron tells them; a few are ours.
    here: what it does here, for docs/extensions.md.
    where: what makes it come true: the server alone, or what runs on hosts.
    """

    alias: str
    name: str
    description: str
    updated: str
    here: str
    where: str = SERVER
