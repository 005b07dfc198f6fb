"""/v3/roles, /v3/role_assignments and who has which role on a project. The roles themselves are fixed."""

from underlay.identity import render
from underlay.identity.errors import Forbidden, NotFound
from underlay.identity.projects import existing_project
from underlay.identity.roles import role_of
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.identity.users import existing_user
from underlay.model.identity import ROLE_NAMES, Assignment, RoleName, UserId
from underlay.model.ids import ProjectId


def list_roles(service: Service, ask: Ask) -> Answer:
    """GET /v3/roles, filtered by `name`."""
    found = [render.role(name, ask.base) for name in ROLE_NAMES if ask.query.get("name", name) == name]
    return Answer(body=render.collection("roles", found, "/v3/roles", ask.base))


def show_role(service: Service, ask: Ask) -> Answer:
    """GET /v3/roles/{id}."""
    return Answer(body={"role": render.role(_role(ask), ask.base)})


def refuse_change(service: Service, ask: Ask) -> Answer:
    """Making, changing and deleting roles and domains: there is nothing that they would mean."""
    raise Forbidden("the roles admin, member, reader, host and the domain default are fixed")


def list_assignments(service: Service, ask: Ask) -> Answer:
    """GET /v3/role_assignments, filtered by `user.id`, `scope.project.id`, `role.id`; names by `include_names`."""
    user_id, project_id = ask.query.get("user.id"), ask.query.get("scope.project.id")
    role_id = ask.query.get("role.id")
    found = service.store.assignments(
        user_id=UserId(user_id) if user_id else None, project_id=ProjectId(project_id) if project_id else None
    )
    shown = [each for each in found if role_id is None or role_of(role_id) == each.role]
    names: dict[str, str] | None = None
    if ask.query.get("include_names", "false").lower() not in ("false", "0"):
        names = {str(each.id): each.name for each in service.store.users()}
        names |= {str(each.id): each.name for each in service.store.projects()}
    members = [render.assignment(each, names, ask.base) for each in shown]
    return Answer(body=render.collection("role_assignments", members, "/v3/role_assignments", ask.base))


def list_grants(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects/{p}/users/{u}/roles: as assigned, without those implied."""
    project_id, user_id = _parties(service, ask)
    found = service.store.assignments(user_id=user_id, project_id=project_id)
    members = [render.role(each.role, ask.base) for each in found]
    return Answer(
        body=render.collection("roles", members, f"/v3/projects/{project_id}/users/{user_id}/roles", ask.base)
    )


def check_grant(service: Service, ask: Ask) -> Answer:
    """HEAD and GET /v3/projects/{p}/users/{u}/roles/{r}."""
    wanted = _grant(service, ask)
    if wanted not in service.store.assignments(user_id=wanted.user_id, project_id=wanted.project_id):
        raise NotFound("role assignment", wanted.role)
    return NO_CONTENT


def grant(service: Service, ask: Ask) -> Answer:
    """PUT /v3/projects/{p}/users/{u}/roles/{r}."""
    wanted = _grant(service, ask)
    if not service.store.assign(wanted):
        raise NotFound("user or project", f"{wanted.user_id} or {wanted.project_id}")
    service.tokens.forget()
    return NO_CONTENT


def withdraw(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/projects/{p}/users/{u}/roles/{r}: seen at once by tokens made before."""
    unwanted = _grant(service, ask)
    if not service.store.unassign(unwanted):
        raise NotFound("role assignment", unwanted.role)
    service.tokens.forget()
    return NO_CONTENT


def _role(ask: Ask) -> RoleName:
    name = role_of(ask.path["role_id"])
    if name is None:
        raise NotFound("role", ask.path["role_id"])
    return name


def _parties(service: Service, ask: Ask) -> tuple[ProjectId, UserId]:
    project_id, user_id = ProjectId(ask.path["project_id"]), UserId(ask.path["user_id"])
    existing_project(service, project_id)
    existing_user(service, user_id)
    return project_id, user_id


def _grant(service: Service, ask: Ask) -> Assignment:
    project_id, user_id = _parties(service, ask)
    return Assignment(user_id, project_id, _role(ask))
