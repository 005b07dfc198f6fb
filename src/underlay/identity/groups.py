"""/v3/groups: groups of users, and who is in them. A group's roles are given as a user's (`grants`)."""

from http import HTTPStatus
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.domains import SHORT_NAME_LENGTH, checked_name, existing_domain, own_domain_id
from underlay.identity.errors import BadRequest, NotFound, Taken
from underlay.identity.filters import filtered
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.identity.users import existing_user
from underlay.model.identity import DomainId, Group, GroupId, NameTaken, UserId


class NewGroup(msgspec.Struct, frozen=True):
    """What is sent to create one."""

    name: str
    description: str | None = None
    domain_id: str | None = None


class GroupChange(msgspec.Struct, frozen=True):
    """What is sent to update one."""

    name: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    domain_id: str | UnsetType = UNSET


class NewGroupBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    group: NewGroup


class GroupChangeBody(msgspec.Struct, frozen=True):
    """Body of PATCH."""

    group: GroupChange


def list_groups(service: Service, ask: Ask) -> Answer:
    """GET /v3/groups, filtered by `name`, `domain_id`."""
    domain_id = ask.query.get("domain_id")
    records = service.store.groups.find(ask.query.get("name"), DomainId(domain_id) if domain_id else None)
    found = filtered([render.group(each, ask.base) for each in records], ask.query, ("name", "domain_id"))
    return Answer(body=render.collection("groups", found, "/v3/groups", ask.base))


def list_groups_of_user(service: Service, ask: Ask) -> Answer:
    """GET /v3/users/{id}/groups: one's own, or anyone's for an admin."""
    user_id = UserId(ask.path["user_id"])
    ask.only_self_or_admin(user_id, "identity:list_groups_for_user")
    existing_user(service, user_id)
    records = [service.store.groups.get(group_id) for group_id in service.store.memberships.of_user(user_id)]
    shown = [render.group(each, ask.base) for each in records if each is not None]
    found = filtered(sorted(shown, key=lambda each: (each["name"], each["id"])), ask.query, ("name",))
    return Answer(body=render.collection("groups", found, f"/v3/users/{user_id}/groups", ask.base))


def show_group(service: Service, ask: Ask) -> Answer:
    """GET /v3/groups/{id}."""
    return Answer(body={"group": render.group(existing_group(service, ask.path["group_id"]), ask.base)})


def create_group(service: Service, ask: Ask) -> Answer:
    """POST /v3/groups."""
    wish = ask.read(NewGroupBody).group
    record = Group(
        id=GroupId(uuid4().hex),
        name=checked_name(wish.name, SHORT_NAME_LENGTH),
        description=wish.description or "",
        domain_id=existing_domain(service, wish.domain_id or own_domain_id(ask)).id,
    )
    try:
        service.store.groups.add(record)
    except NameTaken as error:
        raise Taken(error.kind, error.name, record.domain_id) from error
    return Answer(status=HTTPStatus.CREATED, body={"group": render.group(record, ask.base)})


def update_group(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/groups/{id}."""
    group_id = GroupId(ask.path["group_id"])
    wish = ask.read(GroupChangeBody).group

    def change(record: Group) -> Group:
        if wish.domain_id not in (UNSET, record.domain_id):
            raise BadRequest("A group stays in its domain.")
        return msgspec.structs.replace(
            record,
            name=record.name if wish.name is UNSET else checked_name(wish.name, SHORT_NAME_LENGTH),
            description=record.description if wish.description is UNSET else wish.description or "",
        )

    try:
        record = service.store.groups.update(group_id, change)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    if record is None:
        raise NotFound("group", group_id)
    return Answer(body={"group": render.group(record, ask.base)})


def delete_group(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/groups/{id}: its users lose the roles that they had by it, at once."""
    group_id = GroupId(ask.path["group_id"])
    if not service.store.groups.delete(group_id):
        raise NotFound("group", group_id)
    service.tokens.forget()
    return NO_CONTENT


def list_users(service: Service, ask: Ask) -> Answer:
    """GET /v3/groups/{id}/users, filtered by `name`, `enabled`."""
    group = existing_group(service, ask.path["group_id"])
    records = [service.store.users.get(user_id) for user_id in service.store.memberships.of_group(group.id)]
    shown = [render.user(each, ask.base) for each in records if each is not None]
    found = filtered(sorted(shown, key=lambda each: (each["name"], each["id"])), ask.query, ("name", "enabled"))
    return Answer(body=render.collection("users", found, f"/v3/groups/{group.id}/users", ask.base))


def add_user(service: Service, ask: Ask) -> Answer:
    """PUT /v3/groups/{id}/users/{user}."""
    group_id, user_id = _pair(service, ask)
    if not service.store.memberships.add(group_id, user_id):
        raise NotFound("group or user", f"{group_id} or {user_id}")
    service.tokens.forget()
    return NO_CONTENT


def check_user(service: Service, ask: Ask) -> Answer:
    """GET and HEAD /v3/groups/{id}/users/{user}."""
    group_id, user_id = _pair(service, ask)
    if group_id not in service.store.memberships.of_user(user_id):
        raise NotFound("user in group", f"{user_id} in {group_id}")
    return NO_CONTENT


def remove_user(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/groups/{id}/users/{user}: seen at once by tokens made before."""
    group_id, user_id = _pair(service, ask)
    if not service.store.memberships.remove(group_id, user_id):
        raise NotFound("user in group", f"{user_id} in {group_id}")
    service.tokens.forget()
    return NO_CONTENT


def existing_group(service: Service, group_id: str) -> Group:
    """The group; raises NotFound."""
    record = service.store.groups.get(GroupId(group_id))
    if record is None:
        raise NotFound("group", group_id)
    return record


def _pair(service: Service, ask: Ask) -> tuple[GroupId, UserId]:
    group = existing_group(service, ask.path["group_id"])
    return group.id, existing_user(service, UserId(ask.path["user_id"])).id
