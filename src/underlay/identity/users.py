"""/v3/users: users and their passwords."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.auth import projects_of
from underlay.identity.domains import checked_name, existing_domain, own_domain_id
from underlay.identity.errors import BadRequest, NotFound, Taken, Unauthorized
from underlay.identity.filters import filtered
from underlay.identity.lockout import Subject
from underlay.identity.login import check_password
from underlay.identity.projects import existing_project
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.model.identity import DomainId, NameTaken, User, UserId
from underlay.model.ids import HostName, ProjectId


class NewUser(msgspec.Struct, frozen=True):
    """What is sent to create one; attributes of Keystone that mean nothing here are passed over."""

    name: str
    password: str | None = None
    enabled: bool = True
    default_project_id: str | None = None
    domain_id: str | None = None
    description: str | None = None
    email: str | None = None
    host: str | None = None


class UserChange(msgspec.Struct, frozen=True):
    """What is sent to update one."""

    name: str | UnsetType = UNSET
    password: str | None | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    default_project_id: str | None | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    email: str | None | UnsetType = UNSET
    host: str | None | UnsetType = UNSET
    domain_id: str | UnsetType = UNSET


class PasswordChange(msgspec.Struct, frozen=True):
    """What a user sends to change their own password."""

    password: str
    original_password: str


class NewUserBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    user: NewUser


class UserChangeBody(msgspec.Struct, frozen=True):
    """Body of PATCH."""

    user: UserChange


class PasswordChangeBody(msgspec.Struct, frozen=True):
    """Body of POST /v3/users/{id}/password."""

    user: PasswordChange


def list_users(service: Service, ask: Ask) -> Answer:
    """GET /v3/users, filtered by `name`, `enabled`, `domain_id`, `default_project_id`."""
    domain_id = ask.query.get("domain_id")
    records = service.store.users.find(ask.query.get("name"), DomainId(domain_id) if domain_id else None)
    shown = [render.user(each, ask.base) for each in records]
    found = filtered(shown, ask.query, ("name", "enabled", "domain_id", "default_project_id", "description", "email"))
    return Answer(body=render.collection("users", found, "/v3/users", ask.base))


def show_user(service: Service, ask: Ask) -> Answer:
    """GET /v3/users/{id}: oneself, or anyone for an admin."""
    ask.only_self_or_admin(ask.path["user_id"], "identity:get_user")
    return Answer(body={"user": render.user(existing_user(service, UserId(ask.path["user_id"])), ask.base)})


def list_projects_of_user(service: Service, ask: Ask) -> Answer:
    """GET /v3/users/{id}/projects: one's own, or anyone's for an admin."""
    user_id = UserId(ask.path["user_id"])
    ask.only_self_or_admin(user_id, "identity:list_user_projects")
    existing_user(service, user_id)
    found = [render.project(each, ask.base) for each in projects_of(user_id, service)]
    return Answer(body=render.collection("projects", found, f"/v3/users/{user_id}/projects", ask.base))


def create_user(service: Service, ask: Ask) -> Answer:
    """POST /v3/users."""
    wish = ask.read(NewUserBody).user
    record = User(
        id=UserId(uuid4().hex),
        name=checked_name(wish.name),
        password_hash=_hashed(service, wish.password),
        enabled=wish.enabled,
        default_project_id=_default_project(service, wish.default_project_id),
        host=HostName(wish.host) if wish.host else None,
        description=wish.description or "",
        email=wish.email or "",
        domain_id=existing_domain(service, wish.domain_id or own_domain_id(ask)).id,
    )
    try:
        service.store.users.add(record)
    except NameTaken as error:
        raise Taken(error.kind, error.name, record.domain_id) from error
    return Answer(status=HTTPStatus.CREATED, body={"user": render.user(record, ask.base)})


def update_user(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/users/{id}. A new password, host or `enabled` voids the tokens made before."""
    user_id = UserId(ask.path["user_id"])
    wish = ask.read(UserChangeBody).user
    password_hash = UNSET if wish.password is UNSET else _hashed(service, wish.password)
    project_id = UNSET if wish.default_project_id is UNSET else _default_project(service, wish.default_project_id)

    def change(record: User) -> User:
        if wish.domain_id not in (UNSET, record.domain_id):
            raise BadRequest("A user stays in its domain.")
        changed = msgspec.structs.replace(
            record,
            name=record.name if wish.name is UNSET else checked_name(wish.name),
            password_hash=record.password_hash if password_hash is UNSET else password_hash,
            enabled=record.enabled if wish.enabled is UNSET else wish.enabled,
            default_project_id=record.default_project_id if project_id is UNSET else project_id,
            host=record.host if wish.host is UNSET else wish.host or None,
            description=record.description if wish.description is UNSET else wish.description or "",
            email=record.email if wish.email is UNSET else wish.email or "",
        )
        return changed if _keeps_tokens(record, changed) else _without_tokens(changed)

    return Answer(body={"user": render.user(_updated(service, user_id, change), ask.base)})


def change_password(service: Service, ask: Ask) -> Answer:
    """POST /v3/users/{id}/password: anyone who knows the old one. Voids the user's tokens."""
    user_id = UserId(ask.path["user_id"])
    wish = ask.read(PasswordChangeBody).user
    before = service.store.users.get(user_id)
    check_password(before, Subject(("user", user_id), before is not None), wish.original_password, service)
    known = "" if before is None else before.password_hash
    password_hash = _hashed(service, wish.password)

    def change(record: User) -> User:
        if record.password_hash != known:
            raise Unauthorized
        return _without_tokens(msgspec.structs.replace(record, password_hash=password_hash))

    _updated(service, user_id, change)
    return NO_CONTENT


def delete_user(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/users/{id}: with its assignments and application credentials; its tokens are void."""
    user_id = UserId(ask.path["user_id"])
    if not service.store.users.delete(user_id):
        raise NotFound("user", user_id)
    service.tokens.forget()
    return NO_CONTENT


def existing_user(service: Service, user_id: UserId) -> User:
    """The user; raises NotFound."""
    record = service.store.users.get(user_id)
    if record is None:
        raise NotFound("user", user_id)
    return record


def _updated(service: Service, user_id: UserId, change: Callable[[User], User]) -> User:
    try:
        record = service.store.users.update(user_id, change)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    if record is None:
        raise NotFound("user", user_id)
    service.tokens.forget()
    return record


def _keeps_tokens(before: User, after: User) -> bool:
    return (before.password_hash, before.enabled, before.host) == (after.password_hash, after.enabled, after.host)


def _without_tokens(record: User) -> User:
    return msgspec.structs.replace(record, generation=record.generation + 1)


def _hashed(service: Service, password: str | None) -> str:
    if password is None:
        return ""
    if not password:
        raise BadRequest("Invalid input for field 'password': it must not be empty.")
    return service.passwords.hash(password)


def _default_project(service: Service, project_id: str | None) -> ProjectId | None:
    return existing_project(service, ProjectId(project_id)).id if project_id else None
