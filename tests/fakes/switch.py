"""Where does a frame go? Follows one frame through the bridges of a HostState, as Open vSwitch would flood it.

Knows what our flows use: `in_port`, `dl_vlan`, `vlan_tci` of untagged frames; `drop`, `NORMAL`, `set_field` of
vlan_vid, `push_vlan`, `pop_vlan`. NORMAL always floods: what a frame may reach at all is what is asked.
"""

from underlay.agent.state.host import FlowKey, HostState

Place = tuple[str, int | None]
"""An OVS port that the frame leaves by, and its tag on the way out; None is untagged."""


def reached(state: HostState, name: str, vid: int | None = None) -> frozenset[Place]:
    """Every place that a broadcast frame coming in by OVS port `name` with that tag gets to."""
    return frozenset(_from(state, name, vid))


def _from(state: HostState, name: str, vid: int | None) -> set[Place]:
    port = state.ports[name]
    for key, actions in sorted(state.flows[port.bridge].items(), key=lambda flow: -flow[0].priority):
        if key.table == 0 and _matches(key, state.ofports[name], vid):
            return _act(state, name, vid, actions)
    return set()


def _matches(key: FlowKey, ofport: int, vid: int | None) -> bool:
    for field in filter(None, key.match.split(",")):
        match field.split("="):
            case ["in_port", number]:
                fits = int(number) == ofport
            case ["dl_vlan", number]:
                fits = int(number) == vid
            case ["vlan_tci", "0x0000/0x1fff"]:
                fits = vid is None
            case _:
                raise ValueError(field)
        if not fits:
            return False
    return True


def _act(state: HostState, name: str, vid: int | None, actions: str) -> set[Place]:
    for action in actions.split(","):
        match action.replace("->", ":").split(":"):
            case ["drop"]:
                return set()
            case ["pop_vlan"]:
                vid = None
            case ["push_vlan", "0x8100"]:
                vid = 0
            case ["set_field", value, "vlan_vid"]:
                assert vid is not None, "set_field of vlan_vid needs a tag"
                vid = int(value) & 0xFFF
            case ["NORMAL"]:
                return _flood(state, name, vid)
            case _:
                raise ValueError(action)
    return set()


def _flood(state: HostState, name: str, vid: int | None) -> set[Place]:
    source = state.ports[name]
    if source.tag is not None:
        if vid:
            return set()  # an access port takes no tagged frames
        vid = source.tag
    places: set[Place] = set()
    for other, port in state.ports.items():
        if other == name or port.bridge != source.bridge or port.tag not in (None, vid):
            continue
        leaving = None if port.tag is not None else vid
        if port.peer:
            places |= _from(state, port.peer, leaving)
        else:
            places.add((other, leaving))
    return places
