"""The file with the key that signs tokens: 32 random bytes as hex, readable by its owner only."""

import os
import secrets
from pathlib import Path
from typing import Final

KEY_BYTES: Final = 32


def make_key(path: Path) -> bool:
    """Write a new key; False when the file is there already, which is then left as it is. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read_key(path: Path) -> bytes:
    """The key. Raises OSError when it cannot be read, ValueError when what is in the file is no key."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise ValueError(f"{path} does not hold a key of {KEY_BYTES} bytes as hex") from error
    if len(key) < KEY_BYTES:
        raise ValueError(f"{path} holds a key of {len(key)} bytes; at least {KEY_BYTES} are needed")
    return key
