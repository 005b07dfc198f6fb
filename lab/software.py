"""Underlay on the lab's machines: configuration files, keys and services; the same programs as on real hosts.

The two files of 2013 are read by `--quantum-config`; what the old software had no word for is in `underlay.toml`.
"""

import re
import shutil
from pathlib import Path
from typing import Final

from lab import container
from lab.ovs import ovs_services
from lab.progress import timed
from lab.service import Service, Services, replace
from lab.topology import CONTROLLER, HOSTS, SERVER_URL, Host, Lab

CONFIG: Final = ("--config", "/etc/underlay/underlay.toml")
QUANTUM_CONFIG: Final = (*CONFIG, "--quantum-config", "/etc/quantum")
REPORT_INTERVAL_S: Final = 1
AGENT_DOWN_TIME_S: Final = 5
GUESTS_RAM_MB: Final = 4096
ADMIN: Final = "admin"
USER: Final = "alice"
USER_PROJECT: Final = "web"
PROJECTS: Final = {ADMIN: "admin", USER: USER_PROJECT}

OVS_QUANTUM_PLUGIN_INI: Final = """\
[OVS]
tenant_network_type = vlan
network_vlan_ranges = default:100:101,default:200:201     # two ranges that do not touch
bridge_mappings=default:br-eth1
"""
DHCP_AGENT_INI: Final = """\
[DEFAULT]
enable_isolated_metadata = True
"""


def underlay_toml(host: Host) -> str:
    """The host's own configuration file."""
    if host.role == "controller":
        return f'[server]\nlisten_address = "{host.address}"\nagent_down_time_s = {AGENT_DOWN_TIME_S}\n'
    return (
        "[agent]\n"
        f'server_url = "{SERVER_URL}"\n'
        'bridge_interfaces = "br-eth1:eth1"\n'
        'datapath_type = "netdev"\n'
        f"report_interval_s = {REPORT_INTERVAL_S}\n"
        f"dhcp_agent = {str(host.role == 'network').lower()}\n"
    )


def has_guests(lab: Lab) -> bool:
    """Whether real guests can be run: `tools/setup --guests` was."""
    return shutil.which("qemu-system-x86_64") is not None and (images(lab) / "cirros.json").exists()


def images(lab: Lab) -> Path:
    """Where `lab/images/make` puts the guests' images."""
    return lab.root / ".state" / "images"


def guests_toml(lab: Lab, host: Host) -> str:
    """What is added to it where there are real guests."""
    if host.role == "controller":
        return f'[compute]\nenabled = true\n[image]\ndirectory = "{images(lab)}"\n'
    return f"[hypervisor]\nram_mb = {GUESTS_RAM_MB}\n"


def services(host: Host, *, guests: bool = False) -> Services:
    """What runs on the host."""
    if host.role == "controller":
        return {"underlay-server": Service(("underlay-server", *QUANTUM_CONFIG, "serve"))}
    wired = ovs_services(host.name) | {"underlay-agent": Service(("underlay-agent", *QUANTUM_CONFIG))}
    pumps = ("underlay-dhcp", "underlay-metadata") if host.role == "network" else ()
    computes = ("underlay-compute",) if guests and host.role == "compute" else ()
    return wired | {name: Service((name, *CONFIG)) for name in (*pumps, *computes)}


def configure(lab: Lab) -> None:
    """Write every host's configuration files."""
    for host in HOSTS:
        folder = lab.folder(host.name)
        toml = underlay_toml(host) + (guests_toml(lab, host) if has_guests(lab) else "")
        replace(folder / "etc-underlay" / "underlay.toml", toml.encode())
        quantum = folder / "etc-quantum"
        replace(quantum / "plugins" / "openvswitch" / "ovs_quantum_plugin.ini", OVS_QUANTUM_PLUGIN_INI.encode())
        replace(quantum / "dhcp_agent.ini", DHCP_AGENT_INI.encode())


def initialise_server(lab: Lab) -> None:
    """Make the database, the administrator and an ordinary user. Passwords are told once, and kept for the lab."""
    for username, command in ((ADMIN, ["init"]), (USER, ["user-add", USER, "--project", USER_PROJECT])):
        kept = password_file(lab, username)
        if not kept.exists():
            printed = container.do(lab, CONTROLLER, ["underlay-server", *QUANTUM_CONFIG, *command])
            replace(kept, secret_in(printed).encode())
            kept.chmod(0o600)


def admit_hosts(lab: Lab) -> None:
    """Give each host its key."""
    for host in HOSTS:
        key = lab.folder(host.name) / "etc-underlay" / "host.key"
        if host.trunked and not key.exists():
            admit = ["host-add", host.name, "--key-file", str(key)]
            container.do(lab, CONTROLLER, ["underlay-server", *QUANTUM_CONFIG, *admit])


def secret_in(printed: str) -> str:
    """The password in what underlay-server printed."""
    found = re.search(r"shown this once: (\S+)", printed)
    if found is None:
        raise container.ContainerError(f"no password in what underlay-server printed: {printed!r}")
    return found[1]


def password_file(lab: Lab, username: str) -> Path:
    """Where the lab keeps a user's password."""
    return lab.folder(CONTROLLER) / "etc-underlay" / f"{username}.password"


def variables(lab: Lab, username: str) -> dict[str, str]:
    """OS_ variables of a user."""
    return {
        "OS_AUTH_URL": f"{SERVER_URL}/v3",
        "OS_USERNAME": username,
        "OS_PASSWORD": password_file(lab, username).read_text(),
        "OS_TENANT_NAME": PROJECTS[username],
    }


def install(lab: Lab) -> None:
    """Configure and start Underlay everywhere; nothing where it is there already."""
    with timed("configuration: the two files of 2013, and underlay.toml"):
        configure(lab)
    with timed("underlay-server on controller"):
        initialise_server(lab)
        container.change_services(lab, CONTROLLER, services(HOSTS[0]))
        await_server(lab)
    with timed("underlay-agent on net1, cmp1, cmp2; underlay-dhcp and underlay-metadata on net1"):
        admit_hosts(lab)
        for host in HOSTS:
            container.change_services(lab, host.name, services(host, guests=has_guests(lab)))


def await_server(lab: Lab) -> None:
    """Return when the server answers."""
    ask = [
        "curl",
        "--silent",
        "--fail",
        "--retry",
        "40",
        "--retry-delay",
        "0",
        "--retry-connrefused",
        "--retry-max-time",
        "20",
    ]
    container.do(lab, CONTROLLER, [*ask, "--output", "/dev/null", f"{SERVER_URL}/"])
