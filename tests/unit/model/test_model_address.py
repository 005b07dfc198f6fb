from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.model.address import AddressRange, Mac


@given(st.integers(0, (1 << 48) - 1))
def test_a_mac_survives_its_text(value: int) -> None:
    """Reading what a MAC shows gives the MAC, with colons, dashes or none, in any case."""
    mac = Mac(value)
    texts = (str(mac), str(mac).replace(":", "-").upper(), str(mac).replace(":", ""))
    assert [mac] * 3 == [Mac.parse(text) for text in texts]


@pytest.mark.parametrize("text", ["", "fa:16:3e", "fa:16:3e:00:00:0g", "fa:16-3e:00:00:01", "fa:16:3e:00:00:01:02"])
def test_what_is_no_mac_is_refused(text: str) -> None:
    """Six bytes with one kind of separator, or it is no MAC."""
    with pytest.raises(ValueError, match="MAC"):
        Mac.parse(text)


def test_a_range_holds_its_ends_and_no_other_version() -> None:
    """Both ends are inside; an IPv6 address of the same number is not."""
    part = AddressRange(ip_address("10.0.0.2"), ip_address("10.0.0.4"))
    asked = ["10.0.0.1", "10.0.0.2", "10.0.0.4", "10.0.0.5", "::a00:2"]
    assert [False, True, True, False, False] == [ip_address(text) in part for text in asked]
