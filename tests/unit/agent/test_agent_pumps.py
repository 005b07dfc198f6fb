"""Which pumps have ever run here, and when one does for the first time."""

from pathlib import Path

from underlay.agent.observed.pumps import PumpWatch, ever_served, is_serving
from underlay.model.ids import NetworkId
from underlay.pump.tables import LOCK_NAME, PORTS, TableFolder


def test_a_pump_counts_from_its_first_start_on(tmp_path: Path) -> None:
    """Also while it is down; a lock alone is that of a pump of old, which knows no ports."""
    folders = {kind: tmp_path / kind for kind in ("dhcp", "metadata")}
    watch = PumpWatch(folders)
    assert (frozenset(), False) == (ever_served(folders), watch.run())
    (folders["metadata"] / LOCK_NAME).touch()
    assert (frozenset(), False) == (ever_served(folders), watch.run())
    pump = [TableFolder(folder, NetworkId, lambda _: (NetworkId(""), None)) for folder in _folders(folders["dhcp"])]
    assert ({"dhcp"}, True, True) == (ever_served(folders), watch.run(), is_serving(folders["dhcp"]))
    for folder in pump:
        folder.close()
    assert ({"dhcp"}, False, False) == (ever_served(folders), watch.run(), is_serving(folders["dhcp"]))


def _folders(folder: Path) -> tuple[Path, Path]:
    return folder, folder / PORTS
