"""Records and tokens as the Identity API v3 shows them. `base` is the URL that clients reach this server by."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_DNS, uuid5

from underlay.identity.roles import ROLE_IDS
from underlay.identity.tokens import Standing
from underlay.model.identity import DEFAULT_DOMAIN_ID, DEFAULT_DOMAIN_NAME, Assignment, Project, RoleName, User

REGION: Final = "RegionOne"
INTERFACES: Final = ("public", "internal", "admin")
_DOMAIN: Final = {"id": DEFAULT_DOMAIN_ID, "name": DEFAULT_DOMAIN_NAME}

Json = dict[str, Any]


def version(base: str) -> Json:
    """The version document, which `/` lists as well."""
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{base}/v3/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


def services(base: str) -> tuple[tuple[str, str, str], ...]:
    """(type, name, URL) of what this server serves."""
    return (("identity", "keystone", f"{base}/v3"), ("network", "neutron", base))


def catalog(base: str) -> list[Json]:
    """Where the services are."""
    return [
        {
            "id": _id_of(kind),
            "type": kind,
            "name": name,
            "endpoints": [
                {
                    "id": _id_of(f"{interface}.{kind}"),
                    "interface": interface,
                    "region": REGION,
                    "region_id": REGION,
                    "url": url,
                }
                for interface in INTERFACES
            ],
        }
        for kind, name, url in services(base)
    ]


def token(standing: Standing, base: str, with_catalog: bool) -> Json:
    """The body of a token; the token itself goes in a header."""
    claims, user = standing.claims, standing.user
    body: Json = {
        "methods": list(claims.methods),
        "user": {"id": user.id, "name": user.name, "domain": _DOMAIN, "password_expires_at": None},
        "audit_ids": [claims.jti, claims.chain] if claims.chain else [claims.jti],
        "issued_at": moment(claims.iat),
        "expires_at": moment(claims.exp),
    }
    if standing.project is not None:
        body["project"] = {"id": standing.project.id, "name": standing.project.name, "domain": _DOMAIN}
        body["is_domain"] = False
        body["roles"] = [{"id": ROLE_IDS[name], "name": name} for name in sorted(standing.roles)]
        if with_catalog:
            body["catalog"] = catalog(base)
    return {"token": body}


def project(record: Project, base: str) -> Json:
    """One project."""
    return {
        "id": record.id,
        "name": record.name,
        "domain_id": DEFAULT_DOMAIN_ID,
        "parent_id": DEFAULT_DOMAIN_ID,
        "enabled": record.enabled,
        "description": record.description,
        "is_domain": False,
        "options": {},
        "tags": [],
        "links": {"self": f"{base}/v3/projects/{record.id}"},
    }


def user(record: User, base: str) -> Json:
    """One user; never the hash."""
    shown: Json = {
        "id": record.id,
        "name": record.name,
        "domain_id": DEFAULT_DOMAIN_ID,
        "enabled": record.enabled,
        "description": record.description,
        "email": record.email,
        "options": {},
        "password_expires_at": None,
        "links": {"self": f"{base}/v3/users/{record.id}"},
    }
    if record.default_project_id is not None:
        shown["default_project_id"] = record.default_project_id
    if record.host is not None:
        shown["host"] = record.host
    return shown


def role(name: RoleName, base: str) -> Json:
    """One role."""
    return {
        "id": ROLE_IDS[name],
        "name": name,
        "domain_id": None,
        "description": None,
        "options": {},
        "links": {"self": f"{base}/v3/roles/{ROLE_IDS[name]}"},
    }


def domain(base: str) -> Json:
    """The one domain."""
    return {
        **_DOMAIN,
        "enabled": True,
        "description": "The default domain",
        "options": {},
        "tags": [],
        "links": {"self": f"{base}/v3/domains/{DEFAULT_DOMAIN_ID}"},
    }


def assignment(record: Assignment, names: Mapping[str, str] | None, base: str) -> Json:
    """One assignment; with `names` (id -> name of users and projects), their names and that of the role."""
    shown_role: Json = {"id": ROLE_IDS[record.role]}
    shown_user: Json = {"id": record.user_id}
    shown_project: Json = {"id": record.project_id}
    if names is not None:
        shown_role["name"] = record.role
        shown_user |= {"name": names.get(record.user_id, ""), "domain": _DOMAIN}
        shown_project |= {"name": names.get(record.project_id, ""), "domain": _DOMAIN}
    path = f"projects/{record.project_id}/users/{record.user_id}/roles/{ROLE_IDS[record.role]}"
    return {
        "role": shown_role,
        "user": shown_user,
        "scope": {"project": shown_project},
        "links": {"assignment": f"{base}/v3/{path}"},
    }


def collection(name: str, members: Sequence[Json], path: str, base: str) -> Json:
    """A list, all on one page."""
    return {name: list(members), "links": {"self": f"{base}{path}", "previous": None, "next": None}}


def moment(seconds: float) -> str:
    """Keystone's form of a time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _id_of(name: str) -> str:
    return uuid5(NAMESPACE_DNS, f"{name}.underlay").hex
