"""How a machine's device is to be plugged on its host: what Nova reads of a binding."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from underlay.api import schema, values
from underlay.api.attributes.attribute import View
from underlay.model.errors import InvalidInput
from underlay.model.ids import HostName

VNIC_TYPES: Final = (
    "normal",
    "direct",
    "macvtap",
    "baremetal",
    "direct-physical",
    "virtio-forwarder",
    "smart-nic",
    "vdpa",
    "accelerator-direct",
    "accelerator-direct-physical",
    "remote-managed",
)
PROFILE_LENGTH: Final = 4095
"""Characters of JSON, as in Neutron."""

_INTEGRATION_BRIDGE: Final = "br-int"
_DATAPATH: Final = "system"


def vif_type(host: HostName | None, vnic_type: str, profile: Mapping[str, Any]) -> str:
    """`ovs` where Open vSwitch can have the device: ordinary ones, and representors of those that it offloads to."""
    if host is None:
        return "unbound"
    capabilities = profile.get("capabilities")
    is_offloaded = vnic_type == "direct" and isinstance(capabilities, list) and "switchdev" in capabilities
    return "ovs" if vnic_type == "normal" or is_offloaded else "binding_failed"


def vif_details(host: HostName | None, view: View) -> dict[str, Any]:
    """The host's bridge and datapath, as its agent reports them."""
    if host is None:
        return {}
    switch = view.switch_on(host)
    return {
        "bridge_name": switch.get("integration_bridge", _INTEGRATION_BRIDGE),
        "connectivity": "l2",
        "datapath_type": switch.get("datapath_type", _DATAPATH),
        "ovs_hybrid_plug": False,
        "port_filter": False,
    }


@values.reads(schema.nullable(schema.OBJECT), schema.OBJECT)
def read_profile(value: Any) -> dict[str, Any]:
    """Any JSON object that is not too long. Raises InvalidInput."""
    profile = values.free_dict(value)
    if len(msgspec.json.encode(profile).decode()) > PROFILE_LENGTH:
        raise InvalidInput("binding:profile value too large")
    return profile
