"""Tables of the metadata pump: kept as they came, unpacked for those who ask."""

import msgspec
import pytest
from directories import ADDRESS, ENTRY, NETWORK, directory

from underlay.metadata.identify import identify
from underlay.metadata.pump import RecentCallers, decode_directory, unpack
from underlay.metadata.recent import Recent
from underlay.model.codec import encode
from underlay.model.ids import NetworkId


def test_a_table_is_checked_when_it_comes() -> None:
    """So that a broken one never replaces a good one."""
    for octets in (b"", b"{}", b'{"network_id":"n","netns":"x","mtu":1,"entries":[{"address":"nowhere"}]}'):
        with pytest.raises(msgspec.MsgspecError):
            decode_directory(octets)


def test_the_newest_table_is_in_force() -> None:
    """Also when the one before was unpacked already."""
    recent: RecentCallers = Recent(unpack)
    network_id, before = decode_directory(encode(directory()))
    _, after = decode_directory(encode(directory(msgspec.structs.replace(ENTRY, device_id="other"))))
    found = [identify(recent.of(packed.network_id, packed), ADDRESS) for packed in (before, after)]
    assert (NETWORK, [ENTRY.device_id, "other"]) == (network_id, [entry and entry.device_id for entry in found])


def test_tables_out_of_mind_are_unpacked_again() -> None:
    """However many networks ask in turn."""
    recent: RecentCallers = Recent(unpack)
    tables = [decode_directory(encode(directory(network_id=NetworkId(f"net{number}"))))[1] for number in range(200)]
    for packed in (*tables, *tables):
        assert packed.network_id == recent.of(packed.network_id, packed).network_id
