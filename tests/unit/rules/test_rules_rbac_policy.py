from msgspec import structs

from fakes.cloud import ADMIN, BLUE, BLUE_MEMBER, OPERATIONS, RED, RED_MEMBER, RED_READER, REGULATIONS, Cloud
from underlay.commands.network import CreateNetwork, UpdateNetwork
from underlay.commands.port import CreatePort, DeletePort
from underlay.commands.rbac_policy import CreateRbacPolicy, DeleteRbacPolicy, UpdateRbacPolicy
from underlay.model.errors import (
    DuplicateRbacPolicy,
    InvalidActionForType,
    InvalidInput,
    OverQuota,
    PolicyNotAuthorized,
    RbacPolicyInUse,
    RbacPolicyNotFound,
)
from underlay.model.ids import ProjectId
from underlay.model.network import Network
from underlay.model.rbac_policy import EVERYBODY, RbacPolicy


def grant(network: Network, target: ProjectId = BLUE, project: ProjectId = RED) -> CreateRbacPolicy:
    """The command that lets the target use the network."""
    return CreateRbacPolicy(project, "network", network.id, "access_as_shared", target)


def made(cloud: Cloud, command: CreateRbacPolicy) -> RbacPolicy:
    """The policy, made by the administrator."""
    policy = cloud.do(command, ADMIN).result
    assert isinstance(policy, RbacPolicy)
    return policy


def now(cloud: Cloud) -> Network:
    """The only network, as it is stored."""
    (network,) = cloud.records(Network)
    return network


def test_an_owner_grants_a_network_to_a_project() -> None:
    """The project uses it; each policy counts as a change of the network; without it all is as before."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    policy = cloud.do(grant(network), RED_MEMBER).result
    assert isinstance(policy, RbacPolicy)
    assert structs.replace(network, revision_number=2) == now(cloud)
    cloud.do(CreatePort(BLUE, network.id), BLUE_MEMBER)
    assert RbacPolicyNotFound(policy.id) == cloud.refusal(DeleteRbacPolicy(policy.id), BLUE_MEMBER)
    assert isinstance(cloud.refusal(DeleteRbacPolicy(policy.id), RED_READER), PolicyNotAuthorized)


def test_a_policy_stays_while_it_is_used() -> None:
    """Its target has a port: not deleted, not turned to another, until the port is gone or another policy does."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    policy = made(cloud, grant(network))
    port = cloud.port(network, caller=BLUE_MEMBER)
    used = RbacPolicyInUse(network.id, "project blue uses it")
    assert used == cloud.refusal(DeleteRbacPolicy(policy.id), RED_MEMBER)
    assert used == cloud.refusal(UpdateRbacPolicy(policy.id, OPERATIONS), RED_MEMBER)
    cloud.do(UpdateRbacPolicy(policy.id, EVERYBODY), ADMIN)
    named = made(cloud, grant(network))
    cloud.do(DeleteRbacPolicy(policy.id), ADMIN)
    cloud.do(DeletePort(port.id), BLUE_MEMBER)
    cloud.do(DeleteRbacPolicy(named.id), RED_MEMBER)


def test_granting_to_all_is_sharing() -> None:
    """The administrator's; the flag of the network follows, whichever way it is said."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    to_all = grant(network, EVERYBODY)
    assert isinstance(cloud.refusal(to_all, RED_MEMBER), PolicyNotAuthorized)
    policy = made(cloud, to_all)
    assert now(cloud).shared
    assert DuplicateRbacPolicy() == cloud.refusal(to_all, ADMIN)
    cloud.do(UpdateNetwork(network.id, shared=False), ADMIN)
    assert [] == cloud.records(RbacPolicy)
    policy = made(cloud, grant(network))
    assert isinstance(cloud.refusal(UpdateRbacPolicy(policy.id, EVERYBODY), RED_MEMBER), PolicyNotAuthorized)
    cloud.do(UpdateRbacPolicy(policy.id, EVERYBODY), ADMIN)
    assert now(cloud).shared
    cloud.do(DeleteRbacPolicy(policy.id), ADMIN)
    assert not now(cloud).shared


def test_a_network_is_external_while_any_project_sees_it_so() -> None:
    """One project is enough; the flag goes with the last policy, and taking the flag takes all policies."""
    cloud = Cloud()
    network = cloud.network(caller=ADMIN)
    to_blue, to_red = (structs.replace(grant(network, target), action="access_as_external") for target in (BLUE, RED))
    policies = [made(cloud, to_blue), made(cloud, to_red)]
    assert (True, False) == (now(cloud).external, now(cloud).shared)
    cloud.do(DeleteRbacPolicy(policies[0].id), ADMIN)
    assert now(cloud).external
    cloud.do(DeleteRbacPolicy(policies[1].id), ADMIN)
    assert not now(cloud).external
    made(cloud, to_blue)
    cloud.do(UpdateNetwork(network.id, external=False), ADMIN)
    assert [] == cloud.records(RbacPolicy)


def test_the_default_network_stays_open_to_all() -> None:
    """Its policy for all is neither deleted nor turned to one project while it is the default; after that it is."""
    cloud = Cloud()
    network = cloud.do(CreateNetwork(RED, external=True, is_default=True), ADMIN).result
    (policy,) = cloud.records(RbacPolicy)
    needed = RbacPolicyInUse(network.id, "Default external networks must be shared to everyone.")
    assert needed == cloud.refusal(DeleteRbacPolicy(policy.id), ADMIN)
    assert needed == cloud.refusal(UpdateRbacPolicy(policy.id, BLUE), ADMIN)
    cloud.do(UpdateNetwork(network.id, is_default=False), ADMIN)
    cloud.do(UpdateRbacPolicy(policy.id, BLUE), ADMIN)
    assert now(cloud).external


def test_only_what_one_owns_is_granted() -> None:
    """Another's network, seen or not, is 400 as in Neutron; so is an action that the type does not have."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    hidden = InvalidInput(f"the network {network.id} could not be found")
    assert hidden == cloud.refusal(grant(network, BLUE, BLUE), BLUE_MEMBER)
    made(cloud, grant(network))
    foreign = InvalidInput("Only admins can manipulate policies on objects they do not own")
    assert foreign == cloud.refusal(grant(network, BLUE, BLUE), BLUE_MEMBER)
    wrong = structs.replace(grant(network), action="access_as_god")
    actions = ("access_as_shared", "access_as_external")
    assert InvalidActionForType("access_as_god", "network", actions) == cloud.refusal(wrong, RED_MEMBER)


def test_policies_have_a_quota() -> None:
    """Counted for the project that makes them."""
    cloud = Cloud(structs.replace(REGULATIONS, quota_defaults={"rbac_policy": 1}))
    network = cloud.network(caller=RED_MEMBER)
    cloud.do(grant(network), RED_MEMBER)
    assert OverQuota("rbac_policy", 1, 1) == cloud.refusal(grant(network, OPERATIONS), RED_MEMBER)
