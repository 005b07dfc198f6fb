"""/v3/projects and /v3/domains. There is one domain, and projects have no parents but it."""

from http import HTTPStatus
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.errors import BadRequest, Forbidden, NotFound, Taken
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.model.identity import DEFAULT_DOMAIN_ID, DEFAULT_DOMAIN_NAME, NameTaken, Project
from underlay.model.ids import ProjectId


class NewProject(msgspec.Struct, frozen=True):
    """What is sent to create one; attributes of Keystone that mean nothing here are passed over."""

    name: str
    enabled: bool = True
    description: str | None = None
    domain_id: str = DEFAULT_DOMAIN_ID


class ProjectChange(msgspec.Struct, frozen=True):
    """What is sent to update one."""

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    description: str | None | UnsetType = UNSET


class NewProjectBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    project: NewProject


class ProjectChangeBody(msgspec.Struct, frozen=True):
    """Body of PATCH."""

    project: ProjectChange


def list_projects(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects, filtered by `name`, `enabled`, `domain_id`."""
    found = [
        render.project(each, ask.base)
        for each in service.store.projects(name=ask.query.get("name"))
        if fits_filters(each.enabled, ask)
    ]
    return Answer(body=render.collection("projects", found, "/v3/projects", ask.base))


def show_project(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects/{id}: to admins, and to those who have a role on it."""
    project_id = ProjectId(ask.path["project_id"])
    is_mine = bool(service.store.assignments(user_id=ask.me.user.id, project_id=project_id))
    if not is_mine and not ask.me.is_admin:
        raise Forbidden("identity:get_project")
    return Answer(body={"project": render.project(existing_project(service, project_id), ask.base)})


def create_project(service: Service, ask: Ask) -> Answer:
    """POST /v3/projects."""
    wish = ask.read(NewProjectBody).project
    if wish.domain_id != DEFAULT_DOMAIN_ID:
        raise BadRequest(f"There is no domain {wish.domain_id}; the only one is {DEFAULT_DOMAIN_ID}.")
    record = Project(
        id=ProjectId(uuid4().hex),
        name=checked_name(wish.name),
        enabled=wish.enabled,
        description=wish.description or "",
    )
    try:
        service.store.add_project(record)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    return Answer(status=HTTPStatus.CREATED, body={"project": render.project(record, ask.base)})


def update_project(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/projects/{id}."""
    project_id = ProjectId(ask.path["project_id"])
    wish = ask.read(ProjectChangeBody).project

    def change(record: Project) -> Project:
        return Project(
            id=record.id,
            name=record.name if wish.name is UNSET else checked_name(wish.name),
            enabled=record.enabled if wish.enabled is UNSET else wish.enabled,
            description=record.description if wish.description is UNSET else wish.description or "",
        )

    try:
        record = service.store.update_project(project_id, change)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    if record is None:
        raise NotFound("project", project_id)
    service.tokens.forget()
    return Answer(body={"project": render.project(record, ask.base)})


def delete_project(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/projects/{id}: with its assignments; its networks stay."""
    project_id = ProjectId(ask.path["project_id"])
    if not service.store.delete_project(project_id):
        raise NotFound("project", project_id)
    service.tokens.forget()
    return NO_CONTENT


def list_domains(service: Service, ask: Ask) -> Answer:
    """GET /v3/domains, filtered by `name`, `enabled`."""
    is_asked_for = ask.query.get("name", DEFAULT_DOMAIN_NAME) == DEFAULT_DOMAIN_NAME and fits_filters(True, ask)
    found = [render.domain(ask.base)] if is_asked_for else []
    return Answer(body=render.collection("domains", found, "/v3/domains", ask.base))


def show_domain(service: Service, ask: Ask) -> Answer:
    """GET /v3/domains/{id}."""
    if ask.path["domain_id"] != DEFAULT_DOMAIN_ID:
        raise NotFound("domain", ask.path["domain_id"])
    return Answer(body={"domain": render.domain(ask.base)})


def existing_project(service: Service, project_id: ProjectId) -> Project:
    """The project; raises NotFound."""
    record = service.store.project(project_id)
    if record is None:
        raise NotFound("project", project_id)
    return record


def fits_filters(enabled: bool, ask: Ask) -> bool:
    """Whether a record of the one domain passes the filters `enabled` and `domain_id`."""
    wanted = ask.query.get("enabled")
    is_wanted = wanted is None or (wanted.lower() not in ("false", "0", "no")) == enabled
    return is_wanted and ask.query.get("domain_id", DEFAULT_DOMAIN_ID) == DEFAULT_DOMAIN_ID


def checked_name(name: str) -> str:
    """The name of a project or user; raises BadRequest when it is not 1 to 255 printable characters."""
    if not name.strip() or len(name) > 255 or not name.isprintable():
        raise BadRequest("Invalid input for field 'name': it must have 1 to 255 printable characters.")
    return name
