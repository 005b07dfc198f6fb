"""How far the agent's records can be trusted."""

from enum import Enum


class Standing(Enum):
    """NOTHING: no records. SNAPSHOT: those of an earlier run. IN_SYNC: what the server says."""

    NOTHING = "nothing"
    SNAPSHOT = "snapshot"
    IN_SYNC = "in sync"
