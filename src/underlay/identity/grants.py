"""Who has which role where: /v3/{projects|domains}/{id}/{users|groups}/{h}/roles, /v3/system/..."""

from collections.abc import Collection

from underlay.identity import render
from underlay.identity.domains import existing_domain
from underlay.identity.errors import NotFound
from underlay.identity.groups import existing_group
from underlay.identity.projects import existing_project
from underlay.identity.role_calls import existing_role
from underlay.identity.roles import read_roles
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.identity.users import existing_user
from underlay.model.identity import (
    Assignment,
    GroupAssignment,
    OnDomain,
    OnProject,
    OnSystem,
    RoleName,
    Target,
    UserId,
)
from underlay.model.ids import ProjectId


def list_grants(service: Service, ask: Ask) -> Answer:
    """GET .../roles: as assigned, without those implied."""
    target, book = _target(service, ask), read_roles(service.store)
    assigned: Collection[Assignment | GroupAssignment]
    if "group_id" in ask.path:
        assigned = service.store.group_assignments.find(existing_group(service, ask.path["group_id"]).id, target)
    else:
        user = existing_user(service, UserId(ask.path["user_id"]))
        assigned = service.store.assignments.find(user.id, target)
    held = {each.role for each in assigned}
    members = [render.role(role, ask.base) for role in book.roles if role.name in held]
    return Answer(body=render.collection("roles", members, ask.url_path, ask.base))


def check_grant(service: Service, ask: Ask) -> Answer:
    """HEAD and GET .../roles/{r}."""
    match _grant(service, ask):
        case Assignment() as wanted:
            is_there = wanted in service.store.assignments.find(wanted.user_id, wanted.target)
        case GroupAssignment() as wanted:
            is_there = wanted in service.store.group_assignments.find(wanted.group_id, wanted.target)
    if not is_there:
        raise NotFound("role assignment", wanted.role)
    return NO_CONTENT


def grant(service: Service, ask: Ask) -> Answer:
    """PUT .../roles/{r}."""
    match _grant(service, ask):
        case Assignment() as wanted:
            is_done = service.store.assignments.add(wanted)
        case GroupAssignment() as wanted:
            is_done = service.store.group_assignments.add(wanted)
    if not is_done:
        raise NotFound("user, group or target", ask.url_path)
    service.tokens.forget()
    return NO_CONTENT


def withdraw(service: Service, ask: Ask) -> Answer:
    """DELETE .../roles/{r}: seen at once by tokens made before; voids a user's application credentials on that
    project, as in Keystone."""
    match _grant(service, ask):
        case Assignment() as unwanted:
            is_done = service.store.assignments.remove(unwanted)
        case GroupAssignment() as unwanted:
            is_done = service.store.group_assignments.remove(unwanted)
    if not is_done:
        raise NotFound("role assignment", unwanted.role)
    service.tokens.forget()
    return NO_CONTENT


def _target(service: Service, ask: Ask) -> Target:
    if "project_id" in ask.path:
        return OnProject(existing_project(service, ProjectId(ask.path["project_id"])).id)
    if "domain_id" in ask.path:
        return OnDomain(existing_domain(service, ask.path["domain_id"]).id)
    return OnSystem()


def _grant(service: Service, ask: Ask) -> Assignment | GroupAssignment:
    target = _target(service, ask)
    if "group_id" in ask.path:
        return GroupAssignment(existing_group(service, ask.path["group_id"]).id, target, _role(service, ask))
    return Assignment(existing_user(service, UserId(ask.path["user_id"])).id, target, _role(service, ask))


def _role(service: Service, ask: Ask) -> RoleName:
    return existing_role(read_roles(service.store), ask.path["role_id"]).name
