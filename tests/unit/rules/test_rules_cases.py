from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from fakes.cloud import BLUE, OPERATIONS, RED, REGULATIONS, START, counting
from underlay.commands import agent, host, instance, network, port, quota, subnet
from underlay.commands.command import Command
from underlay.commands.segment_range import DeclareDefaultRanges
from underlay.model.address import decode_address_type
from underlay.model.agent import Agent
from underlay.model.caller import Caller
from underlay.model.change import Record, Writes
from underlay.model.codec import encode
from underlay.model.errors import UnderlayError
from underlay.model.ids import HostName
from underlay.rules.judge import judge
from underlay.rules.snapshot import Circumstances
from underlay.rules.verdict import HeartbeatAnswer, PortsAnswer, Verdict
from underlay.store.contract import Query
from underlay.store.memory import MemoryMoment, MemoryStore

CASES = sorted(path.parent for path in (Path(__file__).parents[2] / "cases" / "rules").glob("*/command.yaml"))
TIMES = {"created_at", "updated_at", "started_at", "alive_since"}
CALLERS = {
    "admin": Caller("root", OPERATIONS, frozenset({"admin"})),
    "member of red": Caller("rose", RED, frozenset({"member", "reader"})),
    "member of blue": Caller("bob", BLUE, frozenset({"member", "reader"})),
    "reader of red": Caller("ruth", RED, frozenset({"reader"})),
}


def caller_named(name: str) -> Caller:
    """An administrator, a project's user, or `host NAME`."""
    if name.startswith("host "):
        return Caller(name, OPERATIONS, frozenset({"host"}), HostName(name.removeprefix("host ")))
    return CALLERS[name]


def read_record(text: dict[str, Any]) -> Record:
    """The record, with the times that the file leaves out."""
    record: Record = msgspec.convert(dict.fromkeys(TIMES, START) | text, Record, dec_hook=decode_address_type)
    return record


def read_command(text: dict[str, Any]) -> Command:
    """The command of the name, with its attributes."""
    modules = (agent, host, instance, network, port, quota, subnet)
    command_type = next(getattr(module, text["command"]) for module in modules if hasattr(module, text["command"]))
    command: Command = msgspec.convert(text["with"], command_type, dec_hook=decode_address_type)
    return command


def world(records: list[dict[str, Any]]) -> MemoryStore:
    """A store with these records, and with heartbeats just now of the agents that are not silent."""
    store = MemoryStore()
    silent = [record["id"] for record in records if record.pop("silent", False)]

    def fill(moment: MemoryMoment) -> None:
        declared = judge(DeclareDefaultRanges(), moment, CALLERS["admin"], Circumstances(START, str, int), REGULATIONS)
        moment.commit_writes(declared.writes)
        moment.commit_writes(Writes(puts=tuple(read_record(record) for record in records)))
        for record in records:
            if record["kind"] == "agent":
                beat = START.replace(year=2020) if record["id"] in silent else START
                moment.touch_agents([record["id"]], beat)

    store.write(fill)
    return store


def plain(value: object) -> Any:
    """The value as YAML has it."""
    return msgspec.json.decode(encode(value))


def is_default(record: Record, name: str) -> bool:
    """Whether the field has the value that it has when it is left out."""
    field = next(each for each in msgspec.structs.fields(record) if each.name == name)
    if field.default_factory is not msgspec.NODEFAULT:
        return bool(getattr(record, name) == field.default_factory())
    return field.default is not msgspec.NODEFAULT and getattr(record, name) == field.default


def difference(before: Record | None, after: Record) -> dict[str, Any]:
    """What an operator wants to see: all that is said of a new record, what is different of an old one."""
    kind_and_id = {"kind": plain(after)["kind"], "id": after.id}
    shown = {
        name: value
        for name, value in plain(after).items()
        if name not in TIMES
        and name not in ("kind", "id")
        and not (is_default(after, name) if before is None else plain(before)[name] == value)
    }
    return kind_and_id | shown


def stored_before(moment: MemoryMoment, put: Record) -> Record | None:
    """The record that the put replaces."""
    same = [record for record in moment.list_records(type(put), Query()) if record.id == put.id]  # type: ignore[type-var]
    return same[0] if same else None


def outcome(store: MemoryStore, command: dict[str, Any]) -> dict[str, Any]:
    """The decision, in the words of `after.yaml`."""
    numbers = count(1)
    circumstances = Circumstances(START, lambda: f"new-{next(numbers)}", counting())

    def decide(moment: MemoryMoment) -> tuple[Verdict, list[Record | None]]:
        verdict = judge(read_command(command), moment, caller_named(command["caller"]), circumstances, REGULATIONS)
        befores = [stored_before(moment, put) for put in verdict.writes.puts]
        moment.commit_writes(verdict.writes)
        return verdict, befores

    try:
        verdict, befores = store.write(decide)
    except UnderlayError as error:
        return {"error": type(error).__name__, "message": error.message}
    puts = [difference(before, put) for before, put in zip(befores, verdict.writes.puts, strict=True)]
    decided = {"put": puts, "delete": [f"{ref.kind} {ref.id}" for ref in verdict.writes.deletes]}
    if isinstance(verdict.result, HeartbeatAnswer | PortsAnswer):
        decided["answer"] = plain(verdict.result)
    return {name: value for name, value in decided.items() if value}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    """The decision is the one in the folder."""
    before, command, after = (
        yaml.safe_load((case / name).read_text()) for name in ("before.yaml", "command.yaml", "after.yaml")
    )
    assert after == outcome(world(before), command)


def test_an_agent_of_a_case_is_read() -> None:
    """The folders' short form of a record is the record."""
    text = {"kind": "agent", "id": "a", "agent_type": "DHCP agent", "binary": "b", "host": "h", "topic": "t"}
    record = read_record(text)
    assert isinstance(record, Agent)
    assert (START, True) == (record.started_at, record.admin_state_up)
