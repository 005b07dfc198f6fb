"""Subnets, their pools and scopes."""

from typing import Final

from underlay.api.extensions.extension import DHCP_HOSTS, KEPT, Extension

SUBNETS: Final = (
    Extension(
        "address-scope",
        "Address scope",
        "Address scopes extension.",
        "2015-07-26T10:00:00-00:00",
        here="Subnet pools of one scope share no address.",
    ),
    Extension(
        "default-subnetpools",
        "Default Subnetpools",
        "Provides ability to mark and use a subnetpool as the default.",
        "2016-02-18T18:00:00-00:00",
        here="One default pool for each IP version.",
    ),
    Extension(
        "subnet-dhcp-address",
        "DHCP address of a subnet",
        "Ours: `dhcp_address` fixes the address of a subnet's DHCP port when the subnet is created.",
        "2026-11-22T10:00:00-00:00",
        here="The address that DHCP and metadata of the subnet have.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "subnet-dns-publish-fixed-ip",
        "Subnet DNS publish fixed IP",
        "Support choosing to publish DNS records for IPs from a subnet",
        "2019-05-24T10:00:00-00:00",
        here="Kept and shown: there is no DNS service here.",
        where=KEPT,
    ),
    Extension(
        "subnet-segmentid-writable",
        "Subnet SegmentID (writable)",
        "Provides a writable segment_id attribute for a subnet resource.",
        "2018-03-12T00:00:00-00:00",
        here="The only subnet of a network may be put on a segment later.",
    ),
    Extension(
        "subnet-service-types",
        "Subnet service types",
        "Provides ability to set the subnet service_types field",
        "2016-03-15T18:00:00-00:00",
        here="Only ports with such a `device_owner` get addresses of the subnet.",
    ),
    Extension(
        "subnet_allocation",
        "Subnet Allocation",
        "Enables allocation of subnets from a subnet pool",
        "2015-03-30T10:00:00-00:00",
        here="Subnets get free blocks of their pool.",
    ),
    Extension(
        "subnet_onboard",
        "Subnet Onboard",
        "Provides support for onboarding subnets into subnet pools",
        "2018-10-05T00:00:00-00:00",
        here="A network's subnets become the pool's.",
    ),
    Extension(
        "subnetpool-prefix-ops",
        "Subnet Pool Prefix Operations",
        "Provides support for adjusting the prefix list of subnet pools",
        "2019-02-08T10:00:00-00:00",
        here="Prefixes are added and removed one by one.",
    ),
)
