"""`python -m lab`: bring the lab up and down, look at it, and run commands in it. See docs/lab.md."""

import sys

from lab.command import main

sys.exit(main(sys.argv[1:]))
