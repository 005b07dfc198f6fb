"""A server process under requests made from the OpenAPI document; `tools/fuzz` runs more of them."""

from random import Random

import msgspec

from fakes.asgi import Reply
from fakes.openapi import DOCUMENT
from fuzz.cases import Case, Maker
from fuzz.judge import Judge
from fuzz.process import known, server_process

CASES = 1_500
REFRESH = 250


def test_nothing_that_is_sent_makes_a_fault() -> None:
    """No fault of ours, no partly stored object, no answer that the document does not describe; every call is tried."""
    chance, maker = Random(7), Maker(DOCUMENT)
    problems = []
    with server_process() as server:
        judge = Judge(server)
        calls = [*[None] * (CASES - len(maker.calls)), *maker.calls]
        for number, call in enumerate(calls):
            if number % REFRESH == 0:
                judge.known = known(server)
            case = maker.case(chance, judge.known, call)
            problem = judge.problem(case)
            if problem is not None:
                problems.append((problem, case))
        faults = server.faults()
    assert ([], []) == (problems, faults)
    assert {200, 201, 204, 400, 401, 403, 404, 409} <= set(judge.answers)


class Broken(msgspec.Struct):
    """A server with one answer, whose revision counts what is sent when it is to."""

    reply: Reply
    stores: bool = False
    sent: int = 0

    def send(self, *_: object) -> Reply:
        """The answer."""
        self.sent += 1
        return self.reply

    def revision(self) -> int:
        """How much is stored."""
        return self.sent if self.stores else 0


def test_the_judge_finds_each_kind_of_problem() -> None:
    """A fault of ours, a header from outside, a refusal that stored something, an undescribed or half-told answer."""
    ours = {"x-openstack-request-id": "r", "content-type": "application/json"}
    refused = Reply(404, ours, b'{"NeutronError": {"type": "a", "message": "b", "detail": ""}}')
    show = Case("GET", "/v2.0/networks/{id}", "/v2.0/networks/a", {"id": "a"})
    assert None is Judge(Broken(refused)).problem(show)
    wrong = (
        Broken(Reply(500, ours, b"{}")),
        Broken(msgspec.structs.replace(refused, headers={**ours, "x-injected": "1"})),
        Broken(refused, stores=True),
        Broken(Reply(418, ours, b"{}")),
        Broken(Reply(200, ours, b'{"network": {"id": 1}}')),
    )
    assert [] == [server for server in wrong if Judge(server).problem(show) is None]
    create = Case("POST", "/v2.0/networks", "/v2.0/networks", {}, body=b'{"network": {}}')
    made = Reply(201, ours, b'{"network": {"id": "00000000-0000-4000-8000-000000000001"}}')
    assert "is 201 after POST" in str(Judge(Broken(made, stores=True)).problem(create))
