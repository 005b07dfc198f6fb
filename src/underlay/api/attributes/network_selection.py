"""Letting the server choose: `POST /v2.0/network-selections` (ours: extension `network-selection`)."""

from typing import Any, Final, get_args

from msgspec import structs

from underlay.api import schema, values
from underlay.api.attributes import standard
from underlay.api.attributes.attribute import Attribute, Resource, Values, View, pick
from underlay.api.attributes.port import PORT, new_port
from underlay.commands.network_selection import SelectNetwork
from underlay.model.errors import NoNetworkFits
from underlay.model.ids import NetworkId, ProjectId
from underlay.model.network import Network
from underlay.model.network_selection import NetworkSelection, SelectionPolicy

_CANDIDATE: Final = schema.shown(
    network_id=schema.UUID,
    network_name=schema.TEXT,
    free_ips=schema.INTEGER,
    used_ips=schema.INTEGER,
    refusal=schema.TEXT,
)
_CHOSEN_HERE: Final = frozenset({"network_id", "fixed_ips", "project_id", "tenant_id"})

PLACELESS_PORT: Final = structs.replace(
    PORT,
    attributes=tuple(
        structs.replace(row, post=None, required=False) if row.name in _CHOSEN_HERE else row for row in PORT.attributes
    ),
)
"""A port before its network is known: what of it can be said then."""


def _show_candidates(selection: NetworkSelection, _: View) -> list[dict[str, Any]]:
    return [
        {
            "network_id": each.network_id,
            "network_name": each.name,
            "free_ips": each.free,
            "used_ips": each.used,
            "refusal": each.refusal,
        }
        for each in selection.candidates
    ]


def new_selection(project_id: ProjectId, sent: Values) -> SelectNetwork:
    """The command; `port` is what was read of it by the table of `PLACELESS_PORT`."""
    port = new_port(project_id, NetworkId(""), sent.get("port", {}))
    return SelectNetwork(port, **pick(sent, "policy", "physical_network", "tags", "availability_zone"))


NETWORK_SELECTION: Final = Resource(
    name="network_selection",
    collection="network_selections",
    path="network-selections",
    kind="network",
    record_type=Network,
    missing=lambda _: NoNetworkFits(()),
    attributes=(
        *(structs.replace(row, filter=None, sort=False, show=None) for row in standard.owner()),
        Attribute(
            "policy",
            "`most-free`: the network with the most free addresses; `spread`: the one with the fewest in use. Of equal "
            "ones the oldest.",
            show=lambda record, _: record.policy,
            post=values.one_of(get_args(SelectionPolicy), values.text_up_to(16)),
        ),
        Attribute(
            "physical_network",
            "Only networks on this one.",
            post=values.null_as("", values.text_up_to(255)),
        ),
        Attribute("tags", "Only networks that have all of these.", post=values.null_as((), standard.read_tags)),
        Attribute(
            "availability_zone",
            "Only networks in this zone: by their hints, or by where their DHCP agents are. One with neither is in "
            "every zone.",
            post=values.null_as("", values.text_up_to(255)),
        ),
        Attribute(
            "port",
            "What the port is to be, as in `POST /ports` without `network_id`, `fixed_ips` and `project_id`; with "
            "`binding:host_id` only networks that reach the host are looked at. In the answer: the port.",
            show=lambda record, view: view.port(record.port),
            shown=schema.OBJECT,
            post=values.free_dict,
        ),
        Attribute(
            "network_id", "The network chosen.", show=lambda record, _: record.port.network_id, shown=schema.UUID
        ),
        Attribute("reason", "Why this one, in words.", show=lambda record, _: record.reason, shown=schema.TEXT),
        Attribute(
            "candidates",
            "All networks that were looked at: the one chosen first, then the others in the order in which they would "
            "be taken, then those that cannot take the port, with the reason in `refusal`.",
            show=_show_candidates,
            shown=schema.list_of(_CANDIDATE),
        ),
    ),
    create=new_selection,
    inside=True,
)
