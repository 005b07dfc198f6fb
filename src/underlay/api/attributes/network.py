"""Networks: `/v2.0/networks`, with the provider, net-mtu and standard attributes extensions."""

from typing import Any, Literal

from underlay.api import values
from underlay.api.attributes import dns, standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.api.attributes.qos import UNENFORCED as NO_QOS
from underlay.commands.network import CreateNetwork, DeleteNetwork, ProviderAttributes, UpdateNetwork
from underlay.model.errors import InvalidInput, NetworkNotFound, SegmentsSetInConjunctionWithProviders
from underlay.model.ids import NetworkId, ProjectId
from underlay.model.network import Flat, Local, Network, Vlan

NETWORK_TYPE_LENGTH = 32
PHYSICAL_NETWORK_LENGTH = 64
MTU_LIMIT = 2**31 - 1

_PROVIDER = {
    "provider:network_type": "network_type",
    "provider:physical_network": "physical_network",
    "provider:segmentation_id": "segmentation_id",
}
_SAME_NAME = (
    "name",
    "admin_state_up",
    "shared",
    "mtu",
    "description",
    "dns_domain",
    "port_security_enabled",
    "qos_policy_id",
)


def _network_type(network: Network, _: View) -> str:
    match network.segment:
        case Vlan():
            return "vlan"
        case Flat():
            return "flat"
        case Local():
            return "local"


def _physical_network(network: Network, _: View) -> str | None:
    return None if isinstance(network.segment, Local) else network.segment.physical_network


def _segmentation_id(network: Network, _: View) -> int | None:
    return network.segment.vid if isinstance(network.segment, Vlan) else None


def _provider(name: str, description: str, show: Any, reader: values.Reader, wanted: values.Reader) -> Attribute:
    return Attribute(name, description, show=show, post=reader, put=reader, admin=True, filter=wanted)


def _read_segments(value: Any) -> ProviderAttributes:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"'{values.shown(value)}' is not a list of dictionaries")
    if len(value) != 1:
        raise InvalidInput("a network has exactly one segment here; give it as provider:* attributes")
    unknown = set(value[0]) - set(_PROVIDER)
    if unknown:
        raise ValueError(f"Unexpected keys supplied: {', '.join(sorted(unknown))}")
    return _provider_attributes({name: _PROVIDER_READERS[name](one) for name, one in value[0].items()})


def _read_external(value: Any) -> bool:
    if values.boolean(value):
        raise InvalidInput("router:external: there are no routers here; the data centre's own gateway leads out")
    return False


def _provider_attributes(sent: Values) -> ProviderAttributes:
    return ProviderAttributes(**{field: sent[name] for name, field in _PROVIDER.items() if name in sent})


_PROVIDER_READERS: dict[str, values.Reader] = {
    "provider:network_type": values.or_none(values.text_up_to(NETWORK_TYPE_LENGTH)),
    "provider:physical_network": values.or_none(values.text_up_to(PHYSICAL_NETWORK_LENGTH)),
    "provider:segmentation_id": values.or_none(values.integer),
}


def _create(project_id: ProjectId, sent: Values) -> CreateNetwork:
    provider = _provider_attributes(sent)
    if "segments" in sent:
        if provider != ProviderAttributes():
            raise SegmentsSetInConjunctionWithProviders()
        provider = sent["segments"]
    wanted = pick(sent, *_SAME_NAME)
    if wanted.get("mtu") == 0:
        wanted["mtu"] = None
    return CreateNetwork(project_id=project_id, provider=provider, **wanted)


def _update(record_id: str, revision: int | None, sent: Values) -> UpdateNetwork:
    changed = pick(sent, *_SAME_NAME)
    if any(name in sent for name in _PROVIDER):
        changed["provider"] = _provider_attributes(sent)
    return UpdateNetwork(id=NetworkId(record_id), revision=revision, **changed)


def _delete(record_id: str, revision: int | None) -> DeleteNetwork:
    return DeleteNetwork(id=NetworkId(record_id), revision=revision)


_mtu = values.integer_between(0, MTU_LIMIT)


def _address_scope(version: Literal[4, 6]) -> Attribute:
    return Attribute(
        f"ipv{version}_address_scope",
        f"The address scope that its IPv{version} subnets are in, by their subnet pool; null for none.",
        show=lambda record, view: view.address_scope_of(record.id, version) if record.subnet_ids else None,
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
        Attribute("subnets", "Ids of its subnets, in order of creation.", show=lambda record, _: record.subnet_ids),
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
            "The data centre's physical network, as named in `network_vlan_ranges` and `bridge_mappings`; may be left "
            "out when one is named `default`.",
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
            "false: there are no routers, so no network leads to one; kept for clients that ask.",
            show=lambda record, _: False,
            post=_read_external,
            put=_read_external,
            filter=values.boolean,
        ),
        Attribute(
            "segments",
            "Another way to write the provider attributes: a list of one dictionary of them. Refused together with "
            "`provider:*`.",
            post=_read_segments,
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
        Attribute(
            "port_security_enabled",
            "Whether its ports have port security when nothing is said of it. Changing it changes no present port.",
            show=lambda record, _: record.port_security_enabled,
            post=values.boolean,
            put=values.boolean,
        ),
        standard.description("network"),
        *standard.tags(),
        *standard.history(),
    ),
    create=_create,
    update=_update,
    delete=_delete,
)
