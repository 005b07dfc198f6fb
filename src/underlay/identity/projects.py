"""/v3/projects. Projects have no parents but their domain."""

from http import HTTPStatus
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.domains import SHORT_NAME_LENGTH, checked_name, existing_domain, own_domain_id
from underlay.identity.errors import BadRequest, Forbidden, NotFound, Taken
from underlay.identity.filters import filtered
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.model.identity import DomainId, NameTaken, OnProject, Project
from underlay.model.ids import ProjectId


class NewProject(msgspec.Struct, frozen=True):
    """What is sent to create one; attributes of Keystone that mean nothing here are passed over."""

    name: str
    enabled: bool = True
    description: str | None = None
    domain_id: str | None = None
    parent_id: str | None = None
    is_domain: bool = False


class ProjectChange(msgspec.Struct, frozen=True):
    """What is sent to update one."""

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    domain_id: str | UnsetType = UNSET


class NewProjectBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    project: NewProject


class ProjectChangeBody(msgspec.Struct, frozen=True):
    """Body of PATCH."""

    project: ProjectChange


def list_projects(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects, filtered by `name`, `enabled`, `domain_id`, `parent_id`, `is_domain`."""
    domain_id = ask.query.get("domain_id")
    records = service.store.projects.find(ask.query.get("name"), DomainId(domain_id) if domain_id else None)
    shown = [render.project(each, ask.base) for each in records]
    found = filtered(shown, ask.query, ("name", "enabled", "domain_id", "parent_id", "is_domain", "description"))
    return Answer(body=render.collection("projects", found, "/v3/projects", ask.base))


def show_project(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects/{id}: to admins, and to those who have a role on it."""
    project_id = ProjectId(ask.path["project_id"])
    is_mine = bool(service.store.assignments.find(ask.me.user.id, OnProject(project_id)))
    if not is_mine and not ask.me.is_admin:
        raise Forbidden("identity:get_project")
    return Answer(body={"project": render.project(existing_project(service, project_id), ask.base)})


def create_project(service: Service, ask: Ask) -> Answer:
    """POST /v3/projects."""
    wish = ask.read(NewProjectBody).project
    if wish.is_domain:
        raise BadRequest("A domain is made by POST /v3/domains.")
    domain_id = wish.domain_id or wish.parent_id or own_domain_id(ask)
    if wish.parent_id not in (None, domain_id):
        raise BadRequest("A project has no parent but its domain.")
    record = Project(
        id=ProjectId(uuid4().hex),
        name=checked_name(wish.name, SHORT_NAME_LENGTH),
        enabled=wish.enabled,
        description=wish.description or "",
        domain_id=existing_domain(service, domain_id).id,
    )
    try:
        service.store.projects.add(record)
    except NameTaken as error:
        raise Taken(error.kind, error.name, record.domain_id) from error
    return Answer(status=HTTPStatus.CREATED, body={"project": render.project(record, ask.base)})


def update_project(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/projects/{id}."""
    project_id = ProjectId(ask.path["project_id"])
    wish = ask.read(ProjectChangeBody).project

    def change(record: Project) -> Project:
        if wish.domain_id not in (UNSET, record.domain_id):
            raise BadRequest("A project stays in its domain.")
        return msgspec.structs.replace(
            record,
            name=record.name if wish.name is UNSET else checked_name(wish.name, SHORT_NAME_LENGTH),
            enabled=record.enabled if wish.enabled is UNSET else wish.enabled,
            description=record.description if wish.description is UNSET else wish.description or "",
        )

    try:
        record = service.store.projects.update(project_id, change)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    if record is None:
        raise NotFound("project", project_id)
    service.tokens.forget()
    return Answer(body={"project": render.project(record, ask.base)})


def delete_project(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/projects/{id}: with its assignments and application credentials; its networks stay."""
    project_id = ProjectId(ask.path["project_id"])
    if not service.store.projects.delete(project_id):
        raise NotFound("project", project_id)
    service.tokens.forget()
    return NO_CONTENT


def existing_project(service: Service, project_id: ProjectId) -> Project:
    """The project; raises NotFound."""
    record = service.store.projects.get(project_id)
    if record is None:
        raise NotFound("project", project_id)
    return record
