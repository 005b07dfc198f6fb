"""What is in the log when a request is refused: who, from where, what, why; and no secret."""

import pytest
from structlog.testing import capture_logs

from fakes.api_server import ApiServer
from fakes.identity_server import SECRET, IdentityServer, password_auth

TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"


@pytest.fixture
def server() -> IdentityServer:
    """Fresh."""
    return IdentityServer()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v3/auth/tokens", {"auth": password_auth("mary", "wr0ng")}),
        ("/v3/auth/tokens", {"auth": password_auth("mary", scope={"project": {"id": "no-such"}})}),
        ("/v2.0/tokens", {"auth": {"passwordCredentials": {"username": "mary", "password": "wr0ng"}}}),
        (
            "/v3/auth/tokens",
            {
                "auth": {
                    "identity": {
                        "methods": ["application_credential"],
                        "application_credential": {"id": "mary", "secret": "wr0ng"},
                    }
                }
            },
        ),
    ],
    ids=["password", "scope", "v2", "credential"],
)
def test_a_failed_login_is_logged_with_its_user(server: IdentityServer, path: str, body: object) -> None:
    """The name as sent and the client's address; neither the password nor whether there is such a user."""
    with capture_logs() as lines:
        reply = server.ask("POST", path, body=body)
    expected = {
        "event": "request_refused",
        "log_level": "info",
        "method": "POST",
        "path": path,
        "status": 401,
        "error": "Unauthorized",
        "message": "The request you have made requires authentication.",
        "address": "127.0.0.1",
        "user": "mary",
    }
    assert (401, [expected]) == (reply.status, lines)
    assert not any(secret in str(lines) for secret in ("wr0ng", SECRET))


def test_a_name_of_any_length_makes_a_line_of_bounded_length(server: IdentityServer) -> None:
    """What is no name is cut."""
    with capture_logs() as lines:
        server.log_in(password_auth("m" * 60_000, "wr0ng"))
    assert [255] == [len(line["user"]) for line in lines]


def test_what_is_forbidden_is_logged(server: IdentityServer) -> None:
    """Not only logins; nobody logged in here, so no user is named."""
    with capture_logs() as lines:
        assert 403 == server.ask("GET", "/v3/users", server.token("mary")).status
    assert [("request_refused", "Forbidden", "/v3/users", False)] == [
        (line["event"], line["error"], line["path"], "user" in line) for line in lines
    ]


@pytest.mark.parametrize(
    "path", ["/v2.0/tokens/{}", "/v2.0/tokens/{}/endpoints", "/v3/tokens/{}", "/networking/v2.0/tokens/{}"]
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_token_in_a_path_is_masked(server: IdentityServer, method: str, path: str) -> None:
    """As clients of Identity v2.0 ask whose it is; wherever it is refused, the line says where but not what."""
    networking = ApiServer()
    with capture_logs() as lines:
        server.ask(method, path.format(TOKEN))
        networking.call(method, path.format(TOKEN))
    assert path.format("***") in [line["path"] for line in lines]
    assert TOKEN not in str(lines)
