from typing import Any

import pytest
from msgspec import structs

from fakes.cloud import ADMIN, BLUE, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, REGULATIONS, Cloud
from underlay.commands.host import AgentState, Heartbeat
from underlay.commands.network import UpdateNetwork
from underlay.commands.network_selection import SelectNetwork
from underlay.commands.port import CreatePort
from underlay.commands.tags import AddTags, TagTarget
from underlay.model.agent import OVS_AGENT
from underlay.model.caller import Caller
from underlay.model.errors import NoNetworkFits, OverQuota, PolicyNotAuthorized
from underlay.model.ids import HostName, NetworkId
from underlay.model.network import Network
from underlay.model.network_selection import NetworkSelection
from underlay.model.port import Port


class Site:
    """The scenario's four shared networks; 101 has half the addresses of the others."""

    def __init__(self) -> None:
        self.cloud = Cloud()
        self.networks: dict[int, Network] = {}
        for vid, cidr in ((100, "10.10.100.0/28"), (101, "10.10.101.0/29"), (200, "10.10.200.0/28")):
            self.networks[vid] = self.cloud.network(vid, shared=True)
            self.cloud.subnet(self.networks[vid], cidr)

    def select(
        self, caller: Caller = RED_MEMBER, *, port: dict[str, Any] | None = None, **asked: Any
    ) -> NetworkSelection:
        """Where a port of the caller's goes."""
        wanted = CreatePort(caller.project_id, NetworkId(""), **(port or {}))
        result = self.cloud.do(SelectNetwork(wanted, **asked), caller).result
        assert isinstance(result, NetworkSelection)
        return result

    def refusal(self, caller: Caller = RED_MEMBER, **asked: Any) -> str:
        """Why there is no place for a port."""
        error = self.cloud.refusal(SelectNetwork(CreatePort(caller.project_id, NetworkId("")), **asked), caller)
        assert isinstance(error, NoNetworkFits)
        return error.message

    def vid_of(self, selection: NetworkSelection) -> int:
        """The VLAN that was chosen."""
        return next(vid for vid, network in self.networks.items() if network.id == selection.port.network_id)


def test_the_emptiest_network_is_taken_the_oldest_of_equal_ones() -> None:
    """12 and 12 and 4 free beside the DHCP ports: turns between the large ones, and the reason has the numbers."""
    site = Site()
    first = site.select()
    assert site.networks[100].id == first.port.network_id
    assert site.networks[100].id in first.reason
    assert "has the most free addresses: 12; next is" in first.reason
    assert [12, 12, 4] == [candidate.free for candidate in first.candidates]
    assert [200, 100, 200, 100] == [site.vid_of(site.select()) for _ in range(4)]
    assert first.port == site.cloud.stored(first.port)


def test_spreading_goes_by_the_addresses_in_use() -> None:
    """Each network in turn, whatever its size."""
    site = Site()
    assert [100, 101, 200, 100, 101, 200] == [site.vid_of(site.select(policy="spread")) for _ in range(6)]


def test_full_networks_are_skipped_and_named_when_all_are() -> None:
    """28 addresses in all: 28 ports, no address twice, and then a refusal that names the three."""
    site = Site()
    ports = [site.select().port for _ in range(28)]
    assert 28 == len({(port.network_id, port.fixed_ips[0].ip_address) for port in ports})
    message = site.refusal()
    assert message.startswith("No network can take the port. ")
    for network in site.networks.values():
        assert f"{network.id}: no free address" in message
    assert [] == [port for port in site.cloud.records(Port) if not port.fixed_ips]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"physical_network": "spare"}, "it is not on physical network spare"),
        ({"tags": ("gold",)}, "it is not tagged gold"),
    ],
)
def test_what_is_asked_for_and_nothing_has_is_said(asked: dict[str, Any], reason: str) -> None:
    """Each network with what it lacks."""
    assert 3 == Site().refusal(**asked).count(reason)


def test_a_network_is_found_by_its_tags() -> None:
    """All of those asked for."""
    site = Site()
    site.cloud.do(AddTags(TagTarget("network", "networks", site.networks[101].id), ("gold", "fast")))
    assert 101 == site.vid_of(site.select(tags=("gold", "fast")))


def test_a_zone_is_that_of_hints_and_agents_and_no_zone_is_every_zone() -> None:
    """Network 200's agent is in `nova`; the others are served by nobody."""
    site = Site()
    site.cloud.dhcp_agent("net1")
    served = site.select(availability_zone="nova")
    assert not served.candidates[0].refusal
    assert 3 == site.refusal(availability_zone="west").count("it is not in availability zone west")


def test_networks_that_do_not_reach_the_host_or_are_down_are_passed_over() -> None:
    """A host that says which physical networks it has, and none of theirs."""
    site = Site()
    host = HostName("cmp9")
    state = AgentState(OVS_AGENT, "underlay-agent", "N/A", site.cloud.now, {"bridge_mappings": {"spare": "br-x"}})
    site.cloud.do(Heartbeat(host, (state,)), Caller("h", RED, frozenset({"host"}), host))
    wanted = SelectNetwork(CreatePort(RED, NetworkId(""), host=host))
    error = site.cloud.refusal(wanted)
    assert 3 == error.message.count("it does not reach host cmp9")
    site.cloud.do(UpdateNetwork(site.networks[100].id, admin_state_up=False))
    assert 200 == site.vid_of(site.select())


def test_only_networks_of_the_project_count() -> None:
    """Neither another's private network nor one without a subnet; external ones only for who may plug into them."""
    site = Site()
    private = site.cloud.network(caller=BLUE_MEMBER)
    site.cloud.subnet(private, "10.99.0.0/16", caller=BLUE_MEMBER)
    assert private.id == site.select(BLUE_MEMBER).port.network_id
    assert private.id not in {candidate.network_id for candidate in site.select().candidates}
    bare = Site.__new__(Site)
    bare.cloud = Cloud()
    assert "The project may use none" in bare.refusal()
    empty = bare.cloud.network(caller=RED_MEMBER)
    assert f"{empty.id}: it has no subnet" in bare.refusal()


def test_the_usual_rules_of_ports_hold() -> None:
    """Readers may not, quotas count, and an administrator may choose for another project."""
    site = Site()
    wanted = SelectNetwork(CreatePort(RED, NetworkId("")))
    assert isinstance(site.cloud.refusal(wanted, RED_READER), PolicyNotAuthorized)
    assert BLUE == site.cloud.do(SelectNetwork(CreatePort(BLUE, NetworkId(""))), ADMIN).result.port.project_id  # type: ignore[union-attr]
    small = structs.replace(REGULATIONS, quota_defaults={**REGULATIONS.quota_defaults, "port": 1})
    site.cloud.regulations = small
    site.select()
    assert isinstance(site.cloud.refusal(wanted, RED_MEMBER), OverQuota)
