"""Networks: `/v2.0/networks`, with the provider, net-mtu and standard attributes extensions."""

from typing import Any, Literal, get_args

from underlay.api import schema, values
from underlay.api.attributes import dns, standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.api.attributes.qos import UNENFORCED as NO_QOS
from underlay.api.attributes.segment import segmentation_id_of
from underlay.api.schema import Schema
from underlay.commands.network import CreateNetwork, DeleteNetwork, ProviderAttributes, UpdateNetwork
from underlay.model.errors import NetworkNotFound, SegmentsSetInConjunctionWithProviders
from underlay.model.ids import NetworkId, ProjectId
from underlay.model.network import DhcpServedBy, Network, Segment, physical_network_of
from underlay.rules.segments import network_type_of

NETWORK_TYPE_LENGTH = 32
PHYSICAL_NETWORK_LENGTH = 64
MTU_LIMIT = 2**31 - 1
_ZONE_LENGTH = 255

_PROVIDER = {
    "provider:network_type": "network_type",
    "provider:physical_network": "physical_network",
    "provider:segmentation_id": "segmentation_id",
}
_SEGMENT = Schema(
    type="object",
    properties={
        "provider:network_type": Schema(type=("string", "null"), max_length=NETWORK_TYPE_LENGTH),
        "provider:physical_network": Schema(type=("string", "null"), max_length=PHYSICAL_NETWORK_LENGTH),
        "provider:segmentation_id": Schema(type=("integer", "null")),
    },
    additional_properties=False,
)
_SAME_NAME = (
    "name",
    "admin_state_up",
    "shared",
    "mtu",
    "description",
    "dns_domain",
    "port_security_enabled",
    "is_default",
    "project_default",
    "qos_policy_id",
    "dhcp_served_by",
)


def _sole(network: Network) -> Segment | None:
    """The network's segment, if it has one only: that is what `provider:*` show."""
    return None if network.further_segments else network.segment


def _network_type(network: Network, _: View) -> str | None:
    sole = _sole(network)
    return None if sole is None else network_type_of(sole)


def _physical_network(network: Network, _: View) -> str | None:
    sole = _sole(network)
    return None if sole is None else physical_network_of(sole)


def _segmentation_id(network: Network, _: View) -> int | None:
    return segmentation_id_of(_sole(network))


def _segments(network: Network, _: View) -> list[dict[str, Any]] | None:
    if not network.further_segments:
        return None
    return [
        {
            "provider:network_type": network_type_of(segment),
            "provider:physical_network": physical_network_of(segment),
            "provider:segmentation_id": segmentation_id_of(segment),
        }
        for segment in network.segments
    ]


def _provider(
    name: str, description: str, show: Any, reader: values.Reader[Any], wanted: values.Reader[Any]
) -> Attribute:
    return Attribute(name, description, show=show, post=reader, put=reader, filter=wanted)


@values.reads(schema.list_of(_SEGMENT, min_items=1), schema.nullable(schema.list_of(_SEGMENT)))
def _read_segments(value: Any) -> tuple[ProviderAttributes, ...]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"'{values.shown(value)}' is not a list of dictionaries")
    if not value:
        raise ValueError("Invalid data format for segments: the list is empty")
    unknown = {name for one in value for name in one} - set(_PROVIDER)
    if unknown:
        raise ValueError(f"Unexpected keys supplied: {', '.join(sorted(unknown))}")
    return tuple(
        _provider_attributes({name: _PROVIDER_READERS[name](sent) for name, sent in one.items()}) for one in value
    )


@values.reads(schema.list_of(Schema(type="string", max_length=_ZONE_LENGTH), unique_items=True))
def _read_zone_hints(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"'{values.shown(value)}' is not a list")
    hints = tuple(values.text_up_to(_ZONE_LENGTH)(one) for one in value)
    if len(set(hints)) != len(hints):
        raise ValueError(f"Duplicate items in the list: '{values.shown(value)}'")
    if len("".join(hints)) > standard.DESCRIPTION_LENGTH:
        raise ValueError("Too many availability_zone_hints specified")
    return hints


def _provider_attributes(sent: Values) -> ProviderAttributes:
    return ProviderAttributes(**{field: sent[name] for name, field in _PROVIDER.items() if name in sent})


_PROVIDER_READERS: dict[str, values.Reader[Any]] = {
    "provider:network_type": values.or_none(values.text_up_to(NETWORK_TYPE_LENGTH)),
    "provider:physical_network": values.or_none(values.text_up_to(PHYSICAL_NETWORK_LENGTH)),
    "provider:segmentation_id": values.or_none(values.integer),
}


def _create(project_id: ProjectId, sent: Values) -> CreateNetwork:
    provider = _provider_attributes(sent)
    further: list[ProviderAttributes] = []
    if "segments" in sent:
        if provider != ProviderAttributes():
            raise SegmentsSetInConjunctionWithProviders()
        provider, *further = sent["segments"]
    wanted = pick(sent, *_SAME_NAME, "availability_zone_hints")
    if "router:external" in sent:
        wanted["external"] = sent["router:external"]
    if wanted.get("mtu") == 0:
        wanted["mtu"] = None
    return CreateNetwork(project_id=project_id, provider=provider, further=tuple(further), **wanted)


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateNetwork:
    changed = pick(sent, *_SAME_NAME)
    if "router:external" in sent:
        changed["external"] = sent["router:external"]
    if any(name in sent for name in _PROVIDER):
        changed["provider"] = _provider_attributes(sent)
    return UpdateNetwork(id=NetworkId(record_id), revision=revision, **changed)


def _delete(record_id: str, revision: int | None) -> DeleteNetwork:
    return DeleteNetwork(id=NetworkId(record_id), revision=revision)


_dhcp_served_by = values.one_of(get_args(DhcpServedBy), values.text_up_to(32))
_mtu = values.integer_between(0, MTU_LIMIT)


def _address_scope(version: Literal[4, 6]) -> Attribute:
    return Attribute(
        f"ipv{version}_address_scope",
        f"The address scope that its IPv{version} subnets are in, by their subnet pool; null for none.",
        show=lambda record, view: view.address_scope_of(record.id, version) if record.subnet_ids else None,
        shown=schema.nullable(schema.UUID),
    )


NETWORK = Resource(
    name="network",
    collection="networks",
    kind="network",
    record_type=Network,
    missing=NetworkNotFound,
    attributes=(
        standard.identifier("network"),
        standard.name("network"),
        *standard.owner(),
        standard.flag("admin_state_up", "Whether the network carries traffic."),
        Attribute(
            "status",
            "`ACTIVE`: it is on its VLAN as soon as it is stored.",
            show=lambda record, _: "ACTIVE",
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "subnets",
            "Ids of its subnets, in order of creation.",
            show=lambda record, _: record.subnet_ids,
            shown=schema.list_of(schema.UUID),
        ),
        standard.shared("Whether all projects may use it. Only an administrator may set it."),
        Attribute(
            "mtu",
            "Largest IP packet in bytes; told to machines by DHCP. 0 or none when created: the server's default.",
            show=lambda record, _: record.mtu,
            post=values.null_as(0, _mtu),
            put=_mtu,
            filter=values.integer,
            sort=True,
        ),
        _provider(
            "provider:network_type",
            "`vlan`, `flat` or `local`. Administrators only; others get the server's `tenant_network_type`.",
            _network_type,
            _PROVIDER_READERS["provider:network_type"],
            standard.text,
        ),
        _provider(
            "provider:physical_network",
            "The data centre's physical network, as named in `network_vlan_ranges`, ranges and `bridge_mappings`; "
            "may be left out when one is named `default`.",
            _physical_network,
            _PROVIDER_READERS["provider:physical_network"],
            standard.text,
        ),
        _provider(
            "provider:segmentation_id",
            "The VLAN id, 1-4094; when it is left out a free one of the ranges is taken. Unique on its physical "
            "network, and the only provider attribute that an update may change.",
            _segmentation_id,
            _PROVIDER_READERS["provider:segmentation_id"],
            values.integer,
        ),
        Attribute(
            "router:external",
            "Whether it leads out of the cloud: all projects, or those that RBAC policies name, see it, and plug "
            "nothing into it unless it is shared with them. Set by administrators only. There are no routers here.",
            show=lambda record, _: record.external,
            post=values.boolean,
            put=values.boolean,
            filter=values.boolean,
        ),
        Attribute(
            "is_default",
            "Whether it is the one that a project gets which names none (`auto-allocated-topology`); at most one "
            "network is. Only an administrator may set it.",
            show=lambda record, _: record.is_default,
            post=values.boolean,
            put=values.boolean,
            filter=values.boolean,
        ),
        standard.flag(
            "project_default", "Whether it is the one that its project gets when it names none; the oldest such counts."
        ),
        Attribute(
            "segments",
            "Several segments, each on another physical network: a list of dictionaries of `provider:*`; null when "
            "there is one. A host uses the one whose physical network it reaches. Not together with `provider:*`.",
            show=_segments,
            post=_read_segments,
        ),
        Attribute(
            "l2_adjacency",
            "Whether all its ports are on one layer 2; false when its subnets belong to segments, between which the "
            "data centre routes.",
            show=lambda record, _: not record.is_routed,
            shown=schema.BOOLEAN,
        ),
        Attribute(
            "availability_zone_hints",
            "Availability zones whose agents may serve it; an empty list: all.",
            show=lambda record, _: record.availability_zone_hints,
            post=values.null_as((), _read_zone_hints),
            sort=True,
        ),
        Attribute(
            "availability_zones",
            "Availability zones of the agents that serve it.",
            show=lambda record, view: view.zones_serving(record.id),
            shown=schema.list_of(schema.TEXT),
        ),
        Attribute(
            "dhcp_served_by",
            "Who answers DHCP and metadata on it. `hosts`: each host its own ports, nobody anybody else, and none of "
            "its addresses is used for that; `agents`: the DHCP agents everybody; `both`: each host its own ports "
            "where its pumps run, the DHCP agents everybody else. Administrators only; others get the server's.",
            show=lambda record, _: record.dhcp_served_by,
            post=_dhcp_served_by,
            put=_dhcp_served_by,
        ),
        Attribute(
            "port_security_enabled",
            "Whether its ports have port security when nothing is said of it. Changing it changes no present port.",
            show=lambda record, _: record.port_security_enabled,
            post=values.boolean,
            put=values.boolean,
        ),
        Attribute(
            "qos_policy_id",
            "The QoS policy of its ports that have none of their own; when not sent, the project's default one.",
            show=lambda record, _: record.qos_policy_id,
            post=values.or_none(values.uuid),
            put=values.or_none(values.uuid),
            filter=standard.text,
            link="qos_policy",
            unenforced=NO_QOS,
        ),
        _address_scope(4),
        _address_scope(6),
        dns.domain("The DNS domain of its ports, kept for who asks; DHCP tells names of the server's `dns_domain`."),
        standard.description("network"),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
