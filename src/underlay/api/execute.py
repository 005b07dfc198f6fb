"""Commands to committed records: judge and write in one transaction, all of them or none."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from underlay.api.attributes.attribute import Resource
from underlay.api.exchange import Service, Store, Transaction
from underlay.api.render import Viewpoint, render
from underlay.commands.command import Command
from underlay.commands.segment_range import DeclareDefaultRanges
from underlay.commands.subnet import DeleteSubnet, GiveAutoAddresses
from underlay.model.caller import SERVER, Caller
from underlay.model.change import Writes
from underlay.model.subnet import Subnet
from underlay.rules.judge import judge
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot

T = TypeVar("T")


def execute(service: Service, caller: Caller, commands: Sequence[Command]) -> list[Any]:
    """What each command comes to (`Verdict.result`). A refusal of one undoes all; a lost race repeats all."""
    return _in_transaction(service, caller, commands, lambda result, _: result)


def execute_and_render(
    service: Service, resource: Resource, caller: Caller, commands: Sequence[Command]
) -> list[dict[str, Any]]:
    """As `execute`; the records as the caller may see them, at the moment of the commit."""

    def show(result: Any, transaction: Transaction) -> dict[str, Any]:
        return render(resource, result, viewpoint(service, caller, transaction))

    return _in_transaction(service, caller, commands, show)


def declare_default_ranges(store: Store, regulations: Regulations, circumstances: Circumstances) -> None:
    """Before the first request: the ranges of the settings are in the store."""

    def work(transaction: Transaction) -> None:
        verdict = judge(DeclareDefaultRanges(), transaction, SERVER, circumstances, regulations)
        if verdict.writes != Writes():
            transaction.commit_writes(verdict.writes)

    store.write(work)


def viewpoint(service: Service, caller: Caller, snapshot: Snapshot) -> Viewpoint:
    """What rendering for this caller needs."""
    return Viewpoint(caller, snapshot, service.regulations, service.circumstances().now)


def _in_transaction(
    service: Service, caller: Caller, commands: Sequence[Command], show: Callable[[Any, Transaction], T]
) -> list[T]:
    shown, rest = _in_one(service, caller, commands, show)
    while rest:
        _, more = _in_one(service, caller, rest[:1], lambda result, _: result)
        rest = [*more, *rest[1:]]
    return shown


def _in_one(
    service: Service, caller: Caller, commands: Sequence[Command], show: Callable[[Any, Transaction], T]
) -> tuple[list[T], list[Command]]:
    """What the commands come to, and what they leave to be done (`Verdict.then`)."""

    def work(transaction: Transaction) -> tuple[list[T], list[Command]]:
        circumstances = service.circumstances()
        shown: list[T] = []
        rest: list[Command] = []
        for command in commands:
            verdict = judge(command, transaction, caller, circumstances, service.regulations)
            if verdict.writes != Writes():
                transaction.commit_writes(verdict.writes)
            if verdict.heartbeats:
                transaction.touch_agents(verdict.heartbeats, circumstances.now)
            shown.append(show(verdict.result, transaction))
            if verdict.then is not None:
                rest.append(verdict.then)
        return shown, rest

    return service.store.write(work)


def finish_interrupted(service: Service) -> None:
    """Before the first request: ports get or lose the automatic addresses that a restart came between."""
    with service.store.read() as reading:
        subnets = reading.records_of(Subnet)
    for subnet in subnets:
        if subnet.is_spreading:
            execute(service, SERVER, (GiveAutoAddresses(subnet.id),))
        if subnet.is_leaving:
            execute(service, SERVER, (DeleteSubnet(subnet.id),))
