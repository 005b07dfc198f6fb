"""OpenFlow of one bridge by `ovs-ofctl(8)`: read all flows, change some in one bundle.

In: the bridge's management socket. Out: flow lines as values. Decides nothing. A bundle is atomic: packets see all of
it or nothing, and one bad line refuses the whole. In `dump-flows` of Open vSwitch 3.1 a line is

     cookie=0x756e646500000000, table=23, priority=3,in_port=1,dl_vlan=100 actions=set_field:4106->vlan_vid,NORMAL

without `table=` for table 0 and without `priority=` for 32768.
"""

import subprocess
from collections.abc import Iterable
from typing import Final

import msgspec

VERSION: Final = "OpenFlow14"
DEFAULT_PRIORITY: Final = 32768


class OpenFlowError(Exception):
    """`ovs-ofctl` failed; the text is its own."""


class FlowLine(msgspec.Struct, frozen=True, order=True):
    """One flow. `match` and `actions` are in the form in which `ovs-ofctl` prints them."""

    table: int
    priority: int
    match: str
    actions: str
    cookie: int = 0


def parse_flow(line: str) -> FlowLine:
    """A line of `dump-flows --no-stats --no-names`; raises ValueError when it is none."""
    head, separator, actions = line.strip().partition(" actions=")
    if not separator or not head.startswith("cookie="):
        raise ValueError(f"not a flow: {line!r}")
    cookie, table, priority = 0, 0, DEFAULT_PRIORITY
    match: list[str] = []
    for field in head.replace(", ", ",").split(","):
        name, _, value = field.partition("=")
        match name:
            case "cookie":
                cookie = int(value, 16)
            case "table":
                table = int(value)
            case "priority":
                priority = int(value)
            case "":
                pass
            case _:
                match.append(field)
    return FlowLine(table, priority, ",".join(match), actions, cookie)


def parse_dump(text: str) -> tuple[FlowLine, ...]:
    """All flows of a dump; lines that are not flows (reply headers) are left out."""
    return tuple(parse_flow(line) for line in text.splitlines() if line.lstrip().startswith("cookie="))


def add_line(flow: FlowLine) -> str:
    """The line of a bundle that adds the flow."""
    match = f",{flow.match}" if flow.match else ""
    return f"add cookie={flow.cookie:#x},table={flow.table},priority={flow.priority}{match},actions={flow.actions}"


def delete_line(flow: FlowLine, cookie_mask: int) -> str:
    """The line of a bundle that deletes exactly this flow, and only when its cookie fits."""
    match = f",{flow.match}" if flow.match else ""
    cookie = f"{flow.cookie:#x}/{cookie_mask:#x}"
    return f"delete_strict cookie={cookie},table={flow.table},priority={flow.priority}{match}"


def dump_flows(bridge_socket: str, timeout_s: float) -> tuple[FlowLine, ...]:
    """All flows of the bridge; raises OpenFlowError."""
    return parse_dump(_ofctl(("--no-stats", "--no-names", "dump-flows", f"unix:{bridge_socket}"), "", timeout_s))


def change_flows(bridge_socket: str, lines: Iterable[str], timeout_s: float) -> None:
    """Do all lines of `add_line` and `delete_line` in one bundle; raises OpenFlowError when none was done."""
    text = "".join(f"{line}\n" for line in lines)
    _ofctl(("--bundle", "add-flows", f"unix:{bridge_socket}", "-"), text, timeout_s)


def _ofctl(arguments: tuple[str, ...], text: str, timeout_s: float) -> str:
    command = ("ovs-ofctl", "-O", VERSION, *arguments)
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=timeout_s, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OpenFlowError(str(error)) from error
    if done.returncode != 0:
        raise OpenFlowError(done.stderr.strip() or f"ovs-ofctl exited with {done.returncode}")
    return done.stdout
