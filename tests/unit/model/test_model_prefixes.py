from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from underlay.model.address import IpNetwork
from underlay.model.prefixes import compact, holds, overlap, without


def nets(*texts: str) -> tuple[IpNetwork, ...]:
    """The prefixes."""
    return tuple(ip_network(text) for text in texts)


def numbers(prefixes: tuple[IpNetwork, ...]) -> set[int]:
    """The addresses, as numbers."""
    return {int(address) for prefix in prefixes for address in prefix}


small = st.lists(
    st.tuples(st.integers(0, 255), st.integers(24, 32)).map(lambda pair: ip_network((pair[0], pair[1]), strict=False)),
    max_size=6,
).map(tuple)


def test_prefixes_are_shown_in_their_shortest_form() -> None:
    """Neighbours are joined, what is within another goes, the order is ascending; both IP versions."""
    assert nets("10.0.0.0/23") == compact(nets("10.0.1.0/24", "10.0.0.0/24", "10.0.0.128/25"))
    assert nets("2001:db8::/47") == compact(nets("2001:db8:1::/48", "2001:db8::/48"))


def test_what_is_left_of_a_prefix() -> None:
    """In as large blocks as possible."""
    assert nets("10.0.0.64/26", "10.0.0.128/25") == without(nets("10.0.0.0/24"), nets("10.0.0.0/26"))
    assert () == without(nets("10.0.0.0/24"), nets("10.0.0.0/8"))


@given(small, small)
def test_the_laws_of_sets(one: tuple[IpNetwork, ...], other: tuple[IpNetwork, ...]) -> None:
    """The arithmetic is that of sets of addresses, and its results are in the shortest form."""
    left = without(one, other)
    assert numbers(one) - numbers(other) == numbers(left)
    assert compact(left) == left
    assert bool(numbers(one) & numbers(other)) == overlap(one, other)
    assert (numbers(other) <= numbers(one)) == holds(one, other)


def test_versions_do_not_meet() -> None:
    """An IPv4 prefix overlaps no IPv6 prefix, whatever the numbers."""
    assert not overlap(nets("0.0.0.0/1"), nets("::/1"))
