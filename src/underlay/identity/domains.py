"""/v3/domains: what users and projects belong to. The default one is there from the start, and stays."""

from http import HTTPStatus
from typing import Final
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from underlay.identity import render
from underlay.identity.errors import BadRequest, Forbidden, NotFound, Taken
from underlay.identity.filters import filtered
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.identity.tokens import ForDomain, ForProject
from underlay.model.identity import DEFAULT_DOMAIN_ID, Domain, DomainId, NameTaken

NAME_LENGTH: Final = 255
SHORT_NAME_LENGTH: Final = 64
"""Of domains and projects, as in Keystone."""


class NewDomain(msgspec.Struct, frozen=True):
    """What is sent to create one."""

    name: str
    enabled: bool = True
    description: str | None = None


class DomainChange(msgspec.Struct, frozen=True):
    """What is sent to update one."""

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    description: str | None | UnsetType = UNSET


class NewDomainBody(msgspec.Struct, frozen=True):
    """Body of POST."""

    domain: NewDomain


class DomainChangeBody(msgspec.Struct, frozen=True):
    """Body of PATCH."""

    domain: DomainChange


def list_domains(service: Service, ask: Ask) -> Answer:
    """GET /v3/domains, filtered by `name`, `enabled`."""
    shown = [render.domain(each, ask.base) for each in service.store.domains.find(ask.query.get("name"))]
    found = filtered(shown, ask.query, ("name", "enabled", "description"))
    return Answer(body=render.collection("domains", found, "/v3/domains", ask.base))


def show_domain(service: Service, ask: Ask) -> Answer:
    """GET /v3/domains/{id}."""
    return Answer(body={"domain": render.domain(existing_domain(service, ask.path["domain_id"]), ask.base)})


def create_domain(service: Service, ask: Ask) -> Answer:
    """POST /v3/domains."""
    wish = ask.read(NewDomainBody).domain
    record = Domain(
        DomainId(uuid4().hex), checked_name(wish.name, SHORT_NAME_LENGTH), wish.enabled, wish.description or ""
    )
    try:
        service.store.domains.add(record)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    return Answer(status=HTTPStatus.CREATED, body={"domain": render.domain(record, ask.base)})


def update_domain(service: Service, ask: Ask) -> Answer:
    """PATCH /v3/domains/{id}. Disabled, it takes its users and projects with it until it is enabled again."""
    domain_id = DomainId(ask.path["domain_id"])
    wish = ask.read(DomainChangeBody).domain
    if domain_id == DEFAULT_DOMAIN_ID and wish.enabled is False:
        raise Forbidden("disable the default domain")

    def change(record: Domain) -> Domain:
        return msgspec.structs.replace(
            record,
            name=record.name if wish.name is UNSET else checked_name(wish.name, SHORT_NAME_LENGTH),
            enabled=record.enabled if wish.enabled is UNSET else wish.enabled,
            description=record.description if wish.description is UNSET else wish.description or "",
        )

    try:
        record = service.store.domains.update(domain_id, change)
    except NameTaken as error:
        raise Taken(error.kind, error.name) from error
    if record is None:
        raise NotFound("domain", domain_id)
    service.tokens.forget()
    return Answer(body={"domain": render.domain(record, ask.base)})


def delete_domain(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/domains/{id}: with its users and projects. It must be disabled first, as in Keystone."""
    record = existing_domain(service, ask.path["domain_id"])
    if record.id == DEFAULT_DOMAIN_ID:
        raise Forbidden("delete the default domain")
    if record.enabled:
        raise Forbidden("cannot delete a domain that is enabled, please disable it first")
    service.store.domains.delete(record.id)
    service.tokens.forget()
    return NO_CONTENT


def existing_domain(service: Service, domain_id: str) -> Domain:
    """The domain; raises NotFound."""
    record = service.store.domains.get(DomainId(domain_id))
    if record is None:
        raise NotFound("domain", domain_id)
    return record


def own_domain_id(ask: Ask) -> DomainId:
    """The domain that the sender's token is for, itself or by its project; else the default one."""
    match ask.me.scope:
        case ForDomain(domain) | ForProject(domain=domain):
            return domain.id
    return DEFAULT_DOMAIN_ID


def checked_name(name: str, longest: int = NAME_LENGTH) -> str:
    """The name of a domain, project, user or role; raises BadRequest when it is not 1 to 255 printable characters."""
    if not name.strip() or len(name) > longest or not name.isprintable():
        raise BadRequest(f"Invalid input for field 'name': it must have 1 to {longest} printable characters.")
    return name
