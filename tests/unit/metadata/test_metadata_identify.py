"""Who asks: exactly one instance's port with that address in that network, or nobody."""

from ipaddress import IPv4Address, IPv6Address

import msgspec
from directories import ADDRESS, BARE_ADDRESS, BARE_ENTRY, ENTRY, directory

from underlay.metadata.identify import arrange, identify
from underlay.model.ids import InstanceId


def test_one_port_is_found() -> None:
    """With or without an instance record."""
    callers = arrange(directory())
    assert (ENTRY, BARE_ENTRY) == (identify(callers, ADDRESS), identify(callers, BARE_ADDRESS))


def test_an_unknown_address_is_nobody() -> None:
    """Also one of the other IP version with the same number."""
    callers = arrange(directory())
    assert identify(callers, IPv4Address("10.10.100.7")) is None
    assert identify(callers, IPv6Address(int(ADDRESS))) is None


def test_an_address_that_two_ports_have_is_nobody() -> None:
    """0 or more than 1 gives 404 (Neutron); also three times, so that a third does not make it one again."""
    twin = msgspec.structs.replace(BARE_ENTRY, address=ADDRESS)
    for entries in ((ENTRY, twin), (ENTRY, twin, twin)):
        assert identify(arrange(directory(*entries)), ADDRESS) is None


def test_a_port_without_instance_is_nobody() -> None:
    """A port that no machine was made for has no metadata."""
    free = msgspec.structs.replace(BARE_ENTRY, device_id=InstanceId(""))
    assert identify(arrange(directory(free)), BARE_ADDRESS) is None
