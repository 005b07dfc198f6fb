"""/v3/users/{id}/application_credentials: secrets by which programs act for a user, without the password.

One is for one project, with some of the roles that the user has there, and void when the user loses one of them, is
disabled or deleted. Only its owner makes one; it is shown to its owner and to admins. Access rules are refused.
"""

import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

import msgspec

from underlay.identity import render
from underlay.identity.domains import checked_name
from underlay.identity.errors import BadRequest, Forbidden, NotFound, Taken
from underlay.identity.filters import filtered
from underlay.identity.roles import RoleBook, read_roles
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.identity.tokens import is_good
from underlay.model.identity import ApplicationCredential, CredentialId, NameTaken, RoleName, UserId

SECRET_BYTES: Final = 64
MAX_PER_USER: Final = 100


class RoleRef(msgspec.Struct, frozen=True):
    """A role by id or name."""

    id: str | None = None
    name: str | None = None


class NewCredential(msgspec.Struct, frozen=True):
    """What is sent to create one. Attributes: roles: none: all that the token has."""

    name: str
    secret: str | None = None
    description: str | None = None
    expires_at: str | None = None
    roles: tuple[RoleRef, ...] = ()
    unrestricted: bool = False
    access_rules: list[Any] | None = None


class NewCredentialBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    application_credential: NewCredential


def list_credentials(service: Service, ask: Ask) -> Answer:
    """GET, filtered by `name`."""
    ask.only_self_or_admin(ask.path["user_id"], "identity:list_application_credentials")
    book = read_roles(service.store)
    records = service.store.credentials.find(UserId(ask.path["user_id"]), ask.query.get("name"))
    found = filtered([render.credential(each, book, ask.base) for each in records], ask.query, ("name",))
    return Answer(body=render.collection("application_credentials", found, ask.url_path, ask.base))


def show_credential(service: Service, ask: Ask) -> Answer:
    """GET .../{id}."""
    ask.only_self_or_admin(ask.path["user_id"], "identity:get_application_credential")
    record = _existing(service, ask)
    return Answer(body={"application_credential": render.credential(record, read_roles(service.store), ask.base)})


def create_credential(service: Service, ask: Ask) -> Answer:
    """POST. The secret is in the answer, this once; it is made when none is sent."""
    action = "identity:create_application_credential"
    if ask.me.user.id != ask.path["user_id"]:
        raise Forbidden(action)
    _refuse_restricted(ask)
    wish = ask.read(NewCredentialBody).application_credential
    project = ask.me.project
    if project is None:
        raise BadRequest("An application credential is for a project; log in to the project that it is for.")
    if wish.access_rules:
        raise BadRequest("Access rules are not supported; limit the application credential by its roles.")
    if len(service.store.credentials.find(ask.me.user.id)) >= MAX_PER_USER:
        raise Forbidden(f"{action} (a user may have {MAX_PER_USER})")
    secret = wish.secret if wish.secret is not None else secrets.token_urlsafe(SECRET_BYTES)
    if not secret or len(secret) > 255:
        raise BadRequest("Invalid input for field 'secret': it must have 1 to 255 characters.")
    book = read_roles(service.store)
    record = ApplicationCredential(
        id=CredentialId(uuid4().hex),
        user_id=ask.me.user.id,
        project_id=project.id,
        name=checked_name(wish.name),
        secret_hash=service.passwords.hash(secret),
        roles=_roles(wish, ask, book),
        description=wish.description or "",
        unrestricted=wish.unrestricted,
        expires_at=_expiry(wish.expires_at),
    )
    if not is_good(record, service.tokens.now()):
        raise BadRequest("Invalid input for field 'expires_at': it is in the past.")
    try:
        if not service.store.credentials.add(record):
            raise NotFound("user or project", f"{record.user_id} or {record.project_id}")
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    shown = render.credential(record, book, ask.base) | {"secret": secret}
    return Answer(status=HTTPStatus.CREATED, body={"application_credential": shown})


def delete_credential(service: Service, ask: Ask) -> Answer:
    """DELETE .../{id}: the tokens made with it are void."""
    ask.only_self_or_admin(ask.path["user_id"], "identity:delete_application_credential")
    _refuse_restricted(ask)
    service.store.credentials.delete(_existing(service, ask).id)
    service.tokens.forget()
    return NO_CONTENT


def _existing(service: Service, ask: Ask) -> ApplicationCredential:
    record = service.store.credentials.get(CredentialId(ask.path["credential_id"]))
    if record is None or record.user_id != ask.path["user_id"]:
        raise NotFound("application_credential", ask.path["credential_id"])
    return record


def _refuse_restricted(ask: Ask) -> None:
    """A program that got an application credential makes itself no other, unless it was said to."""
    if ask.me.credential is not None and not ask.me.credential.unrestricted:
        raise Forbidden(
            "Using method 'application_credential' is not allowed for managing additional application credentials"
        )


def _roles(wish: NewCredential, ask: Ask, book: RoleBook) -> tuple[RoleName, ...]:
    if not wish.roles:
        return tuple(sorted(ask.me.roles))
    found: list[RoleName] = []
    for ref in wish.roles:
        role = book.get(ref.id) if ref.id is not None else book.named(ref.name or "")
        if role is None or role.name not in ask.me.roles:
            raise BadRequest(f"The token has no role {ref.id or ref.name} that could be passed on.")
        found.append(role.name)
    return tuple(sorted(set(found)))


def _expiry(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest("Invalid input for field 'expires_at': 2030-01-31T12:00:00 would be right.") from None
    return given if given.tzinfo is not None else given.replace(tzinfo=UTC)
