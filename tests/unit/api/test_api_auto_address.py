"""Automatic addresses over HTTP, on a real database."""

from ipaddress import ip_network
from pathlib import Path

from msgspec import structs

from fakes.api_server import CALLERS, REGULATIONS, ApiServer
from underlay.api.exchange import Transaction
from underlay.api.execute import finish_interrupted
from underlay.commands.command import Command
from underlay.commands.subnet import CreateSubnet, DeleteSubnet
from underlay.model.ids import NetworkId, ProjectId, SubnetId
from underlay.rules import auto_address
from underlay.rules.judge import judge
from underlay.store.transaction import Store


def test_every_port_has_its_address_when_the_answer_comes(tmp_path: Path) -> None:
    """However many ports there are: the answer to the create comes after the last part; a delete takes all of them."""
    store = Store(f"sqlite:///{tmp_path / 'underlay.sqlite'}")
    store.migrate()
    server = ApiServer(structs.replace(REGULATIONS, quota_defaults={}), store=store)
    network = server.made("networks")
    count = auto_address.PART + 3
    body = {"ports": [{"network_id": network["id"]} for _ in range(count)]}
    assert 201 == server.call("POST", "/v2.0/ports", body).status
    fields = {"network_id": network["id"], "cidr": "2001:db8::/64", "ipv6_address_mode": "slaac"}
    subnet = server.made("subnets", **fields)
    assert "is_spreading" not in subnet

    def addressed() -> list[int]:
        ports = server.call("GET", "/v2.0/ports?fields=fixed_ips&fields=device_owner").json()["ports"]
        return [len(port["fixed_ips"]) for port in ports if not port["device_owner"]]

    assert [1] * count == addressed()
    available = server.call("GET", f"/v2.0/network-ip-availabilities/{network['id']}").json()
    assert count + 1 == available["network_ip_availability"]["used_ips"]
    assert 204 == server.call("DELETE", f"/v2.0/subnets/{subnet['id']}").status
    assert [0] * count == addressed()
    assert 404 == server.call("GET", f"/v2.0/subnets/{subnet['id']}").status
    store.close()


def test_a_restart_ends_what_was_begun(tmp_path: Path) -> None:
    """A server that starts goes on with a create and a delete that stopped after their first part."""
    store = Store(f"sqlite:///{tmp_path / 'underlay.sqlite'}")
    store.migrate()
    server = ApiServer(structs.replace(REGULATIONS, quota_defaults={}), store=store)
    coming, going = (server.made("networks")["id"] for _ in range(2))
    subnet = server.made("subnets", network_id=going, cidr="2001:db8::/64", ipv6_address_mode="slaac")["id"]
    count = auto_address.PART + 3
    for network in (coming, going):
        assert 201 == server.call("POST", "/v2.0/ports", {"ports": [{"network_id": network}] * count}).status

    def begin(command: Command) -> None:
        def work(transaction: Transaction) -> None:
            service = server.service
            circumstances = service.circumstances()
            verdict = judge(command, transaction, CALLERS["admin"], circumstances, service.regulations)
            assert verdict.then is not None
            transaction.commit_writes(verdict.writes)

        store.write(work)

    cidr = ip_network("2001:db8:1::/64")
    begin(CreateSubnet(ProjectId("admin"), NetworkId(coming), cidr, ipv6_address_mode="slaac"))
    begin(DeleteSubnet(SubnetId(subnet)))
    assert 2 == len(server.call("GET", "/v2.0/subnets").json()["subnets"])
    finish_interrupted(server.service)
    assert [coming] == [each["network_id"] for each in server.call("GET", "/v2.0/subnets").json()["subnets"]]
    ports = server.call("GET", "/v2.0/ports?device_owner=").json()["ports"]
    assert {(coming, 1), (going, 0)} == {(port["network_id"], len(port["fixed_ips"])) for port in ports}
    assert 2 * count == len(ports)
    store.close()
