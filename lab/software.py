"""Underlay on the lab's machines: configuration files, keys and services; the same programs as on real hosts.

The two files of 2013 are read by `--quantum-config`; what the old software had no word for is in `underlay.toml`.
"""

import re
from typing import Final

from lab import container
from lab.ovs import ovs_services
from lab.progress import timed
from lab.service import Service, Services, replace
from lab.topology import CONTROLLER, HOSTS, SERVER_URL, Host, Lab

CONFIG: Final = ("--config", "/etc/underlay/underlay.toml", "--quantum-config", "/etc/quantum")
REPORT_INTERVAL_S: Final = 1
AGENT_DOWN_TIME_S: Final = 5
ADMIN_PASSWORD_FILE: Final = "admin.password"
USER: Final = "alice"
USER_PASSWORD: Final = "correct-horse"
USER_PROJECT: Final = "web"

OVS_QUANTUM_PLUGIN_INI: Final = """\
[OVS]
tenant_network_type = vlan
network_vlan_ranges = default:100:101,default:200:201
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


def services(host: Host) -> Services:
    """What runs on the host."""
    if host.role == "controller":
        return {"underlay-server": Service(("underlay-server", *CONFIG, "serve"))}
    pumps = ("underlay-dhcp", "underlay-metadata") if host.role == "network" else ()
    return ovs_services(host.name) | {name: Service((name, *CONFIG)) for name in ("underlay-agent", *pumps)}


def configure(lab: Lab) -> None:
    """Write every host's configuration files."""
    for host in HOSTS:
        folder = lab.folder(host.name)
        replace(folder / "etc-underlay" / "underlay.toml", underlay_toml(host).encode())
        quantum = folder / "etc-quantum"
        replace(quantum / "plugins" / "openvswitch" / "ovs_quantum_plugin.ini", OVS_QUANTUM_PLUGIN_INI.encode())
        replace(quantum / "dhcp_agent.ini", DHCP_AGENT_INI.encode())


def initialise_server(lab: Lab) -> None:
    """Make the database and the first administrator, whose password is printed once, and kept for the lab."""
    kept = lab.folder(CONTROLLER) / "etc-underlay" / ADMIN_PASSWORD_FILE
    if not kept.exists():
        printed = container.do(lab, CONTROLLER, ["underlay-server", *CONFIG, "init"])
        replace(kept, secret_in(printed).encode())
        kept.chmod(0o600)


def admit_hosts(lab: Lab) -> None:
    """Give each host its key."""
    for host in HOSTS:
        key = lab.folder(host.name) / "etc-underlay" / "host.key"
        if host.trunked and not key.exists():
            printed = container.do(lab, CONTROLLER, ["underlay-server", *CONFIG, "host-add", host.name])
            replace(key, secret_in(printed).encode())
            key.chmod(0o600)


def secret_in(printed: str) -> str:
    """The one word of a program's output that is a password or key: the last of 16 characters or more."""
    words = re.findall(r"[A-Za-z0-9_\-+/=.]{16,}", printed)
    if not words:
        raise container.ContainerError(f"no key in what was printed: {printed!r}")
    return str(words[-1])


def admin_environment(lab: Lab) -> dict[str, str]:
    """OS_ variables of the administrator."""
    password = (lab.folder(CONTROLLER) / "etc-underlay" / ADMIN_PASSWORD_FILE).read_text()
    return _environment("admin", password, "admin")


def user_environment() -> dict[str, str]:
    """OS_ variables of an ordinary user."""
    return _environment(USER, USER_PASSWORD, USER_PROJECT)


def _environment(username: str, password: str, project: str) -> dict[str, str]:
    return {
        "OS_AUTH_URL": f"{SERVER_URL}/v3",
        "OS_USERNAME": username,
        "OS_PASSWORD": password,
        "OS_TENANT_NAME": project,
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
            container.change_services(lab, host.name, services(host))


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
