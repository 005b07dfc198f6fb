"""The command line of the lab: arguments in, one call out."""

import argparse
import os
import sys
from collections.abc import Sequence

from lab import container, guest, site, software
from lab.progress import fail, tell
from lab.status import status_lines
from lab.topology import COMPUTE_HOSTS, CONTAINERS, Lab, lab_here

DESCRIPTION = "The lab: a data centre on one machine. UNDERLAY_LAB names it (default: ul)."


def main(argv: Sequence[str]) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(argv)
    if os.geteuid() != 0:
        return fail("the lab makes network namespaces and needs root: run it with sudo")
    try:
        return _perform(lab_here(), options)
    except container.ContainerError as error:
        return fail(f"lab: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start what does not run: machines, cables, Underlay")
    up.add_argument("--bare", action="store_true", help="machines, cables and Open vSwitch only")
    commands.add_parser("down", help="end everything and remove what it kept")
    commands.add_parser("status", help="what runs")
    execute = commands.add_parser("exec", help="run a command on a machine: exec cmp1 -- ovs-vsctl show")
    execute.add_argument("--as", dest="who", choices=tuple(software.PROJECTS), help="with that user's OS_ variables")
    execute.add_argument("container", choices=CONTAINERS)
    execute.add_argument("argv", nargs=argparse.REMAINDER)
    guests = commands.add_parser("guest", help="machines of the tenants").add_subparsers(dest="verb", required=True)
    add = guests.add_parser("add", help="make a guest, plug it in as the API's port, start its DHCP client")
    add.add_argument("name")
    add.add_argument("--host", choices=COMPUTE_HOSTS, required=True)
    add.add_argument("--port-id", required=True)
    add.add_argument("--mac", required=True)
    add.add_argument("--client", choices=guest.DHCP_CLIENTS)
    delete = guests.add_parser("del", help="unplug a guest and end it")
    delete.add_argument("name")
    inside = guests.add_parser("exec", help="run a command in a guest: exec vm1 -- ping -c1 10.10.100.1")
    inside.add_argument("name")
    inside.add_argument("argv", nargs=argparse.REMAINDER)
    return parser


def _perform(lab: Lab, options: argparse.Namespace) -> int:
    match options.command:
        case "up":
            site.up(lab)
            if not options.bare:
                software.install(lab)
        case "down":
            site.down(lab)
        case "status":
            for line in status_lines(lab):
                tell(line)
        case "exec":
            _become(
                lab,
                options.container,
                _words(options.argv),
                software.variables(lab, options.who) if options.who else {},
            )
        case "guest":
            _perform_guest(lab, options)
    return 0


def _perform_guest(lab: Lab, options: argparse.Namespace) -> None:
    match options.verb:
        case "add":
            made = guest.Guest(options.name, options.host, options.port_id, options.mac)
            guest.plug(lab, made)
            if options.client:
                guest.boot(lab, made, options.client)
        case "del":
            guest.delete(lab, guest.host_of(lab, options.name), options.name)
        case "exec":
            _become(lab, guest.host_of(lab, options.name), guest.inside(options.name, *_words(options.argv)), {})


def _words(argv: list[str]) -> list[str]:
    """The command after `--`; a shell when there is none."""
    words = argv[1:] if argv[:1] == ["--"] else argv
    return words or ["bash"]


def _become(lab: Lab, name: str, argv: list[str], variables: dict[str, str]) -> None:
    """Replace this process by the command."""
    command = container.command_inside(lab, name, argv)
    sys.stdout.flush()
    os.execvpe(command[0], command, container.environment(lab, variables))
