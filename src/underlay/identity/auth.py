"""/v3 and /v3/auth: the version, getting, showing and revoking tokens, and what the sender may scope to."""

from http import HTTPStatus

import msgspec

from underlay.identity import render
from underlay.identity.errors import Forbidden, NotFound, Unauthorized
from underlay.identity.holdings import held_by
from underlay.identity.login import Auth, log_in
from underlay.identity.places import Catalog, open_to, read_catalog
from underlay.identity.roles import read_roles
from underlay.identity.service import NO_CONTENT, Answer, Ask, Service
from underlay.identity.tokens import Standing
from underlay.model.identity import DomainId, Project, UserId, place_of
from underlay.model.ids import ProjectId


class TokenBody(msgspec.Struct, frozen=True):
    """Body of POST /v3/auth/tokens."""

    auth: Auth


def show_version(service: Service, ask: Ask) -> Answer:
    """GET /v3."""
    return Answer(body={"version": render.version(ask.base)})


def create_token(service: Service, ask: Ask) -> Answer:
    """POST /v3/auth/tokens; the token is in X-Subject-Token. `?nocatalog` leaves the catalog out."""
    text, standing = log_in(ask.read(TokenBody).auth, service)
    return Answer(
        status=HTTPStatus.CREATED,
        body=render.token(standing, read_roles(service.store), _catalog_of(service, ask, standing)),
        headers={"X-Subject-Token": text, "Vary": "X-Auth-Token"},
    )


def show_token(service: Service, ask: Ask) -> Answer:
    """GET and HEAD /v3/auth/tokens: what X-Subject-Token is worth; one's own, or any for an admin."""
    standing = _subject(service, ask, "identity:validate_token")
    return Answer(
        body=render.token(standing, read_roles(service.store), _catalog_of(service, ask, standing)),
        headers={"X-Subject-Token": ask.subject, "Vary": "X-Auth-Token"},
    )


def revoke_token(service: Service, ask: Ask) -> Answer:
    """DELETE /v3/auth/tokens: X-Subject-Token is void from now on."""
    service.tokens.revoke(_subject(service, ask, "identity:revoke_token"))
    return NO_CONTENT


def list_my_projects(service: Service, ask: Ask) -> Answer:
    """GET /v3/auth/projects: the enabled projects that the sender has a role on."""
    found = [render.project(each, ask.base) for each in projects_of(ask.me.user.id, service) if each.enabled]
    return Answer(body=render.collection("projects", found, "/v3/auth/projects", ask.base))


def list_my_domains(service: Service, ask: Ask) -> Answer:
    """GET /v3/auth/domains: the enabled domains that the sender has a role on, as such."""
    ids = _targets(ask.me.user.id, service, "domain")
    found = [domain for domain_id in ids if (domain := service.store.domains.get(DomainId(domain_id))) is not None]
    shown = [render.domain(each, ask.base) for each in found if each.enabled]
    return Answer(body=render.collection("domains", shown, "/v3/auth/domains", ask.base))


def list_my_system(service: Service, ask: Ask) -> Answer:
    """GET /v3/auth/system: whether the sender has a role on the whole cloud."""
    shown = [{"all": True} for _ in _targets(ask.me.user.id, service, "system")]
    return Answer(body=render.collection("system", shown, "/v3/auth/system", ask.base))


def show_catalog(service: Service, ask: Ask) -> Answer:
    """GET /v3/auth/catalog."""
    opened = open_to(ask.me, read_catalog(service.store, ask.base, has_compute=service.has_compute))
    return Answer(body=render.collection("catalog", render.catalog(opened), "/v3/auth/catalog", ask.base))


def projects_of(user_id: UserId, service: Service) -> list[Project]:
    """The projects that the user has a role on, by name."""
    ids = _targets(user_id, service, "project")
    found = [project for project_id in ids if (project := service.store.projects.get(ProjectId(project_id)))]
    return sorted(found, key=lambda each: (each.name, each.id))


def _catalog_of(service: Service, ask: Ask, standing: Standing) -> Catalog | None:
    """None when the sender wants none."""
    return (
        None
        if "nocatalog" in ask.query
        else open_to(standing, read_catalog(service.store, ask.base, has_compute=service.has_compute))
    )


def _targets(user_id: UserId, service: Service, wanted: str) -> list[str]:
    places = dict.fromkeys(place_of(each.target) for each in held_by(user_id, service.store))
    return [target_id for kind, target_id in places if kind == wanted]


def _subject(service: Service, ask: Ask, action: str) -> Standing:
    try:
        standing = service.tokens.check(ask.subject)
    except Unauthorized as error:
        raise NotFound("token", "the one in X-Subject-Token") from error
    if standing.user.id != ask.me.user.id and not ask.me.is_admin:
        raise Forbidden(action)
    return standing
