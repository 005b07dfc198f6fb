"""Settings: what is read, what beats what, and how a mistake is told."""

from pathlib import Path

import pytest

from underlay.main.config import load_settings, parse_base_mac, parse_bridge_mappings, parse_mtus, parse_vlan_ranges
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import Settings
from underlay.model.ids import Vid
from underlay.rules.snapshot import VlanRange


def write(path: Path, text: str) -> Path:
    """The path, with that text in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_nothing_said_means_the_defaults(tmp_path: Path) -> None:
    """An empty file and an empty environment give the defaults."""
    assert (Settings(), ()) == load_settings(write(tmp_path / "a.toml", ""), {})


def test_environment_beats_file_beats_quantum(tmp_path: Path) -> None:
    """UNDERLAY_SERVER_X beats [server] x, which beats what quantum's files say."""
    write(tmp_path / "quantum.conf", "[DEFAULT]\nbind_port = 1\nbind_host = 10.0.0.1\nquota_network = 7\n")
    file = write(tmp_path / "a.toml", "[server]\nlisten_port = 2\nlisten_address = '10.0.0.2'\n")
    settings, _ = load_settings(file, {"UNDERLAY_SERVER_LISTEN_PORT": "3", "HOME": "x"}, tmp_path)
    server = settings.server
    assert (3, "10.0.0.2", 7) == (server.listen_port, server.listen_address, server.quota_network)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[server]\n\nlisten_prt = 1\n", "a.toml:3: [server] has no setting 'listen_prt'"),
        ("[server]\nlisten_port = 'x'\n", "a.toml:2: [server] listen_port = 'x': Expected `int`"),
        ("[server]\ntenant_network_type = 'gre'\n", "a.toml:2: [server] tenant_network_type = 'gre'"),
        ("\n[sever]\nlisten_port = 1\n", "a.toml:2: there is no table [sever]"),
        ("[server\n", "a.toml: is not TOML"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_setting(tmp_path: Path, text: str, told: str) -> None:
    """Whatever is wrong in the file names the file, the line and the setting."""
    with pytest.raises(ConfigError) as raised:
        load_settings(write(tmp_path / "a.toml", text), {})
    assert told in str(raised.value)


def test_a_mistake_in_the_environment_names_the_variable() -> None:
    """A variable that is wrong is named."""
    with pytest.raises(ConfigError, match="UNDERLAY_AGENT_DHCP_AGENT"):
        load_settings(None, {"UNDERLAY_AGENT_DHCP_AGENT": "perhaps"})


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    """A named file that is not there is an error, not the defaults."""
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path / "none.toml", {})


def test_ranges_of_one_name_accumulate() -> None:
    """A repeated physical network adds a range; one without a range has none."""
    expected = {
        "default": (VlanRange(Vid(100), Vid(101)), VlanRange(Vid(200), Vid(201))),
        "other": (),
    }
    assert expected == parse_vlan_ranges("default:200:201, other,default:100:101")


def test_ranges_that_overlap_are_one() -> None:
    """A VLAN id is in the ranges once, however often it was named."""
    assert {"p": (VlanRange(Vid(1), Vid(20)),)} == parse_vlan_ranges("p:1:10,p:5:20,p:7:8")


@pytest.mark.parametrize("entry", ["p:101:100", "p:0:5", "p:1:4095", "p:1", "p:1:2:3", ":1:2", "p:x:y", "p q:1:2"])
def test_a_bad_range_is_named(entry: str) -> None:
    """Reversed, out of range or misspelt: the message holds the entry that is wrong."""
    with pytest.raises(ConfigError) as raised:
        parse_vlan_ranges(f"good:1:2,{entry}")
    assert f"'{entry}'" in str(raised.value)


def test_bridge_mappings_are_one_to_one() -> None:
    """Each physical network has one bridge and each bridge one physical network, of at most 11 characters."""
    assert {"default": "br-eth1", "b": "br-2"} == parse_bridge_mappings("default:br-eth1, b:br-2")
    for wrong in ("default", "a:br-1,a:br-2", "a:br-1,b:br-1", "a:bridge-eth123"):
        with pytest.raises(ConfigError, match="bridge_mappings"):
            parse_bridge_mappings(wrong)


def test_physical_networks_have_an_mtu_that_packets_have() -> None:
    """A number of bytes from IPv4's least to its most; anything else is named."""
    assert {"default": 9000, "b": 68} == parse_mtus("default:9000, b:68")
    for wrong in ("default", "a:67", "a:65536", "a:big", "a:1500,a:1500"):
        with pytest.raises(ConfigError, match="physical_network_mtus"):
            parse_mtus(wrong)


def test_base_mac_is_unicast() -> None:
    """A multicast base_mac is refused: no machine could have such an address."""
    assert "fa:16:3e:00:00:00" == str(parse_base_mac("fa:16:3e:00:00:00"))
    for wrong in ("01:00:5e:00:00:00", "x"):
        with pytest.raises(ConfigError, match="base_mac"):
            parse_base_mac(wrong)
