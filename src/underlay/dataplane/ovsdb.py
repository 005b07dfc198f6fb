"""A connection to the host's ovsdb-server: a live copy of the tables that we read, and transactions.

In: `unix:/path/db.sock` or `tcp:address:port`. Out: rows of the Open_vSwitch schema (`ovs-vswitchd.conf.db(5)`), error
texts. Decides nothing. One thread only: it calls `run`, and `wait` before it blocks. Events are the change of the
copy: only columns that somebody reads are monitored, so statistics wake nobody.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

import ovs.db.idl
import ovs.poller
from ovsdbapp.backend.ovs_idl import idlutils

from underlay.dataplane.ovsdb_json import use_standard_decoder

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "Open_vSwitch": ("bridges", "cur_cfg", "next_cfg"),
    "Bridge": ("name", "ports", "fail_mode", "datapath_type", "external_ids"),
    "Port": ("name", "interfaces", "tag", "trunks", "vlan_mode", "other_config", "external_ids"),
    "Interface": ("name", "type", "options", "ofport", "error", "external_ids"),
}

Row = Any
"""A row of the copy: columns are attributes, in Python's types; optional ones are lists."""


class OvsdbUnavailableError(Exception):
    """ovsdb-server did not answer in time."""


class Ovsdb:
    """One connection. It comes back by itself when ovsdb-server was restarted; `connected` tells."""

    def __init__(self, remote: str, timeout_s: float) -> None:
        """Connects; raises OvsdbUnavailableError when ovsdb-server does not answer within timeout_s."""
        self._timeout_s = timeout_s
        use_standard_decoder()
        try:
            helper = idlutils.get_schema_helper(remote, "Open_vSwitch")
        except Exception as error:  # ovsdbapp raises Exception itself here
            raise OvsdbUnavailableError(f"no ovsdb-server answers at {remote}: {error}") from error
        for table, columns in COLUMNS.items():
            helper.register_columns(table, list(columns))
        self._idl = ovs.db.idl.Idl(remote, helper)
        self._touched: set[UUID] = set()
        self._idl.notify = lambda _, row, __=None: self._touched.add(row.uuid)
        limit = time.monotonic() + timeout_s
        while not self._idl.has_ever_connected():
            self._idl.run()
            if not self._idl.has_ever_connected() and not self._block(limit):
                raise OvsdbUnavailableError(f"ovsdb-server at {remote} did not send its tables in {timeout_s} s")
        self._seen = self._idl.change_seqno

    @property
    def connected(self) -> bool:
        """Whether the copy is live now."""
        return bool(self._idl._session.is_connected())  # the library has no public name for it

    def run(self) -> bool:
        """Take in what has arrived; whether the copy changed since the last call."""
        previous = -1
        while previous != self._idl.change_seqno:
            previous = self._idl.change_seqno
            self._idl.run()
        changed = self._idl.change_seqno != self._seen
        self._seen = self._idl.change_seqno
        return bool(changed)

    def wait(self, poller: ovs.poller.Poller) -> None:
        """Have the poller wake up when `run` has something to do."""
        self._idl.wait(poller)

    def rows(self, table: str) -> Iterable[Row]:
        """All rows of the table, in no order."""
        return list(self._idl.tables[table].rows.values())

    def touched(self) -> set[UUID]:
        """The rows that came, changed or went since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    @property
    def root(self) -> Row:
        """The one row of table Open_vSwitch."""
        return next(iter(self._idl.tables["Open_vSwitch"].rows.values()))

    @property
    def settled(self) -> bool:
        """Whether vswitchd has put in place what the database says."""
        return bool(self.root.cur_cfg >= self.root.next_cfg)

    def transact(self, write: Callable[["Writer"], None]) -> str:
        """One transaction, then wait until vswitchd has put it in place.

        Returns: empty when all is done, else why ovsdb-server refused it; then nothing was written.
        Raises: OvsdbUnavailableError when one of the two was too slow; it may be done all the same.
        """
        limit = time.monotonic() + self._timeout_s
        while time.monotonic() < limit:
            txn = ovs.db.idl.Transaction(self._idl)
            write(Writer(self, txn))
            self.root.increment("next_cfg")
            status = self._commit(txn, limit)
            if status in (txn.SUCCESS, txn.UNCHANGED):
                self._settle(txn.get_increment_new_value() if status == txn.SUCCESS else 0, limit)
                return ""
            if status not in (txn.TRY_AGAIN, txn.INCOMPLETE):
                return str(txn.get_error())
        raise OvsdbUnavailableError(f"ovsdb-server did not commit within {self._timeout_s} s")

    def close(self) -> None:
        """Drop the connection."""
        self._idl.close()

    def _commit(self, txn: Any, limit: float) -> Any:
        try:
            while (status := txn.commit()) == txn.INCOMPLETE:
                self._idl.run()
                if txn.commit() == txn.INCOMPLETE and not self._block(limit, txn):
                    break
        finally:
            txn.abort()
        return status

    def _settle(self, wanted: int, limit: float) -> None:
        while self.root.cur_cfg < wanted:
            self._idl.run()
            if self.root.cur_cfg < wanted and not self._block(limit):
                raise OvsdbUnavailableError(f"ovs-vswitchd did not put the change in place within {self._timeout_s} s")

    def _block(self, limit: float, txn: Any = None) -> bool:
        """Wait for the next message; False when the limit has passed."""
        remaining_ms = int((limit - time.monotonic()) * 1000)
        if remaining_ms <= 0:
            return False
        poller = ovs.poller.Poller()
        self._idl.wait(poller)
        if txn is not None:
            txn.wait(poller)
        poller.timer_wait(remaining_ms)
        poller.block()
        return True


class Writer:
    """What a transaction may do; rows are changed by setting their columns."""

    def __init__(self, ovsdb: Ovsdb, txn: Any) -> None:
        self._ovsdb = ovsdb
        self._txn = txn
        self._by_name: dict[str, dict[str, Row]] = {}

    def find(self, table: str, name: str) -> Row | None:
        """The row with that name that was there before the transaction."""
        if table not in self._by_name:
            self._by_name[table] = {row.name: row for row in self._ovsdb.rows(table)}
        return self._by_name[table].get(name)

    def add_bridge(self, name: str) -> Row:
        """A new bridge with its own internal port, as `ovs-vsctl add-br` makes it."""
        bridge = self._txn.insert(self._ovsdb._idl.tables["Bridge"])
        bridge.name = name
        self._ovsdb.root.addvalue("bridges", bridge)
        self.add_port(bridge, name).interfaces[0].type = "internal"
        return bridge

    def add_port(self, bridge: Row, name: str) -> Row:
        """A new port with one interface of the same name."""
        port = self._txn.insert(self._ovsdb._idl.tables["Port"])
        interface = self._txn.insert(self._ovsdb._idl.tables["Interface"])
        port.name = name
        interface.name = name
        port.interfaces = [interface]
        port.external_ids = port.other_config = interface.external_ids = {}  # a new row has no columns to read
        bridge.addvalue("ports", port)
        return port

    def remove_port(self, bridge: Row, port: Row) -> None:
        """Take the port off; ovsdb-server deletes its rows, as nothing refers to them any more."""
        bridge.delvalue("ports", port)
