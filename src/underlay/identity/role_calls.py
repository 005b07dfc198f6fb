"""/v3/roles, and which implies which. The fixed ones stay as they are."""

from http import HTTPStatus
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.domains import checked_name
from underlay.identity.errors import BadRequest, Forbidden, NotFound, Taken
from underlay.identity.filters import filtered
from underlay.identity.roles import ALWAYS, BEYOND_PROJECTS, FIXED, RoleBook, read_roles
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.model.identity import Implication, NameTaken, Role, RoleId, RoleName


class NewRole(msgspec.Struct, frozen=True):
    """What is sent to create one."""

    name: str
    description: str | None = None
    domain_id: str | None = None


class RoleChange(msgspec.Struct, frozen=True):
    """What is sent to update one."""

    name: str | UnsetType = UNSET
    description: str | None | UnsetType = UNSET


class NewRoleBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    role: NewRole


class RoleChangeBody(msgspec.Struct, frozen=True):
    """Body of PATCH."""

    role: RoleChange


def list_roles(service: Service, ask: Ask) -> Answer:
    """GET /v3/roles, filtered by `name`; there are none of a domain."""
    shown = [render.role(each, ask.base) for each in read_roles(service.store).roles]
    found = filtered(shown, ask.query, ("name", "domain_id", "description"))
    return Answer(body=render.collection("roles", found, "/v3/roles", ask.base))


def show_role(service: Service, ask: Ask) -> Answer:
    """GET /v3/roles/{id}."""
    return Answer(body={"role": render.role(existing_role(read_roles(service.store), ask.path["role_id"]), ask.base)})


def create_role(service: Service, ask: Ask) -> Answer:
    """POST /v3/roles. It means nothing to the Networking API unless it implies a role that does."""
    wish = ask.read(NewRoleBody).role
    if wish.domain_id is not None:
        raise BadRequest("There are no roles of a domain.")
    record = Role(RoleId(uuid4().hex), RoleName(checked_name(wish.name)), wish.description or "")
    if any(role.name == record.name for role in FIXED):
        raise Taken("role", record.name)
    try:
        service.store.roles.add(record)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    return Answer(status=HTTPStatus.CREATED, body={"role": render.role(record, ask.base)})


def update_role(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/roles/{id}: the description. The name is what it is known by, and stays."""
    role = _own_role(service, ask, "change")
    wish = ask.read(RoleChangeBody).role
    if wish.name not in (UNSET, role.name):
        raise BadRequest("A role keeps its name; make another role.")

    def change(record: Role) -> Role:
        description = record.description if wish.description is UNSET else wish.description or ""
        return msgspec.structs.replace(record, description=description)

    record = service.store.roles.update(role.id, change)
    if record is None:
        raise NotFound("role", role.id)
    return Answer(body={"role": render.role(record, ask.base)})


def delete_role(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/roles/{id}: with its assignments and implications."""
    service.store.roles.delete(_own_role(service, ask, "delete").id)
    service.tokens.forget()
    return NO_CONTENT


def list_inferences(service: Service, ask: Ask) -> Answer:
    """GET /v3/role_inferences: every role that implies some."""
    book = read_roles(service.store)
    shown = [render.inference(role, implied, ask.base) for role in book.roles if (implied := _implied(book, role))]
    return Answer(body=render.collection("role_inferences", shown, "/v3/role_inferences", ask.base))


def list_implied(service: Service, ask: Ask) -> Answer:
    """GET /v3/roles/{prior}/implies."""
    book = read_roles(service.store)
    prior = existing_role(book, ask.path["role_id"])
    links = {"self": f"{ask.base}/v3/roles/{prior.id}/implies", "previous": None, "next": None}
    return Answer(body={"role_inference": render.inference(prior, _implied(book, prior), ask.base), "links": links})


def show_implication(service: Service, ask: Ask) -> Answer:
    """GET /v3/roles/{prior}/implies/{implied}."""
    prior, implied = _existing_pair(service, ask)
    return Answer(body={"role_inference": render.one_inference(prior, implied, ask.base)})


def check_implication(service: Service, ask: Ask) -> Answer:
    """HEAD /v3/roles/{prior}/implies/{implied}."""
    _existing_pair(service, ask)
    return NO_CONTENT


def imply(service: Service, ask: Ask) -> Answer:
    """PUT /v3/roles/{prior}/implies/{implied}. What reaches beyond a project is given by name alone."""
    book = read_roles(service.store)
    prior, implied = (existing_role(book, ask.path[name]) for name in ("role_id", "implied_id"))
    if implied.name in BEYOND_PROJECTS:
        raise Forbidden(f"make role {implied.name} an implied role")
    if prior.name in book.effective((implied.name,)):
        raise BadRequest(f"{implied.name} implies {prior.name} already.")
    if Implication(prior.name, implied.name) not in ALWAYS:
        service.store.implications.add(Implication(prior.name, implied.name))
    service.tokens.forget()
    return Answer(status=HTTPStatus.CREATED, body={"role_inference": render.one_inference(prior, implied, ask.base)})


def no_longer_imply(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/roles/{prior}/implies/{implied}."""
    prior, implied = _existing_pair(service, ask)
    if Implication(prior.name, implied.name) in ALWAYS:
        raise Forbidden(f"keep {prior.name} from implying {implied.name}")
    service.store.implications.remove(Implication(prior.name, implied.name))
    service.tokens.forget()
    return NO_CONTENT


def existing_role(book: RoleBook, role_id: str) -> Role:
    """The role; raises NotFound."""
    role = book.get(role_id)
    if role is None:
        raise NotFound("role", role_id)
    return role


def _own_role(service: Service, ask: Ask, action: str) -> Role:
    role = existing_role(read_roles(service.store), ask.path["role_id"])
    if role in FIXED:
        raise Forbidden(f"{action} the role {role.name}, which is fixed")
    return role


def _implied(book: RoleBook, prior: Role) -> list[Role]:
    return [role for name in book.implied_by(prior.name) if (role := book.named(name)) is not None]


def _existing_pair(service: Service, ask: Ask) -> tuple[Role, Role]:
    book = read_roles(service.store)
    prior, implied = (existing_role(book, ask.path[name]) for name in ("role_id", "implied_id"))
    if implied.name not in book.implied_by(prior.name):
        raise NotFound("role inference", f"{prior.name} implies {implied.name}")
    return prior, implied
