"""MAC addresses, IP addresses and pool arithmetic.

Text becomes these types at the edges (API, files) and they become text there again; in between
there are only values. Addresses are `ipaddress` types; a MAC is a `Mac`.
"""

import re
from abc import ABC
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    IpAddress = IPv4Address | IPv6Address
    IpNetwork = IPv4Network | IPv6Network
else:
    # msgspec allows one custom type in a union; one abstract class stands for both versions.
    class IpAddress(ABC):
        """An IPv4 or IPv6 address."""

    class IpNetwork(ABC):
        """An IPv4 or IPv6 prefix with no host bits set."""

    IpAddress.register(IPv4Address)
    IpAddress.register(IPv6Address)
    IpNetwork.register(IPv4Network)
    IpNetwork.register(IPv6Network)

_MAC_TEXT: Final = re.compile(r"[0-9a-fA-F]{2}([:-]?)(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}")


class Mac:
    """An EUI-48 address (IEEE 802): 48 bits, shown as `fa:16:3e:00:00:01`."""

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        """Raises ValueError when value does not fit 48 bits."""
        if not 0 <= value < 1 << 48:
            raise ValueError(f"{value:#x} does not fit 48 bits")
        self.value: Final = value

    @classmethod
    def parse(cls, text: str) -> "Mac":
        """Read `fa:16:3e:00:00:01`, `fa-16-3e-00-00-01` or `fa163e000001`, any case; else ValueError."""
        if not _MAC_TEXT.fullmatch(text):
            raise ValueError(f"'{text}' is not a MAC address")
        return cls(int(text.replace(":", "").replace("-", ""), 16))

    @property
    def packed(self) -> bytes:
        """The six bytes in wire order."""
        return self.value.to_bytes(6, "big")

    def __str__(self) -> str:
        return self.packed.hex(":")

    def __repr__(self) -> str:
        return f"Mac('{self}')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mac) and self.value == other.value

    def __lt__(self, other: "Mac") -> bool:
        return self.value < other.value

    def __hash__(self) -> int:
        return hash(self.value)


class AddressRange(msgspec.Struct, frozen=True, order=True):
    """The addresses from start to end, both included, of one IP version; start <= end."""

    start: IpAddress
    end: IpAddress

    def __contains__(self, address: Any) -> bool:
        return (
            isinstance(address, IpAddress)
            and address.version == self.start.version
            and int(self.start) <= int(address) <= int(self.end)
        )

    @property
    def size(self) -> int:
        """How many addresses: not `len`, which stops at 2**63 - 1, below an IPv6 /64."""
        return int(self.end) - int(self.start) + 1

    def overlaps(self, other: "AddressRange") -> bool:
        """Whether the two ranges share an address."""
        return int(self.start) <= int(other.end) and int(other.start) <= int(self.end)


def decode_address_type(expected: Any, value: Any) -> Any:
    """msgspec `dec_hook` for the types of this module: text in, value out, ValueError when it is neither."""
    if not isinstance(value, str):
        raise ValueError(f"expected text, got {type(value).__name__}")
    if expected is IpAddress:
        return ip_address(value)
    if expected is IPv6Address:
        return IPv6Address(value)
    if expected is IpNetwork:
        return ip_network(value)
    if expected is Mac:
        return Mac.parse(value)
    raise NotImplementedError(expected)


def encode_address_type(value: Any) -> str:
    """msgspec `enc_hook` for the types of this module."""
    if isinstance(value, Mac | IPv4Address | IPv6Address | IPv4Network | IPv6Network):
        return str(value)
    raise NotImplementedError(type(value))
