from fakes.cloud import ADMIN, BLUE, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, Cloud, host_caller
from underlay.commands.port import CreatePort
from underlay.commands.quota import ResetQuota, SetQuota
from underlay.model.errors import (
    InvalidInput,
    OverQuota,
    PolicyNotAuthorized,
    QuotaResourceUnknown,
    TenantQuotaNotFound,
)
from underlay.model.quota import Quota
from underlay.rules import access
from underlay.rules.snapshot import QUOTA_DEFAULTS

EVERYBODY = (ADMIN, RED_MEMBER, RED_READER, BLUE_MEMBER, host_caller("cmp1"))


def test_who_sees_networks_and_subnets() -> None:
    """One's own and shared ones, for a reader as for a member; the administrator all; a host none by itself."""
    cloud = Cloud()
    own, shared = cloud.network(caller=RED_MEMBER), cloud.network(200, shared=True)
    for network, expected in ((own, [True, True, True, False, False]), (shared, [True] * 5)):
        subnet = cloud.subnet(network, "10.0.0.0/24")
        with cloud.store.read() as moment:
            assert expected == [access.may_see(network, moment, caller) for caller in EVERYBODY]
            assert expected == [access.may_see(subnet, moment, caller) for caller in EVERYBODY]


def test_who_sees_ports() -> None:
    """The port's project and the network's; not everybody on a shared network."""
    cloud = Cloud()
    network, private = cloud.network(shared=True), cloud.network(caller=BLUE_MEMBER)
    port, foreign = cloud.port(network, caller=RED_MEMBER), cloud.port(private, caller=ADMIN)
    with cloud.store.read() as moment:
        assert [True, True, True, False, False] == [access.may_see(port, moment, caller) for caller in EVERYBODY]
        assert [True, False, False, True, False] == [access.may_see(foreign, moment, caller) for caller in EVERYBODY]


def test_who_sees_agents_and_quotas() -> None:
    """Agents are the administrator's; a quota is its project's."""
    cloud = Cloud()
    agent = cloud.dhcp_agent("cmp1")
    with cloud.store.read() as moment:
        seen = [access.may_see(agent, moment, caller) for caller in EVERYBODY]
        assert [True, False, False, False, False] == seen
        quota = Quota(RED, {})
        assert [True, True, True, False, False] == [access.may_see(quota, moment, caller) for caller in EVERYBODY]


def test_quotas_are_set_by_the_administrator() -> None:
    """Limits named replace the project's; others keep theirs, and after a reset the defaults hold."""
    cloud = Cloud()
    cloud.do(SetQuota(RED, {"network": 7}))
    assert Quota(RED, {"network": 7, "port": 0}) == cloud.do(SetQuota(RED, {"port": 0})).result
    assert () == cloud.do(SetQuota(RED, {"port": 0})).writes.puts
    network = cloud.network(shared=True)
    assert OverQuota("port", 0, 0) == cloud.refusal(CreatePort(RED, network.id), RED_MEMBER)
    cloud.do(SetQuota(RED, {"port": -1}))
    cloud.port(network, caller=RED_MEMBER)
    cloud.do(ResetQuota(RED))
    assert [] == cloud.records(Quota)
    assert TenantQuotaNotFound(RED) == cloud.refusal(ResetQuota(RED))


def test_quotas_that_cannot_be() -> None:
    """Unknown resources, limits below -1, and anybody but the administrator."""
    cloud = Cloud()
    known = tuple(QUOTA_DEFAULTS)
    assert QuotaResourceUnknown("router", known) == cloud.refusal(SetQuota(RED, {"router": 1}))
    assert isinstance(cloud.refusal(SetQuota(RED, {"port": -2})), InvalidInput)
    assert isinstance(cloud.refusal(SetQuota(BLUE, {"port": 2}), BLUE_MEMBER), PolicyNotAuthorized)
    assert isinstance(cloud.refusal(ResetQuota(BLUE), BLUE_MEMBER), PolicyNotAuthorized)
