"""Tables of the DHCP pump: what is one and what is none."""

import msgspec
import pytest
from scopes import scope

from underlay.dhcp.pump import decode_scope
from underlay.model.codec import encode


def test_a_table_is_read() -> None:
    """As the agent writes it."""
    assert ("net", scope()) == decode_scope(encode(scope()))


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b'{"network_id":1}'])
def test_what_has_not_the_form_is_refused(octets: bytes) -> None:
    """msgspec says where."""
    with pytest.raises(msgspec.MsgspecError):
        decode_scope(octets)


@pytest.mark.parametrize(
    "wrong",
    [
        {"netns": ""},
        {"netns": "../x"},
        {"netns": ".."},
        {"netns": "a\0"},
        {"device": ""},
        {"device": "x" * 16},
        {"device": "a/b"},
    ],
)
def test_names_that_cannot_be_are_refused(wrong: dict[str, str]) -> None:
    """The network's table is then broken, and logged; the others are served."""
    with pytest.raises(ValueError, match="can be no"):
        decode_scope(encode(scope(**wrong)))
