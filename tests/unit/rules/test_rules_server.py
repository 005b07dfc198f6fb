from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from msgspec import structs

from fakes.cloud import (
    ADMIN,
    BLUE_MEMBER,
    RED,
    RED_MEMBER,
    RED_READER,
    REGULATIONS,
    START,
    Cloud,
    addresses,
    host_caller,
)
from underlay.commands.host import AgentState, Heartbeat
from underlay.commands.keypair import CreateKeypair
from underlay.commands.port import DeletePort
from underlay.commands.security_group import CreateSecurityGroup, EnsureDefaultSecurityGroup
from underlay.commands.server import (
    CreateServer,
    DeleteServer,
    Nic,
    RebootServer,
    ReportServers,
    ServerState,
    StartServer,
    StopServer,
    UpdateServer,
)
from underlay.model.agent import COMPUTE_AGENT, OVS_AGENT
from underlay.model.caller import Caller
from underlay.model.errors import (
    InvalidInput,
    IpAddressAlreadyAllocated,
    NetworkNotFound,
    NoNetworkFits,
    NoValidHost,
    OverQuota,
    PolicyNotAuthorized,
    ServerInvalid,
    ServerNotFound,
    ServerPortInUse,
    ServerQuotaExceeded,
    ServerStateConflict,
)
from underlay.model.ids import HostName, InstanceId
from underlay.model.instance import Instance
from underlay.model.port import Port
from underlay.model.server import Flavor, Server
from underlay.rules.snapshot import Regulations

TINY = Flavor("tiny", "tiny", 1, 512, 1)


class Site:
    """Two shared networks of the data centre, of 13 and 5 addresses; hosts as a test adds them."""

    def __init__(self, regulations: Regulations = REGULATIONS) -> None:
        self.cloud = Cloud(regulations)
        self.large, self.small = self.cloud.network(100, shared=True), self.cloud.network(101, shared=True)
        self.cloud.subnet(self.large, "10.0.0.0/28", enable_dhcp=False)
        self.cloud.subnet(self.small, "10.0.1.0/29", enable_dhcp=False)

    def host(self, name: str, ram_mb: int = 4096, *, reaches: str = "default", zone: str = "nova") -> HostName:
        """A host that runs servers, alive now."""
        has = {"vcpus": 4, "ram_mb": ram_mb, "disk_gb": 50, "hypervisor": "qemu"}
        wiring = AgentState(OVS_AGENT, "underlay-agent", "N/A", START, {"bridge_mappings": {reaches: "br-eth1"}})
        running = AgentState(COMPUTE_AGENT, "underlay-compute", "N/A", START, has, zone)
        self.cloud.do(Heartbeat(HostName(name), (wiring, running)), host_caller(name))
        return HostName(name)

    def boot(self, caller: Caller = RED_MEMBER, **asked: Any) -> Server:
        """A server of the caller's project, which has its default group, as the API sees to."""
        self.cloud.do(EnsureDefaultSecurityGroup(caller.project_id), caller)
        made = self.cloud.do(self.wish(caller, **asked), caller).result
        assert isinstance(made, Server)
        return made

    def wish(self, caller: Caller = RED_MEMBER, **asked: Any) -> CreateServer:
        """What `boot` asks for."""
        return CreateServer(
            **{"project_id": caller.project_id, "name": "VM 1", "flavor": TINY, "image_id": "i"} | asked
        )

    def refused(self, caller: Caller = RED_MEMBER, **asked: Any) -> Exception:
        """Why not; and that nothing was written."""
        self.cloud.do(EnsureDefaultSecurityGroup(caller.project_id), caller)
        return self.cloud.refusal(self.wish(caller, **asked), caller)

    def ports_of(self, server: Server) -> list[Port]:
        """In the order of its devices."""
        ports = {port.id: port for port in self.cloud.records(Port)}
        return [ports[port_id] for port_id in server.port_ids]

    def reported(self, server: Server, state: str, reason: str = "", host: str = "") -> str:
        """What the server's host, or another, is answered."""
        name = HostName(host or server.host)
        told = ServerState(server.id, state, reason)  # type: ignore[arg-type]
        answer = self.cloud.do(ReportServers(name, (told,)), host_caller(name)).result
        return str(answer.servers[server.id])  # type: ignore[union-attr]

    def now(self, server: Server) -> Server:
        """As it is stored."""
        stored = self.cloud.stored(server)
        assert isinstance(stored, Server)
        return stored


def test_server_instance_and_port_are_made_together() -> None:
    """The port is bound to the host that was chosen; metadata tells name, key, user data and meta."""
    site = Site()
    site.host("cmp1")
    site.cloud.do(CreateKeypair(RED_MEMBER.user_id, "rose", "ssh-ed25519 AAAA", "00"), RED_MEMBER)
    server = site.boot(key_name="rose", user_data="IyE=", metadata={"role": "db"})
    (port,) = site.ports_of(server)
    assert (site.large.id, "cmp1", server.id) == (port.network_id, port.binding.host, port.device_id)
    assert ("compute:nova", "vm-1") == (port.device_owner, port.dns_name)
    assert ("cmp1", "BUILD", "running", server.port_ids) == (
        server.host,
        server.status,
        server.wanted,
        server.own_port_ids,
    )
    (told,) = site.cloud.records(Instance)
    assert (server.id, "VM 1", {"rose": "ssh-ed25519 AAAA"}, "IyE=", {"role": "db"}) == (
        told.id,
        told.name,
        told.public_keys,
        told.user_data,
        told.meta,
    )


def test_the_host_with_most_free_memory_is_taken_the_first_by_name_of_equal_ones() -> None:
    """Free is what the host has less the flavors placed there; and then there is none."""
    site = Site()
    for name, ram_mb in (("cmp2", 1024), ("cmp1", 1024), ("cmp3", 1536)):
        site.host(name, ram_mb)
    assert ["cmp3", "cmp1", "cmp2", "cmp3", "cmp1", "cmp2", "cmp3"] == [site.boot().host for _ in range(7)]
    error = site.refused()
    assert isinstance(error, NoValidHost)
    assert "cmp1: it has 0 MB of memory free and tiny takes 512" in error.message


def test_hosts_that_are_down_off_or_elsewhere_are_not_taken() -> None:
    """Each with its reason, when there is no other."""
    site = Site()
    error = site.refused()
    assert isinstance(error, NoValidHost)
    assert "start underlay-compute" in error.message
    site.host("cmp1")
    site.cloud.wait(REGULATIONS.agent_down_time_s + 1)
    assert "cmp1: its compute agent is down" in str(site.refused())
    site.host("cmp2", zone="east")
    assert "cmp2" == site.boot().host
    assert "cmp2: it is in availability zone east" in str(site.refused(availability_zone="west"))
    site.host("cmp1", 8192)
    assert "cmp2" == site.boot(availability_zone="east").host


def test_only_administrators_name_the_host() -> None:
    """`zone:host`."""
    site = Site()
    site.host("cmp1", 8192)
    site.host("cmp2")
    assert "cmp2" == site.boot(ADMIN, host=HostName("cmp2")).host
    error = site.refused(host=HostName("cmp2"))
    assert isinstance(error, PolicyNotAuthorized)
    assert "create_server:host" in error.message


def test_a_host_that_reaches_the_network_is_taken() -> None:
    """However much memory others have; with none, each says so."""
    site = Site()
    site.host("far", 8192, reaches="elsewhere")
    assert isinstance(site.refused(), NoNetworkFits)
    error = site.refused(nics=(Nic(network_id=site.small.id),))
    assert isinstance(error, NoValidHost)
    assert f"far: it does not reach network {site.small.id}" in error.message
    site.host("near", 2048)
    assert ["near", "near"] == [site.boot().host, site.boot(nics=(Nic(network_id=site.small.id),)).host]


def test_auto_takes_the_emptiest_network_and_full_ones_are_named() -> None:
    """Nothing is stored of what is refused."""
    site = Site()
    site.host("cmp1", 65536)
    made = [site.boot() for _ in range(18)]
    networks = [site.ports_of(server)[0].network_id for server in made]
    assert (13, 5) == (networks.count(site.large.id), networks.count(site.small.id))
    assert 18 == len({address for server in made for address in addresses(site.ports_of(server)[0])})
    error = site.refused()
    assert isinstance(error, NoNetworkFits)
    assert all(f"{network.id}: no free address" in error.message for network in (site.large, site.small))
    assert 18 == len(site.cloud.records(Server)) == len(site.cloud.records(Port)) == len(site.cloud.records(Instance))


def test_devices_are_on_networks_and_ports_in_the_order_asked_for() -> None:
    """A port that is there is taken over, and stays when the server goes; two devices may be on one network."""
    site = Site()
    site.host("cmp1")
    mine = site.cloud.port(site.small, caller=RED_MEMBER, name="mine")
    nics = (Nic(network_id=site.large.id), Nic(port_id=mine.id), *(Nic(network_id=site.small.id),) * 4)
    server = site.boot(nics=nics)
    ports = site.ports_of(server)
    assert [site.large.id, *(site.small.id,) * 5] == [port.network_id for port in ports]
    assert mine.id == ports[1].id
    assert (server.id, "cmp1") == (ports[1].device_id, ports[1].binding.host)
    assert 6 == len({(port.network_id, *addresses(port)) for port in ports})
    assert mine.id not in server.own_port_ids
    assert isinstance(site.refused(nics=(Nic(port_id=mine.id),)), ServerPortInUse)
    site.cloud.do(DeleteServer(server.id), RED_MEMBER)
    (left,) = site.cloud.records(Port)
    assert (mine.id, "", "", None, "DOWN") == (
        left.id,
        left.device_id,
        left.device_owner,
        left.binding.host,
        left.status,
    )


def test_a_network_without_room_for_all_devices_refuses_the_server() -> None:
    """5 addresses are not 6, however chance falls."""
    site = Site()
    site.host("cmp1")
    error = site.refused(nics=(Nic(network_id=site.small.id),) * 6)
    assert "No more IP addresses available" in str(error)


def test_no_device_at_all() -> None:
    """networks: none."""
    site = Site()
    site.host("cmp1")
    assert () == site.boot(nics=()).port_ids


def test_an_address_by_name_is_for_who_owns_the_network() -> None:
    """As with ports; and it must be free."""
    site = Site()
    site.host("cmp1")
    own = site.cloud.network(caller=RED_MEMBER)
    site.cloud.subnet(own, "192.0.2.0/24", caller=RED_MEMBER, enable_dhcp=False)
    wanted = Nic(network_id=own.id, fixed_ip=ip_address("192.0.2.77"))
    assert ["192.0.2.77"] == addresses(site.ports_of(site.boot(nics=(wanted,)))[0])
    assert isinstance(site.refused(nics=(wanted,)), IpAddressAlreadyAllocated)
    elsewhere = Nic(network_id=site.large.id, fixed_ip=ip_address("10.0.0.9"))
    assert isinstance(site.refused(nics=(elsewhere,)), PolicyNotAuthorized)
    assert isinstance(site.refused(BLUE_MEMBER, nics=(Nic(network_id=own.id),)), NetworkNotFound)


def test_security_groups_are_named_by_name_or_id() -> None:
    """Those of the project; one that there is not is refused."""
    site = Site()
    site.host("cmp1")
    group = site.cloud.do(CreateSecurityGroup(RED, "web"), RED_MEMBER).result
    server = site.boot(security_groups=("web", "default"))
    assert group.id == site.ports_of(server)[0].security_group_ids[0]  # type: ignore[union-attr]
    assert 2 == len(site.ports_of(server)[0].security_group_ids)
    assert (group.id,) == site.ports_of(site.boot(security_groups=(group.id,)))[0].security_group_ids  # type: ignore[union-attr]
    assert "Security group wb not found" in str(site.refused(security_groups=("wb",)))


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"key_name": "none"}, ServerInvalid),
        ({"user_data": "%%%"}, InvalidInput),
    ],
)
def test_what_cannot_be_is_refused(asked: dict[str, Any], error: type[Exception]) -> None:
    """Before anything is looked for."""
    site = Site()
    site.host("cmp1")
    assert isinstance(site.refused(**asked), error)


def test_quotas_of_servers_and_of_ports() -> None:
    """The one before the other."""
    site = Site(structs.replace(REGULATIONS, max_servers=2, quota_defaults={"port": 3}))
    site.host("cmp1")
    two = (Nic(network_id=site.large.id), Nic(network_id=site.small.id))
    site.boot(nics=two)
    assert isinstance(site.refused(nics=two), OverQuota)
    site.boot()
    assert isinstance(site.refused(nics=()), ServerQuotaExceeded)


def test_others_neither_see_nor_change_it_and_readers_only_look() -> None:
    """Not there, and not authorized."""
    site = Site()
    site.host("cmp1")
    server = site.boot()
    for command in (DeleteServer(server.id), StopServer(server.id), UpdateServer(server.id, name="x")):
        assert isinstance(site.cloud.refusal(command, BLUE_MEMBER), ServerNotFound)
        assert isinstance(site.cloud.refusal(command, RED_READER), PolicyNotAuthorized)
    assert isinstance(site.refused(RED_READER), PolicyNotAuthorized)


def test_a_life() -> None:
    """Built, stopped, started, rebooted, failed; what does not go with the state is refused."""
    site = Site()
    site.host("cmp1")
    server = site.boot()
    assert isinstance(site.cloud.refusal(StopServer(server.id), RED_MEMBER), ServerStateConflict)
    assert "BUILD" == site.reported(server, "stopped"), "it is not up yet"
    site.cloud.wait(5)
    assert "ACTIVE" == site.reported(server, "running")
    assert START + timedelta(seconds=5) == site.now(server).launched_at
    assert isinstance(site.cloud.refusal(StartServer(server.id), RED_MEMBER), ServerStateConflict)
    site.cloud.do(RebootServer(server.id), RED_MEMBER)
    assert (1, "ACTIVE") == (site.now(server).reboots, site.now(server).status)
    site.cloud.do(StopServer(server.id), RED_MEMBER)
    assert ("stopped", "ACTIVE") == (site.now(server).wanted, site.now(server).status)
    assert "ACTIVE" == site.reported(server, "running")
    assert "SHUTOFF" == site.reported(server, "stopped")
    assert isinstance(site.cloud.refusal(RebootServer(server.id), RED_MEMBER), ServerStateConflict)
    site.cloud.do(StartServer(server.id), RED_MEMBER)
    assert "SHUTOFF" == site.reported(server, "stopped"), "told before the host heard of the start"
    assert "running" == site.now(server).wanted
    assert "ACTIVE" == site.reported(server, "running")
    assert "ERROR" == site.reported(server, "failed", "no such image")
    assert "no such image" == site.now(server).fault
    site.cloud.do(RebootServer(server.id, hard=True), RED_MEMBER)
    assert "ACTIVE" == site.reported(server, "running")
    assert ("", 2) == (site.now(server).fault, site.now(server).reboots)


def test_a_guest_that_switches_itself_off_stays_off() -> None:
    """Until it is started."""
    site = Site()
    site.host("cmp1")
    server = site.boot()
    site.reported(server, "running")
    assert "SHUTOFF" == site.reported(server, "stopped")
    assert "stopped" == site.now(server).wanted


def test_reports_of_others_guests_are_answered_and_change_nothing() -> None:
    """REFUSED: another host's; UNKNOWN: none; the same again: nothing new."""
    site = Site()
    site.host("cmp1", 8192)
    site.host("cmp2")
    server = site.boot()
    assert "REFUSED" == site.reported(server, "running", host="cmp2")
    ghost = structs.replace(server, id=InstanceId("ghost"))
    assert "UNKNOWN" == site.reported(ghost, "running")
    site.reported(server, "running")
    before = site.now(server)
    assert "ACTIVE" == site.reported(server, "running")
    assert before == site.now(server)
    report = ReportServers(HostName("cmp1"), ())
    assert isinstance(site.cloud.refusal(report, host_caller("cmp2")), PolicyNotAuthorized)


def test_name_and_metadata_change_what_metadata_tells() -> None:
    """At once, for the guest asks anew."""
    site = Site()
    site.host("cmp1")
    server = site.boot()
    site.cloud.do(UpdateServer(server.id, name="db", metadata={"a": "b"}), RED_MEMBER)
    (told,) = site.cloud.records(Instance)
    assert ("db", {"a": "b"}, "db") == (told.name, told.meta, site.now(server).name)
    assert () == site.cloud.judge(UpdateServer(server.id, name="db"), RED_MEMBER).writes.puts


def test_delete_takes_what_was_made_with_it() -> None:
    """A port that somebody deleted before is no obstacle."""
    site = Site()
    site.host("cmp1")
    server = site.boot(nics=(Nic(network_id=site.large.id), Nic(network_id=site.small.id)))
    site.cloud.do(DeletePort(server.port_ids[0]), RED_MEMBER)
    site.cloud.do(DeleteServer(server.id), RED_MEMBER)
    assert ([], [], []) == tuple(site.cloud.records(kind) for kind in (Server, Port, Instance))
    assert isinstance(site.cloud.refusal(DeleteServer(server.id), RED_MEMBER), ServerNotFound)
