from typing import Any

import pytest
from msgspec import structs

from fakes.cloud import RED_MEMBER, Cloud, host_caller
from underlay.commands.host import PortState, ReportPorts
from underlay.commands.port import UpdatePort
from underlay.commands.port_binding import (
    ActivatePortBinding,
    CreatePortBinding,
    DeletePortBinding,
    UpdatePortBinding,
)
from underlay.model.errors import (
    BadRequest,
    PolicyNotAuthorized,
    PortBindingAlreadyActive,
    PortBindingAlreadyExists,
    PortBindingNotFound,
    PortNotFound,
)
from underlay.model.ids import HostName
from underlay.model.port import Binding, Port
from underlay.model.port_binding import PortBinding, bindings_of

H1, H2, H3 = HostName("h1"), HostName("h2"), HostName("h3")


class Site:
    """A machine's port on h1, wired there."""

    def __init__(self, **attributes: Any) -> None:
        self.cloud = Cloud()
        network = self.cloud.network(caller=RED_MEMBER)
        wanted = {"device_owner": "compute:nova", "host": H1, **attributes}
        self.first = self.cloud.port(network, **wanted)
        if wanted["host"]:
            self.report(H1)

    @property
    def port(self) -> Port:
        """As it is now."""
        return self.cloud.records(Port)[-1]

    def report(self, host: HostName) -> str:
        """What the host is told when it has the device, wired."""
        command = ReportPorts(host, (PortState(self.first.id, plugged=True, wired=True),))
        result = self.cloud.do(command, host_caller(host)).result
        return str(getattr(result, "ports")[self.first.id])  # noqa: B009

    def hosts(self) -> list[tuple[str, str]]:
        """Host and status of each binding."""
        return [(each.host, each.status) for each in bindings_of(self.port)]


def test_a_machine_moves() -> None:
    """The next host waits, inactive, without touching the port; activated, it has the port, DOWN until wired."""
    site = Site()
    made = site.cloud.do(CreatePortBinding(site.first.id, H2, profile={"a": 1})).result
    assert PortBinding(site.first.id, H2, "INACTIVE", "normal", {"a": 1}) == made
    assert ([("h1", "ACTIVE"), ("h2", "INACTIVE")], "ACTIVE") == (site.hosts(), site.port.status)
    assert [False] == [each.plugged for each in site.port.inactive_bindings]
    assert "REFUSED" == site.report(H2)
    assert ([True], "ACTIVE") == ([each.plugged for each in site.port.inactive_bindings], site.port.status)
    active = site.cloud.do(ActivatePortBinding(site.first.id, H2)).result
    assert PortBinding(site.first.id, H2, "ACTIVE", "normal", {"a": 1}) == active
    assert ([("h2", "ACTIVE"), ("h1", "INACTIVE")], "DOWN") == (site.hosts(), site.port.status)
    assert (False, [True]) == (site.port.binding.plugged, [each.plugged for each in site.port.inactive_bindings])
    assert Binding(H2, profile={"a": 1}) == site.port.binding
    assert ("REFUSED", "ACTIVE") == (site.report(H1), site.report(H2))
    site.cloud.do(DeletePortBinding(site.first.id, H1))
    assert ([("h2", "ACTIVE")], "ACTIVE") == (site.hosts(), site.port.status)


def test_the_first_binding_is_active() -> None:
    """A port that no host has gets the host; deleting the active binding takes it away again."""
    site = Site(host=None)
    assert [] == site.hosts()
    site.cloud.do(CreatePortBinding(site.first.id, H2))
    assert ([("h2", "ACTIVE")], H2) == (site.hosts(), site.port.binding.host)
    site.report(H2)
    site.cloud.do(DeletePortBinding(site.first.id, H2))
    assert ([], "DOWN") == (site.hosts(), site.port.status)


def test_one_binding_a_host() -> None:
    """Neither made twice nor moved onto another; what is not there is not found; what is active is not activated."""
    site = Site()
    site.cloud.do(CreatePortBinding(site.first.id, H2))
    port_id, refusal = site.first.id, site.cloud.refusal
    assert PortBindingAlreadyExists(port_id, H1) == refusal(CreatePortBinding(port_id, H1))
    assert PortBindingAlreadyExists(port_id, H2) == refusal(CreatePortBinding(port_id, H2))
    assert PortBindingAlreadyExists(port_id, H1) == refusal(UpdatePortBinding(port_id, H2, new_host=H1))
    for command in (
        UpdatePortBinding(port_id, H3),
        DeletePortBinding(port_id, H3),
        ActivatePortBinding(port_id, H3),
    ):
        assert PortBindingNotFound(port_id, H3) == refusal(command)
    assert PortBindingAlreadyActive(port_id, H1) == refusal(ActivatePortBinding(port_id, H1))


def test_bindings_change() -> None:
    """An inactive one without touching the port; the active one takes the port DOWN, unless nothing changed."""
    site = Site()
    site.cloud.do(CreatePortBinding(site.first.id, H2))
    site.cloud.do(UpdatePortBinding(site.first.id, H2, new_host=H3, profile={"b": 2}))
    assert ([("h1", "ACTIVE"), ("h3", "INACTIVE")], "ACTIVE") == (site.hosts(), site.port.status)
    same = UpdatePortBinding(site.first.id, H1, vnic_type="normal")
    assert () == site.cloud.do(same).writes.puts
    site.cloud.do(UpdatePortBinding(site.first.id, H1, vnic_type="direct"))
    assert (Binding(H1, vnic_type="direct"), "DOWN") == (site.port.binding, site.port.status)


def test_a_port_update_to_a_waiting_host_takes_its_place() -> None:
    """`binding:host_id` is the old way to activate: no host is there twice."""
    site = Site()
    site.cloud.do(CreatePortBinding(site.first.id, H2))
    site.cloud.do(UpdatePort(site.first.id, host=H2))
    assert [("h2", "ACTIVE")] == site.hosts()


@pytest.mark.parametrize("owner", ["", "network:dhcp", "baremetal:none"])
def test_only_machines_move(owner: str) -> None:
    """Ports of others have the one binding that the port itself shows."""
    site = Site(device_owner=owner)
    refused = site.cloud.refusal(CreatePortBinding(site.first.id, H2))
    assert isinstance(refused, BadRequest)


def test_bindings_are_the_administrators() -> None:
    """The owner of the network is told so; who does not see the port finds none."""
    site = Site()
    for command in (
        CreatePortBinding(site.first.id, H2),
        UpdatePortBinding(site.first.id, H1),
        DeletePortBinding(site.first.id, H1),
        ActivatePortBinding(site.first.id, H1),
    ):
        assert isinstance(site.cloud.refusal(command, RED_MEMBER), PolicyNotAuthorized)
        stranger = structs.replace(RED_MEMBER, project_id="green")
        assert PortNotFound(site.first.id) == site.cloud.refusal(command, stranger)
