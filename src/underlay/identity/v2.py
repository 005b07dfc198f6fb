"""Getting a token as clients of 2013 do: POST /v2.0/tokens. Source: Identity API v2.0, "Authenticate".

/v2.0 is the Networking API's, which has no `tokens`; so OS_AUTH_URL=http://host:9696/v2.0 works, and so does
http://host:9696 for clients that name no domain, which then choose v2.0. /identity/v2.0 is the same by itself.
"""

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
from underlay.identity.service import Answer, Ask, Service
from underlay.identity.tokens import Standing


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
    return Answer(body={"access": _access(text, standing, ask.base)}, headers={"Vary": "X-Auth-Token"})


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


def _access(text: str, standing: Standing, base: str) -> dict[str, Any]:
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
        "serviceCatalog": _catalog(base) if project is not None else [],
        "metadata": {"is_admin": int(standing.is_admin), "roles": roles},
    }


def _catalog(base: str) -> list[dict[str, Any]]:
    return [
        {
            "type": kind,
            "name": name,
            "endpoints": [{"region": render.REGION, "publicURL": url, "internalURL": url, "adminURL": url, "id": name}],
            "endpoints_links": [],
        }
        for kind, name, url in render.services(base)
    ]
