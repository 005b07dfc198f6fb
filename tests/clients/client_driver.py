"""Run by an environment's Python: calls a client's own `main(argv)` once a line, so that it is imported only once.

usage: client_driver.py MODULE:FUNCTION. Each line of stdin is the arguments, a JSON list; each line of stdout is
`{"status": int, "out": text, "err": text}`. What the client does is the same as when its program is started each time.
"""

import importlib
import io
import json
import sys
import traceback


def call(function, arguments):
    """How it ended and what it printed."""
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err = io.StringIO(), io.StringIO()
    try:
        status = function(arguments) or 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except Exception:
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout, sys.stderr = kept
    return {"status": status, "out": out.getvalue(), "err": err.getvalue()}


def main(target):
    """Until stdin ends."""
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        print(json.dumps(call(function, json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
