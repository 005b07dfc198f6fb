import json
import threading

import msgspec
import pytest

from fakes.http_server import Peer, closed_port, serving
from underlay.client.credentials import Credentials, login_body, tokens_url
from underlay.client.errors import LoginRefused, NotUnderstood, Refused, Unreachable
from underlay.client.exchange import Timeouts
from underlay.client.http import Session, Wanted
from underlay.client.transport import Transport

MARY = Credentials(password="s", username="mary", project_name="lab")
QUICK = Timeouts(connect=2, answer=0.3)


class Neutron:
    """Identity and a few paths; counts logins, and remembers what was asked."""

    def __init__(self) -> None:
        self.logins = 0
        self.valid = ""
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[object] = []

    def __call__(self, peer: Peer) -> None:
        """Answers one request."""
        self.asked.append((peer.method, peer.target))
        self.bodies.append(json.loads(peer.body) if peer.body else None)
        if peer.target == "/v3/auth/tokens":
            self.logins += 1
            self.valid = f"token-{self.logins}"
            endpoint = {"interface": "public", "url": f"http://{peer.headers['host']}/", "region_id": "RegionOne"}
            catalog = [{"type": "network", "endpoints": [endpoint]}]
            user = {"id": "u1", "name": "mary"}
            peer.reply(201, {"token": {"user": user, "catalog": catalog}}, {"X-Subject-Token": self.valid})
        elif peer.headers.get("x-auth-token") != self.valid:
            peer.reply(401, {"error": {"code": 401, "title": "Unauthorized", "message": "log in"}})
        elif peer.method == "DELETE":
            peer.reply(204)
        else:
            peer.reply(200, {"networks": []})


def test_a_session_logs_in_once_and_finds_the_server_in_the_catalog():
    """The login is of version 3, with the default domain; its token serves all requests."""
    neutron = Neutron()
    with serving(neutron) as url:
        session = Session(f"{url}/v3/", MARY)
        assert [{"networks": []}] * 2 == [session.get("/v2.0/networks", [("name", "a b&c")]) for _ in range(2)]
        assert session.delete("/v2.0/networks/1") is None
        assert {"id": "u1", "name": "mary"} == session.login().user
        session.close()
    expected = [("POST", "/v3/auth/tokens"), *[("GET", "/v2.0/networks?name=a+b%26c")] * 2]
    assert [*expected, ("DELETE", "/v2.0/networks/1")] == neutron.asked
    domain = {"id": "default"}
    user = {"name": "mary", "domain": domain, "password": "s"}
    identity = {"methods": ["password"], "password": {"user": user}}
    assert {"auth": {"identity": identity, "scope": {"project": {"name": "lab", "domain": domain}}}} == neutron.bodies[
        0
    ]


def test_a_token_no_longer_accepted_is_renewed_once():
    """The request is sent again with the new token, and the caller notices nothing."""
    neutron = Neutron()
    with serving(neutron) as url:
        session = Session(url, MARY)
        session.get("/v2.0/networks")
        neutron.valid = "another"
        assert {"networks": []} == session.get("/v2.0/networks")
        session.close()
    assert 2 == neutron.logins


def test_threads_that_find_the_token_expired_log_in_once():
    """Whoever comes second takes the new token."""
    neutron = Neutron()
    with serving(neutron) as url:
        session = Session(url, MARY)
        old = session.token()
        threads = [threading.Thread(target=session.renew, args=(old,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        session.close()
    assert 2 == neutron.logins


def test_a_token_that_was_given_is_not_renewed():
    """There is nothing to renew it with."""
    with serving(Neutron()) as url:
        session = Session(url, "given", endpoint=url)
        with pytest.raises(Refused) as caught:
            session.get("/v2.0/networks")
        session.close()
    assert (401, "Unauthorized", "log in") == (caught.value.status, caught.value.type, caught.value.message)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            409,
            {"NeutronError": {"type": "VlanIdInUse", "message": "taken", "detail": "d"}},
            ("VlanIdInUse", "taken", "d"),
        ),
        (400, {"NeutronError": "text"}, ("", "text", "")),
        (400, {"QuantumError": "text"}, ("", "text", "")),
        (403, {"error": {"code": 403, "title": "Forbidden", "message": "no"}}, ("Forbidden", "no", "")),
        (404, {"itemNotFound": {"code": 404, "message": "None"}}, ("itemNotFound", "None", "")),
        (502, b"<html>bad gateway</html>", ("", "<html>bad gateway</html>", "")),
        (500, b"", ("", "Internal Server Error", "")),
        (404, {"other": 1}, ("", '{"other": 1}', "")),
    ],
)
def test_the_server_s_errors_are_told_as_they_are(status, body, expected):
    """Neutron's, Quantum's, Keystone's and Nova's forms, and what is none of them."""
    with serving(lambda peer: peer.reply(status, body)) as url:
        session = Session(url, "given", endpoint=url)
        with pytest.raises(Refused) as caught:
            session.post("/v2.0/networks", {})
        session.close()
    error = caught.value
    assert (status, *expected) == (error.status, error.type, error.message, error.detail)


def test_a_login_refused_has_its_own_error():
    """So that a program can say which variable to look at."""
    error = {"error": {"code": 401, "title": "Unauthorized", "message": "wrong"}}
    with serving(lambda peer: peer.reply(401, error)) as url:
        session = Session(url, MARY)
        with pytest.raises(LoginRefused, match="wrong"):
            session.get("/v2.0/networks")
        session.close()


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, b"<html>", {"X-Subject-Token": "t"}),
        (200, {"token": {}}, {}),
        (201, {"token": {"catalog": []}}, {"X-Subject-Token": "t"}),
    ],
)
def test_what_is_no_identity_endpoint_is_told(status, body, headers):
    """A page, an answer without a token, a catalog without a network service."""
    with serving(lambda peer: peer.reply(status, body, headers)) as url:
        session = Session(url, MARY)
        with pytest.raises(NotUnderstood):
            session.get("/v2.0/networks")
        session.close()


def test_an_answer_of_another_shape_is_not_understood():
    """`fetch` gives a value of the type asked for, or says that it is none."""
    with serving(lambda peer: peer.reply(200, {"status": 3})) as url:
        session = Session(url, "given", endpoint=url)
        assert {"status": 3} == session.fetch("PUT", "/x", dict[str, int])
        with pytest.raises(NotUnderstood):
            session.fetch("PUT", "/x", dict[str, str])
        session.close()


def breaking(times: int, seen: list[str]):
    """Breaks the connection so many times, then answers."""

    def answer(peer: Peer) -> None:
        seen.append(peer.method)
        if len(seen) <= times:
            peer.reset()
        else:
            peer.reply(200, {})

    return answer


@pytest.mark.parametrize(
    ("method", "times", "repeatable", "expected"),
    [
        ("GET", 2, False, 3),
        ("PUT", 2, False, 3),
        ("POST", 2, True, 3),
        ("GET", 3, False, None),
        ("POST", 1, False, None),
        ("DELETE", 1, False, None),
    ],
)
def test_only_what_may_be_repeated_is_sent_again(method, times, repeatable, expected):
    """When the connection breaks after sending, a GET or PUT is tried three times in all; a POST or DELETE is not."""
    seen: list[str] = []
    waits: list[float] = []
    with serving(breaking(times, seen)) as url:
        session = Session(url, "given", endpoint=url, transport=Transport(wait=waits.append))
        if expected is None:
            with pytest.raises(Unreachable):
                session.request(method, "/x", repeatable=repeatable)
            assert (1 if method in ("POST", "DELETE") else 3) == len(seen)
        else:
            assert 200 == session.request(method, "/x", repeatable=repeatable).status
            assert ([method] * expected, [0.2, 0.4]) == (seen, waits)
        session.close()


def test_where_nobody_listens_everything_is_tried_again_and_told():
    """A connection that was never made has done nothing, so a POST is repeated as well."""
    waits: list[float] = []
    url = f"http://127.0.0.1:{closed_port()}"
    session = Session(url, "given", endpoint=url, transport=Transport(wait=waits.append))
    with pytest.raises(Unreachable, match=r"Unable to reach .*: Connection refused"):
        session.post("/x", {})
    assert [0.2, 0.4] == waits


def test_a_server_that_says_nothing_is_given_up():
    """Every wait has a limit."""
    done = threading.Event()
    with serving(lambda peer: done.wait(10) and None) as url:
        session = Session(url, "given", endpoint=url, transport=Transport(QUICK, attempts=1))
        with pytest.raises(Unreachable, match="timed out"):
            session.get("/x")
        done.set()
        session.close()


@pytest.mark.parametrize("url", ["http://h:5000", "http://h:5000/", "http://h:5000/v3/", "http://h:5000/v2.0"])
def test_an_auth_url_may_have_a_version_or_none(url):
    """OS_AUTH_URL of 2013 ends in /v2.0, today's in /v3."""
    assert "http://h:5000/v3/auth/tokens" == tokens_url(url)


def test_the_region_chooses_the_endpoint():
    """A catalog may name several; one that is not there is told."""
    catalog = [
        {
            "type": "network",
            "endpoints": [
                {"interface": "internal", "url": "http://nowhere", "region_id": "two"},
                {"interface": "public", "url": "http://one/v2.0/", "region_id": "one"},
                {"interface": "public", "url": "http://two", "region": "two"},
            ],
        }
    ]
    body = {"token": {"catalog": catalog}}
    with serving(lambda peer: peer.reply(201, body, {"X-Subject-Token": "t"})) as url:
        found = [Session(url, MARY, wanted=Wanted(region=region)).endpoint() for region in ("", "one", "two")]
        assert ["http://one", "http://one", "http://two"] == found
        internal = Session(url, MARY, wanted=Wanted(region="two", interface="internalURL"))
        assert "http://nowhere" == internal.endpoint()
        with pytest.raises(NotUnderstood, match="endpoint of a compute service"):
            Session(url, MARY, wanted=Wanted("compute")).endpoint()
        with pytest.raises(NotUnderstood, match="in region three"):
            Session(url, MARY, wanted=Wanted(region="three")).endpoint()


def test_a_domain_is_named_by_name_or_by_id():
    """The name beats the id; the project's and the user's may differ."""
    body = login_body(Credentials("s", username="m", project_name="p", user_domain_name="U", project_domain="d"))
    assert {"name": "U"} == body["auth"]["identity"]["password"]["user"]["domain"]
    assert {"id": "d"} == body["auth"]["scope"]["project"]["domain"]


def test_a_body_may_be_a_struct():
    """msgspec turns it into JSON."""

    class Body(msgspec.Struct):
        name: str

    seen: list[bytes] = []

    def answer(peer: Peer) -> None:
        seen.append(peer.body)
        peer.reply(204)

    with serving(answer) as url:
        session = Session(url, "given", endpoint=url)
        assert session.put("/x", Body("a")) is None
        session.close()
    assert [b'{"name":"a"}'] == seen
