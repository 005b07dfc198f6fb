"""The whole host as it is now, and what on it cannot be derived from records. Reads only."""

from pathlib import Path

import msgspec

from underlay.agent.observed.flows import FlowView
from underlay.agent.observed.namespaces import NamespaceView
from underlay.agent.observed.ovs import DatabaseView
from underlay.agent.observed.pumps import ever_served
from underlay.agent.observed.tables import TableView
from underlay.agent.state.host import HostState
from underlay.agent.state.present import Present
from underlay.agent.state.site import Site
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
        self._ovsdb = ovsdb
        self._database = DatabaseView(ovsdb, site)
        self.flows = FlowView(run_dir, timeout_s)
        self.namespaces = NamespaceView(site)
        self._tables = TableView(table_folders)
        self._pumps = {kind: folder for kind, folder in table_folders.items() if "/" not in kind}

    def forget_all(self) -> None:
        """Anything may have happened to what nobody tells of: flows and namespaces."""
        self.flows.forget_all()
        self.namespaces.forget_all()

    def observe(self) -> Observation:
        """Look once. Raises OpenFlowError when vswitchd does not tell its flows."""
        self._ovsdb.run()
        ovs = self._database.observe()
        flows = self.flows.observe(ovs.rows)
        state = HostState(
            bridges=ovs.bridges,
            ports=ovs.ports,
            flows={name: view.ours for name, view in flows.items()},
            namespaces=self.namespaces.observe(),
            tables=self._tables.observe(),
            ofports=ovs.present.ofports,
            foreign_flows={name: view.foreign for name, view in flows.items()},
        )
        return Observation(state, msgspec.structs.replace(ovs.present, pumps=ever_served(self._pumps)))
