from typing import Any

import pytest
from msgspec import structs

from fakes.cloud import ADMIN, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, Cloud
from underlay.commands.network import UpdateNetwork
from underlay.commands.port import DeletePort, UpdatePort
from underlay.commands.trunk import AddSubPorts, CreateTrunk, DeleteTrunk, RemoveSubPorts, SubPortWish, UpdateTrunk
from underlay.model.errors import (
    DuplicateSubPort,
    InvalidInput,
    ParentPortInUse,
    PolicyNotAuthorized,
    PortInUse,
    PortInUseAsSubPort,
    PortInUseAsTrunkParent,
    PortNotFound,
    SubPortMtuGreaterThanTrunkPortMtu,
    SubPortNotFound,
    TrunkDisabled,
    TrunkInUse,
    TrunkNotFound,
    TrunkPortInUse,
)
from underlay.model.ids import HostName, PortId, Vid
from underlay.model.port import Port
from underlay.model.trunk import SubPort, Trunk


def wish(port: Port, vid: int | None = 7) -> SubPortWish:
    """The port, by that VLAN id, or that of its network."""
    return SubPortWish(port.id, "inherit") if vid is None else SubPortWish(port.id, "vlan", vid)


class Site:
    """A network of red's with three ports."""

    def __init__(self) -> None:
        self.cloud = Cloud()
        self.network = self.cloud.network(101, caller=ADMIN, shared=True)
        self.parent, self.one, self.two = (self.port() for _ in range(3))

    def port(self, **attributes: Any) -> Port:
        """One more."""
        return self.cloud.port(self.network, caller=RED_MEMBER, **attributes)

    def trunk(self, *wishes: SubPortWish, **attributes: Any) -> Trunk:
        """A trunk on the parent."""
        command = CreateTrunk(RED, self.parent.id, sub_ports=wishes, **attributes)
        trunk = self.cloud.do(command, RED_MEMBER).result
        assert isinstance(trunk, Trunk)
        return trunk


def test_a_trunk_grows_and_shrinks() -> None:
    """Subports stay in the order in which they came; each change counts one revision."""
    site = Site()
    trunk = site.trunk(wish(site.one))
    assert (SubPort(site.one.id, Vid(7)),) == trunk.sub_ports
    grown = site.cloud.do(AddSubPorts(trunk.id, (wish(site.two, 8),)), RED_MEMBER).result
    both = (SubPort(site.one.id, Vid(7)), SubPort(site.two.id, Vid(8)))
    assert structs.replace(trunk, sub_ports=both, revision_number=2) == grown
    shrunk = site.cloud.do(RemoveSubPorts(trunk.id, (site.one.id,)), RED_MEMBER).result
    assert structs.replace(trunk, sub_ports=both[1:], revision_number=3) == shrunk
    renamed = site.cloud.do(UpdateTrunk(trunk.id, name="t", description="d"), RED_MEMBER).result
    assert structs.replace(trunk, sub_ports=both[1:], name="t", description="d", revision_number=4) == renamed
    site.cloud.do(DeleteTrunk(trunk.id), RED_MEMBER)
    assert [] == site.cloud.records(Trunk)


def test_it_belongs_to_its_project() -> None:
    """Others do not see it, a reader changes nothing, and nobody takes another's port into a trunk of his own."""
    site = Site()
    trunk = site.trunk()
    foreign = site.cloud.port(site.network, caller=BLUE_MEMBER)
    for command in (UpdateTrunk(trunk.id, name="x"), DeleteTrunk(trunk.id), AddSubPorts(trunk.id, ())):
        assert TrunkNotFound(trunk.id) == site.cloud.refusal(command, BLUE_MEMBER)
        assert isinstance(site.cloud.refusal(command, RED_READER), PolicyNotAuthorized)
    assert PortNotFound(foreign.id) == site.cloud.refusal(AddSubPorts(trunk.id, (wish(foreign),)), RED_MEMBER)
    assert PortNotFound(foreign.id) == site.cloud.refusal(CreateTrunk(RED, foreign.id), RED_MEMBER)


def test_a_port_is_in_one_trunk_once() -> None:
    """Neither parent nor subport can be parent or subport again."""
    site = Site()
    trunk = site.trunk(wish(site.one))
    refusal = site.cloud.refusal
    assert ParentPortInUse(site.parent.id) == refusal(CreateTrunk(RED, site.parent.id), RED_MEMBER)
    assert TrunkPortInUse(site.one.id) == refusal(CreateTrunk(RED, site.one.id), RED_MEMBER)
    assert ParentPortInUse(site.parent.id) == refusal(AddSubPorts(trunk.id, (wish(site.parent),)), RED_MEMBER)
    assert TrunkPortInUse(site.one.id) == refusal(AddSubPorts(trunk.id, (wish(site.one, 8),)), RED_MEMBER)
    second = CreateTrunk(RED, site.two.id, sub_ports=(wish(site.parent),))
    assert ParentPortInUse(site.parent.id) == refusal(second, RED_MEMBER)


def test_its_ports_stay() -> None:
    """As long as the trunk is there."""
    site = Site()
    trunk = site.trunk(wish(site.one))
    refusal = site.cloud.refusal
    assert PortInUseAsTrunkParent(site.parent.id, trunk.id) == refusal(DeletePort(site.parent.id), RED_MEMBER)
    assert PortInUseAsSubPort(site.one.id, trunk.id) == refusal(DeletePort(site.one.id), RED_MEMBER)
    site.cloud.do(RemoveSubPorts(trunk.id, (site.one.id,)), RED_MEMBER)
    site.cloud.do(DeletePort(site.one.id), RED_MEMBER)
    site.cloud.do(DeleteTrunk(trunk.id), RED_MEMBER)
    site.cloud.do(DeletePort(site.parent.id), RED_MEMBER)


def test_vlan_ids_of_a_trunk_differ() -> None:
    """Whether asked for or inherited from the port's network."""
    site = Site()
    trunk = site.trunk(wish(site.one, None))
    assert (SubPort(site.one.id, Vid(101)),) == trunk.sub_ports
    again = AddSubPorts(trunk.id, (wish(site.two, 101),))
    assert DuplicateSubPort("vlan", 101, trunk.id) == site.cloud.refusal(again, RED_MEMBER)


@pytest.mark.parametrize(
    ("segmentation_type", "segmentation_id", "reason"),
    [
        ("vxlan", 7, "Unknown segmentation_type 'vxlan'"),
        ("vlan", 0, "Segmentation ID '0' is not in range"),
        ("vlan", 4095, "Segmentation ID '4095' is not in range"),
    ],
)
def test_vlan_ids_are_vlan_ids(segmentation_type: str, segmentation_id: int, reason: str) -> None:
    """1 to 4094, of the only type that there is."""
    site = Site()
    trunk = site.trunk()
    odd = SubPortWish(site.one.id, segmentation_type, segmentation_id)
    assert InvalidInput(reason) == site.cloud.refusal(AddSubPorts(trunk.id, (odd,)), RED_MEMBER)


def test_a_subport_without_a_vlan_id_is_refused() -> None:
    """Neutron's clients may send the port alone."""
    site = Site()
    refusal = site.cloud.refusal(AddSubPorts(site.trunk().id, (SubPortWish(site.one.id),)), RED_MEMBER)
    assert isinstance(refusal, InvalidInput)


def test_a_disabled_trunk_stands_still() -> None:
    """Its ports cannot change and it cannot go; its own attributes can change, so that it can be enabled."""
    site = Site()
    trunk = site.trunk(wish(site.one), admin_state_up=False)
    for command in (
        AddSubPorts(trunk.id, (wish(site.two, 8),)),
        RemoveSubPorts(trunk.id, (site.one.id,)),
        DeleteTrunk(trunk.id),
    ):
        assert TrunkDisabled(trunk.id) == site.cloud.refusal(command, RED_MEMBER)
    site.cloud.do(UpdateTrunk(trunk.id, admin_state_up=True), RED_MEMBER)
    site.cloud.do(DeleteTrunk(trunk.id), RED_MEMBER)


def test_a_port_in_use_is_no_parent_and_no_subport() -> None:
    """A host that has the parent, or a machine that has the subport, would have to be told."""
    site = Site()
    site.cloud.do(UpdatePort(site.one.id, device_id="machine"), RED_MEMBER)
    trunk = site.trunk()
    taken = AddSubPorts(trunk.id, (wish(site.one),))
    assert PortInUse(site.one.id, site.network.id, "machine") == site.cloud.refusal(taken, RED_MEMBER)
    site.cloud.do(UpdatePort(site.parent.id, host=HostName("h1")))
    assert TrunkInUse(trunk.id) == site.cloud.refusal(DeleteTrunk(trunk.id), RED_MEMBER)
    site.cloud.do(UpdatePort(site.two.id, host=HostName("h1")))
    assert ParentPortInUse(site.two.id) == site.cloud.refusal(CreateTrunk(RED, site.two.id), RED_MEMBER)


def test_a_subports_frames_fit() -> None:
    """Its network's MTU is at most that of the parent's network."""
    site = Site()
    trunk = site.trunk()
    wide = site.cloud.network(caller=RED_MEMBER)
    site.cloud.do(UpdateNetwork(site.parent.network_id, mtu=1400))
    port = site.cloud.port(wide, caller=RED_MEMBER)
    expected = SubPortMtuGreaterThanTrunkPortMtu(1500, port.id, 1400, site.parent.id)
    assert expected == site.cloud.refusal(AddSubPorts(trunk.id, (wish(port),)), RED_MEMBER)


def test_only_subports_are_removed() -> None:
    """All that are named, or none."""
    site = Site()
    trunk = site.trunk(wish(site.one))
    stranger = PortId("none")
    command = RemoveSubPorts(trunk.id, (site.one.id, stranger))
    assert SubPortNotFound(stranger, trunk.id) == site.cloud.refusal(command, RED_MEMBER)
