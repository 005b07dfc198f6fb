"""rtnetlink messages: how attributes are laid out, and what the kernel answers (asked about this namespace only)."""

import errno
import os
import socket
import struct

import pytest

from underlay.dataplane import links
from underlay.dataplane.netlink import Request, Rtnetlink, attribute, attributes

DELETE_LINK = 17
GET_LINK = 18
LINK = struct.Struct("=BxHiII")
NO_SUCH_INDEX = 2**30


def test_an_attribute_is_length_type_value_and_padding() -> None:
    """The length is that of header and value, without the padding to four bytes (netlink(7))."""
    assert struct.pack("=HH", 7, 3) + b"lo\0" + b"\0" == attribute(3, b"lo\0")
    assert struct.pack("=HHI", 8, 4, 1500) == attribute(4, struct.pack("=I", 1500))


def test_attributes_are_read_back_by_type() -> None:
    """What was packed behind a fixed part is found by type; the flag for nesting is no part of the type."""
    body = bytes(16) + attribute(3, b"lo\0") + attribute(4, b"abcd") + attribute(0x8000 | 18, b"x")
    assert {3: b"lo\0", 4: b"abcd", 18: b"x"} == attributes(body, 16)


def test_a_broken_attribute_ends_the_reading() -> None:
    """A length of less than the header would never come to an end: what came before it counts."""
    assert {4: b"abcd"} == attributes(attribute(4, b"abcd") + bytes(8), 0)


def test_links_are_listed_with_addresses() -> None:
    """Every namespace has `lo`, with index 1 and a MAC of zeros."""
    loopback = links.read_links()["lo"]
    assert (1, "00:00:00:00:00:00") == (loopback.index, loopback.mac)
    assert {name for _, name in socket.if_nameindex()} == set(links.read_links())


def test_a_refusal_is_an_oserror_and_the_socket_goes_on() -> None:
    """Of a batch the first refusal is raised; the answers of the others are not taken for those of a later batch."""
    with Rtnetlink() as kernel:
        gone = Request(DELETE_LINK, LINK.pack(0, 0, NO_SUCH_INDEX, 0, 0))
        with pytest.raises(OSError) as caught:  # noqa: PT011
            kernel.do(gone, gone, gone)
        assert caught.value.errno in (errno.ENODEV, errno.EPERM)
        assert kernel.dump(GET_LINK, LINK.pack(0, 0, 0, 0, 0))


def test_no_file_is_left_open() -> None:
    """Looking again and again opens nothing that stays open."""
    links.read_links()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        links.read_links()
    assert before == len(os.listdir("/proc/self/fd"))
