"""Settings from a TOML file, the environment and, if asked for, quantum's own files.

From weak to strong: defaults, `--quantum-config` files, the TOML file, `UNDERLAY_<TABLE>_<SETTING>`. Whatever is
wrong is told with the file, the line and the setting (`ConfigError`). Also reads the settings that are little
languages: `network_vlan_ranges`, `bridge_mappings`, `bridge_interfaces`.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_type_hints

import msgspec

from underlay.main.quantum_config import ConfigError, Note, read_quantum_config
from underlay.main.settings import Settings
from underlay.model.address import Mac
from underlay.model.ids import Vid
from underlay.model.server import Flavor
from underlay.rules.snapshot import VlanRange

DEFAULT_FILE: Final = Path("/etc/underlay/underlay.toml")
ENVIRONMENT_PREFIX: Final = "UNDERLAY_"
BRIDGE_NAME_LENGTH: Final = 11
"""So that `int-` and `phy-` before it still fit a Linux device name of 15 characters."""

MIN_MTU: Final = 68
MAX_MTU: Final = 65_535
"""RFC 791: what every link carries, and what an IPv4 packet has room to say."""

_TABLES: Final = {field.name: field.type for field in msgspec.structs.fields(Settings)}
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def load_settings(
    file: Path | None, environment: Mapping[str, str], quantum_dir: Path | None = None
) -> tuple[Settings, tuple[Note, ...]]:
    """All settings, and what is to be said of options that quantum's files set and nobody uses.

    Args:
    file: None: `/etc/underlay/underlay.toml` if it exists. One that is named must exist.
    environment: only variables that start with `UNDERLAY_` are looked at.

    Raises ConfigError.
    """
    chosen: dict[str, dict[str, Any]] = {table: {} for table in _TABLES}
    notes: tuple[Note, ...] = ()
    if quantum_dir is not None:
        quantum = read_quantum_config(quantum_dir)
        notes = quantum.notes
        for option in quantum.options:
            chosen[option.table][option.setting] = _convert(option.table, option.setting, option.text, option.place)
    if file is None and DEFAULT_FILE.exists():
        file = DEFAULT_FILE
    if file is not None:
        for table, settings in _read_toml(file).items():
            chosen[table].update(settings)
    for table, settings in _read_environment(environment).items():
        chosen[table].update(settings)
    return Settings(**{table: _TABLES[table](**settings) for table, settings in chosen.items()}), notes


def _read_toml(file: Path) -> dict[str, dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
        parsed = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from None
    read: dict[str, dict[str, Any]] = {}
    for table, settings in parsed.items():
        if table not in _TABLES or not isinstance(settings, dict):
            place = f"{file}:{_line_of(text, None, table)}"
            raise ConfigError(f"{place}: there is no table [{table}]; there are {_listed(_TABLES)}")
        read[table] = {
            setting: _convert(table, setting, value, f"{file}:{_line_of(text, table, setting)}", strict=True)
            for setting, value in settings.items()
        }
    return read


def _line_of(text: str, table: str | None, key: str) -> int:
    inside = table is None
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = table is None or stripped.startswith(f"[{table}]")
            if table is None and stripped.startswith(f"[{key}"):
                return number
        elif inside and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", stripped):
            return number
    return 1


def _read_environment(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = {}
    for variable, text in environment.items():
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        table, _, setting = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        if table in _TABLES:
            read.setdefault(table, {})[setting] = _convert(table, setting, text, f"environment variable {variable}")
    return read


def _convert(table: str, setting: str, value: Any, place: str, *, strict: bool = False) -> Any:
    types = get_type_hints(_TABLES[table], include_extras=True)
    if setting not in types:
        raise ConfigError(f"{place}: [{table}] has no setting '{setting}'; it has {_listed(types)}")
    try:
        return msgspec.convert(value, types[setting], strict=strict)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{place}: [{table}] {setting} = {value!r}: {error}") from None


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(names)


def parse_vlan_ranges(text: str) -> dict[str, tuple[VlanRange, ...]]:
    """`default:100:101,default:200:201,other` -> the ranges by physical network, () for one without; a repeated name
    adds a range. Raises ConfigError with the entry that is wrong and what would be right."""
    ranges: dict[str, tuple[VlanRange, ...]] = {}
    for entry in _entries(text):
        name, *ends = (part.strip() for part in entry.split(":"))
        _check_name("network_vlan_ranges", entry, name)
        ranges.setdefault(name, ())
        if not ends:
            continue
        if len(ends) != 2 or not all(end.isascii() and end.isdigit() for end in ends):
            raise ConfigError(
                f"network_vlan_ranges: '{entry}' is neither 'physical_network' nor 'physical_network:first:last'"
            )
        first, last = (int(end) for end in ends)
        if not (1 <= first <= 4094 and 1 <= last <= 4094):
            raise ConfigError(f"network_vlan_ranges: '{entry}': VLAN ids are 1 to 4094")
        if first > last:
            raise ConfigError(
                f"network_vlan_ranges: '{entry}' is the wrong way round; '{name}:{last}:{first}' would be right"
            )
        ranges[name] = _merged((*ranges[name], VlanRange(Vid(first), Vid(last))))
    return ranges


def _merged(ranges: tuple[VlanRange, ...]) -> tuple[VlanRange, ...]:
    merged: list[VlanRange] = []
    for one in sorted(ranges):
        if merged and one.first <= merged[-1].last:
            merged[-1] = VlanRange(merged[-1].first, max(merged[-1].last, one.last))
        else:
            merged.append(one)
    return tuple(merged)


def parse_mtus(text: str) -> dict[str, int]:
    """`default:9000,storage:4000` -> physical network -> bytes. Raises ConfigError."""
    sizes = _parse_pairs("physical_network_mtus", "physical_network:mtu", text)
    for name, size in sizes.items():
        if not (size.isascii() and size.isdigit() and MIN_MTU <= int(size) <= MAX_MTU):
            raise ConfigError(f"physical_network_mtus: '{name}:{size}': an MTU is {MIN_MTU} to {MAX_MTU} bytes")
    return {name: int(size) for name, size in sizes.items()}


def parse_bridge_mappings(text: str) -> dict[str, str]:
    """`default:br-eth1` -> physical network -> bridge, one to one. Raises ConfigError."""
    mappings = _parse_pairs("bridge_mappings", "physical_network:bridge", text)
    bridges: dict[str, str] = {}
    for name, bridge in mappings.items():
        if len(bridge) > BRIDGE_NAME_LENGTH:
            raise ConfigError(
                f"bridge_mappings: the bridge name '{bridge}' is longer than {BRIDGE_NAME_LENGTH} characters"
            )
        if bridge in bridges:
            raise ConfigError(f"bridge_mappings: bridge '{bridge}' is given to '{bridges[bridge]}' and to '{name}'")
        bridges[bridge] = name
    return mappings


def parse_bridge_interfaces(text: str) -> dict[str, str]:
    """`br-eth1:eth1` -> bridge -> interface. Raises ConfigError."""
    return _parse_pairs("bridge_interfaces", "bridge:interface", text)


def parse_flavors(text: str) -> tuple[Flavor, ...]:
    """`m1.tiny:1:512:1` -> the flavors, in that order; a flavor's id is its name. Raises ConfigError."""
    flavors: dict[str, Flavor] = {}
    for entry in _entries(text):
        name, *numbers = (part.strip() for part in entry.split(":"))
        _check_name("flavors", entry, name)
        if len(numbers) != 3 or not all(number.isascii() and number.isdecimal() for number in numbers):
            raise ConfigError(f"flavors: '{entry}' is not 'name:vcpus:ram_mb:disk_gb'")
        vcpus, ram_mb, disk_gb = map(int, numbers)
        if vcpus < 1 or ram_mb < 1:
            raise ConfigError(f"flavors: '{entry}': a server has a processor and memory at least")
        if name in flavors:
            raise ConfigError(f"flavors: '{name}' is there twice")
        flavors[name] = Flavor(name, name, vcpus, ram_mb, disk_gb)
    return tuple(flavors.values())


def parse_base_mac(text: str) -> Mac:
    """`fa:16:3e:00:00:00`. Raises ConfigError, also for a multicast address."""
    try:
        mac = Mac.parse(text)
    except ValueError:
        raise ConfigError(f"base_mac: '{text}' is not a MAC address such as fa:16:3e:00:00:00") from None
    if mac.packed[0] & 1:
        raise ConfigError(f"base_mac: '{text}' is a multicast address: its first byte must be even")
    return mac


def _parse_pairs(setting: str, form: str, text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for entry in _entries(text):
        left, colon, right = (part.strip() for part in entry.partition(":"))
        if not colon or not right:
            raise ConfigError(f"{setting}: '{entry}' is not '{form}'")
        _check_name(setting, entry, left)
        _check_name(setting, entry, right)
        if left in pairs:
            raise ConfigError(f"{setting}: '{left}' is there twice")
        pairs[left] = right
    return pairs


def _check_name(setting: str, entry: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{setting}: '{entry}': '{name}' is no name; use letters, digits, '.', '_' and '-'")


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]
