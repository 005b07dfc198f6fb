"""The whole host as it is now, and what on it cannot be derived from records. Reads only."""

from pathlib import Path

import msgspec

from underlay.agent.observed.namespaces import NamespaceView
from underlay.agent.observed.ovs import observe_ovs, view_of_flows
from underlay.agent.observed.tables import TableView
from underlay.agent.state.host import HostState
from underlay.agent.state.present import Present
from underlay.agent.state.site import Site
from underlay.dataplane.openflow import dump_flows
from underlay.dataplane.ovsdb import Ovsdb


class Observation(msgspec.Struct, frozen=True):
    """One look at the host."""

    state: HostState
    present: Present


class Observer:
    """Looks at the host through these handles."""

    def __init__(
        self, site: Site, ovsdb: Ovsdb, run_dir: Path, table_folders: dict[str, Path], timeout_s: float
    ) -> None:
        """`run_dir`: where Open vSwitch keeps the bridges' management sockets."""
        self._site = site
        self._ovsdb = ovsdb
        self._run_dir = run_dir
        self._timeout_s = timeout_s
        self.namespaces = NamespaceView(site)
        self._tables = TableView(table_folders)

    def observe(self) -> Observation:
        """Look once. Raises OpenFlowError when vswitchd does not tell its flows."""
        self._ovsdb.run()
        ovs = observe_ovs(self._ovsdb, self._site)
        flows = {
            name: view_of_flows(dump_flows(str(self._run_dir / f"{name}.mgmt"), self._timeout_s))
            for name in sorted(ovs.bridges)
        }
        state = HostState(
            bridges=ovs.bridges,
            ports=ovs.ports,
            flows={name: view.ours for name, view in flows.items()},
            namespaces=self.namespaces.observe(),
            tables=self._tables.observe(),
            ofports=ovs.present.ofports,
            foreign_flows={name: view.foreign for name, view in flows.items()},
        )
        return Observation(state, ovs.present)
