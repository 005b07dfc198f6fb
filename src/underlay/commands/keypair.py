"""Commands on keypairs."""

import msgspec


class CreateKeypair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """fingerprint: of the public key, as the caller's edge worked it out."""

    user_id: str
    name: str
    public_key: str
    fingerprint: str


class DeleteKeypair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    user_id: str
    name: str


KeypairCommand = CreateKeypair | DeleteKeypair
