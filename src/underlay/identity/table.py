"""The URL table of the identity endpoint, as data: who may call what. Source: Identity API v3."""

from typing import Final

from underlay.identity import (
    assignments,
    auth,
    catalog,
    credentials,
    domains,
    grants,
    groups,
    projects,
    role_calls,
    users,
    v2,
)
from underlay.identity.service import Endpoint

_TOKENS: Final = "/v3/auth/tokens"
_PROJECT: Final = "/v3/projects/{project_id}"
_USER: Final = "/v3/users/{user_id}"
_ROLE: Final = "/v3/roles/{role_id}"
_IMPLIED: Final = f"{_ROLE}/implies/{{implied_id}}"
_DOMAIN: Final = "/v3/domains/{domain_id}"
_CREDENTIALS: Final = f"{_USER}/application_credentials"
_CREDENTIAL: Final = f"{_CREDENTIALS}/{{credential_id}}"
_SERVICE: Final = "/v3/services/{service_id}"
_ENDPOINT: Final = "/v3/endpoints/{endpoint_id}"
_REGION: Final = "/v3/regions/{region_id}"
_HOLDERS: Final = ("users/{user_id}", "groups/{group_id}")
_GROUP: Final = "/v3/groups/{group_id}"
_MEMBER: Final = f"{_GROUP}/users/{{user_id}}"
_TAGS: Final = f"{_PROJECT}/tags"
_TAG: Final = f"{_TAGS}/{{tag}}"


def _grants(place: str, holder: str, prefix: str) -> tuple[Endpoint, ...]:
    """Which role such a holder has on that kind of target; `prefix` is how Keystone's names of actions begin."""
    many, one = f"{place}/{holder}/roles", f"{place}/{holder}/roles/{{role_id}}"
    return (
        Endpoint("GET", many, grants.list_grants, f"identity:list_{prefix}grants"),
        Endpoint("GET", one, grants.check_grant, f"identity:check_{prefix}grant"),
        Endpoint("HEAD", one, grants.check_grant, f"identity:check_{prefix}grant"),
        Endpoint("PUT", one, grants.grant, f"identity:create_{prefix}grant"),
        Endpoint("DELETE", one, grants.withdraw, f"identity:revoke_{prefix}grant"),
    )


LOGIN: Final[tuple[Endpoint, ...]] = (
    Endpoint("GET", "/v3", auth.show_version, "identity:get_version", "anyone"),
    Endpoint("POST", _TOKENS, auth.create_token, "identity:authenticate", "anyone", hashes=True),
    Endpoint("GET", _TOKENS, auth.show_token, "identity:validate_token", "user"),
    Endpoint("HEAD", _TOKENS, auth.show_token, "identity:check_token", "user"),
    Endpoint("DELETE", _TOKENS, auth.revoke_token, "identity:revoke_token", "user"),
)
"""What hosts need when everybody else gets a token elsewhere."""

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *LOGIN,
    Endpoint("GET", "/identity/v2.0", v2.show_version, "identity:get_version", "anyone"),
    Endpoint("POST", "/identity/v2.0/tokens", v2.create_token, "identity:authenticate", "anyone", hashes=True),
    Endpoint("POST", "/v2.0/tokens", v2.create_token, "identity:authenticate", "anyone", hashes=True),
    Endpoint("GET", "/v3/auth/projects", auth.list_my_projects, "identity:get_auth_projects", "user"),
    Endpoint("GET", "/v3/auth/domains", auth.list_my_domains, "identity:get_auth_domains", "user"),
    Endpoint("GET", "/v3/auth/system", auth.list_my_system, "identity:get_auth_system", "user"),
    Endpoint("GET", "/v3/auth/catalog", auth.show_catalog, "identity:get_auth_catalog", "user"),
    Endpoint("GET", "/v3/projects", projects.list_projects, "identity:list_projects"),
    Endpoint("POST", "/v3/projects", projects.create_project, "identity:create_project"),
    Endpoint("GET", _PROJECT, projects.show_project, "identity:get_project", "user"),
    Endpoint("PATCH", _PROJECT, projects.update_project, "identity:update_project"),
    Endpoint("DELETE", _PROJECT, projects.delete_project, "identity:delete_project"),
    Endpoint("GET", _TAGS, projects.list_tags, "identity:list_project_tags"),
    Endpoint("PUT", _TAGS, projects.replace_tags, "identity:update_project_tags"),
    Endpoint("DELETE", _TAGS, projects.delete_tags, "identity:delete_project_tags"),
    Endpoint("GET", _TAG, projects.check_tag, "identity:get_project_tag"),
    Endpoint("HEAD", _TAG, projects.check_tag, "identity:get_project_tag"),
    Endpoint("PUT", _TAG, projects.add_tag, "identity:create_project_tag"),
    Endpoint("DELETE", _TAG, projects.delete_tag, "identity:delete_project_tag"),
    Endpoint("GET", "/v3/users", users.list_users, "identity:list_users"),
    Endpoint("POST", "/v3/users", users.create_user, "identity:create_user", hashes=True),
    Endpoint("GET", _USER, users.show_user, "identity:get_user", "user"),
    Endpoint("PATCH", _USER, users.update_user, "identity:update_user", hashes=True),
    Endpoint("DELETE", _USER, users.delete_user, "identity:delete_user"),
    Endpoint("GET", f"{_USER}/projects", users.list_projects_of_user, "identity:list_user_projects", "user"),
    Endpoint("POST", f"{_USER}/password", users.change_password, "identity:change_password", "anyone", hashes=True),
    Endpoint("GET", f"{_USER}/groups", groups.list_groups_of_user, "identity:list_groups_for_user", "user"),
    Endpoint("GET", f"{_USER}/access_rules", catalog.list_access_rules, "identity:list_access_rules", "user"),
    Endpoint("GET", _CREDENTIALS, credentials.list_credentials, "identity:list_application_credentials", "user"),
    Endpoint(
        "POST",
        _CREDENTIALS,
        credentials.create_credential,
        "identity:create_application_credential",
        "user",
        hashes=True,
    ),
    Endpoint("GET", _CREDENTIAL, credentials.show_credential, "identity:get_application_credential", "user"),
    Endpoint("DELETE", _CREDENTIAL, credentials.delete_credential, "identity:delete_application_credential", "user"),
    Endpoint("GET", "/v3/groups", groups.list_groups, "identity:list_groups"),
    Endpoint("POST", "/v3/groups", groups.create_group, "identity:create_group"),
    Endpoint("GET", _GROUP, groups.show_group, "identity:get_group"),
    Endpoint("PATCH", _GROUP, groups.update_group, "identity:update_group"),
    Endpoint("DELETE", _GROUP, groups.delete_group, "identity:delete_group"),
    Endpoint("GET", f"{_GROUP}/users", groups.list_users, "identity:list_users_in_group"),
    Endpoint("GET", _MEMBER, groups.check_user, "identity:check_user_in_group"),
    Endpoint("HEAD", _MEMBER, groups.check_user, "identity:check_user_in_group"),
    Endpoint("PUT", _MEMBER, groups.add_user, "identity:add_user_to_group"),
    Endpoint("DELETE", _MEMBER, groups.remove_user, "identity:remove_user_from_group"),
    Endpoint("GET", "/v3/roles", role_calls.list_roles, "identity:list_roles"),
    Endpoint("POST", "/v3/roles", role_calls.create_role, "identity:create_role"),
    Endpoint("GET", _ROLE, role_calls.show_role, "identity:get_role"),
    Endpoint("PATCH", _ROLE, role_calls.update_role, "identity:update_role"),
    Endpoint("DELETE", _ROLE, role_calls.delete_role, "identity:delete_role"),
    Endpoint("GET", "/v3/role_inferences", role_calls.list_inferences, "identity:list_role_inference_rules"),
    Endpoint("GET", f"{_ROLE}/implies", role_calls.list_implied, "identity:list_implied_roles"),
    Endpoint("GET", _IMPLIED, role_calls.show_implication, "identity:get_implied_role"),
    Endpoint("HEAD", _IMPLIED, role_calls.check_implication, "identity:check_implied_role"),
    Endpoint("PUT", _IMPLIED, role_calls.imply, "identity:create_implied_role"),
    Endpoint("DELETE", _IMPLIED, role_calls.no_longer_imply, "identity:delete_implied_role"),
    Endpoint("GET", "/v3/domains", domains.list_domains, "identity:list_domains"),
    Endpoint("POST", "/v3/domains", domains.create_domain, "identity:create_domain"),
    Endpoint("GET", _DOMAIN, domains.show_domain, "identity:get_domain", "user"),
    Endpoint("PATCH", _DOMAIN, domains.update_domain, "identity:update_domain"),
    Endpoint("DELETE", _DOMAIN, domains.delete_domain, "identity:delete_domain"),
    Endpoint("GET", "/v3/role_assignments", assignments.list_assignments, "identity:list_role_assignments"),
    *(row for place in (_PROJECT, _DOMAIN) for holder in _HOLDERS for row in _grants(place, holder, "")),
    *_grants("/v3/system", "users/{user_id}", "system_"),
    *_grants("/v3/system", "groups/{group_id}", "system_group_"),
    Endpoint("GET", "/v3/services", catalog.list_services, "identity:list_services"),
    Endpoint("POST", "/v3/services", catalog.create_service, "identity:create_service"),
    Endpoint("GET", _SERVICE, catalog.show_service, "identity:get_service"),
    Endpoint("PATCH", _SERVICE, catalog.update_service, "identity:update_service"),
    Endpoint("DELETE", _SERVICE, catalog.delete_service, "identity:delete_service"),
    Endpoint("GET", "/v3/endpoints", catalog.list_endpoints, "identity:list_endpoints"),
    Endpoint("POST", "/v3/endpoints", catalog.create_endpoint, "identity:create_endpoint"),
    Endpoint("GET", _ENDPOINT, catalog.show_endpoint, "identity:get_endpoint"),
    Endpoint("PATCH", _ENDPOINT, catalog.update_endpoint, "identity:update_endpoint"),
    Endpoint("DELETE", _ENDPOINT, catalog.delete_endpoint, "identity:delete_endpoint"),
    Endpoint("GET", "/v3/regions", catalog.list_regions, "identity:list_regions", "user"),
    Endpoint("POST", "/v3/regions", catalog.create_region, "identity:create_region"),
    Endpoint("GET", _REGION, catalog.show_region, "identity:get_region", "user"),
    Endpoint("PUT", _REGION, catalog.create_region, "identity:create_region"),
    Endpoint("PATCH", _REGION, catalog.update_region, "identity:update_region"),
    Endpoint("DELETE", _REGION, catalog.delete_region, "identity:delete_region"),
)
