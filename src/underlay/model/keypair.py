"""A keypair: a user's public ssh key under a name, for the servers that the user makes.

Source: Compute API v2.1, "Keypairs".
"""

from datetime import datetime
from typing import Final

import msgspec

OF_USER: Final = "keypair_user"
"""The relation by which a keypair names its user (`store.links`)."""


class Keypair(msgspec.Struct, frozen=True, tag="keypair", tag_field="kind"):
    """(user_id, name) is unique.

    Attributes:
    public_key: one OpenSSH line.
    fingerprint: MD5 of the key's bytes, sixteen hexadecimal pairs with colons.
    """

    id: str
    user_id: str
    name: str
    public_key: str
    fingerprint: str
    created_at: datetime


def keypair_key(user_id: str, name: str) -> str:
    """What only one keypair may have."""
    return f"{user_id}/{name}"
