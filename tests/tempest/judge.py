"""Runs in Tempest's own environment: load its network tests, run those that fit, write one JSON line a result.

usage: judge.py REGEX OUTPUT [--list]     (TEMPEST_CONFIG_DIR and TEMPEST_CONFIG name the configuration)

A class whose set-up skips or fails counts as so many tests as it has, because none of them ran.
"""

import importlib
import json
import pkgutil
import re
import sys
import time
import traceback
import unittest
from collections import Counter
from pathlib import Path

PACKAGES = ("tempest.api.network", "neutron_tempest_plugin.api", "tempest.api.identity")


class Verdicts(unittest.TestResult):
    """Writes what happens to each test, as it happens."""

    def __init__(self, output, sizes):
        super().__init__()
        self._output, self._sizes, self._begun = output, sizes, time.monotonic()

    def startTest(self, test):  # noqa: D102, N802
        self._begun = time.monotonic()

    def addSuccess(self, test):  # noqa: D102, N802
        self._write(test, "passed", "")

    def addSkip(self, test, reason):  # noqa: D102, N802
        self._write(test, "skipped", str(reason))

    def addFailure(self, test, err):  # noqa: D102, N802
        self._write(test, "failed", _text(err))

    def addError(self, test, err):  # noqa: D102, N802
        self._write(test, "failed", _text(err))

    def _write(self, test, outcome, reason):
        name = test.id()
        of_class = re.fullmatch(r"(\w+) \(([\w.]+)\)", name)
        count = 1
        if of_class:
            name = of_class.group(2)
            count = self._sizes.get(name, 0) if of_class.group(1) == "setUpClass" else 0
        row = {
            "test": name.split("[")[0],
            "outcome": outcome,
            "count": count,
            "seconds": round(time.monotonic() - self._begun, 3),
            "reason": reason,
        }
        self._output.write(json.dumps(row) + "\n")
        self._output.flush()


def _text(err):
    text = str(err[1]) if err[0].__name__ == "_StringException" else "".join(traceback.format_exception(*err))
    return text[-6000:]


def _modules():
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield from (
            found.name
            for found in pkgutil.walk_packages(package.__path__, f"{name}.")
            if found.name.rsplit(".", 1)[-1].startswith("test_")
        )


def _tests(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _tests(item)
        else:
            yield item


def main(pattern, output, *options):
    """Run, or with --list only name, the tests whose full name the regular expression is found in."""
    loaded = unittest.defaultTestLoader.loadTestsFromNames(sorted(_modules()))
    chosen = [test for test in _tests(loaded) if re.search(pattern, test.id())]
    if "--list" in options:
        print("\n".join(test.id() for test in chosen))
        return
    sizes = Counter(f"{type(test).__module__}.{type(test).__qualname__}" for test in chosen)
    with Path(output).open("w", encoding="utf-8") as opened:
        unittest.TestSuite(chosen).run(Verdicts(opened, sizes))


if __name__ == "__main__":
    main(*sys.argv[1:])
