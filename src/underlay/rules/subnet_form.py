"""Whether a subnet, taken by itself or beside its siblings, makes sense.

Source: Neutron's checks and texts; RFC 4291, RFC 3021.
"""

from collections.abc import Hashable, Iterable
from typing import Final

from underlay.model.errors import DNSNameServersExhausted, HostRoutesExhausted, HTTPBadRequest, InvalidInput
from underlay.model.subnet import Subnet
from underlay.rules import ipam
from underlay.rules.snapshot import Regulations

_LONGEST_DHCP_PREFIX: Final = {4: 30, 6: 126}
_SLAAC_PREFIX: Final = 64


def require_valid(subnet: Subnet, before: Subnet | None, regulations: Regulations) -> None:
    """Its parts fit each other and the operator's limits; `before`: as it was, None when it is new.

    Pools and gateway are `ipam`'s. Raises InvalidInput, HTTPBadRequest, DNSNameServersExhausted, HostRoutesExhausted.
    """
    if subnet.cidr.prefixlen == 0:
        raise InvalidInput("0 is not allowed as CIDR prefix length")
    if subnet.ip_version == 6 and subnet.cidr.network_address.is_unspecified:
        raise InvalidInput(f"'{subnet.cidr}' is the unspecified IPv6 prefix; a subnet needs a prefix of its own")
    gets_dhcp = subnet.enable_dhcp and (before is None or not before.enable_dhcp)
    if gets_dhcp:
        _require_dhcp_possible(subnet)
    if subnet.gateway_ip is not None:
        ipam.require_version("gateway_ip", subnet.gateway_ip, subnet.cidr)
    name = "new subnet" if before is None else subnet.id
    _require_dns(subnet, name, regulations)
    _require_routes(subnet, name, regulations)
    _require_ipv6_modes(subnet, before)
    if gets_dhcp or before is None:
        _require_dhcp_address(subnet)


def require_apart(subnet: Subnet, siblings: Iterable[Subnet]) -> None:
    """It shares no address with another subnet of its network. Raises InvalidInput."""
    for sibling in siblings:
        if sibling.ip_version == subnet.ip_version and sibling.cidr.overlaps(subnet.cidr):
            raise InvalidInput(
                f"Requested subnet with cidr: {subnet.cidr} for network: {subnet.network_id} overlaps with "
                f"another subnet, {sibling.cidr}"
            )


def _require_dhcp_possible(subnet: Subnet) -> None:
    cidr = subnet.cidr
    if cidr.prefixlen > _LONGEST_DHCP_PREFIX[subnet.ip_version]:
        raise InvalidInput(
            "Subnet has a prefix length that is incompatible with DHCP service enabled: "
            f"/{_LONGEST_DHCP_PREFIX[subnet.ip_version]} is the longest, or enable_dhcp False"
        )
    if cidr.is_multicast:
        raise InvalidInput("Multicast IP subnet is not supported if enable_dhcp is True")
    if cidr.is_loopback:
        raise InvalidInput("Loopback IP subnet is not supported if enable_dhcp is True")
    if subnet.ip_version == 4 and int(cidr.network_address) == 0:
        raise InvalidInput("First IP '0.0.0.0' of network is not supported if enable_dhcp is True")


def _require_dns(subnet: Subnet, name: str, regulations: Regulations) -> None:
    if len(subnet.dns_nameservers) > regulations.max_dns_nameservers:
        raise DNSNameServersExhausted(name, regulations.max_dns_nameservers)
    for server in subnet.dns_nameservers:
        ipam.require_version("dns_nameserver", server, subnet.cidr)
    _require_once("dns_nameservers", "nameserver", subnet.dns_nameservers)


def _require_routes(subnet: Subnet, name: str, regulations: Regulations) -> None:
    if len(subnet.host_routes) > regulations.max_host_routes:
        raise HostRoutesExhausted(name, regulations.max_host_routes)
    for route in subnet.host_routes:
        ipam.require_version("destination", route.destination, subnet.cidr)
        ipam.require_version("nexthop", route.nexthop, subnet.cidr)
        if route.nexthop.is_multicast:
            raise InvalidInput(f"nexthop '{route.nexthop}' is a multicast address; it is the address of a router")
    routes = tuple(f"{route.destination} via {route.nexthop}" for route in subnet.host_routes)
    _require_once("host_routes", "hostroute", routes)


def _require_once(attribute: str, thing: str, values: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for value in values:
        if value in seen:
            raise HTTPBadRequest(f"Invalid input for {attribute}. Reason: Duplicate {thing} '{value}'.")
        seen.add(value)


def _require_ipv6_modes(subnet: Subnet, before: Subnet | None) -> None:
    if subnet.ip_version == 4:
        if subnet.ipv6_ra_mode is not None:
            raise InvalidInput("ipv6_ra_mode is not valid when ip_version is 4")
        if subnet.ipv6_address_mode is not None:
            raise InvalidInput("ipv6_address_mode is not valid when ip_version is 4")
        return
    modes = {mode for mode in (subnet.ipv6_ra_mode, subnet.ipv6_address_mode) if mode is not None}
    if modes and before is not None and not subnet.enable_dhcp:
        raise InvalidInput("Cannot disable enable_dhcp with ipv6 attributes set")
    if modes and not subnet.enable_dhcp:
        raise InvalidInput("ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False")
    if len(modes) > 1:
        raise InvalidInput(
            f"ipv6_ra_mode set to '{subnet.ipv6_ra_mode}' with ipv6_address_mode set to "
            f"'{subnet.ipv6_address_mode}' is not valid. If both attributes are set, they must be the same value"
        )
    if ipam.is_auto_address(subnet) and subnet.cidr.prefixlen != _SLAAC_PREFIX:
        raise InvalidInput(
            f"Invalid CIDR {subnet.cidr} for IPv6 address mode. OpenStack uses the EUI-64 address format, "
            "which requires the prefix to be /64"
        )


def _require_dhcp_address(subnet: Subnet) -> None:
    """The address asked for the DHCP port is one that a port can have, inside or outside the pools."""
    asked = subnet.dhcp_address
    if asked is None:
        return
    ipam.require_version("dhcp_address", asked, subnet.cidr)
    if not subnet.enable_dhcp:
        raise InvalidInput(f"dhcp_address '{asked}' needs enable_dhcp True")
    if asked == subnet.gateway_ip:
        raise InvalidInput(f"dhcp_address '{asked}' is the gateway's address")
    if asked not in ipam.host_range(subnet.cidr):
        raise InvalidInput(f"dhcp_address '{asked}' is no host address of {subnet.cidr}")
    if ipam.is_auto_address(subnet):
        raise InvalidInput(f"dhcp_address '{asked}' cannot be chosen on a subnet with automatic addresses")
