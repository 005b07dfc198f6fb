"""`python -m lab`: bring the lab up and down, look at it, and run commands in it. See docs/lab.md."""

import signal
import sys

from lab.command import main

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `status | head` ends quietly
sys.exit(main(sys.argv[1:]))
