import pytest

from fakes.identity_server import NOW, SECRET, IdentityServer, password_auth


@pytest.fixture
def server() -> IdentityServer:
    """A fresh one."""
    return IdentityServer()


def test_a_login_gives_a_token_that_tells_who_where_and_until_when(server):
    """The body is Keystone's, the token is in X-Subject-Token."""
    scope = {"project": {"name": "mary", "domain": {"name": "Default"}}}
    reply = server.log_in(password_auth("mary", scope=scope))
    token = reply.json()["token"]
    domain = {"id": "default", "name": "Default"}
    mary, project = server.user("mary"), server.project("mary")
    assert 201 == reply.status
    assert server.tokens.verify(reply.headers["x-subject-token"]).user_id == mary.id
    assert {"id": mary.id, "name": "mary", "domain": domain, "password_expires_at": None} == token["user"]
    assert {"id": project.id, "name": "mary", "domain": domain} == token["project"]
    assert ["member", "reader"] == [role["name"] for role in token["roles"]]
    assert ["password"] == token["methods"]
    assert ("2023-11-14T22:13:20.000000Z", "2023-11-14T23:13:20.000000Z") == (token["issued_at"], token["expires_at"])
    assert 1 == len(token["audit_ids"])


def test_the_catalog_names_identity_and_network_on_every_interface(server):
    """URLs are as the request's Host says; the network's has no version, which clients append."""
    token = server.log_in(password_auth("mary")).json()["token"]
    shown = {
        (service["type"], endpoint["interface"], endpoint["region"], endpoint["url"])
        for service in token["catalog"]
        for endpoint in service["endpoints"]
    }
    expected = {
        (kind, interface, "RegionOne", url)
        for kind, url in (("identity", "http://server:9696/v3"), ("network", "http://server:9696/networking"))
        for interface in ("public", "internal", "admin")
    }
    assert expected == shown


@pytest.mark.parametrize(
    "scope",
    [
        None,
        {"project": {"name": "mary", "domain": {"id": "default"}}},
        {"project": {"name": "mary"}},
        {"project": {"id": "ID"}},
    ],
)
def test_a_project_is_named_by_id_by_name_or_not_at_all(server, scope):
    """Without a scope the token is for the default project; without a domain, there is only one."""
    if scope and "id" in scope["project"]:
        scope = {"project": {"id": server.project("mary").id}}
    token = server.log_in(password_auth("mary", scope=scope)).json()["token"]
    assert "mary" == token["project"]["name"]


@pytest.mark.parametrize("scope", ["unscoped", {"unscoped": {}}])
def test_a_login_may_ask_for_no_scope(server, scope):
    """Then the token has no project, roles or catalog."""
    token = server.log_in(password_auth("mary", scope=scope)).json()["token"]
    assert {"methods", "user", "audit_ids", "issued_at", "expires_at"} == token.keys()


@pytest.mark.parametrize(
    "auth",
    [
        password_auth("mary", "wrong horse"),
        password_auth("mary", ""),
        password_auth("nobody"),
        password_auth("mary", scope={"project": {"name": "root"}}),
        password_auth("mary", scope={"project": {"name": "nothing"}}),
        password_auth("mary", scope={"project": {"name": "mary", "domain": {"name": "Other"}}}),
        {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": "mary", "password": SECRET, "domain": {"id": "other"}}},
            }
        },
        {"identity": {"methods": ["token"], "token": {"id": "x.y.z"}}},
    ],
)
def test_every_login_that_fails_gets_the_same_answer(server, auth):
    """It does not tell which users and projects exist."""
    reply = server.log_in(auth)
    error = {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}
    assert (401, {"error": error}) == (reply.status, reply.json())


@pytest.mark.parametrize(
    "scope", [{"domain": {"id": "default"}}, {"domain": {"name": "Default"}}, {"system": {"all": True}}]
)
def test_a_scope_where_the_user_has_no_role_is_refused(server, scope):
    """As any login that fails."""
    assert 401 == server.log_in(password_auth("root", scope=scope)).status


def test_a_token_gets_one_for_another_scope(server):
    """As `openstack` does after listing the projects of an unscoped token."""
    first = server.log_in(password_auth("mary", scope="unscoped")).headers["x-subject-token"]
    names = [each["name"] for each in server.ask("GET", "/v3/auth/projects", first).json()["projects"]]
    identity = {"methods": ["token"], "token": {"id": first}}
    reply = server.log_in({"identity": identity, "scope": {"project": {"name": names[0]}}})
    assert (201, ["mary"]) == (reply.status, names)
    assert ["token", "password"] == reply.json()["token"]["methods"]
    assert 2 == len(reply.json()["token"]["audit_ids"])


def test_password_and_token_must_be_the_same_user_s(server):
    """Two methods prove one user, or nobody."""
    auth = password_auth("mary")
    auth["identity"] |= {"methods": ["password", "token"], "token": {"id": server.token("root")}}
    assert 401 == server.log_in(auth).status


def test_a_client_of_2013_gets_its_token_in_the_body(server):
    """Identity API v2.0: tenants, and the token in `access.token.id`."""
    body = {"auth": {"passwordCredentials": {"username": "mary", "password": SECRET}, "tenantName": "mary"}}
    access = server.ask("POST", "/v2.0/tokens", body=body).json()["access"]
    assert server.user("mary").id == server.tokens.verify(access["token"]["id"]).user_id
    assert ("mary", "mary") == (access["token"]["tenant"]["name"], access["user"]["username"])
    urls = {each["type"]: each["endpoints"][0]["publicURL"] for each in access["serviceCatalog"]}
    assert {"identity": "http://server:9696/v3", "network": "http://server:9696/networking"} == urls


def test_showing_a_token_needs_to_be_its_owner_or_an_admin(server):
    """404 for one that is worth nothing, 403 for another's."""
    mary, root = server.token("mary"), server.token("root")
    shown = server.ask("GET", "/v3/auth/tokens", mary, x_subject_token=mary)
    assert (200, "mary", mary) == (
        shown.status,
        shown.json()["token"]["user"]["name"],
        shown.headers["x-subject-token"],
    )
    assert 200 == server.ask("GET", "/v3/auth/tokens", root, x_subject_token=mary).status
    assert 403 == server.ask("GET", "/v3/auth/tokens", mary, x_subject_token=root).status
    assert 404 == server.ask("GET", "/v3/auth/tokens", mary, x_subject_token="x.y.z").status
    assert (200, b"") == (
        (reply := server.ask("HEAD", "/v3/auth/tokens", mary, x_subject_token=mary)).status,
        reply.body[:0],
    )
    assert "catalog" not in server.ask("GET", "/v3/auth/tokens?nocatalog", mary, x_subject_token=mary).json()["token"]


def test_a_password_s_change_voids_the_tokens_and_the_old_password(server):
    """POST /v3/users/{id}/password with the old one; then only the new one fits."""
    token, mary = server.token("mary"), server.user("mary")
    url = f"/v3/users/{mary.id}/password"
    wrong = {"user": {"original_password": "wrong", "password": "new horse"}}
    assert 401 == server.ask("POST", url, body=wrong).status
    right = {"user": {"original_password": SECRET, "password": "new horse"}}
    assert 204 == server.ask("POST", url, body=right).status
    assert 401 == server.ask("GET", "/v3/auth/projects", token).status
    assert [401, 201] == [server.log_in(password_auth("mary", each)).status for each in (SECRET, "new horse")]


def test_a_user_without_a_password_cannot_log_in(server):
    """No password fits, not even an empty one."""
    assert 201 == server.ask("POST", "/v3/users", server.token("root"), {"user": {"name": "bare"}}).status
    assert [401, 401] == [server.log_in(password_auth("bare", each)).status for each in ("", SECRET)]


def test_an_expired_token_makes_no_new_one(server):
    """A login ends when it ends."""
    token = server.token("mary")
    server.clock.now = NOW + 3600
    assert 401 == server.log_in({"identity": {"methods": ["token"], "token": {"id": token}}}).status


@pytest.mark.parametrize(
    ("identity", "scope"),
    [
        ({"methods": ["password"]}, None),
        ({"methods": ["token"]}, None),
        ({"methods": ["password"], "password": {"user": {"password": "x"}}}, None),
        (password_auth("mary")["identity"], {}),
        (password_auth("mary")["identity"], "something"),
        (password_auth("mary")["identity"], {"project": {}}),
        (password_auth("mary")["identity"], {"domain": {}}),
        (password_auth("mary")["identity"], {"system": {}}),
        ({"methods": ["application_credential"]}, None),
        ({"methods": ["application_credential"], "application_credential": {"secret": "x", "name": "n"}}, None),
    ],
)
def test_a_login_that_lacks_a_part_is_told_which(server, identity, scope):
    """400: expecting to find it."""
    reply = server.log_in({"identity": identity, **({} if scope is None else {"scope": scope})})
    assert (400, True) == (reply.status, "Expecting to find" in reply.json()["error"]["message"])


@pytest.mark.parametrize("methods", [[], ["totp"]])
def test_other_methods_open_no_door(server, methods):
    """401, also for none."""
    assert 401 == server.log_in({"identity": {"methods": methods}}).status
