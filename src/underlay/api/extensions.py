"""The extensions that work here, under Neutron's aliases where it has them; `/v2.0/extensions` tells them."""

from typing import Final

import msgspec

from underlay.api.exchange import Answer, Ask, Service, answer
from underlay.model.errors import HTTPNotFound

SERVER: Final = "server"
HOSTS: Final = "every host"
DHCP_HOSTS: Final = "hosts with DHCP"
METADATA_HOSTS: Final = "hosts with metadata"
NOT_YET: Final = "not yet"
KEPT: Final = "nowhere"


class Extension(msgspec.Struct, frozen=True):
    """One row of `/v2.0/extensions`: something that works here.

    Attributes:
    alias, name, description, updated: as Neutron tells them; a few are ours.
    here: what it does here, for docs/extensions.md.
    where: what makes it come true: the server alone, or what runs on hosts.
    """

    alias: str
    name: str
    description: str
    updated: str
    here: str
    where: str = SERVER


EXTENSIONS: Final = (
    Extension(
        "address-group",
        "Address group",
        "Support address group",
        "2020-07-15T10:00:00-00:00",
        here="Named sets of prefixes, for rules of security groups; those rules are not enforced yet.",
    ),
    Extension(
        "address-scope",
        "Address scope",
        "Address scopes extension.",
        "2015-07-26T10:00:00-00:00",
        here="Subnet pools of one scope share no address.",
    ),
    Extension(
        "agent",
        "agent",
        "The agent management extension.",
        "2013-02-03T10:00:00-00:00",
        here="What hosts report of their agents; switching one off keeps new networks from it.",
    ),
    Extension(
        "allowed-address-pairs",
        "Allowed Address Pairs",
        "Provides allowed address pairs",
        "2013-07-23T10:00:00-00:00",
        here="Kept and shown; every address is let pass, pairs or not.",
        where=NOT_YET,
    ),
    Extension(
        "auto-allocated-topology",
        "Auto Allocated Topology Services",
        "Auto Allocated Topology Services.",
        "2016-01-01T00:00:00-00:00",
        here="Tells the network of a project that names none; makes none, as there are no routers.",
    ),
    Extension(
        "availability_zone",
        "Availability Zone",
        "The availability zone extension.",
        "2015-01-01T10:00:00-00:00",
        here="Zones are what hosts say in their setting `availability_zone`.",
    ),
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
        "default-subnetpools",
        "Default Subnetpools",
        "Provides ability to mark and use a subnetpool as the default.",
        "2016-02-18T18:00:00-00:00",
        here="One default pool for each IP version.",
    ),
    Extension(
        "dhcp_agent_scheduler",
        "DHCP Agent Scheduler",
        "Schedule networks among dhcp agents",
        "2013-02-07T10:00:00-00:00",
        here="Which hosts serve DHCP for a network, chosen by the server or by an administrator.",
        where=DHCP_HOSTS,
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
        "empty-string-filtering",
        "Empty String Filtering Extension",
        "Allow filtering by attributes with empty string value",
        "2018-05-01T10:00:00-00:00",
        here="`name=` lists those without a name.",
    ),
    Extension(
        "external-net",
        "Neutron external network",
        "Adds external network attribute to network resource.",
        "2013-01-14T10:00:00-00:00",
        here="Says who sees the network and may plug into it; there are no routers here.",
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
        "filter-validation",
        "Filter parameters validation",
        "Provides validation on filter parameters.",
        "2018-07-04T10:00:00-00:00",
        here="A filter that does not exist is refused.",
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
        "ip-substring-filtering",
        "IP address substring filtering",
        "Provides IP address substring filtering when listing ports",
        "2017-11-28T09:00:00-00:00",
        here="`fixed_ips=ip_address_substr=10.0.` lists ports.",
    ),
    Extension(
        "ip_allocation",
        "IP Allocation",
        "IP allocation extension.",
        "2016-06-10T23:00:00-00:00",
        here="On routed networks a port gets its addresses when its host is known.",
    ),
    Extension(
        "l2_adjacency",
        "L2 Adjacency",
        "Display L2 Adjacency for Neutron Networks.",
        "2016-04-12T16:00:00-00:00",
        here="False for routed networks.",
    ),
    Extension(
        "multi-provider",
        "Multi Provider Network",
        "Expose mapping of virtual networks to multiple physical networks",
        "2013-06-27T10:00:00-00:00",
        here="A host wires the segment whose physical network it reaches.",
        where=HOSTS,
    ),
    Extension(
        "net-mtu",
        "Network MTU",
        "Provides MTU attribute for a network resource.",
        "2015-03-25T10:00:00-00:00",
        here="Told to machines by DHCP.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "net-mtu-writable",
        "Network MTU (writable)",
        "Provides a writable MTU attribute for a network resource.",
        "2017-07-12T00:00:00-00:00",
        here="Told to machines at their next DHCP exchange.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "network-dhcp-served-by",
        "Who serves DHCP on a network",
        "Ours: `dhcp_served_by` says whether its hosts, its DHCP agents or both answer DHCP and metadata on a network.",
        "2026-11-22T10:00:00-00:00",
        here="Whether hosts catch the requests of their own ports, and whether DHCP agents get the network.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "network-ip-availability",
        "Network IP Availability",
        "Provides IP availability data for each network and subnet.",
        "2015-09-24T00:00:00-00:00",
        here="Read from counters, so that it costs the same on full networks.",
    ),
    Extension(
        "network-ip-availability-details",
        "Network IP Availability Details Extension",
        "Add ip_availability_details attribute to network-ip-availabilities resource.",
        "2025-10-31T00:00:00-00:00",
        here="The same, inside the allocation pools and outside.",
    ),
    Extension(
        "network-selection",
        "Network selection",
        "Makes a port on the network that fits best, of those that the project may use.",
        "2026-11-22T10:00:00-00:00",
        here="`POST /network-selections`: the network with the most free addresses, or the fewest in use, and why.",
    ),
    Extension(
        "network-segment-range",
        "Neutron Network Segment Range",
        "Provides support for the network segment range management",
        "2018-11-29T00:00:00-00:00",
        here="VLAN ranges are records, and change without a restart; `vlan` only.",
    ),
    Extension(
        "network_availability_zone",
        "Network Availability Zone",
        "Availability zone support for network.",
        "2015-01-01T10:00:00-00:00",
        here="DHCP is served by hosts of the zones that the network asks for.",
    ),
    Extension(
        "pagination",
        "Pagination support",
        "Extension that indicates that pagination is enabled.",
        "2016-06-12T00:00:00-00:00",
        here="`limit`, `marker`, `page_reverse`; a cut list links the next page.",
    ),
    Extension(
        "physical-network",
        "Physical networks",
        "Ours: physical networks with their hosts, ranges and VLANs.",
        "2026-11-22T10:00:00-00:00",
        here="Who reaches a physical network, and its VLANs used, free and outside its ranges.",
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
        "port-security",
        "Port Security",
        "Provides port security",
        "2012-07-23T10:00:00-00:00",
        here="Kept and shown; hosts filter nothing yet.",
        where=NOT_YET,
    ),
    Extension(
        "port-security-groups-filtering",
        "Port filtering on security groups",
        "Provides security groups filtering when listing ports",
        "2018-01-09T09:00:00-00:00",
        here="`security_groups=ID` lists ports.",
    ),
    Extension(
        "project-default-networks",
        "Default network for project",
        "Support specifying networks as default networks for projects",
        "2018-07-03T10:00:00-00:00",
        here="Looked at by `auto-allocated-topology`.",
    ),
    Extension(
        "project-id",
        "project_id field enabled",
        "Extension that indicates that project_id field is enabled.",
        "2016-09-09T09:09:09-09:09",
        here="`project_id` and `tenant_id` are the same.",
    ),
    Extension(
        "provider",
        "Provider Network",
        "Expose mapping of virtual networks to physical networks",
        "2012-09-07T10:00:00-00:00",
        here="A network is a VLAN of a physical network, and each host puts it there; `vlan`, `flat` and `local`.",
        where=HOSTS,
    ),
    Extension(
        "qos",
        "Quality of Service",
        "The Quality of Service extension.",
        "2015-06-08T10:00:00-00:00",
        here="Policies and rules are kept and shown; hosts do not shape or mark traffic yet.",
        where=NOT_YET,
    ),
    Extension(
        "qos-bw-limit-direction",
        "Direction for QoS bandwidth limit rule",
        "Allow to configure QoS bandwidth limit rule with specific direction: ingress or egress",
        "2017-04-10T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-bw-minimum-ingress",
        "Ingress direction for QoS minimum bandwidth rule",
        "Allow to configure QoS minimum bandwidth rule with ingress direction.",
        "2018-07-09T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-default",
        "QoS default policy",
        "Expose the QoS default policy per project",
        "2017-04-06T10:00:00-00:00",
        here="New networks of the project get its default policy, enforced as `qos`.",
    ),
    Extension(
        "qos-port-network-policy",
        "QoS port network policy ID",
        "Adds the QoS network ID to the port definition",
        "2019-11-01T10:00:00-00:00",
        here="Shows the policy of a port's network.",
    ),
    Extension(
        "qos-pps",
        "QoS Rule Type Packet per Second Extension",
        "Add QoS Rule Type Packet per Second",
        "2021-05-12T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-pps-minimum",
        "QoS minimum packet rate rule",
        "Allow to configure QoS minimum packet rate rule.",
        "2021-07-14T10:00:00-00:00",
        here="As `qos`.",
        where=NOT_YET,
    ),
    Extension(
        "qos-pps-minimum-rule-alias",
        "QoS minimum packet rate rule alias",
        "API to enable GET, PUT and DELETE operations on QoS minimum packet rate rule without specifying policy ID",
        "2021-10-22T10:00:00-00:00",
        here="Rules by their id alone.",
    ),
    Extension(
        "qos-rule-type-details",
        "Details of QoS rule types",
        "Expose details about QoS rule types supported by loaded backend drivers",
        "2017-06-22T10:00:00-00:00",
        here="What rules of a type may say.",
    ),
    Extension(
        "qos-rule-type-filter",
        "Allow to filter the list of QoS rule types",
        "Allows to filter the QoS rule type list with the flags all_rules and all_supported.",
        "2022-02-02T10:00:00-00:00",
        here="There is one kind of host, so both flags list the same.",
    ),
    Extension(
        "qos-rules-alias",
        "Quality of Service rules alias API",
        "API to enable GET, PUT and DELETE operations on QoS policy rules without specifying policy ID",
        "2018-10-07T10:00:00-00:00",
        here="Rules by their id alone.",
    ),
    Extension(
        "quota-check-limit",
        "Quota engine limit check",
        "Support for checking the resource usage before applying a new quota limit",
        "2021-09-08T16:00:00-00:00",
        here="With `check_limit` a limit below what is in use is refused.",
    ),
    Extension(
        "quota_details",
        "Quota details management support",
        "Expose functions for quotas usage statistics per project",
        "2017-02-10T10:00:00-00:00",
        here="Limit and use of each resource; nothing is ever only reserved.",
    ),
    Extension(
        "quotas",
        "Quota management support",
        "Expose functions for quotas management per project",
        "2012-07-29T10:00:00-00:00",
        here="Counted in the transaction that creates.",
    ),
    Extension(
        "rbac-address-group",
        "Add address_group type to RBAC",
        "Add address_group type to network RBAC",
        "2021-01-20T00:00:00-00:00",
        here="As `rbac-policies`.",
    ),
    Extension(
        "rbac-address-scope",
        "Address scope RBAC",
        "Add address_scope type to neutron RBAC.",
        "2020-02-20T00:00:00-00:00",
        here="As `rbac-policies`.",
    ),
    Extension(
        "rbac-policies",
        "RBAC Policies",
        "Allows creation and modification of policies that control tenant access to resources.",
        "2015-06-17T12:15:12-00:00",
        here="Grants an object to a project or to all.",
    ),
    Extension(
        "rbac-security-groups",
        "Add security_group type to network RBAC",
        "Add security_group type to network RBAC",
        "2019-02-14T00:00:00-00:00",
        here="As `rbac-policies`.",
    ),
    Extension(
        "rbac-subnetpool",
        "Add subnetpool type to neutron RBAC",
        "Add subnetpool type to neutron RBAC",
        "2020-02-27T00:00:00-00:00",
        here="As `rbac-policies`.",
    ),
    Extension(
        "revision-if-match",
        "If-Match constraints based on revision_number",
        "Extension indicating that If-Match based on revision_number is supported.",
        "2016-12-11T00:00:00-00:00",
        here="`If-Match: revision_number=N` makes a change conditional (else 412).",
    ),
    Extension(
        "security-group",
        "security-group",
        "The security groups extension.",
        "2012-10-05T10:00:00-00:00",
        here="Groups and rules are kept and shown; hosts filter nothing yet.",
        where=NOT_YET,
    ),
    Extension(
        "security-groups-default-rules",
        "Default rules for security groups",
        "Configure set of security group rules used as default rules for every new security group",
        "2022-12-19T10:00:00-00:00",
        here="The rules that new groups start with, enforced as `security-group`.",
    ),
    Extension(
        "security-groups-normalized-cidr",
        "Normalized CIDR field for security group rules",
        "Add new field with normalized remote_ip_prefix cidr in SG rule",
        "2020-07-28T10:00:00-00:00",
        here="Shows the prefix without host bits.",
    ),
    Extension(
        "security-groups-remote-address-group",
        "Remote address group id field for security group rules",
        "Add new field of remote address group id in SG rules",
        "2020-08-25T10:00:00-00:00",
        here="As `security-group`.",
        where=NOT_YET,
    ),
    Extension(
        "security-groups-rules-belongs-to-default-sg",
        "Security group rule belongs to the project's default security group",
        "Flag to determine if the security group rule belongs to the project's default security group",
        "2023-05-23T10:00:00-00:00",
        here="Shows whether the rule's group is its project's default one.",
    ),
    Extension(
        "security-groups-shared-filtering",
        "Security group filtering on the shared field",
        "Support filtering security groups on the shared field",
        "2021-10-05T09:00:00-00:00",
        here="`shared=true` lists groups.",
    ),
    Extension(
        "segment",
        "Segment",
        "Segments extension.",
        "2016-02-24T17:00:00-00:00",
        here="Routed networks: a port's address is of the segment that its host reaches.",
        where=HOSTS,
    ),
    Extension(
        "segments-peer-subnet-host-routes",
        "Segments peer-subnet host routes",
        "Add host routes to subnets on a routed network (segments)",
        "2018-06-12T10:00:00-00:00",
        here="DHCP tells the routes to the network's subnets on other segments.",
        where=DHCP_HOSTS,
    ),
    Extension(
        "sort-key-validation",
        "Sort keys validation",
        "Provides validation on sort keys.",
        "2018-07-04T10:00:00-00:00",
        here="A key that cannot sort is refused.",
    ),
    Extension(
        "sorting",
        "Sorting support",
        "Extension that indicates that sorting is enabled.",
        "2016-06-12T00:00:00-00:00",
        here="`sort_key` and `sort_dir`, in pairs.",
    ),
    Extension(
        "standard-attr-description",
        "standard-attr-description",
        "Extension to add descriptions to standard attributes",
        "2016-02-10T10:00:00-00:00",
        here="Free text.",
    ),
    Extension(
        "standard-attr-revisions",
        "Resource revision numbers",
        "This extension will display the revision number of neutron resources.",
        "2016-04-11T10:00:00-00:00",
        here="Counts the changes of a record.",
    ),
    Extension(
        "standard-attr-segment",
        "Standard Attribute Segment Extension",
        "Add standard attributes to Segment resource",
        "2018-04-09T10:00:00-00:00",
        here="Segments have description, times, revision and tags.",
    ),
    Extension(
        "standard-attr-tag",
        "Tag support for resources with standard attribute",
        "Enables to set tag on resources with standard attribute.",
        "2017-01-01T00:00:00-00:00",
        here="Words to find records by.",
    ),
    Extension(
        "standard-attr-timestamp",
        "Resource timestamps",
        "Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes.",
        "2016-09-12T10:00:00-00:00",
        here="`created_at`, `updated_at`, UTC; `changed_since` lists.",
    ),
    Extension(
        "stateful-security-group",
        "Stateful security group",
        "Indicates if the security group is stateful or not",
        "2019-11-26T09:00:00-00:00",
        here="As `security-group`.",
        where=NOT_YET,
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
    Extension(
        "tag-creation",
        "Tag creation extension",
        "Allow to create multiple tags for a resource",
        "2024-07-23T10:00:00-00:00",
        here="`POST .../tags` adds several.",
    ),
    Extension(
        "tag-ports-during-bulk-creation",
        "Tag Ports During Bulk Creation",
        "Allow to tag ports during bulk creation",
        "2019-12-29T19:00:00-00:00",
        here="Ports may be created with tags.",
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
"""By alias."""


def list_extensions(service: Service, ask: Ask) -> Answer:
    """`GET /extensions`."""
    return answer({"extensions": [_shown(extension) for extension in EXTENSIONS]})


def show_extension(service: Service, ask: Ask) -> Answer:
    """`GET /extensions/{alias}`."""
    alias = ask.path["alias"]
    for extension in EXTENSIONS:
        if extension.alias == alias:
            return answer({"extension": _shown(extension)})
    raise HTTPNotFound(f"Extension with alias {alias} does not exist")


def _shown(extension: Extension) -> dict[str, object]:
    told = (extension.alias, extension.name, extension.description, extension.updated)
    return {**dict(zip(("alias", "name", "description", "updated"), told, strict=True)), "links": []}
