"""Reads the files of OpenStack Quantum (2013) as they are, and says what of them is not used.

In: a folder with `plugins/openvswitch/ovs_quantum_plugin.ini` (or that file itself), `quantum.conf`,
`dhcp_agent.ini`, any of them. Out: settings of ours as text, each with the place that it comes from, and a note for
each other option that is set. The names of options are those of Quantum 2013.1 (Grizzly); sections are not told apart,
because no two options that we use share a name.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

PLUGIN: Final = "ovs_quantum_plugin.ini"
CONF: Final = "quantum.conf"
DHCP: Final = "dhcp_agent.ini"

_PLACES: Final = {PLUGIN: (f"plugins/openvswitch/{PLUGIN}", PLUGIN), CONF: (CONF,), DHCP: (DHCP,)}

_USED: Final[dict[tuple[str, str], tuple[str, str]]] = {
    (PLUGIN, "network_vlan_ranges"): ("server", "network_vlan_ranges"),
    (PLUGIN, "tenant_network_type"): ("server", "tenant_network_type"),
    (PLUGIN, "bridge_mappings"): ("agent", "bridge_mappings"),
    (PLUGIN, "integration_bridge"): ("agent", "integration_bridge"),
    (PLUGIN, "report_interval"): ("agent", "report_interval_s"),
    (CONF, "bind_host"): ("server", "listen_address"),
    (CONF, "bind_port"): ("server", "listen_port"),
    (CONF, "base_mac"): ("server", "base_mac"),
    (CONF, "max_dns_nameservers"): ("server", "max_dns_nameservers"),
    (CONF, "max_subnet_host_routes"): ("server", "max_subnet_host_routes"),
    (CONF, "max_fixed_ips_per_port"): ("server", "max_fixed_ips_per_port"),
    (CONF, "agent_down_time"): ("server", "agent_down_time_s"),
    (CONF, "pagination_max_limit"): ("server", "pagination_max_limit"),
    (CONF, "allow_automatic_dhcp_failover"): ("server", "allow_automatic_dhcp_failover"),
    (CONF, "dhcp_agents_per_network"): ("server", "dhcp_agents_per_network"),
    (CONF, "quota_network"): ("server", "quota_network"),
    (CONF, "quota_subnet"): ("server", "quota_subnet"),
    (CONF, "quota_port"): ("server", "quota_port"),
    (CONF, "dhcp_lease_duration"): ("agent", "dhcp_lease_duration_s"),
    (CONF, "report_interval"): ("agent", "report_interval_s"),
    (DHCP, "enable_isolated_metadata"): ("agent", "enable_isolated_metadata"),
    (DHCP, "dhcp_domain"): ("agent", "dns_domain"),
    (DHCP, "dhcp_lease_time"): ("agent", "dhcp_lease_duration_s"),
    (DHCP, "dhcp_lease_duration"): ("agent", "dhcp_lease_duration_s"),
    (DHCP, "ovs_integration_bridge"): ("agent", "integration_bridge"),
    (DHCP, "report_interval"): ("agent", "report_interval_s"),
}
"""(file, option) -> (table, setting) of ours."""

_WHY_NOT: Final = (
    (re.compile(r"sql_|reconnect_interval|connection$"), "records are kept where [server] database says"),
    (re.compile(r"rabbit_|qpid_|rpc_|control_exchange|kombu_|notification_"), "there is no message broker"),
    (re.compile(r"tunnel_|enable_tunneling|local_ip|tun_peer|int_peer"), "there are no tunnels, only VLANs"),
    (re.compile(r"root_helper|use_namespaces|interface_driver|ovs_use_veth"), "the agent does this by itself"),
    (re.compile(r"dnsmasq_|dhcp_driver|dhcp_confs|dhcp_lease_relay|num_sync|resync_"), "there is no dnsmasq"),
    (re.compile(r"auth_|admin_|api_paste|policy_file"), "identity is built in: see `underlay-server init`"),
)

_HEADER: Final = re.compile(r"\[([^]]+)\]")
_OPTION: Final = re.compile(r"([A-Za-z0-9_.-]+)\s*[=:]\s*(.*)")
_TRAILING_COMMENT: Final = re.compile(r"\s+[#;].*$")


class ConfigError(Exception):
    """A setting is wrong; the text names file, line and setting."""


class Option(msgspec.Struct, frozen=True):
    """One option that we use, as our setting; `place` is file and line."""

    table: str
    setting: str
    text: str
    place: str


class Note(msgspec.Struct, frozen=True):
    """One option that is set and has no effect."""

    file: str
    line: int
    section: str
    option: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: [{self.section}] {self.option} is ignored: {self.reason}"


class QuantumConfig(msgspec.Struct, frozen=True):
    """What the files say."""

    options: tuple[Option, ...]
    notes: tuple[Note, ...]


class _Line(msgspec.Struct, frozen=True):
    number: int
    section: str
    option: str
    text: str


def read_quantum_config(folder: Path) -> QuantumConfig:
    """Raises ConfigError when the folder has none of the files, or one cannot be read."""
    options: list[Option] = []
    notes: list[Note] = []
    found = [(name, path) for name in _PLACES for path in _existing(folder, name)]
    if not found:
        looked = ", ".join(str(folder / place) for places in _PLACES.values() for place in places)
        raise ConfigError(f"--quantum-config {folder}: none of these files is there: {looked}")
    for name, path in found:
        for line in _read_ini(path):
            target = _USED.get((name, line.option))
            if target is None:
                notes.append(Note(str(path), line.number, line.section, line.option, _why_not(line.option)))
                continue
            text = _TRAILING_COMMENT.sub("", line.text).strip()
            options.append(Option(*target, text=text, place=f"{path}:{line.number}"))
    return QuantumConfig(tuple(options), tuple(notes))


def _existing(folder: Path, name: str) -> list[Path]:
    return [folder / place for place in _PLACES[name] if (folder / place).is_file()][:1]


def _why_not(option: str) -> str:
    return next((reason for pattern, reason in _WHY_NOT if pattern.match(option)), "Underlay has no such option")


def _read_ini(path: Path) -> Iterator[_Line]:
    """Each option that is set, with lines that continue it (they start with a blank) joined."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    section = "DEFAULT"
    last: _Line | None = None
    for number, raw in enumerate(lines, start=1):
        if not raw.strip() or raw.lstrip()[0] in "#;":
            continue
        if raw[0].isspace() and last is not None:
            last = msgspec.structs.replace(last, text=f"{last.text} {raw.strip()}".strip())
            continue
        if last is not None:
            yield last
            last = None
        header, option = _HEADER.match(raw.strip()), _OPTION.match(raw.strip())
        if header is not None:
            section = header.group(1).strip()
        elif option is not None:
            last = _Line(number, section, option.group(1).lower(), option.group(2))
        else:
            raise ConfigError(f"{path}:{number}: neither '[section]' nor 'option = value': {raw.strip()}")
    if last is not None:
        yield last
