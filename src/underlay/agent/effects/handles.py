"""What effects act through."""

from pathlib import Path

import msgspec

from underlay.agent.state.site import Site
from underlay.dataplane.ovsdb import Ovsdb


class Handles(msgspec.Struct, frozen=True):
    """Attributes:
    run_dir: where Open vSwitch keeps the bridges' management sockets.
    table_folders: kind of table (`dhcp`, `dhcp/ports`, `metadata`, `metadata/ports`) -> folder.
    timeout_s: limit of one call of `ovs-ofctl`.
    """

    site: Site
    ovsdb: Ovsdb
    run_dir: Path
    table_folders: dict[str, Path]
    timeout_s: float
