"""/v3/projects and their tags. Projects have no parents but their domain."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.domains import NAME_LENGTH, SHORT_NAME_LENGTH, checked_name, existing_domain, own_domain_id
from underlay.identity.errors import BadRequest, Forbidden, NotFound, Taken
from underlay.identity.filters import filtered
from underlay.identity.holdings import held_by
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.model.identity import DomainId, NameTaken, OnProject, Project
from underlay.model.ids import ProjectId

MAX_TAGS: Final = 80


class NewProject(msgspec.Struct, frozen=True):
    """What is sent to create one; attributes of Keystone that mean nothing here are passed over."""

    name: str
    enabled: bool = True
    description: str | None = None
    domain_id: str | None = None
    parent_id: str | None = None
    is_domain: bool = False
    tags: tuple[str, ...] = ()


class ProjectChange(msgspec.Struct, frozen=True):
    """What is sent to update one."""

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    description: str | None | UnsetType = UNSET
    domain_id: str | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET


class NewProjectBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    project: NewProject


class ProjectChangeBody(msgspec.Struct, frozen=True):
    """Body of PATCH."""

    project: ProjectChange


class TagsBody(msgspec.Struct, frozen=True):
    """Body of PUT .../tags."""

    tags: tuple[str, ...]


def list_projects(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects, filtered by `name`, `enabled`, `domain_id`, `parent_id`, `is_domain`, `tags` and its kin."""
    domain_id = ask.query.get("domain_id")
    records = service.store.projects.find(ask.query.get("name"), DomainId(domain_id) if domain_id else None)
    shown = [render.project(each, ask.base) for each in records if _has_tags(each, ask.query)]
    found = filtered(shown, ask.query, ("name", "enabled", "domain_id", "parent_id", "is_domain", "description"))
    return Answer(body=render.collection("projects", found, "/v3/projects", ask.base))


def show_project(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects/{id}: to admins, and to those who have a role on it; above is its domain, below nothing."""
    project_id = ProjectId(ask.path["project_id"])
    is_mine = bool(held_by(ask.me.user.id, service.store, OnProject(project_id)))
    if not is_mine and not ask.me.is_admin:
        raise Forbidden("identity:get_project")
    record = existing_project(service, project_id)
    shown = render.project(record, ask.base)
    if "parents_as_ids" in ask.query:
        shown["parents"] = {record.domain_id: None}
    if "subtree_as_ids" in ask.query:
        shown["subtree"] = None
    return Answer(body={"project": shown})


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
        tags=_checked_tags(wish.tags),
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
            tags=record.tags if wish.tags is UNSET else _checked_tags(wish.tags),
        )

    return Answer(body={"project": render.project(_updated(service, project_id, change), ask.base)})


def delete_project(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/projects/{id}: with its assignments and application credentials; its networks stay."""
    project_id = ProjectId(ask.path["project_id"])
    if not service.store.projects.delete(project_id):
        raise NotFound("project", project_id)
    service.tokens.forget()
    return NO_CONTENT


def list_tags(service: Service, ask: Ask) -> Answer:
    """GET /v3/projects/{id}/tags."""
    return _tags(existing_project(service, ProjectId(ask.path["project_id"])), ask)


def replace_tags(service: Service, ask: Ask) -> Answer:
    """PUT /v3/projects/{id}/tags: these and no others."""
    return _tags(_retagged(service, ask, lambda _: ask.read(TagsBody).tags), ask)


def delete_tags(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/projects/{id}/tags: all."""
    _retagged(service, ask, lambda _: ())
    return NO_CONTENT


def check_tag(service: Service, ask: Ask) -> Answer:
    """GET and HEAD /v3/projects/{id}/tags/{tag}."""
    if ask.path["tag"] not in existing_project(service, ProjectId(ask.path["project_id"])).tags:
        raise NotFound("project tag", ask.path["tag"])
    return NO_CONTENT


def add_tag(service: Service, ask: Ask) -> Answer:
    """PUT /v3/projects/{id}/tags/{tag}: one that it has is refused, as Keystone does."""
    _retagged(service, ask, lambda tags: (*tags, ask.path["tag"]))
    return Answer(status=HTTPStatus.CREATED)


def delete_tag(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/projects/{id}/tags/{tag}."""
    check_tag(service, ask)
    _retagged(service, ask, lambda tags: tuple(tag for tag in tags if tag != ask.path["tag"]))
    return NO_CONTENT


def existing_project(service: Service, project_id: ProjectId) -> Project:
    """The project; raises NotFound."""
    record = service.store.projects.get(project_id)
    if record is None:
        raise NotFound("project", project_id)
    return record


def _updated(service: Service, project_id: ProjectId, change: Callable[[Project], Project]) -> Project:
    try:
        record = service.store.projects.update(project_id, change)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    if record is None:
        raise NotFound("project", project_id)
    service.tokens.forget()
    return record


def _retagged(service: Service, ask: Ask, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Project:
    return _updated(
        service,
        ProjectId(ask.path["project_id"]),
        lambda record: msgspec.structs.replace(record, tags=_checked_tags(change(record.tags))),
    )


def _checked_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Sorted. Raises BadRequest for what Keystone does not take: a comma would end the tag in a filter."""
    if len(tags) > MAX_TAGS or len(set(tags)) != len(tags):
        raise BadRequest(f"Invalid input for field 'tags': at most {MAX_TAGS}, each once.")
    for tag in tags:
        if not 0 < len(tag) <= NAME_LENGTH or "," in tag or "/" in tag or not tag.isprintable():
            raise BadRequest(
                f"Invalid input for field 'tags': each has 1 to {NAME_LENGTH} printable characters, and no , or /."
            )
    return tuple(sorted(tags))


def _tags(record: Project, ask: Ask) -> Answer:
    links = {"self": f"{ask.base}/v3/projects/{record.id}/tags", "previous": None, "next": None}
    return Answer(body={"tags": list(record.tags), "links": links})


def _has_tags(record: Project, query: Mapping[str, str]) -> bool:
    """`tags` all of them, `tags-any` one of them; `not-tags` not all, `not-tags-any` none."""

    def wanted(name: str) -> set[str]:
        return set(query[name].split(","))

    own = set(record.tags)
    return (
        ("tags" not in query or wanted("tags") <= own)
        and ("tags-any" not in query or bool(wanted("tags-any") & own))
        and ("not-tags" not in query or not wanted("not-tags") <= own)
        and ("not-tags-any" not in query or not wanted("not-tags-any") & own)
    )
