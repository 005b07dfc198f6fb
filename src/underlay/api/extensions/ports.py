"""Ports, their bindings, trunks, and what machines are told."""

from typing import Final

from underlay.api.extensions.extension import DHCP_HOSTS, HOSTS, KEPT, METADATA_HOSTS, NOT_YET, Extension

PORTS: Final = (
    Extension(
        "binding",
        "Port Binding",
        "Expose port bindings of a virtual port to external application",
        "2014-02-03T10:00:00-00:00",
        here="Which host wires a port. `ovs` is the only VIF type that is wired.",
        where=HOSTS,
    ),
    Extension(
        "binding-extended",
        "Port Bindings Extended",
        "Expose port bindings of a virtual port to external application",
        "2017-07-17T10:00:00-00:00",
        here="Several bindings of a port; only the host of the active one wires it.",
        where=HOSTS,
    ),
    Extension(
        "dns-domain-ports",
        "dns_domain for ports",
        "Allows the DNS domain to be specified for a network port.",
        "2017-04-24T10:00:00-00:00",
        here="Kept and shown: there is no DNS service here.",
        where=KEPT,
    ),
    Extension(
        "dns-integration",
        "DNS Integration",
        "Provides integration with DNS.",
        "2015-08-15T18:00:00-00:00",
        here="DHCP tells a machine its `dns_name`; no DNS service is told.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "extra_dhcp_opt",
        "Neutron Extra DHCP options",
        "Extra options configuration for DHCP. For example PXE boot options to DHCP clients can be specified "
        "(e.g. tftp-server, server-ip-address, bootfile-name)",
        "2013-03-17T12:00:00-00:00",
        here="Sent to the port's machine by DHCP.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "instance-metadata",
        "Instance metadata",
        "Instances: what the metadata service tells the machine of a port's device_id.",
        "2026-11-22T10:00:00-00:00",
        here="What 169.254.169.254 answers a machine.",
        where=METADATA_HOSTS,
    ),
    Extension(
        "ip_allocation",
        "IP Allocation",
        "IP allocation extension.",
        "2016-06-10T23:00:00-00:00",
        here="On routed networks a port gets its addresses when its host is known.",
    ),
    Extension(
        "port-mac-address-regenerate",
        "Neutron Port MAC address regenerate",
        "Network port MAC address regenerate",
        "2018-05-03T10:00:00-00:00",
        here="An update with null makes a new MAC.",
    ),
    Extension(
        "port-mac-override",
        "Neutron Port MAC address override",
        "Allow overriding the MAC address of a direct-physical Port via the active binding profile",
        "2022-03-18T10:00:00-00:00",
        here="The active binding's profile may give the MAC of a `direct-physical` port; hosts wire none such.",
    ),
    Extension(
        "port-resource-request",
        "Port Resource Request",
        "Expose resource request to Port",
        "2018-05-08T10:00:00-00:00",
        here="Shows what a port's QoS guarantees need of its host, for Nova's scheduler.",
    ),
    Extension(
        "port-resource-request-groups",
        "Port Resource Request Groups",
        "Support requesting multiple groups of resources and traits from the same RP subtree in resource_request",
        "2021-08-02T10:00:00-00:00",
        here="A group for bandwidth and one for packets.",
    ),
    Extension(
        "trunk",
        "Trunk Extension",
        "Provides support for trunk ports",
        "2016-01-01T10:00:00-00:00",
        here="Trunks are kept and shown `DOWN`; hosts wire the parent port only.",
        where=NOT_YET,
    ),
    Extension(
        "trunk-details",
        "Trunk port details",
        "Expose trunk port details",
        "2016-01-01T10:00:00-00:00",
        here="Shows the subports of a parent port, as `trunk`.",
    ),
    Extension(
        "uplink-status-propagation",
        "Uplink status propagation extension",
        "Provides ability to propagate port uplink status.",
        "2018-05-31T18:00:00-00:00",
        here="Kept and shown: it is for cards that Open vSwitch does not drive.",
        where=KEPT,
    ),
    Extension(
        "uplink-status-propagation-updatable",
        "Uplink status propagation updatable extension",
        "Provides ability to update the port uplink status.",
        "2024-09-03T18:00:00-00:00",
        here="As `uplink-status-propagation`.",
        where=KEPT,
    ),
)
