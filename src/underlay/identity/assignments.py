"""/v3/role_assignments: who has which role where, of the whole cloud."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from underlay.identity import render
from underlay.identity.errors import BadRequest
from underlay.identity.filters import is_true
from underlay.identity.roles import RoleBook, read_roles
from underlay.identity.service import Answer, Ask, Service
from underlay.model.identity import (
    Assignment,
    DomainId,
    GroupAssignment,
    GroupId,
    OnDomain,
    OnProject,
    OnSystem,
    Target,
    UserId,
)
from underlay.model.ids import ProjectId


def list_assignments(service: Service, ask: Ask) -> Answer:
    """GET /v3/role_assignments, filtered by `user.id`, `group.id`, `scope.project.id`, `scope.domain.id`,
    `scope.system`, `role.id`; names by `include_names`. `effective` shows what users have in the end: the members of a
    group in its place, and the roles implied beside those assigned. Nothing is inherited: that filter finds nothing."""
    query, book = ask.query, read_roles(service.store)
    _refuse_contradictions(query)
    found = _effective(service, query, book) if is_true(query, "effective") else _assigned(service, query)
    names = _names(service) if is_true(query, "include_names") else None
    members = []
    for each in found:
        role = book.named(each.assignment.role)
        if role is not None and query.get("role.id", role.id) == role.id:
            members.append(render.assignment(each.assignment, role.id, names, ask.base, each.by))
    if "scope.OS-INHERIT:inherited_to" in query:
        members = []
    return Answer(body=render.collection("role_assignments", members, "/v3/role_assignments", ask.base))


class _Found(msgspec.Struct, frozen=True):
    """Attributes: by: the group that a user has it by."""

    assignment: Assignment | GroupAssignment
    by: GroupId | None = None


def _refuse_contradictions(query: Mapping[str, str]) -> None:
    """As Keystone."""
    if "user.id" in query and "group.id" in query:
        raise BadRequest("Specify a user or group, not both.")
    if sum(name in query for name in ("scope.project.id", "scope.domain.id", "scope.system")) > 1:
        raise BadRequest("Specify a domain or project, not both.")
    if "group.id" in query and is_true(query, "effective"):
        raise BadRequest("Combining effective and group filter will always result in an empty list.")


def _wanted_target(query: Mapping[str, str]) -> Target | None:
    if query.get("scope.project.id"):
        return OnProject(ProjectId(query["scope.project.id"]))
    if query.get("scope.domain.id"):
        return OnDomain(DomainId(query["scope.domain.id"]))
    return OnSystem() if is_true(query, "scope.system") else None


def _assigned(service: Service, query: Mapping[str, str]) -> Iterator[_Found]:
    target = _wanted_target(query)
    user_id, group_id = query.get("user.id"), query.get("group.id")
    if not group_id:
        yield from map(_Found, service.store.assignments.find(UserId(user_id) if user_id else None, target))
    if not user_id:
        yield from map(_Found, service.store.group_assignments.find(GroupId(group_id) if group_id else None, target))


def _effective(service: Service, query: Mapping[str, str], book: RoleBook) -> Iterable[_Found]:
    target, memberships = _wanted_target(query), service.store.memberships
    user_id = UserId(query["user.id"]) if query.get("user.id") else None
    by_user = [_Found(each) for each in service.store.assignments.find(user_id, target)]
    by_group = [
        _Found(Assignment(member, each.target, each.role), each.group_id)
        for each in service.store.group_assignments.find(None, target)
        for member in memberships.of_group(each.group_id)
        if user_id in (None, member)
    ]
    found = {
        _Found(msgspec.structs.replace(each.assignment, role=role), each.by)
        for each in (*by_user, *by_group)
        for role in book.effective((each.assignment.role,))
    }
    return sorted(found, key=lambda each: (each.assignment.sort_key, each.by or ""))


def _names(service: Service) -> render.Names:
    """Names of all users, groups, projects and domains, in four statements."""
    domains = {str(each.id): {"id": each.id, "name": each.name} for each in service.store.domains.find()}
    named: dict[str, render.Json] = {key: {"name": each["name"]} for key, each in domains.items()}
    for user in service.store.users.find():
        named[user.id] = {"name": user.name, "domain": domains.get(user.domain_id)}
    for group in service.store.groups.find():
        named[group.id] = {"name": group.name, "domain": domains.get(group.domain_id)}
    for project in service.store.projects.find():
        named[project.id] = {"name": project.name, "domain": domains.get(project.domain_id)}
    return named
