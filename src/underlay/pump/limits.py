"""How many files (sockets) a pump may have open: a few for each network, so more than the usual 1024."""

import resource
from typing import Final

WANTED_OPEN_FILES: Final = 65_536


def raise_open_files(wanted: int = WANTED_OPEN_FILES) -> int:
    """Raise this process' limit to `wanted` or as far as allowed (root may raise the hard limit); what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return soft
    for limit in (wanted, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, max(limit, hard)))
        except (OSError, ValueError):
            continue
        return limit
    return soft
