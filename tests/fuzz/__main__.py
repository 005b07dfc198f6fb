"""Fuzz a server process on SQLite: print each problem, then one JSON line with cases tried and failures.

usage: tools/fuzz [--cases N] [--seed S]

Exit status 1 when there was a problem, or the server's log tells of one. A seed gives the same cases as long as the
server answers the same.
"""

import argparse
import json
import sys
import time
from random import Random
from typing import Final

from fakes.openapi import DOCUMENT
from fuzz.cases import Maker
from fuzz.judge import Judge
from fuzz.process import known, server_process

REFRESH: Final = 250
"""After so many cases the ids that cases are made of are asked for again."""


def main() -> int:
    """See above."""
    parser = argparse.ArgumentParser(prog="tools/fuzz")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance, maker = Random(asked.seed), Maker(DOCUMENT)
    problems = 0
    with server_process() as server:
        judge = Judge(server)
        started = time.perf_counter()
        for number in range(asked.cases):
            if number % REFRESH == 0:
                judge.known = known(server)
            case = maker.case(chance, judge.known)
            problem = judge.problem(case)
            if problem is not None:
                problems += 1
                print(f"case {number}: {problem}\n    {case.token}: {case.method} {case.url[:600]} {case.headers}")
                print(f"    {case.body[:1500]!r}", flush=True)
        seconds = time.perf_counter() - started
        faults = server.faults()
    for line in faults[:20]:
        print(line[:4000])
    told = {
        "cases": asked.cases,
        "seed": asked.seed,
        "calls": len(maker.calls),
        "problems": problems,
        "faults_in_log": len(faults),
        "answers": dict(sorted(judge.answers.items())),
        "seconds": round(seconds, 1),
    }
    print(json.dumps(told))
    return 1 if problems or faults else 0


if __name__ == "__main__":
    sys.exit(main())
