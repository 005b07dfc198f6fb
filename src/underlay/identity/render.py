"""Records and tokens as the Identity API v3 shows them. `base` is the URL that clients reach this server by."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from underlay.identity.places import Catalog
from underlay.identity.roles import RoleBook
from underlay.identity.tokens import ForDomain, ForProject, ForSystem, Standing
from underlay.model.identity import (
    ApplicationCredential,
    Assignment,
    CatalogEndpoint,
    CatalogService,
    Domain,
    Group,
    GroupAssignment,
    GroupId,
    Project,
    Region,
    Role,
    Target,
    User,
    place_of,
)

Json = dict[str, Any]
Names = Mapping[str, Json]
"""id of a user, group, project or domain -> its name, and its domain if it is of one."""


def version(base: str) -> Json:
    """The version document, which `/` lists as well."""
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{base}/v3/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


def catalog(opened: Catalog) -> list[Json]:
    """Where the services are; one that is nowhere yet has no endpoints, as in Keystone."""
    return [
        {
            "id": each.id,
            "type": each.type,
            "name": each.name,
            "endpoints": [
                {
                    "id": endpoint.id,
                    "interface": endpoint.interface,
                    "region": endpoint.region_id,
                    "region_id": endpoint.region_id,
                    "url": endpoint.url,
                }
                for endpoint in opened.of_service(each.id)
            ],
        }
        for each in opened.services
    ]


def token(standing: Standing, book: RoleBook, opened: Catalog | None) -> Json:
    """The body of a token, with the catalog that is open to it, if any; the token itself goes in a header."""
    claims, user = standing.claims, standing.user
    body: Json = {
        "methods": list(claims.methods),
        "user": {"id": user.id, "name": user.name, "domain": _short(standing.domain), "password_expires_at": None},
        "audit_ids": [claims.jti, claims.chain] if claims.chain else [claims.jti],
        "issued_at": moment(claims.iat),
        "expires_at": moment(claims.exp),
    }
    match standing.scope:
        case None:
            return {"token": body}
        case ForProject(project, domain):
            body["project"] = {"id": project.id, "name": project.name, "domain": _short(domain)}
            body["is_domain"] = False
        case ForDomain(domain):
            body["domain"] = _short(domain)
        case ForSystem():
            body["system"] = {"all": True}
    known = [role for role in book.roles if role.name in standing.roles]
    body["roles"] = [{"id": role.id, "name": role.name} for role in sorted(known, key=lambda each: each.name)]
    if standing.credential is not None:
        credential = standing.credential
        body["application_credential"] = {
            "id": credential.id,
            "name": credential.name,
            "restricted": not credential.unrestricted,
        }
    if opened is not None:
        body["catalog"] = catalog(opened)
    return {"token": body}


def project(record: Project, base: str) -> Json:
    """One project."""
    return {
        "id": record.id,
        "name": record.name,
        "domain_id": record.domain_id,
        "parent_id": record.domain_id,
        "enabled": record.enabled,
        "description": record.description,
        "is_domain": False,
        "options": {},
        "tags": list(record.tags),
        "links": {"self": f"{base}/v3/projects/{record.id}"},
    }


def user(record: User, base: str) -> Json:
    """One user; never the hash."""
    shown: Json = {
        "id": record.id,
        "name": record.name,
        "domain_id": record.domain_id,
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


def group(record: Group, base: str) -> Json:
    """One group."""
    return {
        "id": record.id,
        "name": record.name,
        "domain_id": record.domain_id,
        "description": record.description,
        "links": {"self": f"{base}/v3/groups/{record.id}"},
    }


def role(record: Role, base: str) -> Json:
    """One role."""
    return {
        "id": record.id,
        "name": record.name,
        "domain_id": None,
        "description": record.description or None,
        "options": {},
        "links": {"self": f"{base}/v3/roles/{record.id}"},
    }


def inference(prior: Role, implied: Sequence[Role], base: str) -> Json:
    """A role and what it implies."""
    return {"prior_role": _of_inference(prior, base), "implies": [_of_inference(each, base) for each in implied]}


def one_inference(prior: Role, implied: Role, base: str) -> Json:
    """One implication."""
    return {"prior_role": _of_inference(prior, base), "implies": _of_inference(implied, base)}


def domain(record: Domain, base: str) -> Json:
    """One domain."""
    return {
        **_short(record),
        "enabled": record.enabled,
        "description": record.description,
        "options": {},
        "tags": [],
        "links": {"self": f"{base}/v3/domains/{record.id}"},
    }


def assignment(
    record: Assignment | GroupAssignment, role_id: str, names: Names | None, base: str, by: GroupId | None = None
) -> Json:
    """One assignment, which a user has by a group if one is given; with `names`, those of holder, target and role."""
    kind, target_id = place_of(record.target)
    holder, holder_id = ("user", record.user_id) if isinstance(record, Assignment) else ("group", record.group_id)
    shown_role: Json = {"id": role_id}
    shown_holder: Json = {"id": holder_id}
    shown_target: Json = {"id": target_id}
    if names is not None:
        shown_role["name"] = record.role
        shown_holder |= names.get(holder_id, {})
        shown_target |= names.get(target_id, {})
    given_to = f"{holder}s/{holder_id}" if by is None else f"groups/{by}"
    links = {"assignment": f"{base}/v3/{target_path(record.target)}/{given_to}/roles/{role_id}"}
    if by is not None:
        links["membership"] = f"{base}/v3/groups/{by}/users/{holder_id}"
    return {
        "role": shown_role,
        holder: shown_holder,
        "scope": {"system": {"all": True}} if kind == "system" else {kind: shown_target},
        "links": links,
    }


def target_path(target: Target) -> str:
    """`projects/ID`, `domains/ID`, `system`."""
    kind, target_id = place_of(target)
    return kind if kind == "system" else f"{kind}s/{target_id}"


def credential(record: ApplicationCredential, book: RoleBook, base: str) -> Json:
    """One application credential; never the secret, which is shown once by who made it."""
    roles = [role for name in record.roles if (role := book.named(name)) is not None]
    return {
        "id": record.id,
        "name": record.name,
        "description": record.description or None,
        "user_id": record.user_id,
        "project_id": record.project_id,
        "roles": [{"id": role.id, "name": role.name, "domain_id": None} for role in roles],
        "unrestricted": record.unrestricted,
        "expires_at": None if record.expires_at is None else _without_zone(record.expires_at),
        "system": None,
        "links": {"self": f"{base}/v3/users/{record.user_id}/application_credentials/{record.id}"},
    }


def service(record: CatalogService, base: str) -> Json:
    """One service of the catalog."""
    return {
        "id": record.id,
        "type": record.type,
        "name": record.name,
        "enabled": record.enabled,
        "description": record.description,
        "links": {"self": f"{base}/v3/services/{record.id}"},
    }


def endpoint(record: CatalogEndpoint, base: str) -> Json:
    """One endpoint of the catalog."""
    return {
        "id": record.id,
        "service_id": record.service_id,
        "interface": record.interface,
        "region": record.region_id,
        "region_id": record.region_id,
        "url": record.url,
        "enabled": record.enabled,
        "links": {"self": f"{base}/v3/endpoints/{record.id}"},
    }


def region(record: Region, base: str) -> Json:
    """One region."""
    return {
        "id": record.id,
        "description": record.description,
        "parent_region_id": record.parent_region_id,
        "links": {"self": f"{base}/v3/regions/{record.id}"},
    }


def collection(name: str, members: Sequence[Json], path: str, base: str) -> Json:
    """A list, all on one page."""
    return {name: list(members), "links": {"self": f"{base}{path}", "previous": None, "next": None}}


def moment(seconds: float) -> str:
    """Keystone's form of a time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _short(record: Domain) -> Json:
    return {"id": record.id, "name": record.name}


def _of_inference(record: Role, base: str) -> Json:
    return {"id": record.id, "name": record.name, "links": {"self": f"{base}/v3/roles/{record.id}"}}


def _without_zone(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
