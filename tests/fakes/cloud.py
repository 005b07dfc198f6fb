"""A cloud without a database, clock or chance of its own: commands go in, are judged and committed in memory.

Time stands until it is moved, ids count up, and chance counts up too unless a test brings its own.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from itertools import count
from typing import Any, TypeVar

from underlay.commands.command import Command
from underlay.commands.host import AgentState, Heartbeat
from underlay.commands.network import CreateNetwork, ProviderAttributes
from underlay.commands.port import CreatePort
from underlay.commands.segment_range import DeclareDefaultRanges
from underlay.commands.subnet import CreateSubnet
from underlay.model.address import AddressRange
from underlay.model.agent import DHCP_AGENT, OVS_AGENT, Agent, AgentType
from underlay.model.caller import Caller
from underlay.model.change import Record
from underlay.model.errors import UnderlayError
from underlay.model.ids import HostName, ProjectId, Vid
from underlay.model.network import Network
from underlay.model.port import DHCP_OWNER, Port
from underlay.model.subnet import Subnet
from underlay.rules.judge import judge
from underlay.rules.snapshot import Circumstances, Regulations, VlanRange
from underlay.rules.verdict import Verdict
from underlay.store.contract import Query
from underlay.store.memory import MemoryMoment, MemoryStore

T = TypeVar("T")

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OPERATIONS = ProjectId("operations")
RED = ProjectId("red")
BLUE = ProjectId("blue")
ADMIN = Caller("root", OPERATIONS, frozenset({"admin", "manager", "member", "reader"}))
RED_MEMBER = Caller("rose", RED, frozenset({"member", "reader"}))
RED_READER = Caller("ruth", RED, frozenset({"reader"}))
BLUE_MEMBER = Caller("bob", BLUE, frozenset({"member", "reader"}))

REGULATIONS = Regulations(
    vlan_ranges={"default": (VlanRange(Vid(100), Vid(101)), VlanRange(Vid(200), Vid(201))), "spare": ()}
)


def host_caller(host: str) -> Caller:
    """The host's own user."""
    return Caller(f"user-of-{host}", ProjectId("hosts"), frozenset({"host"}), HostName(host))


def counting() -> Callable[[int], int]:
    """Chance that gives 0, 1, 2 ... as far as it may."""
    numbers = count()
    return lambda bound: next(numbers) % bound


class Cloud:
    """Attributes:
    now: moved by `wait`.
    """

    def __init__(self, regulations: Regulations = REGULATIONS, below: Callable[[int], int] | None = None) -> None:
        self.regulations = regulations
        self.store = MemoryStore()
        self.now = START
        self._below = below or counting()
        self._ids = 0
        self.do(DeclareDefaultRanges())

    def judge(self, command: Command, caller: Caller = ADMIN) -> Verdict:
        """The verdict, and nothing committed."""
        with self.store.read() as moment:
            return judge(command, moment, caller, self._circumstances(), self.regulations)

    def do(self, command: Command, caller: Caller = ADMIN) -> Verdict:
        """Judge and commit."""

        def work(moment: MemoryMoment) -> Verdict:
            verdict = judge(command, moment, caller, self._circumstances(), self.regulations)
            moment.commit_writes(verdict.writes)
            moment.touch_agents(verdict.heartbeats, self.now)
            return verdict

        return self.store.write(work)

    def refusal(self, command: Command, caller: Caller = ADMIN) -> UnderlayError:
        """What the command is refused with; it is an error of the test when it is not, or when it writes."""
        before = self.look(lambda moment: moment.revision())
        try:
            verdict = self.do(command, caller)
        except UnderlayError as error:
            assert before == self.look(lambda moment: moment.revision())
            return error
        raise AssertionError(f"not refused: {verdict}")

    def look(self, question: Callable[[MemoryMoment], T]) -> T:
        """The answer to a question to what is committed."""
        with self.store.read() as moment:
            return question(moment)

    def records(self, record_type: type[T]) -> list[T]:
        """All records of the type, in order of creation."""
        return self.look(lambda moment: moment.list_records(record_type, Query()))  # type: ignore[type-var]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def network(self, vid: int | None = None, *, caller: Caller = ADMIN, shared: bool = False) -> Network:
        """A new network, on that VLAN of `default`, or on one that is chosen."""
        provider = ProviderAttributes() if vid is None else ProviderAttributes("vlan", "default", vid)
        command = CreateNetwork(caller.project_id, shared=shared, provider=provider)
        return self._made(command, caller, Network)

    def subnet(self, network: Network, cidr: str, *, caller: Caller = ADMIN, **attributes: Any) -> Subnet:
        """A new subnet."""
        command = CreateSubnet(caller.project_id, network.id, ip_network(cidr), **attributes)
        return self._made(command, caller, Subnet)

    def port(self, network: Network, *, caller: Caller = ADMIN, **attributes: Any) -> Port:
        """A new port."""
        command = CreatePort(caller.project_id, network.id, **attributes)
        return self._made(command, caller, Port)

    def beat(self, host: str, *types: AgentType) -> Verdict:
        """A heartbeat of the host's agents of these types."""
        states = tuple(AgentState(each, "underlay-agent", "N/A", START) for each in types)
        return self.do(Heartbeat(HostName(host), states), host_caller(host))

    def dhcp_agent(self, host: str) -> Agent:
        """A DHCP agent that is alive on the host, with the agent for its ports."""
        self.beat(host, OVS_AGENT, DHCP_AGENT)
        agent = self.look(lambda moment: moment.agent_on(HostName(host), DHCP_AGENT))
        assert agent is not None
        return agent

    def dhcp_ports(self, network: Network) -> list[Port]:
        """The network's DHCP ports, in order of creation."""
        return list(self.look(lambda moment: moment.ports_of(network.id, device_owner=DHCP_OWNER)))

    def stored(self, record: Record) -> Record | None:
        """The record as it is now."""
        same = [each for each in self.records(type(record)) if each.id == record.id]
        return same[0] if same else None

    def _made(self, command: Command, caller: Caller, expected: type[T]) -> T:
        result = self.do(command, caller).result
        assert isinstance(result, expected)
        return result

    def _circumstances(self) -> Circumstances:
        return Circumstances(self.now, self._new_id, self._below)

    def _new_id(self) -> str:
        self._ids += 1
        return f"00000000-0000-4000-8000-{self._ids:012}"


def addresses(port: Port) -> list[str]:
    """The port's addresses as text."""
    return [str(fixed_ip.ip_address) for fixed_ip in port.fixed_ips]


def pool(start: str, end: str) -> AddressRange:
    """One allocation pool."""
    return AddressRange(ip_address(start), ip_address(end))
