"""SIGTERM and SIGINT as something to wait for beside sockets."""

import os
import signal


def stop_descriptor() -> int:
    """A file descriptor that becomes readable when the process is asked to end (signal(7), the self-pipe way)."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return reader
