"""Who has which role where: /v3/role_assignments, and /v3/{projects|domains}/{id}/users/{u}/roles, /v3/system/..."""

from collections.abc import Iterable, Mapping

from underlay.identity import render
from underlay.identity.domains import existing_domain
from underlay.identity.errors import NotFound
from underlay.identity.filters import is_true
from underlay.identity.projects import existing_project
from underlay.identity.role_calls import existing_role
from underlay.identity.roles import RoleBook, read_roles
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.identity.users import existing_user
from underlay.model.identity import Assignment, DomainId, OnDomain, OnProject, OnSystem, Target, UserId
from underlay.model.ids import ProjectId


def list_assignments(service: Service, ask: Ask) -> Answer:
    """GET /v3/role_assignments, filtered by `user.id`, `scope.project.id`, `scope.domain.id`, `scope.system`,
    `role.id`; `effective` shows those implied in the place of those assigned; names by `include_names`.

    There are no groups and nothing is inherited: filters for these find nothing."""
    query, book = ask.query, read_roles(service.store)
    user_id = query.get("user.id")
    found: Iterable[Assignment] = service.store.assignments.find(
        UserId(user_id) if user_id else None, _wanted_target(query)
    )
    if "group.id" in query or "scope.OS-INHERIT:inherited_to" in query:
        found = ()
    if is_true(query, "effective"):
        found = _effective(found, book)
    names = _names(service) if is_true(query, "include_names") else None
    members = []
    for each in found:
        role = book.named(each.role)
        if role is not None and query.get("role.id", role.id) == role.id:
            members.append(render.assignment(each, role.id, names, ask.base))
    return Answer(body=render.collection("role_assignments", members, "/v3/role_assignments", ask.base))


def list_grants(service: Service, ask: Ask) -> Answer:
    """GET .../users/{u}/roles: as assigned, without those implied."""
    target, user_id, book = _target(service, ask), _user_id(service, ask), read_roles(service.store)
    held = {each.role for each in service.store.assignments.find(user_id, target)}
    members = [render.role(role, ask.base) for role in book.roles if role.name in held]
    return Answer(
        body=render.collection("roles", members, f"/v3/{render.target_path(target)}/users/{user_id}/roles", ask.base)
    )


def check_grant(service: Service, ask: Ask) -> Answer:
    """HEAD and GET .../users/{u}/roles/{r}."""
    wanted = _grant(service, ask)
    if wanted not in service.store.assignments.find(wanted.user_id, wanted.target):
        raise NotFound("role assignment", wanted.role)
    return NO_CONTENT


def grant(service: Service, ask: Ask) -> Answer:
    """PUT .../users/{u}/roles/{r}."""
    wanted = _grant(service, ask)
    if not service.store.assignments.add(wanted):
        raise NotFound("user or target", f"{wanted.user_id} or {render.target_path(wanted.target)}")
    service.tokens.forget()
    return NO_CONTENT


def withdraw(service: Service, ask: Ask) -> Answer:
    """DELETE .../users/{u}/roles/{r}: seen at once by tokens made before; voids the user's application credentials
    on that project, as in Keystone."""
    unwanted = _grant(service, ask)
    if not service.store.assignments.remove(unwanted):
        raise NotFound("role assignment", unwanted.role)
    service.tokens.forget()
    return NO_CONTENT


def _wanted_target(query: Mapping[str, str]) -> Target | None:
    if query.get("scope.project.id"):
        return OnProject(ProjectId(query["scope.project.id"]))
    if query.get("scope.domain.id"):
        return OnDomain(DomainId(query["scope.domain.id"]))
    return OnSystem() if is_true(query, "scope.system") else None


def _effective(assigned: Iterable[Assignment], book: RoleBook) -> list[Assignment]:
    found = {Assignment(each.user_id, each.target, name) for each in assigned for name in book.effective((each.role,))}
    return sorted(found, key=lambda each: each.sort_key)


def _names(service: Service) -> render.Names:
    """Names of all users, projects and domains, in three statements."""
    domains = {str(each.id): {"id": each.id, "name": each.name} for each in service.store.domains.find()}
    named: dict[str, render.Json] = {key: {"name": each["name"]} for key, each in domains.items()}
    for user in service.store.users.find():
        named[user.id] = {"name": user.name, "domain": domains.get(user.domain_id)}
    for project in service.store.projects.find():
        named[project.id] = {"name": project.name, "domain": domains.get(project.domain_id)}
    return named


def _target(service: Service, ask: Ask) -> Target:
    if "project_id" in ask.path:
        return OnProject(existing_project(service, ProjectId(ask.path["project_id"])).id)
    if "domain_id" in ask.path:
        return OnDomain(existing_domain(service, ask.path["domain_id"]).id)
    return OnSystem()


def _user_id(service: Service, ask: Ask) -> UserId:
    return existing_user(service, UserId(ask.path["user_id"])).id


def _grant(service: Service, ask: Ask) -> Assignment:
    target, user_id = _target(service, ask), _user_id(service, ask)
    return Assignment(user_id, target, existing_role(read_roles(service.store), ask.path["role_id"]).name)
