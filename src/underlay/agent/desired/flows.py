"""The flows of networks and of wired devices.

Pure. The texts are in the form in which `ovs-ofctl -O OpenFlow14 dump-flows` prints them, so that desired and observed
compare as they are.

    br-int    10  in_port=DEVICE                     NORMAL          only what we wired may speak
               3  in_port=int-br-x, dl_vlan=VID      -> LOCAL, NORMAL
    br-x       4  in_port=phy-br-x, dl_vlan=LOCAL    -> VID, NORMAL
"""

from typing import Final

from underlay.agent.state.host import FlowKey, NetworkMark

VID_PRESENT: Final = 0x1000
"""OFPVID_PRESENT (OpenFlow 1.4, 7.2.3.7): the bit of vlan_vid that says that there is a tag."""
UNTAGGED: Final = "vlan_tci=0x0000/0x1fff"


def admission(ofport: int) -> tuple[FlowKey, str]:
    """Frames from this device are switched, in the VLAN that its port's tag says."""
    return FlowKey(0, 10, f"in_port={ofport}"), "NORMAL"


def on_the_wire(mark: NetworkMark) -> str:
    """The match of the network's frames as they come from the wire; not for local networks."""
    return UNTAGGED if mark.segmentation_id is None else f"dl_vlan={mark.segmentation_id}"


def inbound(mark: NetworkMark, patch_ofport: int) -> tuple[FlowKey, str]:
    """On the integration bridge: from the wire's tag to the local one; not for local networks."""
    local = f"set_field:{VID_PRESENT | mark.tag}->vlan_vid,NORMAL"
    push = "push_vlan:0x8100," if mark.segmentation_id is None else ""
    return FlowKey(0, 3, f"in_port={patch_ofport},{on_the_wire(mark)}"), f"{push}{local}"


def outbound(mark: NetworkMark, patch_ofport: int) -> tuple[FlowKey, str]:
    """On the mapped bridge: from the local tag to the wire's; not for local networks."""
    key = FlowKey(0, 4, f"in_port={patch_ofport},dl_vlan={mark.tag}")
    if mark.segmentation_id is None:
        return key, "pop_vlan,NORMAL"
    return key, f"set_field:{VID_PRESENT | mark.segmentation_id}->vlan_vid,NORMAL"
