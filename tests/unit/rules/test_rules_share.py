from fakes.cloud import ADMIN, BLUE, BLUE_MEMBER, RED, RED_MEMBER, START, Cloud
from underlay.commands.network import DeleteNetwork, UpdateNetwork
from underlay.commands.port import CreatePort
from underlay.model.change import Writes
from underlay.model.errors import NetworkNotFound
from underlay.model.network import Network
from underlay.model.rbac_policy import EVERYBODY, RbacPolicy
from underlay.rules import share
from underlay.rules.snapshot import Circumstances

NEW = Circumstances(START, lambda: "new", lambda below: 0)


def grants(cloud: Cloud) -> list[tuple[str, str]]:
    """(object, to whom), of all policies."""
    return [(each.object_id, each.target_project) for each in cloud.records(RbacPolicy)]


def test_sharing_a_network_makes_its_policy() -> None:
    """When it is created or later; once; and the policy goes with the flag, and with the network."""
    cloud = Cloud()
    shared = cloud.network(shared=True)
    assert [(shared.id, EVERYBODY)] == grants(cloud)
    cloud.do(UpdateNetwork(shared.id, shared=True))
    cloud.do(UpdateNetwork(shared.id, name="x"))
    assert [(shared.id, EVERYBODY)] == grants(cloud)
    cloud.do(UpdateNetwork(shared.id, shared=False))
    assert [] == grants(cloud)
    cloud.do(UpdateNetwork(shared.id, shared=True))
    assert [(shared.id, EVERYBODY)] == grants(cloud)
    cloud.do(DeleteNetwork(shared.id))
    assert [] == grants(cloud)


def test_an_object_granted_to_a_project_is_there_for_it() -> None:
    """Who is granted a network uses it; others do not know it."""
    cloud = Cloud()
    network = cloud.network(caller=RED_MEMBER)
    port = CreatePort(BLUE, network.id)
    assert NetworkNotFound(network.id) == cloud.refusal(port, BLUE_MEMBER)
    policy = RbacPolicy("r", RED, "network", network.id, "access_as_shared", BLUE)
    cloud.store.write(lambda moment: moment.commit_writes(Writes(puts=(policy,))))
    cloud.do(port, BLUE_MEMBER)


def test_granting_to_all_is_said_once() -> None:
    """An object that is granted to all already gets no second policy; by another action it does."""
    cloud = Cloud()
    network = cloud.network(shared=True, caller=ADMIN)
    granted = ("network", network.id, network.project_id)
    with cloud.store.read() as moment:
        assert Writes() == share.follow(granted, True, moment, NEW)
        external = share.follow(granted, True, moment, NEW, "access_as_external")
        assert [EVERYBODY] == [each.target_project for each in external.puts if isinstance(each, RbacPolicy)]
    assert [network] == cloud.records(Network)
