"""One figure, one JSON line on standard output; the same shape for every bench."""

import json
import sys


def emit(bench: str, figure: str, value: float, unit: str, **conditions: object) -> None:
    """Print one measured figure. conditions: what it depends on (concurrency, ports, networks, ...)."""
    line = {"bench": bench, "figure": figure, "value": round(value, 4), "unit": unit, **conditions}
    print(json.dumps(line), flush=True)


def progress(text: str) -> None:
    """Say on standard error what is being measured now."""
    print(text, file=sys.stderr, flush=True)
