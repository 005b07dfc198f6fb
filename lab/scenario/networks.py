"""Steps: the administrator's networks, and what an ordinary user sees of them and may not do."""

from typing import Any

from lab.scenario.stage import Said, Stage, StepFailed
from lab.topology import VLANS, Vlan


def agents_are_alive(stage: Stage) -> None:
    """Every host reports; `agent-list` shows `:-)`."""
    expected = {
        ("Open vSwitch agent", "net1"),
        ("Open vSwitch agent", "cmp1"),
        ("Open vSwitch agent", "cmp2"),
        ("DHCP agent", "net1"),
        ("Metadata agent", "net1"),
    }

    def reported() -> set[tuple[str, str]]:
        return {(agent["agent_type"], agent["host"]) for agent in stage.records("agents") if agent["alive"]}

    stage.wait(lambda: reported() >= expected, 20)
    shown = stage.quantum("admin", "agent-list").out
    stage.check_equal("Open vSwitch agents on three hosts, DHCP and metadata on net1", expected, reported())
    stage.check("each is shown as :-)", shown.count(":-)") == len(expected) and "xxx" not in shown, shown)


def create_networks(stage: Stage) -> None:
    """The four networks with the commands of the report; each DHCP port has its address when the call returns."""
    for vlan in VLANS:
        options = f"--provider:network_type vlan --provider:segmentation_id={vlan.vid} --shared"
        stage.quantum("admin", f"net-create {network_name(vlan)} {options}")
        stage.quantum("admin", f"subnet-create {network_name(vlan)} {vlan.cidr}")
        at_once = dhcp_addresses(stage, vlan)
        stage.check_equal(f"DHCP port of {network_name(vlan)} at once", [f"{vlan.prefix}.2"], at_once)
    networks = {net["name"]: net for net in stage.records("networks")}
    for vlan in VLANS:
        found = networks.get(network_name(vlan), {})
        seen = [found.get(f"provider:{key}") for key in ("network_type", "physical_network", "segmentation_id")]
        stage.check_equal(f"{network_name(vlan)} is on", ["vlan", "default", vlan.vid], seen)


def user_sees_the_table(stage: Stage) -> None:
    """`quantum net-list` of an ordinary user: the table of the report, byte for byte, and no provider attributes."""
    status, networks = stage.api("alice", "GET", "/v2.0/networks")
    _, subnets = stage.api("alice", "GET", "/v2.0/subnets")
    if status != 200:
        raise StepFailed(f"alice's list of networks gave {status}: {networks}")
    cidr = {subnet["id"]: subnet["cidr"] for subnet in subnets["subnets"]}
    rows = [
        [net["id"], net["name"], "\n".join(f"{subnet} {cidr[subnet]}" for subnet in net["subnets"])]
        for net in networks["networks"]
    ]
    shown = stage.quantum("alice", "net-list").out
    stage.check(
        "the table is the report's, byte for byte", shown == table(["id", "name", "subnets"], rows), repr(shown)
    )
    stage.check_equal("it holds the four networks", {network_name(v) for v in VLANS}, {row[1] for row in rows})
    detail = stage.quantum("alice", "net-show pub100").out
    stage.check("no provider attributes are shown to her", "provider:" not in detail, detail)


def user_is_refused(stage: Stage) -> None:
    """Provider attributes, `--shared`, and the administrator's networks are not hers to set: 403, nothing stored."""
    before = stage.records("networks")
    refusals = (
        ("net-create mine --shared", {"name": "mine", "shared": True}),
        ("net-create mine --provider:segmentation_id=150", {"name": "mine", "provider:segmentation_id": "150"}),
    )
    for line, attributes in refusals:
        said = stage.quantum("alice", line, fails=True)
        status, answer = stage.api("alice", "POST", "/v2.0/networks", {"network": attributes})
        stage.check_equal(f"`{line}` is refused with 403", 403, status)
        stage.check("and says why", _message(answer) in said.err and said.code == 1, f"{said} / {answer}")
    stage.quantum("alice", "net-delete pub100", fails=True)
    stage.check_equal("nothing was stored or deleted", _ids(before), _ids(stage.records("networks")))


def errors_are_exact(stage: Stage) -> None:
    """What cannot be is refused with the status and error type of the Networking API, and nothing is stored."""
    before = {resource: _ids(stage.records(resource)) for resource in ("networks", "subnets", "ports")}
    said = stage.quantum(
        "admin", "net-create dup --provider:network_type vlan --provider:segmentation_id=100", fails=True
    )
    stage.check("VLAN 100 is taken, and the message names it", "100" in said.err, said.err)
    pub100 = stage.record("networks", name="pub100")["id"]
    vlan = {"name": "dup", "provider:network_type": "vlan"}
    subnet = {"network_id": pub100, "ip_version": 4}
    pool = [{"start": "10.99.0.1", "end": "10.99.0.99"}]
    cases: tuple[tuple[str, str, dict[str, Any], tuple[int, str]], ...] = (
        ("VLAN taken", "network", {**vlan, "provider:segmentation_id": 100}, (409, "VlanIdInUse")),
        ("VLAN 0", "network", {**vlan, "provider:segmentation_id": 0}, (400, "InvalidInput")),
        ("VLAN 4095", "network", {**vlan, "provider:segmentation_id": 4095}, (400, "InvalidInput")),
        (
            "unknown physical network",
            "network",
            {**vlan, "provider:segmentation_id": 77, "provider:physical_network": "nowhere"},
            (400, "InvalidInput"),
        ),
        ("unknown attribute", "network", {"name": "dup", "colour": "red"}, (400, "HTTPBadRequest")),
        ("overlapping CIDR", "subnet", {**subnet, "cidr": "10.10.100.0/25"}, (400, "InvalidInput")),
        (
            "pool outside",
            "subnet",
            {**subnet, "cidr": "10.98.0.0/24", "allocation_pools": pool},
            (400, "OutOfBoundsAllocationPool"),
        ),
        (
            "gateway in a pool",
            "subnet",
            {**subnet, "cidr": "10.99.0.0/24", "gateway_ip": "10.99.0.5", "allocation_pools": pool},
            (409, "GatewayConflictWithAllocationPools"),
        ),
        (
            "address taken",
            "port",
            {"network_id": pub100, "fixed_ips": [{"ip_address": "10.10.100.2"}]},
            (409, "IpAddressAlreadyAllocated"),
        ),
    )
    for title, resource, attributes, expected in cases:
        status, answer = stage.api("admin", "POST", f"/v2.0/{resource}s", {resource: attributes})
        found = (status, answer.get("NeutronError", {}).get("type") if isinstance(answer, dict) else answer)
        stage.check_equal(title, expected, found)
    after = {resource: _ids(stage.records(resource)) for resource in before}
    stage.check_equal("nothing was stored", before, after)


def vlans_run_out(stage: Stage) -> None:
    """A network without provider attributes takes a VLAN of the ranges; all four are taken: 503, in plain words."""
    said: Said = stage.quantum("alice", "net-create private", fails=True)
    status, answer = stage.api("alice", "POST", "/v2.0/networks", {"network": {"name": "private"}})
    kind = answer["NeutronError"]["type"] if isinstance(answer, dict) and "NeutronError" in answer else answer
    stage.check_equal("no VLAN is left", (503, "NoNetworkAvailable"), (status, kind))
    stage.check("the command says so", said.code == 1 and bool(said.err.strip()), repr(said))


def network_name(vlan: Vlan) -> str:
    """The network's name in the report."""
    return f"pub{vlan.vid}"


def dhcp_port(stage: Stage, vlan: Vlan) -> dict[str, Any]:
    """The VLAN's DHCP port."""
    network = stage.record("networks", name=network_name(vlan))
    return stage.record("ports", network_id=network["id"], device_owner="network:dhcp")


def dhcp_addresses(stage: Stage, vlan: Vlan) -> list[str]:
    """The addresses of the VLAN's DHCP port."""
    return [fixed["ip_address"] for fixed in dhcp_port(stage, vlan)["fixed_ips"]]


def table(titles: list[str], rows: list[list[str]]) -> str:
    """The table as cliff drew it in 2013: cells left-aligned, a rule of dashes above, below, and under the titles."""
    cells = [[cell.split("\n") for cell in row] for row in rows]
    widths = [
        max([len(title), *(len(line) for row in cells for line in row[column])]) for column, title in enumerate(titles)
    ]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"

    def line(parts: list[str]) -> str:
        return "| " + " | ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)) + " |"

    lines = [rule, line(titles), rule]
    for row in cells:
        height = max(len(cell) for cell in row)
        lines += [line([cell[index] if index < len(cell) else "" for cell in row]) for index in range(height)]
    return "\n".join([*lines, rule]) + "\n"


def _ids(records: list[dict[str, Any]]) -> set[str]:
    return {record["id"] for record in records}


def _message(answer: Any) -> str:
    """The error's own text."""
    return str(answer["NeutronError"]["message"]) if isinstance(answer, dict) and "NeutronError" in answer else "?"
