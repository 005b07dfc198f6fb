"""Steps: DHCP moves, and kill -9 of every program while guests talk."""

import json
import re
import subprocess
from typing import Final

from lab import guest
from lab.scenario.instances import INSTANCES, Planned, address_of, boot, first_on, ping, plug, port_of
from lab.scenario.metadata import METADATA
from lab.scenario.networks import dhcp_port
from lab.scenario.stage import Stage, StepFailed
from lab.service import read_status
from lab.software import AGENT_DOWN_TIME_S
from lab.topology import COMPUTE_HOSTS, CONTROLLER, NETWORK_HOST, SERVER_URL, VLANS

CREATES: Final = 60
BURST: Final = 'for i in $(seq "$1"); do curl -s -m 5 -H "$2" -d "$3" "$4/v2.0/ports" && echo; done'
SEED: Final = 2013
PINGS: Final = 150
PING_EVERY_S: Final = 0.05


def dhcp_port_stays(stage: Stage) -> None:
    """Taking a network from its DHCP agent and giving it back keeps the DHCP port's address and MAC."""
    agent = stage.record("agents", agent_type="DHCP+agent")["id"]
    vlan = VLANS[2]
    before = dhcp_port(stage, vlan)
    namespace = f"qdhcp-{before['network_id']}"

    def there() -> bool:
        return namespace in stage.quietly(NETWORK_HOST, "ip", "netns", "list").out.split()

    stage.quantum("admin", f"dhcp-agent-network-remove {agent} pub200")
    stage.check_within(f"net1 no longer has {namespace}", lambda: not there(), 10)
    kept = dhcp_port(stage, vlan)
    stage.check_equal(
        "the port is kept in reserve", (before["id"], "reserved_dhcp_port"), (kept["id"], kept["device_id"])
    )
    stage.quantum("admin", f"dhcp-agent-network-add {agent} pub200")
    stage.check_within(f"net1 has {namespace} again", there, 10)
    after = dhcp_port(stage, vlan)
    wanted = (before["mac_address"], before["fixed_ips"])
    stage.check_equal("same MAC, same address", wanted, (after["mac_address"], after["fixed_ips"]))
    one = first_on(vlan, COMPUTE_HOSTS[0])
    address = address_of(stage, one)
    stage.check_within(f"{one.name} is answered again", lambda: _is_answered(stage, one, address), 10)


def _is_answered(stage: Stage, one: Planned, address: str) -> bool:
    """Whether a DHCP client in the guest gets the port's address now. Changes nothing in the guest."""
    ask = "busybox udhcpc -f -n -q -t 4 -T 1 -i eth0 -s /bin/true"
    asked = stage.in_guest(one.name, one.host, ask, only="lease of")
    return f"lease of {address} obtained" in asked.out + asked.err


def killed_server(stage: Stage) -> None:
    """The server is killed in the middle of creates: whatever it acknowledged is there after its restart."""
    before = {port["id"] for port in stage.records("ports")}
    network = stage.record("networks", name="pub101")["id"]
    stage.tell(f"[controller] $ for i in $(seq {CREATES}); do curl -d '{{port: ...}}' {SERVER_URL}/v2.0/ports; done &")
    token = f"X-Auth-Token: {stage.token('admin')}"
    body = f'{{"port": {{"network_id": "{network}", "name": "burst"}}}}'
    creates = stage.background(CONTROLLER, "bash", "-c", BURST, "bash", str(CREATES), token, body, SERVER_URL)
    acknowledged = [json.loads(next(creates.stdout or iter(()))) for _ in range(3)]
    kill(stage, CONTROLLER, "underlay-server")
    rest, _ = creates.communicate()
    acknowledged += [json.loads(line) for line in rest.splitlines()]
    runs_again(stage, CONTROLLER, "underlay-server")
    stage.check_within("the API answers again", lambda: stage.api("admin", "GET", "/v2.0/networks")[0] == 200, 15)
    ids = {answer["port"]["id"] for answer in acknowledged if "port" in answer}
    stored = {port["id"] for port in stage.records("ports")}
    stage.check(
        f"every port from before and all {len(ids)} acknowledged are stored", before | ids <= stored, "some lost"
    )
    unknown = stored - before - ids
    stage.check("at most one more: the one that was being written", len(unknown) <= 1, f"{len(unknown)} more")
    for port in stored - before:
        stage.api("admin", "DELETE", f"/v2.0/ports/{port}")
    planned = Planned("vm101c", 101, COMPUTE_HOSTS[0], "udhcpc")
    plug(stage, (planned,))
    boot(stage, (planned,))


def server_stays_down(stage: Stage) -> None:
    """With the server down, everything else is killed: hosts wire their ports and serve from what they keep on disk."""
    one, other = first_on(VLANS[1], COMPUTE_HOSTS[0]), first_on(VLANS[1], COMPUTE_HOSTS[1])
    address, far = address_of(stage, one), address_of(stage, other)
    server = stage.stop(CONTROLLER, "underlay-server")
    try:
        for name in ("underlay-agent", "ovs-vswitchd"):
            kill(stage, COMPUTE_HOSTS[0], name)
        for name in ("underlay-agent", "underlay-dhcp", "underlay-metadata", "ovs-vswitchd"):
            kill(stage, NETWORK_HOST, name)
        ask = guest.inside(one.name, "ping", "-c", "1", "-W", "1", far)
        stage.check_within(f"{one.name} reaches {other.name}", lambda: stage.quietly(one.host, *ask).code == 0, 20)
        stage.check_within("DHCP answers", lambda: _is_answered(stage, one, address), 15)
        ask = guest.inside(one.name, "curl", "-s", "-m", "2", f"{METADATA}/latest/meta-data/local-ipv4")
        stage.check_within("metadata answers", lambda: stage.quietly(one.host, *ask).out.strip() == address, 15)
    finally:
        stage.start(CONTROLLER, "underlay-server", server)
    stage.check_within("the API answers again", lambda: stage.api("admin", "GET", "/v2.0/networks")[0] == 200, 15)
    stage.check_within(
        "every agent is alive again", lambda: all(agent["alive"] for agent in stage.records("agents")), 20
    )


def killed_agents(stage: Stage) -> None:
    """The agents of both compute hosts are killed, twice, while two guests talk: not one ping is lost."""
    one, other = first_on(VLANS[0], COMPUTE_HOSTS[0]), first_on(VLANS[0], COMPUTE_HOSTS[1])
    line = f"ping -c {PINGS} -i {PING_EVERY_S} -W 1 {address_of(stage, other)}"
    stage.tell(f"[{one.name}] $ {line} &")
    talk = stage.background(one.host, "ip", "netns", "exec", one.name, *line.split())
    for _ in range(2):
        for host in COMPUTE_HOSTS:
            kill(stage, host, "underlay-agent")
        for host in COMPUTE_HOSTS:
            runs_again(stage, host, "underlay-agent")
    _none_lost(stage, talk)
    planned = Planned("vm200c", 200, COMPUTE_HOSTS[1], "dhcpcd")
    plug(stage, (planned,))
    boot(stage, (planned,))


def _none_lost(stage: Stage, talk: subprocess.Popen[str]) -> None:
    """Check that a running ping ends without loss."""
    said, _ = talk.communicate()
    stage.tell("\n    ".join(said.splitlines()[-3:]))
    counted = re.search(r"(\d+) packets transmitted, (\d+) received", said)
    sent, received = (int(counted[1]), int(counted[2])) if counted else (0, 0)
    stage.check(f"no ping lost of {PINGS}", sent == received == PINGS, f"{sent} sent, {received} answered")


def killed_pumps(stage: Stage) -> None:
    """underlay-dhcp, underlay-metadata and the network host's agent are killed: they come back and answer."""
    one = first_on(VLANS[1], COMPUTE_HOSTS[0])
    address = address_of(stage, one)
    kill(stage, NETWORK_HOST, "underlay-dhcp")
    stage.check_within("DHCP answers again", lambda: _is_answered(stage, one, address), 15)
    kill(stage, NETWORK_HOST, "underlay-metadata")
    ask = ("ip", "netns", "exec", one.name, "curl", "-s", "-m", "2", f"{METADATA}/latest/meta-data/local-ipv4")
    stage.check_within("metadata answers again", lambda: stage.quietly(one.host, *ask).out.strip() == address, 15)
    kill(stage, NETWORK_HOST, "underlay-agent")
    stage.check("DHCP answers without the agent", _is_answered(stage, one, address), "no lease")
    for name in ("underlay-dhcp", "underlay-metadata", "underlay-agent"):
        runs_again(stage, NETWORK_HOST, name)


def garbage(stage: Stage) -> None:
    """A guest sends garbage to DHCP and half-finished requests to metadata: the pumps answer the others meanwhile."""
    bad, good = first_on(VLANS[0], COMPUTE_HOSTS[1]), first_on(VLANS[0], COMPUTE_HOSTS[0])
    address, server = address_of(stage, good), dhcp_port(stage, VLANS[0])["fixed_ips"][0]["ip_address"]
    before = {name: pid for name, pid in _pumps(stage).items() if pid}
    line = f"python -m lab.scenario.garbage {server} {SEED}"
    stage.tell(f"[{bad.name}] $ {line} &")
    hostile = stage.background(bad.host, *guest.inside(bad.name, *line.split()))
    ready = next(iter(hostile.stdout or ()), "")
    stage.check("2000 broken packets sent, 60 connections held half-finished", ready == "ready\n", ready)
    stage.check("DHCP answers another guest", _is_answered(stage, good, address), "no lease")
    ask = f"curl -s -m 5 {METADATA}/latest/meta-data/local-ipv4"
    said = stage.in_guest(good.name, good.host, ask)
    stage.check_equal("metadata answers another guest", address, said.out.strip())
    hostile.communicate("enough\n")
    stage.check_equal("the pumps are the same processes", before, _pumps(stage))


def _pumps(stage: Stage) -> dict[str, int | None]:
    """The pumps' processes on the network host."""
    status = read_status(stage.lab.folder(NETWORK_HOST))
    return {name: status[name].pid for name in ("underlay-dhcp", "underlay-metadata")}


def killed_switch(stage: Stage) -> None:
    """ovs-vswitchd of a compute host is killed and comes back without a flow: the agent puts all of them back."""
    kill(stage, COMPUTE_HOSTS[0], "ovs-vswitchd")
    runs_again(stage, COMPUTE_HOSTS[0], "ovs-vswitchd")
    one = first_on(VLANS[0], COMPUTE_HOSTS[0])
    ask = ("ip", "netns", "exec", one.name, "ping", "-c", "1", "-W", "1", VLANS[0].gateway)
    stage.check_within(f"{one.name} reaches its gateway again", lambda: stage.quietly(one.host, *ask).code == 0, 20)
    for vlan in VLANS[1:]:
        ping(stage, first_on(vlan, COMPUTE_HOSTS[0]), vlan.gateway, f"its gateway {vlan.gateway}")


def silent_agent(stage: Stage) -> None:
    """An agent that no longer reports is shown as xxx, and as :-) when it is back."""
    host = COMPUTE_HOSTS[1]

    def alive() -> bool:
        return all(agent["alive"] for agent in stage.records("agents", host=host))

    agent = stage.stop(host, "underlay-agent")
    try:
        stage.check_within("it is no longer alive", lambda: not alive(), AGENT_DOWN_TIME_S + 10)
        shown = stage.quantum("admin", f"agent-list --host={host}").out
        stage.check("it is shown as xxx", "xxx" in shown and ":-)" not in shown, shown)
        one = first_on(VLANS[0], host)
        ping(stage, one, VLANS[0].gateway, "its gateway without the agent")
    finally:
        stage.start(host, "underlay-agent", agent)
    stage.check_within("started again it is alive", alive, 15)
    stage.check("it is shown as :-)", ":-)" in stage.quantum("admin", f"agent-list --host={host}").out)


def instances_leave(stage: Stage) -> None:
    """An unplugged port goes DOWN and is bound to no host; a deleted one frees its address and leaves no flow."""
    one = Planned("vm101c", 101, COMPUTE_HOSTS[0], "udhcpc")
    port = port_of(stage, one)
    guest.delete(stage.lab, one.host, one.name)
    stage.tell(f"[{one.host}] unplugged tap{port['id'][:11]}")

    def state() -> tuple[str, str]:
        now = port_of(stage, one)
        return str(now["status"]), str(now.get("binding:host_id") or "")

    stage.check_within("its port is DOWN and on no host", lambda: state() == ("DOWN", ""), 10)
    stage.quantum("alice", f"port-delete {one.name}")
    stage.check_equal("the port is gone", [], stage.records("ports", id=port["id"]))
    table = f"/var/lib/underlay/dhcp/{port['network_id']}.json"

    def forgotten() -> bool:
        return port["id"] not in stage.quietly(NETWORK_HOST, "cat", table).out

    stage.check_within("DHCP has forgotten it", forgotten, 10)


def everything_still_works(stage: Stage) -> None:
    """After all that: every guest reaches its gateway, and the records are as they should be."""
    for one in INSTANCES:
        vlan = next(vlan for vlan in VLANS if vlan.vid == one.vid)
        ping(stage, one, vlan.gateway, f"its gateway {vlan.gateway}")
    ports = stage.records("ports")
    down = [port["name"] for port in ports if port["status"] != "ACTIVE" and port["name"].startswith("vm")]
    stage.check_equal("no port of a guest is DOWN", [], down)


def kill(stage: Stage, host: str, name: str) -> None:
    """kill -9 the service's process."""
    running = read_status(stage.lab.folder(host)).get(name)
    if running is None or running.pid is None:
        raise StepFailed(f"{name} on {host} does not run, so it cannot be killed")
    stage.on(host, f"kill -9 {running.pid}")
    stage.tell(f"killed {name}")


def runs_again(stage: Stage, host: str, name: str) -> None:
    """Check that the host's init has started the service again."""

    def runs() -> bool:
        running = read_status(stage.lab.folder(host)).get(name)
        return running is not None and running.pid is not None and running.starts > 1

    stage.check_within(f"{name} on {host} runs again", runs, 10)
