import pytest

from underlay.model.caller import Caller
from underlay.model.ids import HostName, ProjectId
from underlay.model.policy.expression import NO, YES, Same, Says, Some, parse
from underlay.model.policy.policy import DEFAULT_POLICY, BadRule, Policy
from underlay.model.policy.table import DEFAULTS, GRANTED, WHO, WORDS

MINE = ProjectId("mine")
READER = Caller("rita", MINE, frozenset({"reader"}))
MEMBER = Caller("mary", MINE, frozenset({"member", "reader"}))
ADMIN = Caller("anna", ProjectId("operations"), frozenset({"admin", "manager", "member", "reader"}))
SERVICE = Caller("nova", ProjectId("service"), frozenset({"service"}))
HOST = Caller("agent", ProjectId("service"), frozenset({"host"}), HostName("cmp1"))


@pytest.mark.parametrize(
    ("expression", "target", "expected"),
    [
        ("", {}, True),
        ("@", {}, True),
        ("!", {}, False),
        ("role:Member", {}, True),
        ("role:admin", {}, False),
        ("not role:admin", {}, True),
        ("not not role:admin", {}, False),
        ("role:admin or role:member and role:reader", {}, True),
        ("role:member or role:reader and role:admin", {}, True),
        ("(role:member or role:reader) and role:admin", {}, False),
        ("ROLE:x or role:member", {}, None),
        ("rule:admin_or_owner", {"project_id": "mine"}, True),
        ("rule:admin_or_owner", {"project_id": "other"}, False),
        ("tenant:%(tenant_id)s", {"tenant_id": "mine"}, True),
        ("project_id:%(project_id)s", {}, False),
        ("user_id:mary", {}, True),
        ("user_id:'mary' and role:member", {}, True),
        ("not user_id:mary", {}, False),
        ("is_admin:True", {}, False),
        ("is_admin:False", {}, True),
        ("host:%(host)s", {"host": None}, False),
        ("field:networks:shared=True", {"shared": True}, True),
        ("field:networks:shared=True", {"shared": False}, False),
        ("field:ports:device_owner=~^network:", {"device_owner": "network:dhcp"}, True),
        ("field:ports:device_owner=~^network:", {"device_owner": "compute:nova"}, False),
        ("not field:ports:device_owner=~^network:", {}, True),
        ("'ACTIVE':%(status)s", {"status": "ACTIVE"}, True),
        ("True:%(is_default)s", {"is_default": False}, False),
    ],
)
def test_expressions(expression: str, target: dict[str, object], expected: bool | None) -> None:
    """Each form says what oslo.policy says; None: it is refused."""
    if expected is None:
        with pytest.raises(BadRule):
            Policy({"get_network": expression})
    else:
        assert expected is Policy({"get_network": expression}).allows("get_network", MEMBER, target)


@pytest.mark.parametrize(
    ("rules", "hint"),
    [
        ({"get_netwrk": "@"}, "did you mean 'get_network'"),
        ({"create_port:bindng:profile": "@"}, "'create_port:binding:profile'"),
        ({"get_network": "rol:member"}, "there is no 'rol'; a check begins with"),
        ({"get_network": "member"}, "such are 'role:reader'"),
        ({"get_network": "rule:admin_onyl"}, "did you mean 'admin_only'"),
        ({"get_network": "(role:member"}, "a parenthesis is not closed"),
        ({"get_network": "role:member)"}, "')' stands where"),
        ({"get_network": "role:a role:b"}, "'role:b' stands where 'and', 'or'"),
        ({"get_network": "role:a and"}, "it ends where a check was expected"),
        ({"get_network": "project_id:%(projct_id)s"}, "'projct_id' cannot be asked of an object"),
        ({"get_network": "field:networks:shared"}, "'field:RESOURCE:ATTRIBUTE=VALUE'"),
        ({"get_network": "field:networks:name=~("}, "no regular expression"),
        ({"get_network": "http://server/check"}, "servers elsewhere are not asked"),
        ({"mine": "rule:yours", "yours": "rule:mine"}, "leads back to 'mine' itself"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_what_would_be_right(rules: dict[str, str], hint: str) -> None:
    """So that a typing error does not open or close a door."""
    with pytest.raises(BadRule) as refusal:
        Policy(rules)
    assert hint in refusal.value.args[1]


def test_roles_decide_before_any_object_is_known() -> None:
    """What is left of a rule asks only what the object says, and each alternative once."""
    own, on_own_network = Same("project_id", "project_id"), Same("project_id", "network:project_id")
    assert YES is DEFAULT_POLICY.left_of("get_port", ADMIN)
    assert YES is DEFAULT_POLICY.left_of("get_port", SERVICE)
    assert NO is DEFAULT_POLICY.left_of("get_port", HOST)
    assert Some((own, on_own_network)) == DEFAULT_POLICY.left_of("get_port", READER)
    assert Some((own, Says("shared", "True"))) == DEFAULT_POLICY.left_of("get_security_group", MEMBER)
    assert NO is DEFAULT_POLICY.left_of("delete_port", READER)


def test_rules_that_name_a_user_are_not_kept_for_its_roles() -> None:
    """Two members are two callers."""
    policy = Policy({"get_agent": "rule:night_shift", "night_shift": "user_id:mary"})
    other = Caller("mike", MINE, MEMBER.roles)
    assert [True, False] == [policy.allows("get_agent", caller) for caller in (MEMBER, other)]


def test_guarded_attributes() -> None:
    """Those that a caller may not always touch: nothing for the administrator, so that nothing is asked of each."""
    assert () == DEFAULT_POLICY.guarded("get_port", ADMIN)
    assert {"binding:host_id", "binding:profile", "binding:vif_type", "binding:vif_details", "resource_request"} == {
        name for name, left in DEFAULT_POLICY.guarded("get_port", MEMBER) if left is NO
    }
    assert ["resource_request"] == [name for name, _ in DEFAULT_POLICY.guarded("get_port", SERVICE)]


def test_the_administrator_is_whom_the_policy_calls_so() -> None:
    """`context_is_admin` can be another role."""
    policy = Policy({"context_is_admin": "role:cloud_admin"})
    caller = Caller("u", MINE, frozenset({"cloud_admin"}), policy=policy)
    assert caller.is_admin
    assert not Caller("u", MINE, frozenset({"admin"}), policy=policy).is_admin


def test_the_table_is_whole() -> None:
    """Each rule once, each well-formed; the words for errors are words for expressions that are there."""
    names = [name for part in GRANTED.values() for name in part]
    assert sorted(names) == sorted(set(names))
    assert len(DEFAULTS) == len(WHO) + len(names)
    assert [] == [expression for expression in WORDS if expression not in DEFAULTS.values()]
    assert all(parse(expression) for expression in DEFAULTS.values())
