import pytest
from msgspec import structs

from fakes.cloud import ADMIN, BLUE, BLUE_MEMBER, OPERATIONS, RED, RED_MEMBER, Cloud
from underlay.commands.network import CreateNetwork, UpdateNetwork
from underlay.commands.port import UpdatePort
from underlay.commands.qos import (
    CreateQosPolicy,
    CreateQosRule,
    DeleteQosPolicy,
    DeleteQosRule,
    UpdateQosPolicy,
    UpdateQosRule,
)
from underlay.model.errors import (
    PolicyNotAuthorized,
    PolicyRemoveAuthorizationError,
    QoSPolicyDefaultAlreadyExists,
    QosPolicyInUse,
    QosPolicyNotFound,
    QosRuleNotFound,
    QoSRuleParameterConflict,
    QoSRulesConflict,
    RbacPolicyInUse,
)
from underlay.model.network import Network
from underlay.model.port import Port
from underlay.model.qos import (
    BandwidthLimit,
    DscpMarking,
    MinimumBandwidth,
    MinimumPacketRate,
    PacketRateLimit,
    QosPolicy,
    QosRule,
)


def policy_of(cloud: Cloud, project_id: str = OPERATIONS, **fields: bool) -> QosPolicy:
    """A new policy."""
    policy = cloud.do(CreateQosPolicy(project_id, "gold", **fields)).result  # type: ignore[arg-type]
    assert isinstance(policy, QosPolicy)
    return policy


def stored(cloud: Cloud, policy: QosPolicy) -> QosPolicy:
    """The policy as it is now."""
    return next(each for each in cloud.records(QosPolicy) if each.id == policy.id)


def with_rule(cloud: Cloud, policy: QosPolicy, rule: QosRule) -> QosRule:
    """The rule, put into the policy."""
    cloud.do(CreateQosRule(policy.id, rule))
    return stored(cloud, policy).rules[-1]


def test_policies_are_the_administrators() -> None:
    """Others neither make, change nor delete one: not their own, which they see, nor another's, which they do not."""
    cloud = Cloud()
    own, foreign = policy_of(cloud, RED), policy_of(cloud)
    rule = with_rule(cloud, own, DscpMarking("", 26))
    for command in (
        CreateQosPolicy(RED),
        UpdateQosPolicy(own.id, name="x"),
        DeleteQosPolicy(own.id),
        CreateQosRule(own.id, DscpMarking("", 10)),
        CreateQosRule(foreign.id, DscpMarking("", 10)),
        UpdateQosRule(own.id, rule.id, "dscp_marking", {"dscp_mark": 10}),
        DeleteQosRule(own.id, rule.id, "dscp_marking"),
    ):
        assert isinstance(cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized), command
    for hidden in (UpdateQosPolicy(foreign.id, name="x"), DeleteQosPolicy(foreign.id)):
        assert QosPolicyNotFound(foreign.id) == cloud.refusal(hidden, RED_MEMBER)
    update = UpdateQosRule(foreign.id, rule.id, "dscp_marking")
    assert QosPolicyNotFound(foreign.id) == cloud.refusal(update, RED_MEMBER)


def test_rules_live_in_their_policy() -> None:
    """Each change of a rule counts one revision of the policy; deleting the policy takes them along."""
    cloud = Cloud()
    policy = policy_of(cloud)
    rule = with_rule(cloud, policy, BandwidthLimit("", 100, 10, "ingress"))
    cloud.wait(3)
    changed = cloud.do(UpdateQosRule(policy.id, rule.id, "bandwidth_limit", {"max_kbps": 200})).result
    assert BandwidthLimit(rule.id, 200, 10, "ingress") == changed
    expected = structs.replace(policy, rules=(changed,), revision_number=3, updated_at=cloud.now)
    assert expected == stored(cloud, policy)
    unchanged = UpdateQosRule(policy.id, rule.id, "bandwidth_limit", {"max_kbps": 200})
    assert () == cloud.do(unchanged).writes.puts
    cloud.do(DeleteQosRule(None, rule.id, "bandwidth_limit"))
    assert () == stored(cloud, policy).rules
    cloud.do(DeleteQosPolicy(policy.id))
    assert [] == cloud.records(QosPolicy)


def test_a_rule_is_found_under_its_own_policy_and_type() -> None:
    """By its id alone too; not under another policy, not as another type, not by who does not see the policy."""
    cloud = Cloud()
    policy, other = policy_of(cloud), policy_of(cloud)
    rule = with_rule(cloud, policy, DscpMarking("", 26))
    assert QosRuleNotFound(rule.id, other.id) == cloud.refusal(DeleteQosRule(other.id, rule.id, "dscp_marking"))
    assert QosRuleNotFound(rule.id, policy.id) == cloud.refusal(DeleteQosRule(policy.id, rule.id, "bandwidth_limit"))
    assert QosRuleNotFound("none", "") == cloud.refusal(DeleteQosRule(None, "none", "dscp_marking"))
    assert QosRuleNotFound(rule.id, "") == cloud.refusal(DeleteQosRule(None, rule.id, "dscp_marking"), RED_MEMBER)
    changed = cloud.do(UpdateQosRule(None, rule.id, "dscp_marking", {"dscp_mark": 46})).result
    assert DscpMarking(rule.id, 46) == changed


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (DscpMarking("", 26), DscpMarking("", 10)),
        (BandwidthLimit("", 1), BandwidthLimit("", 2)),
        (PacketRateLimit("", 1, 0, "ingress"), PacketRateLimit("", 2, 0, "ingress")),
        (MinimumPacketRate("", 1, "any"), MinimumPacketRate("", 2, "any")),
    ],
)
def test_one_rule_of_a_type_and_direction(first: QosRule, second: QosRule) -> None:
    """The second of the same is refused, when it is created and when another is turned into it."""
    cloud = Cloud()
    policy = policy_of(cloud)
    rule = with_rule(cloud, policy, first)
    refusal = cloud.refusal(CreateQosRule(policy.id, second))
    assert QoSRulesConflict(str(rule.__struct_config__.tag), rule.id, policy.id) == refusal


def test_turning_a_rule_round_into_another() -> None:
    """An update is judged as the rule that it makes."""
    cloud = Cloud()
    policy = policy_of(cloud)
    egress = with_rule(cloud, policy, BandwidthLimit("", 1))
    ingress = with_rule(cloud, policy, BandwidthLimit("", 1, direction="ingress"))
    turned = UpdateQosRule(policy.id, ingress.id, "bandwidth_limit", {"direction": "egress"})
    assert QoSRulesConflict("bandwidth_limit", egress.id, policy.id) == cloud.refusal(turned)


@pytest.mark.parametrize(
    ("has", "asked", "values"),
    [
        (BandwidthLimit("", 100), MinimumBandwidth("", 101), (101, "bandwidth_limit", 100)),
        (MinimumBandwidth("", 101), BandwidthLimit("", 100), (100, "minimum_bandwidth", 101)),
        (MinimumPacketRate("", 1), MinimumPacketRate("", 1, "any"), ("any", "minimum_packet_rate", "egress")),
        (MinimumPacketRate("", 1, "any"), MinimumPacketRate("", 1), ("egress", "minimum_packet_rate", "any")),
    ],
)
def test_rules_do_not_contradict(has: QosRule, asked: QosRule, values: tuple[int | str, str, int | str]) -> None:
    """No guarantee above its direction's limit; no packet rate for both directions beside one for a single one."""
    cloud = Cloud()
    policy = policy_of(cloud)
    with_rule(cloud, policy, has)
    value, kind, other = values
    expected = QoSRuleParameterConflict(value, policy.id, kind, other)
    assert expected == cloud.refusal(CreateQosRule(policy.id, asked))


def test_guarantee_and_limit_of_different_directions_agree() -> None:
    """And as much as the limit may be guaranteed."""
    cloud = Cloud()
    policy = policy_of(cloud)
    with_rule(cloud, policy, BandwidthLimit("", 100))
    with_rule(cloud, policy, MinimumBandwidth("", 900, "ingress"))
    with_rule(cloud, policy, MinimumBandwidth("", 100))
    assert 3 == len(stored(cloud, policy).rules)


def test_one_default_policy_a_project() -> None:
    """New networks of the project get it, unless they name another; a second default is refused."""
    cloud = Cloud()
    gold, silver = policy_of(cloud, RED, is_default=True), policy_of(cloud, RED)
    policy_of(cloud, BLUE, is_default=True)
    assert QoSPolicyDefaultAlreadyExists(RED) == cloud.refusal(CreateQosPolicy(RED, is_default=True))
    assert QoSPolicyDefaultAlreadyExists(RED) == cloud.refusal(UpdateQosPolicy(silver.id, is_default=True))
    assert gold.id == cloud.network(caller=RED_MEMBER).qos_policy_id
    named = cloud.do(CreateNetwork(RED, qos_policy_id=silver.id), RED_MEMBER).result
    assert isinstance(named, Network)
    assert silver.id == named.qos_policy_id
    cloud.do(UpdateQosPolicy(gold.id, is_default=False))
    cloud.do(UpdateQosPolicy(silver.id, is_default=True))
    assert silver.id == cloud.network(caller=RED_MEMBER).qos_policy_id


def test_a_policy_that_is_used_stays() -> None:
    """QosPolicyInUse names the port or network that has it."""
    cloud = Cloud()
    policy = policy_of(cloud)
    network = cloud.network()
    port = cloud.port(network, qos_policy_id=policy.id)
    assert QosPolicyInUse(policy.id, "port", port.id) == cloud.refusal(DeleteQosPolicy(policy.id))
    cloud.do(UpdatePort(port.id, qos_policy_id=None))
    cloud.do(UpdateNetwork(network.id, qos_policy_id=policy.id))
    assert QosPolicyInUse(policy.id, "network", network.id) == cloud.refusal(DeleteQosPolicy(policy.id))
    cloud.do(UpdateNetwork(network.id, qos_policy_id=None))
    cloud.do(DeleteQosPolicy(policy.id))


def test_only_what_one_sees_is_put_on_and_taken_off() -> None:
    """A member uses shared policies; one that he may not see he can neither name nor remove."""
    cloud = Cloud()
    hidden, shared = policy_of(cloud), policy_of(cloud, shared=True)
    network = cloud.network(caller=RED_MEMBER)
    port = cloud.port(network, caller=RED_MEMBER, qos_policy_id=shared.id)
    assert shared.id == port.qos_policy_id
    for command in (
        CreateNetwork(RED, qos_policy_id=hidden.id),
        UpdateNetwork(network.id, qos_policy_id=hidden.id),
        UpdatePort(port.id, qos_policy_id=hidden.id),
    ):
        assert QosPolicyNotFound(hidden.id) == cloud.refusal(command, RED_MEMBER)
    cloud.do(UpdateNetwork(network.id, qos_policy_id=hidden.id), ADMIN)
    take_off = UpdateNetwork(network.id, qos_policy_id=None)
    assert PolicyRemoveAuthorizationError(hidden.id) == cloud.refusal(take_off, RED_MEMBER)
    cloud.do(UpdateNetwork(network.id, name="renamed"), RED_MEMBER)
    renamed = cloud.do(UpdatePort(port.id, name="renamed"), RED_MEMBER).result
    assert isinstance(renamed, Port)
    assert shared.id == renamed.qos_policy_id
    cloud.do(UpdateQosPolicy(hidden.id, shared=True))
    cloud.do(take_off, RED_MEMBER)


def test_unsharing_what_others_use() -> None:
    """Refused while a project uses it that is not granted it by name; a policy that nobody uses is unshared."""
    cloud = Cloud()
    policy = policy_of(cloud, shared=True)
    port = cloud.port(cloud.network(caller=BLUE_MEMBER), caller=BLUE_MEMBER, qos_policy_id=policy.id)
    unshare = UpdateQosPolicy(policy.id, shared=False)
    assert RbacPolicyInUse(policy.id, f"project_id={BLUE}") == cloud.refusal(unshare)
    cloud.do(UpdatePort(port.id, qos_policy_id=None), BLUE_MEMBER)
    cloud.do(unshare)
    assert not stored(cloud, policy).shared
