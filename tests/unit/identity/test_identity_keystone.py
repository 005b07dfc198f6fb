"""Tokens of another Keystone, which is scripted here; tests/clients has the real one."""

from collections.abc import Mapping

import msgspec
import pytest

from underlay.identity.errors import Unauthorized, Unavailable
from underlay.identity.keystone import Account, KeystoneReply, KeystoneTokens
from underlay.model.caller import Caller

NOW = 1_700_000_000.0
EXPIRY = "2023-11-14T23:13:20.000000Z"


class ScriptedKeystone:
    """Knows tokens by name. Attributes: now: its and our clock; is_down: whether nobody answers."""

    def __init__(self) -> None:
        self.now = NOW
        self.is_down = False
        self.asked: list[str] = []
        self.own = 0
        self.tokens: dict[str, dict[str, object]] = {
            "mary": shown("mary", ["member", "reader"]),
            "net1": shown("net1", ["host"]),
            "nowhere": {"user": {"id": "u", "name": "x"}, "expires_at": EXPIRY},
        }

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> KeystoneReply:
        """As its HTTP API."""
        if self.is_down:
            raise Unavailable("nobody is there")
        self.asked.append(method)
        if method == "POST":
            self.own += 1
            token = {"user": {"id": "s", "name": "underlay"}, "expires_at": EXPIRY}
            return KeystoneReply(201, {"x-subject-token": f"own{self.own}"}, msgspec.json.encode({"token": token}))
        if headers["X-Auth-Token"] != f"own{self.own}":
            return KeystoneReply(401, {}, b"{}")
        found = self.tokens.get(headers["X-Subject-Token"])
        return (
            KeystoneReply(404, {}, b"{}")
            if found is None
            else KeystoneReply(200, {}, msgspec.json.encode({"token": found}))
        )


def shown(name: str, roles: list[str]) -> dict[str, object]:
    """A token's body."""
    return {
        "user": {"id": f"u-{name}", "name": name},
        "project": {"id": "p", "name": "lab"},
        "roles": [{"id": role, "name": role} for role in roles],
        "expires_at": EXPIRY,
    }


@pytest.fixture
def keystone() -> ScriptedKeystone:
    """One that answers."""
    return ScriptedKeystone()


@pytest.fixture
def tokens(keystone: ScriptedKeystone) -> KeystoneTokens:
    """Kept for 30 s."""
    return KeystoneTokens(keystone.ask, Account("underlay", "service", "Default", "x"), 30.0, lambda: keystone.now)


def test_a_token_tells_who_sent_it(tokens):
    """User, project and role names are Keystone's; role host makes the user speak for the host of its name."""
    assert Caller("u-mary", "p", frozenset({"member", "reader"})) == tokens.verify("mary")
    assert Caller("u-net1", "p", frozenset({"host"}), "net1") == tokens.verify("net1")


@pytest.mark.parametrize("text", ["", "unknown", "nowhere", "x" * 9000, "a\r\nX-Auth-Token: own1", "é"])
def test_what_is_worth_nothing_is_refused(tokens, text):
    """Unknown, without a project, or no header at all; what could not be a token is not even asked about."""
    with pytest.raises(Unauthorized):
        tokens.verify(text)


def test_a_token_is_asked_about_once_in_the_cache_time(tokens, keystone):
    """One login of our own, one question; again after 30 s, when a revocation takes effect."""
    for _ in range(5):
        tokens.verify("mary")
    assert ["POST", "GET"] == keystone.asked
    del keystone.tokens["mary"]
    keystone.now = NOW + 29.9
    tokens.verify("mary")
    keystone.now = NOW + 30
    with pytest.raises(Unauthorized):
        tokens.verify("mary")
    assert ["POST", "GET", "GET"] == keystone.asked


def test_a_refusal_is_kept_for_less(tokens, keystone):
    """10 s: whoever sends rubbish does not load Keystone, and a token is not refused for long."""
    for _ in range(3):
        with pytest.raises(Unauthorized):
            tokens.verify("late")
    assert ["POST", "GET"] == keystone.asked
    keystone.tokens["late"] = shown("late", ["reader"])
    keystone.now = NOW + 10
    assert "u-late" == tokens.verify("late").user_id


def test_nothing_is_kept_longer_than_the_token_lives(keystone):
    """Also with a long cache time."""
    tokens = KeystoneTokens(keystone.ask, Account("u", "p", "d", "x"), 1e9, lambda: keystone.now)
    tokens.verify("mary")
    del keystone.tokens["mary"]
    keystone.now = NOW + 3600
    with pytest.raises(Unauthorized):
        tokens.verify("mary")


def test_our_own_token_is_renewed_when_it_is_refused(tokens, keystone):
    """Revoked there, or its keys rotated: one more login, and the question again."""
    tokens.verify("mary")
    keystone.own += 7
    assert "u-net1" == tokens.verify("net1").user_id
    assert ["POST", "GET", "GET", "POST", "GET"] == keystone.asked


def test_a_keystone_that_does_not_answer_is_told_and_not_remembered(tokens, keystone):
    """Unavailable, not refused; what is kept still counts; as soon as it is back, all goes on."""
    tokens.verify("mary")
    keystone.is_down = True
    assert "u-mary" == tokens.verify("mary").user_id
    with pytest.raises(Unavailable):
        tokens.verify("net1")
    keystone.is_down = False
    assert "u-net1" == tokens.verify("net1").user_id


def test_an_answer_that_makes_no_sense_is_told(tokens, keystone):
    """Whatever answers there is no Keystone."""
    keystone.tokens["mary"] = {"user": 3}
    with pytest.raises(Unavailable):
        tokens.verify("mary")
