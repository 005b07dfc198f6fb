"""The commands' session over real HTTP on loopback."""

import io
import json

import pytest

from fakes.http_server import Peer, closed_port, serving
from underlay.cli.main import run

NETWORKS = {"networks": [{"id": "1", "name": "n"}]}
LIST = ["net-list", "-c", "name", "-f", "csv"]
SHOWN = '"name"\r\n"n"\r\n'


def outcome(argv: list[str], environment: dict[str, str]) -> tuple[int, str, str]:
    """Exit status, stdout, stderr."""
    stdout, stderr = io.StringIO(), io.StringIO()
    return run(argv, environment, stdout, stderr), stdout.getvalue(), stderr.getvalue()


@pytest.mark.parametrize(
    ("more", "user_domain", "project"),
    [
        (
            {"OS_TENANT_NAME": "lab"},
            {"id": "default"},
            {"name": "lab", "domain": {"id": "default"}},
        ),
        (
            {"OS_PROJECT_NAME": "lab", "OS_USER_DOMAIN_NAME": "Staff", "OS_PROJECT_DOMAIN_NAME": "Labs"},
            {"name": "Staff"},
            {"name": "lab", "domain": {"name": "Labs"}},
        ),
        ({"OS_PROJECT_ID": "p1"}, {"id": "default"}, {"id": "p1"}),
    ],
)
def test_user_and_password_give_a_token_and_the_catalog_the_service(
    more: dict[str, str], user_domain: dict[str, str], project: dict[str, object]
) -> None:
    """One login a command; the endpoint is the catalog's, of the interface and region asked for."""
    asked: list[tuple[str, str, str]] = []
    bodies: list[object] = []

    def answer(peer: Peer) -> None:
        asked.append((peer.method, peer.target, peer.headers.get("x-auth-token", "")))
        if peer.method == "POST":
            bodies.append(json.loads(peer.body)["auth"])
            base = f"http://{peer.headers['host']}"
            endpoints = [
                {"interface": "public", "region": "R1", "region_id": "R1", "url": f"{base}/wrong"},
                {"interface": "internal", "region": "R2", "region_id": "R2", "url": f"{base}/net"},
            ]
            token = {"token": {"catalog": [{"type": "network", "endpoints": endpoints}]}}
            peer.reply(201, token, {"X-Subject-Token": "tok"})
        else:
            peer.reply(200, NETWORKS)

    with serving(answer) as url:
        environment = {
            "OS_AUTH_URL": url,
            "OS_USERNAME": "ann",
            "OS_PASSWORD": "s3",
            "OS_REGION_NAME": "R2",
            "OS_ENDPOINT_TYPE": "internalURL",
            **more,
        }
        assert (0, SHOWN, "") == outcome(LIST, environment)
    assert [("POST", "/v3/auth/tokens", ""), ("GET", "/net/v2.0/networks", "tok")] == asked
    user = {"name": "ann", "domain": user_domain, "password": "s3"}
    identity = {"methods": ["password"], "password": {"user": user}}
    assert [{"identity": identity, "scope": {"project": project}}] == bodies


@pytest.mark.parametrize("suffix", ["", "/", "/v2.0", "/v2.0/"])
def test_the_service_url_may_carry_the_version(suffix: str) -> None:
    """OS_URL as in 2013, or with the version that other clients want."""
    asked: list[tuple[str, str]] = []

    def answer(peer: Peer) -> None:
        asked.append((peer.target, peer.headers["x-auth-token"]))
        peer.reply(200, NETWORKS)

    with serving(answer) as url:
        assert (0, SHOWN, "") == outcome(LIST, {"OS_TOKEN": "tok", "OS_URL": url + suffix})
    assert [("/v2.0/networks", "tok")] == asked


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, {"NeutronError": {"type": "InvalidInput", "message": "No.", "detail": ""}}, "No.\n"),
        (409, {"NeutronError": {"type": "X", "message": "No.", "detail": "Since."}}, "No.\nSince.\n"),
    ],
)
def test_the_servers_words_are_printed(status: int, body: object, message: str) -> None:
    """Message and detail of a NeutronError, on stderr; exit status 1."""
    with serving(lambda peer: peer.reply(status, body)) as url:
        assert (1, "", message) == outcome(LIST, {"OS_TOKEN": "t", "OS_URL": url})


def test_an_answer_that_is_no_json_is_told() -> None:
    """A login page, say."""
    with serving(lambda peer: peer.reply(200, b"<html>")) as url:
        status, stdout, stderr = outcome(LIST, {"OS_TOKEN": "t", "OS_URL": url})
    assert (1, "", True) == (status, stdout, "is not JSON" in stderr)


@pytest.mark.parametrize(("quiet", "warning"), [([], "Warning: it was abbreviated\n"), (["-q"], "")])
def test_what_the_server_warns_of_is_printed(quiet: list[str], warning: str) -> None:
    """The `Warning` header goes to stderr, unless -q."""
    headers = {"Warning": '299 underlay "it was abbreviated"'}
    with serving(lambda peer: peer.reply(200, NETWORKS, headers)) as url:
        assert (0, SHOWN, warning) == outcome([*quiet, *LIST], {"OS_TOKEN": "t", "OS_URL": url})


def test_requests_are_traced_without_secrets() -> None:
    """-v prints method, path, query, body and status; token and password are in none of them."""
    with serving(lambda peer: peer.reply(201, {"network": {"id": "1"}})) as url:
        _, _, stderr = outcome(["-v", "net-create", "n"], {"OS_TOKEN": "secret", "OS_URL": url})
    assert 'POST /v2.0/networks {"network": {"admin_state_up": true, "name": "n"}} -> 201\n' == stderr


def test_nothing_listens_there() -> None:
    """The message says where, and what to look at; exit status 1."""
    url = f"http://127.0.0.1:{closed_port()}"
    status, stdout, stderr = outcome(LIST, {"OS_AUTH_STRATEGY": "noauth", "OS_URL": url})
    assert (1, "", True) == (
        status,
        stdout,
        f"Unable to reach {url}" in stderr and "Is underlay-server running" in stderr,
    )
