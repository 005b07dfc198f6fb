from ipaddress import ip_address, ip_network
from typing import Any

from msgspec import structs

from fakes.cloud import ADMIN, BLUE, BLUE_MEMBER, RED, RED_MEMBER, RED_READER, Cloud
from underlay.commands.address_scope import CreateAddressScope, DeleteAddressScope
from underlay.commands.rbac_policy import CreateRbacPolicy
from underlay.commands.subnet import CreateSubnet, DeleteSubnet
from underlay.commands.subnet_pool import (
    AddPrefixes,
    CreateSubnetPool,
    DeleteSubnetPool,
    OnboardNetworkSubnets,
    RemovePrefixes,
    UpdateSubnetPool,
)
from underlay.model.address import IpNetwork
from underlay.model.address_scope import AddressScope
from underlay.model.caller import Caller
from underlay.model.errors import (
    AddressScopeInUse,
    AddressScopeNotFound,
    AddressScopePrefixConflict,
    BadRequest,
    EmptySubnetPoolPrefixList,
    IllegalSubnetPoolIpVersionAssociationToAddressScope,
    IllegalSubnetPoolPrefixBounds,
    IllegalSubnetPoolPrefixUpdate,
    IllegalSubnetPoolUpdate,
    InvalidInput,
    MaxPrefixSubnetAllocationError,
    MinPrefixSubnetAllocationError,
    NetworkAddressScopeAffinityError,
    NetworkSubnetPoolAffinityError,
    PolicyNotAuthorized,
    PrefixVersionMismatch,
    RbacPolicyInitError,
    SubnetAllocationError,
    SubnetPoolDeleteError,
    SubnetPoolNotFound,
    SubnetPoolQuotaExceeded,
)
from underlay.model.network import Network
from underlay.model.subnet import Subnet
from underlay.model.subnet_pool import SubnetPool


def nets(*texts: str) -> tuple[IpNetwork, ...]:
    """The prefixes."""
    return tuple(ip_network(text) for text in texts)


def asked(*texts: str, project: str = "red", **fields: Any) -> CreateSubnetPool:
    """A pool of these prefixes, wished for."""
    return structs.replace(CreateSubnetPool(RED, "pool", nets(*texts)), project_id=project, **fields)


def made(cloud: Cloud, *texts: str, caller: Caller = ADMIN, **fields: Any) -> SubnetPool:
    """A pool of these prefixes."""
    pool = cloud.do(asked(*texts, **fields), caller).result
    assert isinstance(pool, SubnetPool)
    return pool


def scope_of(cloud: Cloud, ip_version: Any = 4, **fields: Any) -> AddressScope:
    """A scope of the red project."""
    scope = cloud.do(CreateAddressScope(RED, ip_version, **fields), ADMIN).result
    assert isinstance(scope, AddressScope)
    return scope


def wish(network: Network, pool: SubnetPool | None = None, **fields: Any) -> CreateSubnet:
    """A subnet of the pool, wished for."""
    command = CreateSubnet(network.project_id, network.id, enable_dhcp=False, subnetpool_id=pool.id if pool else None)
    return structs.replace(command, **fields)


def subnet_of(cloud: Cloud, network: Network, pool: SubnetPool | None = None, **fields: Any) -> Subnet:
    """A subnet of the pool."""
    subnet = cloud.do(wish(network, pool, **fields), ADMIN).result
    assert isinstance(subnet, Subnet)
    return subnet


def test_a_pool_has_prefixes_and_lengths() -> None:
    """Prefixes are kept in their shortest form; lengths not sent are Neutron's."""
    pool = made(Cloud(), "10.1.0.0/16", "10.0.0.0/16", caller=RED_MEMBER)
    assert nets("10.0.0.0/15") == pool.prefixes
    assert (4, 8, 32, 8) == (pool.ip_version, pool.min_prefixlen, pool.max_prefixlen, pool.default_prefixlen)
    pool = made(Cloud(), "2001:db8::/48", min_prefixlen=56)
    assert (6, 56, 128, 56) == (pool.ip_version, pool.min_prefixlen, pool.max_prefixlen, pool.default_prefixlen)


def test_pools_that_make_no_sense() -> None:
    """No prefix, two IP versions, lengths out of order."""
    cloud = Cloud()
    assert EmptySubnetPoolPrefixList() == cloud.refusal(asked())
    assert PrefixVersionMismatch() == cloud.refusal(asked("10.0.0.0/8", "2001:db8::/48"))
    for fields, error in (
        ({"min_prefixlen": 25, "max_prefixlen": 24}, ("min_prefixlen", 25, "max_prefixlen", 24)),
        ({"max_prefixlen": 33}, ("max_prefixlen", 33, "ip_version_max", 32)),
        ({"default_prefixlen": 7}, ("default_prefixlen", 7, "min_prefixlen", 8)),
        ({"default_prefixlen": 30, "max_prefixlen": 28}, ("default_prefixlen", 30, "max_prefixlen", 28)),
    ):
        assert IllegalSubnetPoolPrefixBounds(*error) == cloud.refusal(asked("10.0.0.0/8", **fields))


def test_a_pool_is_its_projects() -> None:
    """Others do not see it; a reader changes nothing; sharing and the default are the administrator's."""
    cloud = Cloud()
    pool = made(cloud, "10.0.0.0/8")
    assert SubnetPoolNotFound(pool.id) == cloud.refusal(UpdateSubnetPool(pool.id, name="x"), BLUE_MEMBER)
    assert isinstance(cloud.refusal(UpdateSubnetPool(pool.id, name="x"), RED_READER), PolicyNotAuthorized)
    assert isinstance(cloud.refusal(asked("11.0.0.0/8", shared=True), RED_MEMBER), PolicyNotAuthorized)
    assert isinstance(cloud.refusal(asked("11.0.0.0/8", is_default=True), RED_MEMBER), PolicyNotAuthorized)
    assert isinstance(cloud.refusal(UpdateSubnetPool(pool.id, is_default=True), RED_MEMBER), PolicyNotAuthorized)
    shared = made(cloud, "12.0.0.0/8", shared=True)
    assert isinstance(cloud.refusal(DeleteSubnetPool(shared.id), BLUE_MEMBER), PolicyNotAuthorized)
    assert ip_network("12.0.0.0/24") == subnet_of(cloud, cloud.network(), shared, prefixlen=24).cidr


def test_the_default_gateway_of_a_block_that_the_pool_chose() -> None:
    """Its first host; the network's own address for an IPv6 cidr that was asked for."""
    cloud = Cloud()
    pool = made(cloud, "2001:db8::/48", default_prefixlen=64)
    chosen = subnet_of(cloud, cloud.network(), pool)
    assert (ip_address("2001:db8::1"), ip_address("2001:db8::2")) == (
        chosen.gateway_ip,
        chosen.allocation_pools[0].start,
    )
    named = subnet_of(cloud, cloud.network(), pool, cidr=ip_network("2001:db8:0:1::/64"))
    assert ip_address("2001:db8:0:1::") == named.gateway_ip


def test_prefixes_are_added_and_removed() -> None:
    """An update only adds; removing leaves what subnets have."""
    cloud = Cloud()
    pool = made(cloud, "10.0.0.0/16")
    assert IllegalSubnetPoolPrefixUpdate("Existing prefixes must be a subset of the new prefixes") == cloud.refusal(
        UpdateSubnetPool(pool.id, prefixes=nets("10.0.0.0/17"))
    )
    grown = cloud.do(UpdateSubnetPool(pool.id, prefixes=nets("10.0.0.0/15"))).result
    assert isinstance(grown, SubnetPool)
    assert (nets("10.0.0.0/15"), 2) == (grown.prefixes, grown.revision_number)
    grown = cloud.do(AddPrefixes(pool.id, nets("10.4.0.0/16"))).result
    assert isinstance(grown, SubnetPool)
    assert nets("10.0.0.0/15", "10.4.0.0/16") == grown.prefixes
    subnet_of(cloud, cloud.network(), pool, cidr=ip_network("10.4.0.0/24"))
    in_use = IllegalSubnetPoolPrefixUpdate("One or more the prefixes to be removed is in use by a subnet")
    assert in_use == cloud.refusal(RemovePrefixes(pool.id, nets("10.4.0.0/16")))
    left = cloud.do(RemovePrefixes(pool.id, nets("10.0.0.0/16", "172.16.0.0/12"))).result
    assert isinstance(left, SubnetPool)
    assert nets("10.1.0.0/16", "10.4.0.0/16") == left.prefixes
    assert () == cloud.do(RemovePrefixes(pool.id, nets("192.168.0.0/16", "2001:db8::/32"))).writes.puts


def test_a_pool_with_subnets_stays() -> None:
    """It can be deleted when the last subnet is gone."""
    cloud = Cloud()
    pool = made(cloud, "10.0.0.0/8")
    subnet = subnet_of(cloud, cloud.network(), pool, prefixlen=24)
    assert SubnetPoolDeleteError("Subnet pool has existing allocations") == cloud.refusal(DeleteSubnetPool(pool.id))
    cloud.do(DeleteSubnet(subnet.id))
    cloud.do(DeleteSubnetPool(pool.id))
    assert [] == cloud.records(SubnetPool)


def test_subnets_get_blocks_of_the_pool() -> None:
    """By length, by the default length, by name, around a gateway; a block given back is free again."""
    cloud = Cloud()
    pool = made(cloud, "10.0.0.0/22", min_prefixlen=24, max_prefixlen=28, default_prefixlen=26)
    first = subnet_of(cloud, cloud.network(), pool)
    assert (ip_network("10.0.0.0/26"), ip_address("10.0.0.1")) == (first.cidr, first.gateway_ip)
    assert ip_network("10.0.1.0/24") == subnet_of(cloud, cloud.network(), pool, prefixlen=24).cidr
    named = ip_network("10.0.0.128/28")
    assert named == subnet_of(cloud, cloud.network(), pool, cidr=named).cidr
    by_gateway = subnet_of(cloud, cloud.network(), pool, gateway_ip=ip_address("10.0.2.77"), prefixlen=24)
    assert (ip_network("10.0.2.0/24"), ip_address("10.0.2.77")) == (by_gateway.cidr, by_gateway.gateway_ip)
    cloud.do(DeleteSubnet(first.id))
    assert first.cidr == subnet_of(cloud, cloud.network(vid=300), pool, cidr=first.cidr).cidr


def test_what_a_pool_does_not_give() -> None:
    """Other lengths, blocks that are taken or elsewhere, the other IP version, pools of addresses without a cidr."""
    cloud = Cloud()
    pool = made(cloud, "10.0.0.0/24", min_prefixlen=25, max_prefixlen=28)
    network = cloud.network()
    assert MinPrefixSubnetAllocationError(24, 25) == cloud.refusal(wish(network, pool, prefixlen=24))
    assert MaxPrefixSubnetAllocationError(29, 28) == cloud.refusal(wish(network, pool, prefixlen=29))
    elsewhere = SubnetAllocationError("Cannot allocate requested subnet from the available set of prefixes")
    assert elsewhere == cloud.refusal(wish(network, pool, cidr=ip_network("10.1.0.0/25")))
    subnet_of(cloud, network, pool, prefixlen=25)
    assert elsewhere == cloud.refusal(wish(network, pool, cidr=ip_network("10.0.0.64/26")))
    subnet_of(cloud, network, pool, prefixlen=25)
    assert SubnetAllocationError("Insufficient prefix space to allocate subnet size /28") == cloud.refusal(
        wish(network, pool, prefixlen=28)
    )
    assert BadRequest("subnets", "Cannot allocate IPv6 subnet from IPv4 subnet pool") == cloud.refusal(
        wish(network, pool, ip_version=6)
    )
    assert BadRequest("subnets", "allocation_pools allowed only for specific subnet requests") == cloud.refusal(
        wish(network, pool, allocation_pools=())
    )
    assert BadRequest("subnets", "a subnetpool must be specified in the absence of a cidr") == cloud.refusal(
        wish(network)
    )
    delegated = cloud.refusal(wish(network, subnetpool_id="prefix_delegation", ip_version=6))
    assert isinstance(delegated, BadRequest)


def test_a_projects_share_of_a_pool() -> None:
    """default_quota counts addresses in IPv4, /64s in IPv6, of the project's own subnets."""
    cloud = Cloud()
    pool = made(cloud, "10.0.0.0/16", default_quota=300, shared=True)
    network = cloud.network()
    subnet_of(cloud, network, pool, prefixlen=24)
    assert SubnetPoolQuotaExceeded() == cloud.refusal(wish(network, pool, prefixlen=24))
    subnet_of(cloud, network, pool, prefixlen=27)
    blue = cloud.network(caller=BLUE_MEMBER)
    assert BLUE == blue.project_id
    subnet_of(cloud, blue, pool, prefixlen=24)
    pool = made(cloud, "2001:db8::/48", default_quota=1)
    subnet_of(cloud, network, pool, prefixlen=65, ip_version=6)
    subnet_of(cloud, network, pool, prefixlen=65, ip_version=6)
    assert SubnetPoolQuotaExceeded() == cloud.refusal(wish(network, pool, prefixlen=65, ip_version=6))


def test_there_is_one_default_pool_of_each_version() -> None:
    """use_default_subnetpool takes it, if the caller may use it."""
    cloud = Cloud()
    network = cloud.network(caller=BLUE_MEMBER)
    want = wish(network, use_default_subnetpool=True, ip_version=4, prefixlen=24)
    none = BadRequest("subnets", "No default subnetpool found for IPv4")
    assert none == cloud.refusal(want)
    pool = made(cloud, "10.0.0.0/8", is_default=True)
    assert none == cloud.refusal(want, BLUE_MEMBER)
    assert pool.id == cloud.do(want).result.subnetpool_id  # type: ignore[union-attr]
    made(cloud, "2001:db8::/48", is_default=True)
    already = InvalidInput(
        "A default subnetpool for this IP family has already been set. Only one default may exist per IP family"
    )
    assert already == cloud.refusal(asked("11.0.0.0/8", is_default=True))
    other = made(cloud, "11.0.0.0/8")
    assert already == cloud.refusal(UpdateSubnetPool(other.id, is_default=True))
    cloud.do(UpdateSubnetPool(pool.id, is_default=False))
    cloud.do(UpdateSubnetPool(other.id, is_default=True))
    both = structs.replace(want, subnetpool_id=pool.id)
    assert BadRequest("subnets", "subnetpool_id and use_default_subnetpool cannot both be specified") == cloud.refusal(
        both
    )


def test_pools_of_a_scope_do_not_overlap() -> None:
    """Nor when they grow; a scope with pools stays; the scope is of the pool's IP version, and seen."""
    cloud = Cloud()
    scope = scope_of(cloud)
    one = made(cloud, "10.0.0.0/16", address_scope_id=scope.id)
    conflict = AddressScopePrefixConflict()
    assert conflict == cloud.refusal(asked("10.0.0.0/8", address_scope_id=scope.id))
    other = made(cloud, "10.1.0.0/16", address_scope_id=scope.id)
    assert conflict == cloud.refusal(UpdateSubnetPool(one.id, prefixes=nets("10.0.0.0/15")))
    assert conflict == cloud.refusal(AddPrefixes(other.id, nets("10.0.7.0/24")))
    assert AddressScopeInUse(scope.id) == cloud.refusal(DeleteAddressScope(scope.id))
    six = scope_of(cloud, 6)
    refused = cloud.refusal(UpdateSubnetPool(one.id, address_scope_id=six.id))
    assert IllegalSubnetPoolIpVersionAssociationToAddressScope(one.id, six.id, 6) == refused
    hidden = asked("12.0.0.0/8", project=BLUE, address_scope_id=scope.id)
    assert AddressScopeNotFound(scope.id) == cloud.refusal(hidden, BLUE_MEMBER)
    for pool in (one, other):
        cloud.do(UpdateSubnetPool(pool.id, address_scope_id=None))
    cloud.do(DeleteAddressScope(scope.id))


def test_a_shared_scope_is_its_owners() -> None:
    """Who does not own the scope cannot change a pool that is in it."""
    cloud = Cloud()
    scope = scope_of(cloud, shared=True)
    pool = made(cloud, "10.0.0.0/8", project=BLUE, address_scope_id=scope.id, caller=BLUE_MEMBER)
    refused = cloud.refusal(UpdateSubnetPool(pool.id, prefixes=nets("10.0.0.0/7")), BLUE_MEMBER)
    assert isinstance(refused, IllegalSubnetPoolUpdate)
    cloud.do(UpdateSubnetPool(pool.id, prefixes=nets("10.0.0.0/7")), ADMIN)


def test_a_pool_is_granted_only_together_with_its_scope() -> None:
    """To a project that sees the pool's address scope, owns it, or when the pool is in none."""
    cloud = Cloud()
    scope = scope_of(cloud)
    pool = made(cloud, "10.0.0.0/8", address_scope_id=scope.id)
    grant = CreateRbacPolicy(RED, "subnetpool", pool.id, "access_as_shared", BLUE)
    assert isinstance(cloud.refusal(grant), RbacPolicyInitError)
    cloud.do(structs.replace(grant, target_project=RED))
    cloud.do(CreateRbacPolicy(RED, "address_scope", scope.id, "access_as_shared", BLUE))
    cloud.do(grant)
    assert ip_network("10.0.0.0/24") == subnet_of(cloud, cloud.network(caller=BLUE_MEMBER), pool, prefixlen=24).cidr


def test_subnets_of_a_network_are_of_one_pool_or_scope() -> None:
    """By IP version; a pool cannot change its scope away from its neighbours."""
    cloud = Cloud()
    scope = scope_of(cloud)
    network = cloud.network()
    one, other = made(cloud, "10.0.0.0/16"), made(cloud, "10.1.0.0/16")
    subnet_of(cloud, network, one, prefixlen=24)
    affinity = NetworkSubnetPoolAffinityError()
    assert affinity == cloud.refusal(wish(network, other, prefixlen=24))
    assert affinity == cloud.refusal(wish(network, cidr=ip_network("172.16.0.0/24")))
    for pool in (one, other):
        cloud.do(UpdateSubnetPool(pool.id, address_scope_id=scope.id))
    subnet_of(cloud, network, other, prefixlen=24)
    elsewhere = made(cloud, "10.2.0.0/16")
    assert NetworkAddressScopeAffinityError() == cloud.refusal(wish(network, elsewhere, prefixlen=24))
    second = scope_of(cloud)
    assert NetworkAddressScopeAffinityError() == cloud.refusal(UpdateSubnetPool(one.id, address_scope_id=second.id))
    subnet_of(cloud, network, cidr=ip_network("2001:db8::/64"))


def test_subnets_are_taken_into_a_pool() -> None:
    """With their prefixes; not twice, and only by who owns pool and network."""
    cloud = Cloud()
    network = cloud.network()
    subnet, six = cloud.subnet(network, "172.16.0.0/24"), cloud.subnet(network, "2001:db8::/64")
    pool = made(cloud, "10.0.0.0/16")
    command = OnboardNetworkSubnets(pool.id, network.id)
    assert isinstance(cloud.refusal(command, RED_READER), PolicyNotAuthorized)
    cloud.do(command)
    found, other = cloud.stored(subnet), cloud.stored(six)
    assert isinstance(found, Subnet)
    assert (pool.id, 2) == (found.subnetpool_id, found.revision_number)
    assert six == other
    grown = cloud.stored(pool)
    assert isinstance(grown, SubnetPool)
    assert nets("10.0.0.0/16", "172.16.0.0/24") == grown.prefixes
    assert isinstance(cloud.refusal(command), IllegalSubnetPoolUpdate)
    assert isinstance(cloud.refusal(wish(cloud.network(), pool, cidr=found.cidr)), SubnetAllocationError)
