"""Flow lines as `ovs-ofctl` of Open vSwitch 3.1 prints and takes them."""

import pytest

from underlay.dataplane.openflow import FlowLine, add_line, delete_line, parse_dump, parse_flow

FLAT = "push_vlan:0x8100,set_field:4107->vlan_vid,NORMAL"
DUMP = f"""OFPST_FLOW reply (OF1.4) (xid=0x2):
 cookie=0x756e646500000000, priority=65535,dl_vlan=4095 actions=drop
 cookie=0x756e646500000000, priority=3,in_port=1,vlan_tci=0x0000/0x1fff actions={FLAT}
 cookie=0x0, table=23, priority=0 actions=drop
 cookie=0x7, ip,nw_dst=10.0.0.1 actions=output:2
"""


def test_a_dump_is_read_whole() -> None:
    """Table 0 and priority 32768 are not printed; the reply's header is no flow."""
    ours = 0x756E6465_00000000
    expected = (
        FlowLine(0, 65535, "dl_vlan=4095", "drop", ours),
        FlowLine(0, 3, "in_port=1,vlan_tci=0x0000/0x1fff", FLAT, ours),
        FlowLine(23, 0, "", "drop", 0),
        FlowLine(0, 32768, "ip,nw_dst=10.0.0.1", "output:2", 7),
    )
    assert expected == parse_dump(DUMP)


def test_what_is_no_flow_is_refused() -> None:
    """Rather than read as an empty match, which would be every packet."""
    for line in ("", "NXST_FLOW reply", "priority=1 actions=drop"):
        with pytest.raises(ValueError, match="not a flow"):
            parse_flow(line)


def test_lines_of_a_bundle() -> None:
    """Deleting is strict and asks for the cookie."""
    flow = FlowLine(0, 3, "in_port=1", "NORMAL", 0x10)
    assert "add cookie=0x10,table=0,priority=3,in_port=1,actions=NORMAL" == add_line(flow)
    assert "delete_strict cookie=0x10/0xf0,table=0,priority=3,in_port=1" == delete_line(flow, 0xF0)
    assert "add cookie=0x0,table=23,priority=0,actions=drop" == add_line(FlowLine(23, 0, "", "drop"))
