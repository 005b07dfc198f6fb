"""Keypairs: public keys that are a user's, whatever the project."""

from typing import assert_never

from underlay.commands.keypair import CreateKeypair, DeleteKeypair, KeypairCommand
from underlay.model.caller import Caller
from underlay.model.change import Ref, Writes
from underlay.model.errors import KeypairExists, KeypairNotFound
from underlay.model.keypair import Keypair, keypair_key
from underlay.rules import access
from underlay.rules.snapshot import Circumstances, Snapshot
from underlay.rules.verdict import Verdict


def judge(command: KeypairCommand, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """Any command on keypairs."""
    match command:
        case CreateKeypair():
            return create(command, snapshot, caller, circumstances)
        case DeleteKeypair():
            return delete(command, snapshot, caller)
        case _:
            assert_never(command)


def create(command: CreateKeypair, snapshot: Snapshot, caller: Caller, circumstances: Circumstances) -> Verdict:
    """One more of the user's. Raises KeypairExists."""
    access.require(caller, "create_keypair", command, snapshot, command)
    if snapshot.with_unique_key(Keypair, keypair_key(command.user_id, command.name)):
        raise KeypairExists(command.name)
    keypair = Keypair(
        id=circumstances.new_id(),
        user_id=command.user_id,
        name=command.name,
        public_key=command.public_key,
        fingerprint=command.fingerprint,
        created_at=circumstances.now,
    )
    return Verdict(Writes(puts=(keypair,)), keypair)


def delete(command: DeleteKeypair, snapshot: Snapshot, caller: Caller) -> Verdict:
    """It goes; servers keep the key that they were made with."""
    access.require(caller, "delete_keypair", command, snapshot)
    return Verdict(Writes(deletes=(Ref("keypair", found(command.user_id, command.name, snapshot).id),)))


def found(user_id: str, name: str, snapshot: Snapshot) -> Keypair:
    """The user's keypair of that name. Raises KeypairNotFound."""
    keypair = snapshot.with_unique_key(Keypair, keypair_key(user_id, name))
    if keypair is None:
        raise KeypairNotFound(name, user_id)
    return keypair
