"""Whether the pumps run: each holds an exclusive flock(2) on `.lock` in its table folder for as long as it serves."""

import fcntl
from pathlib import Path

LOCK_NAME = ".lock"


def is_serving(folder: Path) -> bool:
    """Whether a pump serves from the folder. The test takes the lock shared for an instant when nobody has it."""
    try:
        with (folder / LOCK_NAME).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
