"""A served network: its link, and the tables of both pumps."""

import msgspec

from fakes.records import HOST, NOW, PROJECT, dhcp_agent, dhcp_binding, dhcp_port, network, port, subnet
from underlay.agent.desired.dhcp_tables import scope_of
from underlay.agent.desired.host import desired
from underlay.agent.desired.metadata_tables import directory_of
from underlay.agent.desired.service import Service, link_of, services
from underlay.agent.state.present import Present
from underlay.agent.state.records import Records
from underlay.agent.state.site import Site
from underlay.model.ids import HostName, InstanceId, ProjectId
from underlay.model.instance import Instance
from underlay.model.port import Port

SITE = Site(HOST, bridge_mappings={"default": "br-eth1"}, dhcp_agent=True, lease_time_s=600, dns_domain="example.org")
NET = network(1, subnets=3)
FIRST = subnet(NET)
SECOND = subnet(NET, 1, "10.0.1.0/24", None)
SIX = subnet(NET, 2, "2001:db8::/64", "2001:db8::1")
DHCP = dhcp_port(9, NET, ((FIRST, "10.0.0.2"), (SECOND, "10.0.1.2"), (SIX, "2001:db8::2")))
GUEST = port(1, NET, HostName("host2"), ((FIRST, "10.0.0.5"), (SIX, "2001:db8::5")))


def _records(*ports: Port, instances: tuple[Instance, ...] = ()) -> Records:
    return Records(
        networks={NET.id: NET},
        subnets={one.id: one for one in (FIRST, SECOND, SIX)},
        ports={one.id: one for one in ports},
        agents={dhcp_agent().id: dhcp_agent()},
        dhcp_bindings={dhcp_binding(NET).id: dhcp_binding(NET)},
        instances={one.id: one for one in instances},
    )


def _service(records: Records) -> Service:
    return services(records, SITE)[NET.id]


def test_the_names_are_those_of_the_scenario() -> None:
    """`qdhcp-` + network id; `ns-` and `tap` + the first 11 characters of the port's id."""
    service = _service(_records(DHCP, GUEST))
    assert (f"qdhcp-{NET.id}", f"ns-{DHCP.id[:11]}", f"tap{DHCP.id[:11]}") == (
        service.namespace,
        service.inner,
        service.outer,
    )


def test_the_link_has_every_address_and_the_metadata_addresses() -> None:
    """Prefixes are the subnets'; the v6 metadata address only where there is a v6 subnet; the gateway is the first
    v4 subnet's that has one."""
    link = link_of(_service(_records(DHCP)), SITE)
    expected = {"10.0.0.2/24", "10.0.1.2/24", "2001:db8::2/64", "169.254.169.254/32", "fe80::a9fe:a9fe/64"}
    assert (expected, "10.0.0.1", str(DHCP.mac_address)) == (link.addresses, link.gateway, link.mac)


def test_the_dhcp_table_tells_v4_subnets_and_every_ports_address() -> None:
    """One scope a subnet with DHCP that the server has an address in; the others are on link; ports of every host."""
    scope = scope_of(_service(_records(DHCP, GUEST)), SITE)
    assert [(FIRST.id, (SECOND.cidr,)), (SECOND.id, (FIRST.cidr,))] == [
        (one.subnet_id, one.on_link) for one in scope.subnets
    ]
    assert [(GUEST.id, "10.0.0.5", "host-10-0-0-5")] == [
        (one.port_id, str(one.address), one.hostname) for one in scope.reservations
    ]
    assert (600, "example.org", 1500) == (scope.lease_time_s, scope.domain, scope.mtu)


def test_the_metadata_table_names_the_instance_of_the_ports_project_only() -> None:
    """Ids are chosen by clients: an instance record of another project is not the machine's."""
    own = Instance(InstanceId(GUEST.device_id), PROJECT, "web", NOW, NOW)
    foreign = msgspec.structs.replace(own, project_id=ProjectId("other"))
    for instance, expected in ((own, own), (foreign, None)):
        records = _records(DHCP, GUEST, instances=(instance,))
        entries = directory_of(_service(records), records).entries
        assert [("10.0.0.5", expected), ("2001:db8::5", expected)] == [
            (str(entry.address), entry.instance) for entry in entries
        ]


def test_without_isolated_metadata_there_is_no_table_address_or_route() -> None:
    """The setting takes all three away."""
    site = msgspec.structs.replace(SITE, isolated_metadata=False)
    wanted = desired(_records(DHCP, GUEST), site, Present())
    assert {f"dhcp/{NET.id}.json"} == wanted.tables.keys()
    link = wanted.namespaces[f"qdhcp-{NET.id}"][f"ns-{DHCP.id[:11]}"]
    assert not any(address.startswith(("169.254", "fe80")) for address in link.addresses)
    service = services(_records(DHCP), site)[NET.id]
    assert {None} == {one.metadata_nexthop for one in scope_of(service, site).subnets}
    never = msgspec.structs.replace(SITE, metadata_route="never")
    assert {None} == {one.metadata_nexthop for one in scope_of(service, never).subnets}


def test_a_network_is_not_served_without_role_binding_port_or_bridge() -> None:
    """Each of them alone keeps it from being served; so does an administratively down port or network."""
    records = _records(DHCP)
    down = msgspec.structs.replace(DHCP, admin_state_up=False)
    network_down = {NET.id: msgspec.structs.replace(NET, admin_state_up=False)}
    cases = [
        (records, msgspec.structs.replace(SITE, dhcp_agent=False)),
        (msgspec.structs.replace(records, dhcp_bindings={}), SITE),
        (_records(GUEST), SITE),
        (_records(down), SITE),
        (msgspec.structs.replace(records, networks=network_down), SITE),
        (records, msgspec.structs.replace(SITE, bridge_mappings={})),
    ]
    assert [{}] * len(cases) == [services(*case) for case in cases]


def test_the_same_records_give_the_same_tables() -> None:
    """Byte for byte, whatever order the records came in: a table that did not change is not written."""
    assert (
        desired(_records(DHCP, GUEST), SITE, Present()).tables == desired(_records(GUEST, DHCP), SITE, Present()).tables
    )
