"""The URL table of the identity endpoint, as data: who may call what. Source: Identity API v3."""

from typing import Final

from underlay.identity import auth, grants, projects, users, v2
from underlay.identity.service import Endpoint

_TOKENS: Final = "/v3/auth/tokens"
_PROJECT: Final = "/v3/projects/{project_id}"
_USER: Final = "/v3/users/{user_id}"
_GRANTS: Final = "/v3/projects/{project_id}/users/{user_id}/roles"
_GRANT: Final = f"{_GRANTS}/{{role_id}}"
_ROLE: Final = "/v3/roles/{role_id}"
_DOMAIN: Final = "/v3/domains/{domain_id}"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Endpoint("GET", "/v3", auth.show_version, "identity:get_version", "anyone"),
    Endpoint("GET", "/identity/v2.0", v2.show_version, "identity:get_version", "anyone"),
    Endpoint("POST", "/identity/v2.0/tokens", v2.create_token, "identity:authenticate", "anyone", hashes=True),
    Endpoint("POST", "/v2.0/tokens", v2.create_token, "identity:authenticate", "anyone", hashes=True),
    Endpoint("POST", _TOKENS, auth.create_token, "identity:authenticate", "anyone", hashes=True),
    Endpoint("GET", _TOKENS, auth.show_token, "identity:validate_token", "user"),
    Endpoint("HEAD", _TOKENS, auth.show_token, "identity:check_token", "user"),
    Endpoint("DELETE", _TOKENS, auth.revoke_token, "identity:revoke_token", "user"),
    Endpoint("GET", "/v3/auth/projects", auth.list_my_projects, "identity:get_auth_projects", "user"),
    Endpoint("GET", "/v3/auth/domains", auth.list_my_domains, "identity:get_auth_domains", "user"),
    Endpoint("GET", "/v3/auth/catalog", auth.show_catalog, "identity:get_auth_catalog", "user"),
    Endpoint("GET", "/v3/projects", projects.list_projects, "identity:list_projects"),
    Endpoint("POST", "/v3/projects", projects.create_project, "identity:create_project"),
    Endpoint("GET", _PROJECT, projects.show_project, "identity:get_project", "user"),
    Endpoint("PATCH", _PROJECT, projects.update_project, "identity:update_project"),
    Endpoint("DELETE", _PROJECT, projects.delete_project, "identity:delete_project"),
    Endpoint("GET", "/v3/users", users.list_users, "identity:list_users"),
    Endpoint("POST", "/v3/users", users.create_user, "identity:create_user", hashes=True),
    Endpoint("GET", _USER, users.show_user, "identity:get_user", "user"),
    Endpoint("PATCH", _USER, users.update_user, "identity:update_user", hashes=True),
    Endpoint("DELETE", _USER, users.delete_user, "identity:delete_user"),
    Endpoint("GET", f"{_USER}/projects", users.list_projects_of_user, "identity:list_user_projects", "user"),
    Endpoint("POST", f"{_USER}/password", users.change_password, "identity:change_password", "anyone", hashes=True),
    Endpoint("GET", "/v3/roles", grants.list_roles, "identity:list_roles"),
    Endpoint("POST", "/v3/roles", grants.refuse_change, "identity:create_role"),
    Endpoint("GET", _ROLE, grants.show_role, "identity:get_role"),
    Endpoint("PATCH", _ROLE, grants.refuse_change, "identity:update_role"),
    Endpoint("DELETE", _ROLE, grants.refuse_change, "identity:delete_role"),
    Endpoint("GET", "/v3/domains", projects.list_domains, "identity:list_domains"),
    Endpoint("POST", "/v3/domains", grants.refuse_change, "identity:create_domain"),
    Endpoint("GET", _DOMAIN, projects.show_domain, "identity:get_domain", "user"),
    Endpoint("PATCH", _DOMAIN, grants.refuse_change, "identity:update_domain"),
    Endpoint("DELETE", _DOMAIN, grants.refuse_change, "identity:delete_domain"),
    Endpoint("GET", "/v3/role_assignments", grants.list_assignments, "identity:list_role_assignments"),
    Endpoint("GET", _GRANTS, grants.list_grants, "identity:list_grants"),
    Endpoint("GET", _GRANT, grants.check_grant, "identity:check_grant"),
    Endpoint("HEAD", _GRANT, grants.check_grant, "identity:check_grant"),
    Endpoint("PUT", _GRANT, grants.grant, "identity:create_grant"),
    Endpoint("DELETE", _GRANT, grants.withdraw, "identity:revoke_grant"),
)
