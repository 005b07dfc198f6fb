"""Bindings of a port: `/v2.0/ports/{port_id}/bindings/{host}`, extension `binding-extended`."""

from typing import Any

from underlay.api import schema, values
from underlay.api.attributes import standard, vif
from underlay.api.attributes.attribute import Attribute, Parent, Resource, Values, View, pick
from underlay.api.attributes.port import PORT
from underlay.api.schema import Schema
from underlay.commands.port_binding import CreatePortBinding
from underlay.model.errors import PortBindingNotFound
from underlay.model.ids import HostName, PortId, ProjectId
from underlay.model.port_binding import PortBinding

_vnic_type = values.one_of(vif.VNIC_TYPES, values.text_up_to(64))


@values.reads(Schema(type="string", min_length=1, max_length=255))
def _read_host(value: Any) -> HostName:
    host = values.text_up_to(255)(value)
    if not host:
        raise ValueError("'' is not the name of a host")
    return HostName(host)


def _create(_: ProjectId, sent: Values) -> CreatePortBinding:
    return CreatePortBinding(port_id=PortId(sent["port_id"]), **pick(sent, "host", "vnic_type", "profile"))


def _missing(host: str) -> PortBindingNotFound:
    return PortBindingNotFound(PortId(""), host)


def _show_vif_type(binding: PortBinding, _: View) -> str:
    return vif.vif_type(binding.host, binding.vnic_type, binding.profile)


def _show_vif_details(binding: PortBinding, view: View) -> dict[str, Any]:
    return vif.vif_details(binding.host, view)


PORT_BINDING = Resource(
    name="binding",
    ruled_as="port_binding",
    collection="bindings",
    kind="port",
    record_type=PortBinding,
    missing=_missing,
    attributes=(
        Attribute(
            "host",
            "The host; names the binding among its port's.",
            show=lambda record, _: record.host,
            post=_read_host,
            put=_read_host,
            required=True,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "status",
            "`ACTIVE`: this host wires the port; at most one. `INACTIVE`: made ready, as for live migration.",
            show=lambda record, _: record.status,
            filter=standard.text,
            sort=True,
        ),
        Attribute(
            "vif_type",
            "`ovs`, or `binding_failed` for devices that Open vSwitch cannot have.",
            show=_show_vif_type,
            filter=standard.text,
        ),
        Attribute(
            "vif_details",
            "How the machine's device is to be plugged on the host.",
            show=_show_vif_details,
            shown=schema.OBJECT,
        ),
        Attribute(
            "vnic_type",
            "Kind of device; only `normal` is wired.",
            show=lambda record, _: record.vnic_type,
            post=_vnic_type,
            put=_vnic_type,
            filter=standard.text,
        ),
        Attribute(
            "profile",
            "The client's own data, kept and given back.",
            show=lambda record, _: record.profile,
            post=vif.read_profile,
            put=vif.read_profile,
        ),
    ),
    create=_create,
    parent=Parent(resource=PORT, parameter="port_id", relation=""),
    inside=True,
)
