"""QEMU's machine protocol: one command to one guest, over a connection of its own.

In: the socket's path, a command. Out: nothing, or NotNowError. Source: QEMU 7.2, docs/interop/qmp-spec.txt: the server
greets with one line of JSON, `qmp_capabilities` must come first, events may come between a command and its answer.
"""

import socket
from pathlib import Path
from typing import Any, Final

import msgspec

from underlay.compute.hypervisor import NotNowError

_TIMEOUT_S: Final = 5.0
_MOST_LINES: Final = 100


def command(path: Path, name: str) -> None:
    """Have the guest do it; returns when QEMU has answered. Raises NotNowError."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_TIMEOUT_S)
            connection.connect(str(path))
            with connection.makefile("rb") as lines:
                lines.readline()
                for each in ("qmp_capabilities", name):
                    connection.sendall(msgspec.json.encode({"execute": each}) + b"\n")
                    _await_answer(lines, name)
    except (OSError, msgspec.DecodeError) as error:
        raise NotNowError(f"QEMU does not answer: {error}") from error


def _await_answer(lines: Any, name: str) -> None:
    for _ in range(_MOST_LINES):
        line = lines.readline()
        if not line:
            if name == "quit":  # it may be gone before it has answered
                return
            break
        answer = msgspec.json.decode(line)
        if "error" in answer:
            raise NotNowError(f"QEMU refused {name}: {answer['error'].get('desc', '')}")
        if "return" in answer:
            return
    raise NotNowError(f"QEMU did not answer {name}")
