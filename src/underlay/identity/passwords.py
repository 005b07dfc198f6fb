"""Password hashes by argon2id (RFC 9106). Each costs some 20 ms and 19 MiB on purpose: run it off the event loop.

The cost is OWASP's first recommendation for argon2id: a command-line client logs in for every command, and the
passwords that the server makes itself carry 144 random bits.
"""

from typing import Final

import argon2

TIME_COST: Final = 2
MEMORY_KIB: Final = 19_456
PARALLELISM: Final = 1


class Passwords:
    """Hashes and checks; safe to use from several threads."""

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=PARALLELISM)
        self._decoy = self._hasher.hash("no user has this")

    def hash(self, password: str) -> str:
        """argon2's encoded form, with salt and cost in it."""
        return self._hasher.hash(password)

    def fits(self, password: str, encoded: str) -> bool:
        """Whether the password is the one that was hashed. An empty hash fits none, and takes as long to say so."""
        try:
            self._hasher.verify(encoded or self._decoy, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
        return bool(encoded)
