"""`/v2.1/os-keypairs`: a user's public keys. Private keys are made by who needs them, not here."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from hashlib import md5
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from underlay.api.compute.microversion import Microversion
from underlay.api.compute.server_body import read
from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.api.execute import execute
from underlay.commands.keypair import CreateKeypair, DeleteKeypair
from underlay.model.errors import HTTPBadRequest, ServerInvalid
from underlay.model.keypair import OF_USER, Keypair
from underlay.rules import access
from underlay.rules import keypair as rules

_TYPES: Final = re.compile(r"(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-[a-z0-9@.-]+)")
_NAME: Final = re.compile(r"[\w @.\-]{1,255}")
_LONGEST_KEY: Final = 65535


class _Wish(msgspec.Struct, frozen=True):
    name: str
    public_key: Annotated[str, Meta(max_length=_LONGEST_KEY)] | None = None
    type: str = "ssh"
    user_id: str | None = None


class _Body(msgspec.Struct, frozen=True):
    keypair: _Wish


def list_keypairs(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /os-keypairs, by name; in pages from version 2.35 on."""
    query = dict(ask.query)
    with service.store.read() as reading:
        listed = reading.linked(Keypair, OF_USER, _user(ask, version))
        seen = (each for each in listed if access.may_see(each, reading, ask.caller))
        found = sorted(seen, key=lambda each: each.name)
    if version >= (2, 35):
        names = [each.name for each in found]
        if marker := query.get("marker"):
            if marker not in names:
                raise HTTPBadRequest(f"marker [{marker}] not found")
            found = found[names.index(marker) + 1 :]
        if query.get("limit", "").isdecimal():
            found = found[: int(query["limit"])]
    return answer({"keypairs": [{"keypair": _summary(each, version)} for each in found]})


def show_keypair(service: Service, ask: Ask, version: Microversion) -> Answer:
    """GET /os-keypairs/{name}."""
    with service.store.read() as reading:
        keypair = rules.found(_user(ask, version), ask.path["name"], reading)
        access.require(ask.caller, "get_keypair", keypair, reading)
    shown: dict[str, Any] = {
        **_summary(keypair, version),
        "user_id": keypair.user_id,
        "id": int(keypair.id.replace("-", "")[:7], 16),
        "created_at": keypair.created_at.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "updated_at": None,
        "deleted": False,
        "deleted_at": None,
    }
    return answer({"keypair": shown})


def create_keypair(service: Service, ask: Ask, version: Microversion) -> Answer:
    """POST /os-keypairs with a public key, as Nova demands it from version 2.92 on."""
    wish = read(ask.body, _Body).keypair
    if wish.type != "ssh":
        raise ServerInvalid("Keypairs are of type ssh here")
    if not _NAME.fullmatch(wish.name) or wish.name != wish.name.strip():
        raise ServerInvalid(
            "Keypair data is invalid: Keypair name must be of 1 to 255 letters, digits, spaces, @ . _ -"
        )
    if wish.public_key is None:
        raise ServerInvalid(
            "Keypair data is invalid: public_key is missing; keys are not made here: `ssh-keygen` makes one, and "
            "`openstack keypair create --public-key FILE NAME` brings it"
        )
    user_id = ask.caller.user_id
    if wish.user_id is not None and version >= (2, 10):
        user_id = wish.user_id
    line = wish.public_key.strip()
    command = CreateKeypair(user_id=user_id, name=wish.name, public_key=line, fingerprint=_fingerprint(line))
    made: Keypair = execute(service, ask.caller, (command,))[0]
    shown = {**_summary(made, version), "user_id": made.user_id}
    return answer({"keypair": shown}, 201 if version >= (2, 2) else 200)


def delete_keypair(service: Service, ask: Ask, version: Microversion) -> Answer:
    """DELETE /os-keypairs/{name}."""
    execute(service, ask.caller, (DeleteKeypair(_user(ask, version), ask.path["name"]),))
    return Answer(204 if version >= (2, 2) else 202)


def _user(ask: Ask, version: Microversion) -> str:
    """Whose keypairs are meant: from version 2.10 on the query may say."""
    asked = dict(ask.query).get("user_id") if version >= (2, 10) else None
    return asked or ask.caller.user_id


def _summary(keypair: Keypair, version: Microversion) -> dict[str, Any]:
    shown = {"name": keypair.name, "public_key": keypair.public_key, "fingerprint": keypair.fingerprint}
    return {**shown, "type": "ssh"} if version >= (2, 2) else shown


def _fingerprint(line: str) -> str:
    """MD5 of the key's bytes, as Nova shows it. Raises ServerInvalid for what is no OpenSSH public key."""
    parts = line.split(None, 2)
    try:
        key = b64decode(parts[1], validate=True) if len(parts) > 1 and "\n" not in line else b""
    except (Base64Error, ValueError):
        key = b""
    kind = parts[0] if parts else ""
    named = key[4 : 4 + int.from_bytes(key[:4], "big")]
    if not _TYPES.fullmatch(kind) or named != kind.encode():
        raise ServerInvalid("Keypair data is invalid: failed to generate fingerprint: it is no OpenSSH public key")
    digest = md5(key, usedforsecurity=False).hexdigest()
    return ":".join(digest[place : place + 2] for place in range(0, len(digest), 2))
