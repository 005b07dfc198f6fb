"""Which networks are open: namespaces and tables come and go in any order."""

import errno
import io

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from underlay.model.ids import NetworkId
from underlay.pump.log import Log
from underlay.pump.serving import Serving, apply_changes
from underlay.pump.tables import Broken, Gone, Put

A, B = NetworkId("a"), NetworkId("b")


class Table(msgspec.Struct, frozen=True):
    """Names the namespace; `text` is what is served."""

    netns: str
    text: str = ""


class Host:
    """A host with namespaces, each numbered anew when made, and what is open in them."""

    def __init__(self) -> None:
        self.namespaces: dict[str, int] = {}
        self.open_now: dict[NetworkId, tuple[int, str]] = {}
        self.opened_ever = 0
        self.made = 0
        self.enterable = True

    def make(self, name: str) -> None:
        """`ip netns add`."""
        self.made += 1
        self.namespaces[name] = self.made

    def netns(self, table: Table) -> str:
        """(Sockets)"""
        return table.netns

    def identity(self, netns: str) -> tuple[int, int] | None:
        """(Sockets)"""
        return (0, self.namespaces[netns]) if netns in self.namespaces else None

    def open(self, network_id: NetworkId, table: Table) -> NetworkId:
        """(Sockets)"""
        if table.netns not in self.namespaces:
            raise FileNotFoundError(errno.ENOENT, table.netns)
        if not self.enterable:
            raise OSError(errno.EINVAL, "nothing is mounted on the name yet")
        self.opened_ever += 1
        self.open_now[network_id] = (self.namespaces[table.netns], table.text)
        return network_id

    def update(self, opened: NetworkId, table: Table) -> bool:
        """(Sockets)"""
        self.open_now[opened] = (self.open_now[opened][0], table.text)
        return True

    def close(self, opened: NetworkId) -> None:
        """(Sockets)"""
        del self.open_now[opened]


def serving() -> tuple[Host, Serving[NetworkId, Table, NetworkId]]:
    """A host and what is served on it."""
    host = Host()
    return host, Serving(host, Log(io.StringIO()))


def test_a_network_opens_when_its_namespace_appears() -> None:
    """And not before."""
    host, networks = serving()
    networks.put(A, Table("ns"))
    assert {} == host.open_now
    host.make("ns")
    networks.namespaces_changed({"ns"})
    assert {A: (1, "")} == host.open_now


def test_a_new_table_does_not_open_anew() -> None:
    """Sockets stay; only what is answered changes."""
    host, networks = serving()
    host.make("ns")
    networks.put(A, Table("ns", "1"))
    networks.put(A, Table("ns", "2"))
    assert ({A: (1, "2")}, 1) == (host.open_now, host.opened_ever)


def test_a_namespace_made_anew_gets_new_sockets() -> None:
    """The old sockets are in the old namespace, where nobody is."""
    host, networks = serving()
    host.make("ns")
    networks.put(A, Table("ns"))
    host.make("ns")
    networks.namespaces_changed({"ns"})
    assert {A: (2, "")} == host.open_now


def test_a_table_that_goes_closes_the_sockets() -> None:
    """Also of a network that waits: it must not open later."""
    host, networks = serving()
    host.make("ns")
    networks.put(A, Table("ns"))
    networks.put(B, Table("other"))
    networks.gone(A)
    networks.gone(B)
    host.make("other")
    networks.namespaces_changed(None)
    assert {} == host.open_now


def test_a_name_that_cannot_be_entered_yet_is_tried_again() -> None:
    """Note [A name comes before its namespace]: the retry comes with the next mount, which names nobody."""
    host, networks = serving()
    host.enterable = False
    networks.put(A, Table("ns"))
    host.make("ns")
    networks.namespaces_changed({"ns"})
    host.enterable = True
    networks.namespaces_changed(set())
    assert {A: (1, "")} == host.open_now


def test_a_broken_table_leaves_the_old_one_in_force() -> None:
    """It is logged; serving goes on."""
    host, networks = serving()
    host.make("ns")
    stream = io.StringIO()
    apply_changes(networks, [Put(A, Table("ns", "old")), Broken(A, "not JSON"), Gone(B)], Log(stream))
    assert ({A: (1, "old")}, True) == (host.open_now, '"table_broken"' in stream.getvalue())


STEPS = st.lists(
    st.tuples(st.sampled_from(("put", "gone", "make", "remove")), st.sampled_from("ab"), st.sampled_from("xy")),
    max_size=20,
)


@given(STEPS)
def test_what_is_open_is_what_can_be(steps: list[tuple[str, str, str]]) -> None:
    """After any sequence exactly the networks with a table and a namespace are open, in the namespace of now."""
    host, networks = serving()
    tables: dict[NetworkId, Table] = {}
    for step, name, netns in steps:
        network_id = NetworkId(name)
        match step:
            case "put":
                tables[network_id] = Table(netns)
                networks.put(network_id, tables[network_id])
            case "gone":
                tables.pop(network_id, None)
                networks.gone(network_id)
            case "make":
                host.make(netns)
                networks.namespaces_changed({netns})
            case _:
                host.namespaces.pop(netns, None)
                networks.namespaces_changed({netns})
    expected = {
        network_id: (host.namespaces[table.netns], "")
        for network_id, table in tables.items()
        if table.netns in host.namespaces
    }
    assert expected == host.open_now
    assert (len(tables), len(expected)) == (networks.wanted, networks.opened)
