from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.cloud import pool
from underlay.model.address import Mac
from underlay.rules import ipam


@pytest.mark.parametrize(
    ("mac", "address"),
    [
        ("fa:16:3e:00:00:01", "2001:db8::f816:3eff:fe00:1"),
        ("02:00:00:00:00:01", "2001:db8::ff:fe00:1"),
        ("00:11:22:33:44:55", "2001:db8::211:22ff:fe33:4455"),
    ],
)
def test_eui64(mac: str, address: str) -> None:
    """RFC 4291, appendix A: `ff:fe` in the middle, and the universal/local bit inverted."""
    assert ip_address(address) == ipam.eui64_address(ip_network("2001:db8::/64"), Mac.parse(mac))


@given(st.integers(0, 32), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_default_pools_are_all_hosts_but_the_gateway(length: int, number: int, gateway_number: int) -> None:
    """Whatever subnet and gateway: the pools are disjoint, inside, without the gateway, and nothing else is missing."""
    cidr = ip_network((number, length), strict=False)
    hosts, gateway = ipam.host_range(cidr), ip_address(gateway_number)
    pools = ipam.default_pools(cidr, gateway)
    missing = {gateway} if gateway in hosts else set()
    assert int(hosts.end) - int(hosts.start) + 1 == len(missing) + sum(
        int(part.end) - int(part.start) + 1 for part in pools
    )
    assert all(part.start in hosts and part.end in hosts and gateway not in part for part in pools)
    assert list(pools) == sorted(pools)


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)), st.data())
def test_chance_gives_a_free_address_of_the_first_pool_with_room(
    free: set[int], excluded: set[int], data: st.DataObject
) -> None:
    """By chance or lowest: free, not excluded; the lowest is the lowest, chance stays in the first pool with any."""
    base = ip_address("10.0.0.0")
    runs = [pool(str(base + n), str(base + n)) for n in sorted(free)]
    pools = [pool("10.0.0.0", "10.0.0.19"), pool("10.0.0.20", "10.0.0.60")]
    excluding = {base + n for n in excluded}
    left = sorted(free - excluded)
    lowest = ipam.lowest(runs, excluding)
    chosen = ipam.by_chance(runs, pools, lambda bound: data.draw(st.integers(0, bound - 1)), excluding)
    assert lowest == (base + left[0] if left else None)
    first_pool = [n for n in left if (n < 20) == (bool(left) and left[0] < 20)]
    assert (chosen is None and not first_pool) or chosen in [base + n for n in first_pool]


def test_a_whole_ipv6_prefix_is_no_burden() -> None:
    """A /64 has more addresses than `len` can tell."""
    cidr = ip_network("2001:db8::/64")
    pools = ipam.default_pools(cidr, cidr.network_address)
    assert ip_address("2001:db8::3e8") == ipam.by_chance(pools, pools, lambda bound: bound - 1)
    assert ip_address("2001:db8::1") == next(ipam.addresses(pools))
