"""Getting a token as clients of 2013 do: POST /v2.0/tokens. Source: Identity API v2.0, "Authenticate".

/v2.0 is the Networking API's, which has no `tokens`; so OS_AUTH_URL=http://host:9696/v2.0 works, and so does
http://host:9696 for clients that name no domain, which then choose v2.0. /identity/v2.0 is the same by itself.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from underlay.identity import render
from underlay.identity.errors import BadRequest
from underlay.identity.login import (
    Auth,
    Identity,
    PasswordMethod,
    ProjectRef,
    TokenMethod,
    UserRef,
    Wish,
    log_in,
)
from underlay.identity.places import Catalog, open_to, read_catalog
from underlay.identity.service import Answer, Ask, Service
from underlay.identity.tokens import Standing
from underlay.model.identity import CatalogEndpoint


class V2Password(msgspec.Struct, frozen=True):
    """`auth.passwordCredentials`."""

    password: str
    username: str | None = None
    user_id: str | None = msgspec.field(default=None, name="userId")


class V2Auth(msgspec.Struct, frozen=True, rename="camel"):
    """`auth`: a password or a token, and the tenant to scope to."""

    password_credentials: V2Password | None = None
    token: TokenMethod | None = None
    tenant_name: str | None = None
    tenant_id: str | None = None


class V2Body(msgspec.Struct, frozen=True):
    """Body of POST /identity/v2.0/tokens."""

    auth: V2Auth


def show_version(service: Service, ask: Ask) -> Answer:
    """GET /identity/v2.0."""
    shown = {
        "id": "v2.0",
        "status": "deprecated",
        "updated": "2014-04-17T00:00:00Z",
        "links": [{"rel": "self", "href": f"{ask.base}/identity/v2.0/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v2.0+json"}],
    }
    return Answer(body={"version": shown})


def create_token(service: Service, ask: Ask) -> Answer:
    """POST /identity/v2.0/tokens; the token is in the body."""
    text, standing = log_in(_as_v3(ask.read(V2Body).auth), service)
    opened = open_to(standing, read_catalog(service.store, ask.base, has_compute=service.has_compute))
    return Answer(body={"access": _access(text, standing, opened)}, headers={"Vary": "X-Auth-Token"})


def _as_v3(auth: V2Auth) -> Auth:
    scope: Wish | None = None
    if auth.tenant_id or auth.tenant_name:
        scope = Wish(project=ProjectRef(id=auth.tenant_id or None, name=auth.tenant_name))
    if auth.password_credentials is not None:
        sent = auth.password_credentials
        user = UserRef(password=sent.password, id=sent.user_id, name=sent.username)
        return Auth(Identity(methods=("password",), password=PasswordMethod(user)), scope)
    if auth.token is not None:
        return Auth(Identity(methods=("token",), token=auth.token), scope)
    raise BadRequest("Expecting to find passwordCredentials or token in auth.")


def _access(text: str, standing: Standing, opened: Catalog) -> dict[str, Any]:
    claims, user, project = standing.claims, standing.user, standing.project
    token: dict[str, Any] = {
        "id": text,
        "issued_at": render.moment(claims.iat),
        "expires": render.moment(claims.exp),
        "audit_ids": [claims.jti],
    }
    if project is not None:
        token["tenant"] = {
            "id": project.id,
            "name": project.name,
            "enabled": project.enabled,
            "description": project.description,
        }
    roles = sorted(standing.roles)
    return {
        "token": token,
        "user": {
            "id": user.id,
            "name": user.name,
            "username": user.name,
            "roles": [{"name": name} for name in roles],
            "roles_links": [],
        },
        "serviceCatalog": _catalog(opened) if project is not None else [],
        "metadata": {"is_admin": int(standing.is_admin), "roles": roles},
    }


def _catalog(opened: Catalog) -> list[dict[str, Any]]:
    return [
        {
            "type": service.type,
            "name": service.name,
            "endpoints": _endpoints(opened.of_service(service.id)),
            "endpoints_links": [],
        }
        for service in opened.services
    ]


def _endpoints(found: Sequence[CatalogEndpoint]) -> list[dict[str, Any]]:
    """One a region, with the URLs of all its interfaces."""
    regions: dict[str | None, dict[str, Any]] = {}
    for each in found:
        region = regions.setdefault(each.region_id, {"region": each.region_id, "id": each.id})
        region[f"{each.interface}URL"] = each.url
    return list(regions.values())
