"""What can go wrong in the command, and the exit status of each.

CliError          exit 1: refused by the server, not found, not reachable, no credentials
`- UsageError     exit 2: the command line itself is wrong; nothing was sent
"""


class CliError(Exception):
    """Ends the command; the text goes to stderr."""

    exit_status = 1


class UsageError(CliError):
    """The command line cannot be read."""

    exit_status = 2
