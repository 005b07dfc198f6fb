"""Commands to committed records: judge and write in one transaction, all of them or none."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from underlay.api.attributes.attribute import Resource
from underlay.api.exchange import Service, Transaction
from underlay.api.render import Viewpoint, render
from underlay.commands.command import Command
from underlay.model.caller import Caller
from underlay.model.change import Writes
from underlay.rules.judge import judge
from underlay.rules.snapshot import Snapshot

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


def viewpoint(service: Service, caller: Caller, snapshot: Snapshot) -> Viewpoint:
    """What rendering for this caller needs."""
    return Viewpoint(caller, snapshot, service.regulations, service.circumstances().now)


def _in_transaction(
    service: Service, caller: Caller, commands: Sequence[Command], show: Callable[[Any, Transaction], T]
) -> list[T]:
    def work(transaction: Transaction) -> list[T]:
        circumstances = service.circumstances()
        shown = []
        for command in commands:
            verdict = judge(command, transaction, caller, circumstances, service.regulations)
            if verdict.writes != Writes():
                transaction.commit_writes(verdict.writes)
            if verdict.heartbeats:
                transaction.touch_agents(verdict.heartbeats, circumstances.now)
            shown.append(show(verdict.result, transaction))
        return shown

    return service.store.write(work)
