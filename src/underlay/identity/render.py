"""Records and tokens as the Identity API v3 shows them. `base` is the URL that clients reach this server by."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_DNS, uuid5

from underlay.identity.roles import RoleBook
from underlay.identity.tokens import ForDomain, ForProject, ForSystem, Standing
from underlay.model.identity import (
    ApplicationCredential,
    Assignment,
    Domain,
    Group,
    GroupAssignment,
    GroupId,
    Project,
    Role,
    Target,
    User,
    place_of,
)

REGION: Final = "RegionOne"
NETWORKING: Final = "/networking"
"""Where the catalog says that the Networking API is: its versions are listed there without Identity's, as at `/`."""

INTERFACES: Final = ("public", "internal", "admin")

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


def services(base: str) -> tuple[tuple[str, str, str], ...]:
    """(type, name, URL) of what this server serves."""
    return (("identity", "keystone", f"{base}/v3"), ("network", "neutron", f"{base}{NETWORKING}"))


def catalog(base: str) -> list[Json]:
    """Where the services are."""
    return [
        {
            "id": id_of(kind),
            "type": kind,
            "name": name,
            "endpoints": [
                {
                    "id": id_of(f"{interface}.{kind}"),
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


def token(standing: Standing, book: RoleBook, base: str, with_catalog: bool) -> Json:
    """The body of a token; the token itself goes in a header."""
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
    if with_catalog:
        body["catalog"] = catalog(base)
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


def service(kind: str, name: str, base: str) -> Json:
    """One service of the catalog."""
    service_id = id_of(kind)
    return {
        "id": service_id,
        "type": kind,
        "name": name,
        "enabled": True,
        "description": "",
        "links": {"self": f"{base}/v3/services/{service_id}"},
    }


def endpoint(kind: str, interface: str, url: str, base: str) -> Json:
    """One endpoint of the catalog."""
    endpoint_id = id_of(f"{interface}.{kind}")
    return {
        "id": endpoint_id,
        "service_id": id_of(kind),
        "interface": interface,
        "region": REGION,
        "region_id": REGION,
        "url": url,
        "enabled": True,
        "links": {"self": f"{base}/v3/endpoints/{endpoint_id}"},
    }


def region(base: str) -> Json:
    """The one region."""
    return {
        "id": REGION,
        "description": "",
        "parent_region_id": None,
        "links": {"self": f"{base}/v3/regions/{REGION}"},
    }


def collection(name: str, members: Sequence[Json], path: str, base: str) -> Json:
    """A list, all on one page."""
    return {name: list(members), "links": {"self": f"{base}{path}", "previous": None, "next": None}}


def moment(seconds: float) -> str:
    """Keystone's form of a time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def id_of(name: str) -> str:
    """The id of a service or an endpoint: the same on every server."""
    return uuid5(NAMESPACE_DNS, f"{name}.underlay").hex


def _short(record: Domain) -> Json:
    return {"id": record.id, "name": record.name}


def _of_inference(record: Role, base: str) -> Json:
    return {"id": record.id, "name": record.name, "links": {"self": f"{base}/v3/roles/{record.id}"}}


def _without_zone(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
