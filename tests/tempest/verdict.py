"""What a run comes to: counts a suite, and what failed or was skipped, told apart by whether it was meant to pass.

In: the rows that `judge` writes, and `scope.toml`. Out: text, and whether all is as expected.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from .judge import PACKAGES

SCOPE = Path(__file__).with_name("scope.toml")
STANDINGS = ("passed", "failed", "skipped", "out of scope")

Row = Mapping[str, Any]


class OutOfScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Attributes:
    why: in a few words.
    failed: patterns of whole names of tests, or of classes whose set-up fails.
    skipped: patterns found in Tempest's reasons.
    """

    why: str
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def holds(self, row: Row) -> bool:
        """Whether this is why the test did not pass."""
        if row["outcome"] == "skipped":
            return any(re.search(pattern, row["reason"]) for pattern in self.skipped)
        return any(re.fullmatch(pattern, row["test"]) for pattern in self.failed)


def read_scope(text: str) -> tuple[OutOfScope, ...]:
    """The entries of `scope.toml`."""
    return msgspec.convert(tomllib.loads(text), dict[str, tuple[OutOfScope, ...]])["out_of_scope"]


def reason_of(row: Row, scope: Sequence[OutOfScope]) -> str | None:
    """Why the test was not meant to pass; None: it was."""
    return next((entry.why for entry in scope if entry.holds(row)), None)


def standing(row: Row, scope: Sequence[OutOfScope]) -> str:
    """`passed`, `out of scope`; or `failed`, `skipped` although it was meant to pass."""
    outcome = str(row["outcome"])
    return "out of scope" if outcome != "passed" and reason_of(row, scope) is not None else outcome


def unexpected(rows: Sequence[Row], scope: Sequence[OutOfScope]) -> list[Row]:
    """The tests that failed or were skipped and were meant to pass."""
    return [row for row in rows if standing(row, scope) in ("failed", "skipped")]


def summary(rows: Sequence[Row], scope: Sequence[OutOfScope]) -> str:
    """The counts a suite as a table, then those out of scope by reason."""
    titles = ("tests", *STANDINGS)
    lines = [f"{'suite':28}" + "".join(f"{title:>14}" for title in titles)]
    for suite in (*PACKAGES, ""):
        counts = _counted((standing(row, scope), row) for row in rows if row["test"].startswith(suite))
        numbers = (counts.total(), *(counts[name] for name in STANDINGS))
        lines.append(f"{suite or 'all':28}" + "".join(f"{number:14}" for number in numbers))
    left_out = _counted((reason_of(row, scope) or "", row) for row in rows if standing(row, scope) == "out of scope")
    return "\n".join([*lines, "", "out of scope:", *(f"{count:6}  {why}" for why, count in left_out.most_common())])


def _counted(named: Iterable[tuple[str, Row]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, row in named:
        counts[name] += row["count"]
    return counts
