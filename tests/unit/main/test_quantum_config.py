"""The files of 2013, read as they are."""

from pathlib import Path

import pytest

from underlay.main.config import load_settings
from underlay.main.quantum_config import ConfigError, read_quantum_config

PLUGIN = """\
[DATABASE]
sql_connection = mysql://root:nova@127.0.0.1:3306/ovs_quantum

[OVS]
tenant_network_type = vlan
network_vlan_ranges = default:100:101,default:200:201     # two ranges that do not touch
bridge_mappings=default:br-eth1
# integration_bridge = br-other
"""


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    """A folder as /etc/quantum was."""
    plugin = tmp_path / "plugins" / "openvswitch" / "ovs_quantum_plugin.ini"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(PLUGIN)
    (tmp_path / "dhcp_agent.ini").write_text("[DEFAULT]\nenable_isolated_metadata = True\nuse_namespaces = True\n")
    (tmp_path / "quantum.conf").write_text(
        "[DEFAULT]\nbind_port: 9697\nrabbit_hosts = a,\n    b\n[QUOTAS]\nquota_port = 50\n"
    )
    return tmp_path


def test_the_report_s_files_give_our_settings(etc: Path) -> None:
    """The reference scenario's two files are read as they are, comment behind the value included."""
    settings, _ = load_settings(None, {}, etc)
    assert "default:100:101,default:200:201" == settings.server.network_vlan_ranges
    assert ("vlan", 9697, 50) == (
        settings.server.tenant_network_type,
        settings.server.listen_port,
        settings.server.quota_port,
    )
    assert ("default:br-eth1", True) == (settings.agent.bridge_mappings, settings.agent.enable_isolated_metadata)


def test_each_option_without_effect_is_told_with_its_line(etc: Path) -> None:
    """Options that are set and not used are named with file, line, section and reason; comments are not options."""
    told = {(Path(note.file).name, note.line, note.section, note.option) for note in read_quantum_config(etc).notes}
    assert {
        ("ovs_quantum_plugin.ini", 2, "DATABASE", "sql_connection"),
        ("dhcp_agent.ini", 3, "DEFAULT", "use_namespaces"),
        ("quantum.conf", 3, "DEFAULT", "rabbit_hosts"),
    } == told


def test_the_plugin_s_file_may_lie_in_the_folder_itself(tmp_path: Path) -> None:
    """DIR/ovs_quantum_plugin.ini does as well as DIR/plugins/openvswitch/."""
    (tmp_path / "ovs_quantum_plugin.ini").write_text(PLUGIN)
    settings, _ = load_settings(None, {}, tmp_path)
    assert "default:br-eth1" == settings.agent.bridge_mappings


def test_a_value_that_we_cannot_have_is_refused_with_its_line(tmp_path: Path) -> None:
    """tenant_network_type = gre cannot work on VLANs: it is told, not ignored."""
    (tmp_path / "ovs_quantum_plugin.ini").write_text("[OVS]\ntenant_network_type = gre\n")
    with pytest.raises(ConfigError, match=r"ovs_quantum_plugin\.ini:2: \[server\] tenant_network_type = 'gre'"):
        load_settings(None, {}, tmp_path)


def test_a_folder_without_any_of_the_files_is_refused(tmp_path: Path) -> None:
    """A mistyped folder is not taken for an empty configuration."""
    with pytest.raises(ConfigError, match="none of these files is there"):
        read_quantum_config(tmp_path)


def test_a_line_that_is_no_option_is_refused(tmp_path: Path) -> None:
    """A line that is neither header nor option is told with its number."""
    (tmp_path / "quantum.conf").write_text("[DEFAULT]\nwhat is this\n")
    with pytest.raises(ConfigError, match=r"quantum\.conf:2"):
        read_quantum_config(tmp_path)
