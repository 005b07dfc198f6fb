"""Who logs in, and the Identity API v3 request for it."""

from typing import Any

import msgspec


class Credentials(msgspec.Struct, frozen=True):
    """User and password, and the project to log in to; by id or by name. Without a project: the user's default.

    Attributes:
    user_domain, project_domain: id of the domain that the name is looked up in.
    user_domain_name, project_domain_name: its name, which beats the id when it is set.
    """

    password: str
    username: str = ""
    user_id: str = ""
    project_name: str = ""
    project_id: str = ""
    user_domain: str = "default"
    project_domain: str = "default"
    user_domain_name: str = ""
    project_domain_name: str = ""


def login_body(credentials: Credentials) -> dict[str, Any]:
    """Body of POST /v3/auth/tokens."""
    user: dict[str, Any] = {"password": credentials.password}
    if credentials.user_id:
        user["id"] = credentials.user_id
    else:
        user |= {"name": credentials.username, "domain": _domain(credentials.user_domain, credentials.user_domain_name)}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    if credentials.project_id:
        auth["scope"] = {"project": {"id": credentials.project_id}}
    elif credentials.project_name:
        domain = _domain(credentials.project_domain, credentials.project_domain_name)
        auth["scope"] = {"project": {"name": credentials.project_name, "domain": domain}}
    return {"auth": auth}


def tokens_url(auth_url: str) -> str:
    """Where to ask for a token, from an OS_AUTH_URL with or without a version at its end."""
    root = auth_url.rstrip("/")
    for version in ("/v3", "/v2.0"):
        root = root.removesuffix(version)
    return f"{root}/v3/auth/tokens"


def _domain(domain_id: str, name: str) -> dict[str, str]:
    return {"name": name} if name else {"id": domain_id}
