"""Steps: metadata on 169.254.169.254, the namespaces that serve it, and host routes."""

import json
from typing import Final

from lab.scenario.instances import INSTANCES, Planned, address_of, vlan_of
from lab.scenario.networks import dhcp_addresses, dhcp_port, network_name
from lab.scenario.stage import Stage
from lab.topology import NETWORK_HOST, VLANS

METADATA: Final = "http://169.254.169.254"
SSH_KEY: Final = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1n5LbqzNTzD0mM0hL1eOaPQkZ0cSXoNf1wVYtB0o3x alice@example.org"
SCRATCH_VLAN: Final = 300
NOTHING: Final = "\0"
"""In no line of output: nothing of it is shown."""


def namespaces(stage: Stage) -> None:
    """On the network host each network has qdhcp-<network id>, with the DHCP port's device and both addresses."""
    stage.on(NETWORK_HOST, "ip netns list")
    for vlan in VLANS:
        port = dhcp_port(stage, vlan)
        shown = stage.on(NETWORK_HOST, f"ip netns exec qdhcp-{port['network_id']} ip a", may_fail=True).out
        stage.check(f"{network_name(vlan)}: device ns-{port['id'][:11]}", f" ns-{port['id'][:11]}@" in shown, shown)
        address = port["fixed_ips"][0]["ip_address"]
        stage.check(f"{network_name(vlan)}: {address}/24", f"inet {address}/24 " in shown, shown)
        stage.check(f"{network_name(vlan)}: 169.254.169.254/32", "inet 169.254.169.254/32 " in shown, shown)


def same_host_number(stage: Stage) -> None:
    """The DHCP port has the same host number on all four networks; the scheduler's commands tell who serves what."""
    stage.quantum("admin", "port-list --device_owner=network:dhcp -c id -c fixed_ips -c mac_address")
    numbers = {network_name(vlan): [a.rpartition(".")[2] for a in dhcp_addresses(stage, vlan)] for vlan in VLANS}
    stage.check_equal("host number", {network_name(vlan): ["2"] for vlan in VLANS}, numbers)
    agent = stage.record("agents", agent_type="DHCP+agent")
    hosting = stage.quantum("admin", "dhcp-agent-list-hosting-net pub100").out
    stage.check("pub100 is served by net1", agent["id"] in hosting and NETWORK_HOST in hosting, hosting)
    served = stage.quantum("admin", f"net-list-on-dhcp-agent {agent['id']}").out
    stage.check("net1 serves all four", all(network_name(vlan) in served for vlan in VLANS), served)


def metadata_answers(stage: Stage) -> None:
    """Every guest, whatever its client, gets its own metadata and ssh key; the DHCP port's address serves none."""
    for one in INSTANCES:
        tells = f"--name {one.name} --public-key 'alice={SSH_KEY}' --meta role=web"
        stage.quantum("alice", f"instance-create {one.device_id} {tells} -c id -c name")
    for one in INSTANCES:
        answers(stage, one)
    one = INSTANCES[0]
    listing = stage.in_guest(one.name, one.host, f"curl -s -m 5 {METADATA}/latest/meta-data/").out.split()
    stage.check("the keys are listed", {"instance-id", "local-ipv4", "public-keys/"} <= set(listing), " ".join(listing))
    forged = (
        f"curl -s -m 5 -H 'X-Forwarded-For: 10.10.100.9' -H 'X-Instance-ID: other' {METADATA}/latest/meta-data/hostname"
    )
    said = stage.in_guest(one.name, one.host, forged)
    stage.check(f"forged identity headers change nothing for {one.name}", said.out.startswith(one.name), said.out)
    server = dhcp_addresses(stage, vlan_of(one))[0]
    direct = stage.in_guest(one.name, one.host, f"curl -sS -m 3 http://{server}/latest/meta-data/")
    stage.check(f"http://{server}/ itself does not answer", direct.code in (7, 28), direct.out or direct.err)


def answers(stage: Stage, one: Planned) -> None:
    """Check one guest's route, identity and key."""
    server = dhcp_addresses(stage, vlan_of(one))[0]
    routes = stage.in_guest(one.name, one.host, "ip -4 route").out
    stage.check(f"{one.name} ({one.client}) has the metadata route", f"169.254.169.254 via {server} " in routes, routes)
    stage.check(f"{one.name} has its gateway", f"default via {vlan_of(one).gateway} " in routes, routes)
    said = stage.in_guest(one.name, one.host, f"curl -s -m 5 {METADATA}/openstack/latest/meta_data.json", only=NOTHING)
    try:
        uuid = json.loads(said.out).get("uuid")
    except ValueError:
        uuid = said.out or f"no answer (curl: {said.code})"
    stage.check_equal(f"{one.name} is told its own id", one.device_id, uuid)
    address = stage.in_guest(one.name, one.host, f"curl -s -m 5 {METADATA}/latest/meta-data/local-ipv4").out
    stage.check_equal(f"{one.name} is told its own address", address_of(stage, one), address.strip())
    key = stage.in_guest(one.name, one.host, f"curl -s -m 5 {METADATA}/latest/meta-data/public-keys/0/openssh-key").out
    stage.check_equal(f"{one.name} gets alice's ssh key", SSH_KEY, key.strip())


def host_routes(stage: Stage) -> None:
    """The report's lines on host routes; without the subnet's id the message says what is missing."""
    vlan = f"--provider:network_type vlan --provider:segmentation_id={SCRATCH_VLAN}"
    stage.quantum("admin", f"net-create scratch {vlan}")
    route = "destination=169.254.0.0/16,nexthop=10.10.100.3"
    said = stage.quantum("admin", f"subnet-create --host-route {route} scratch 10.10.100/24")
    subnet = stage.record("subnets", network_id=stage.record("networks", name="scratch")["id"])
    stage.check_equal("the abbreviated CIDR is stored canonical", "10.10.100.0/24", subnet["cidr"])
    stage.check("with a warning", "10.10.100.0/24" in said.err, said.err or "nothing on stderr")
    routes = [{"destination": "169.254.0.0/16", "nexthop": "10.10.100.3"}]
    stage.check_equal("host route stored", routes, subnet["host_routes"])
    missing = stage.quantum("admin", f"subnet-update --host-routes type=dict list=true {route}", fails=True)
    stage.check(
        "the report's line without the id says so", "subnet" in missing.err.lower() and "id" in missing.err, missing.err
    )
    other = "destination=192.168.77.0/24,nexthop=10.10.100.9"
    stage.quantum("admin", f"subnet-update {subnet['id']} --host-routes type=dict list=true {other}")
    changed = stage.record("subnets", id=subnet["id"])["host_routes"]
    stage.check_equal("updated", [{"destination": "192.168.77.0/24", "nexthop": "10.10.100.9"}], changed)
    stage.quantum("admin", "net-delete scratch")
    stage.check_equal("deleted with its subnet and DHCP port", [], stage.records("subnets", id=subnet["id"]))


def address_asked_for(stage: Stage) -> None:
    """A subnet may ask for its DHCP port's address, as the report's host routes suppose; taken ones are refused."""
    vlan = f"--provider:network_type vlan --provider:segmentation_id={SCRATCH_VLAN}"
    stage.quantum("admin", f"net-create scratch {vlan} -c id -c name")
    stage.quantum(
        "admin", "subnet-create scratch 10.10.100.0/24 --dhcp_address 10.10.100.3 -c id -c cidr -c dhcp_address"
    )
    network = stage.record("networks", name="scratch")
    ports = stage.records("ports", network_id=network["id"], device_owner="network:dhcp")
    found = [fixed["ip_address"] for port in ports for fixed in port["fixed_ips"]]
    stage.check_equal("the DHCP port's addresses", ["10.10.100.3"], found)
    stage.quantum("admin", "net-delete scratch")


def host_routes_reach_guests(stage: Stage) -> None:
    """A host route given to a network's subnet is in the guest when its client asks next, beside the metadata route."""
    one = next(one for one in INSTANCES if (one.vid, one.client) == (101, "udhcpc"))
    subnet = stage.record("subnets", cidr=vlan_of(one).cidr)
    route = "destination=192.168.77.0/24,nexthop=10.10.101.9"
    stage.quantum("admin", f"subnet-update {subnet['id']} --host-routes type=dict list=true {route}")
    script = stage.lab.root / "lab" / "udhcpc.script"
    renew = f"busybox udhcpc -f -n -q -t 3 -T 1 -i eth0 -s {script}"

    def arrived() -> bool:
        stage.in_guest(one.name, one.host, renew, only="lease of")
        return "192.168.77.0/24 via 10.10.101.9" in stage.in_guest(one.name, one.host, "ip -4 route").out

    stage.check_within(f"{one.name} has the host route", arrived, 10)
    routes = stage.in_guest(one.name, one.host, "ip -4 route").out
    stage.check("and still the metadata route", "169.254.169.254 via " in routes, routes)
    stage.quantum("admin", f"subnet-update {subnet['id']} --host-routes action=clear")
