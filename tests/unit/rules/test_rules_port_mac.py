import pytest

from fakes.cloud import ADMIN, RED_MEMBER, Cloud
from underlay.commands.port import CreatePort, UpdatePort
from underlay.model.address import Mac
from underlay.model.errors import InvalidInput, MacAddressInUse, PolicyNotAuthorized, PortBound
from underlay.model.ids import HostName
from underlay.model.port import Port

H1 = HostName("h1")
DEVICE = Mac.parse("00:11:22:33:44:55")
PHYSICAL = {"vnic_type": "direct-physical", "host": H1, "profile": {"device_mac_address": str(DEVICE)}}


def changed(cloud: Cloud, command: UpdatePort) -> Port:
    """The port after the update."""
    port = cloud.do(command, ADMIN).result
    assert isinstance(port, Port)
    return port


def test_a_mac_is_made_anew() -> None:
    """Null asks for another one, as long as no host has the port; it is the administrator's to ask."""
    cloud = Cloud()
    port = cloud.port(cloud.network(caller=RED_MEMBER), caller=RED_MEMBER)
    anew = UpdatePort(port.id, mac_address=None)
    assert isinstance(cloud.refusal(anew, RED_MEMBER), PolicyNotAuthorized)
    after = changed(cloud, anew)
    assert after.mac_address != port.mac_address
    assert port.mac_address.value >> 24 == after.mac_address.value >> 24
    changed(cloud, UpdatePort(port.id, host=H1))
    assert isinstance(cloud.refusal(anew), PortBound)


def test_a_physical_device_brings_its_mac() -> None:
    """When the port is bound to it; and keeps it when the port leaves."""
    cloud = Cloud()
    network = cloud.network()
    port = cloud.port(network)
    bound = changed(cloud, UpdatePort(port.id, **PHYSICAL))  # type: ignore[arg-type]
    assert DEVICE == bound.mac_address
    assert DEVICE == changed(cloud, UpdatePort(port.id, name="x")).mac_address
    left = changed(cloud, UpdatePort(port.id, host=None))
    assert DEVICE != left.mac_address
    created = cloud.port(network, **PHYSICAL)
    assert DEVICE == created.mac_address


def test_two_ports_cannot_be_one_device() -> None:
    """A MAC is once on a network."""
    cloud = Cloud()
    network = cloud.network()
    cloud.port(network, **PHYSICAL)
    command = CreatePort(ADMIN.project_id, network.id, **PHYSICAL)  # type: ignore[arg-type]
    assert MacAddressInUse(network.id, DEVICE) == cloud.refusal(command)


def test_a_device_that_is_released_keeps_its_mac() -> None:
    """A machine that lets go of the port empties device_id and device_owner."""
    cloud = Cloud()
    port = cloud.port(cloud.network(), device_id="m", device_owner="compute:nova", **PHYSICAL)
    released = UpdatePort(port.id, device_id="", device_owner="", host=None)
    assert DEVICE != changed(cloud, released).mac_address


@pytest.mark.parametrize("vnic_type", ["normal", "direct"])
def test_other_devices_have_the_ports_mac(vnic_type: str) -> None:
    """The profile's MAC is for whole devices only."""
    cloud = Cloud()
    port = cloud.port(cloud.network())
    profile = {"device_mac_address": str(DEVICE)}
    after = changed(cloud, UpdatePort(port.id, host=H1, vnic_type=vnic_type, profile=profile))
    assert port.mac_address == after.mac_address


def test_an_odd_device_mac_is_refused() -> None:
    """It says which."""
    cloud = Cloud()
    odd = {**PHYSICAL, "profile": {"device_mac_address": "device"}}
    port = cloud.port(cloud.network())
    expected = InvalidInput("binding:profile has 'device' as device_mac_address, which is not a MAC address")
    assert expected == cloud.refusal(UpdatePort(port.id, **odd))  # type: ignore[arg-type]
