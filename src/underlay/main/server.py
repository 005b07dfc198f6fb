"""underlay-server: prepares the database, keeps users, serves the API."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from underlay import __version__
from underlay.main.config import load_settings
from underlay.main.describe import describe_settings
from underlay.main.policy_file import describe_policy, read_policy
from underlay.main.quantum_config import ConfigError
from underlay.main.serve import serve
from underlay.main.server_setup import SetupError, add_host, add_user, initialise
from underlay.main.settings import Settings

ROLES: Final = ("admin", "manager", "member", "reader", "service")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    wanted = _parser().parse_args(arguments)
    configure_log()
    if wanted.command == "settings":
        print(describe_settings(), end="")
        return 0
    try:
        settings, notes = load_settings(wanted.config, os.environ, wanted.quantum_config)
        for note in notes:
            structlog.get_logger().warning(
                "option_ignored", file=note.file, line=note.line, option=note.option, reason=note.reason
            )
        if settings.server.agent_down_time_s < 2 * settings.agent.report_interval_s:
            structlog.get_logger().warning(
                "agent_down_time_is_short",
                agent_down_time_s=settings.server.agent_down_time_s,
                report_interval_s=settings.agent.report_interval_s,
                remedy="agents that miss one report count as down; at least twice report_interval_s would be right",
            )
        return _run(wanted, settings)
    except (ConfigError, SetupError) as error:
        print(f"underlay-server: {error}", file=sys.stderr)
        return 1


def _run(wanted: argparse.Namespace, settings: Settings) -> int:
    match wanted.command:
        case "init":
            return initialise(settings.server, wanted.password_file)
        case "policy":
            print(describe_policy(read_policy(settings.server.policy_file)), end="")
            return 0
        case "serve":
            return serve(settings)
        case "host-add":
            return add_host(settings.server, wanted.name, wanted.key_file, renew=wanted.renew)
        case "user-add":
            return add_user(settings.server, wanted.name, wanted.project, wanted.role, wanted.password_file)
    raise AssertionError(wanted.command)


def configure_log() -> None:
    """One JSON object a line, on stderr."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="underlay-server", description="The Underlay API server.")
    parser.add_argument("--version", action="version", version=f"underlay {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with the settings")
    parser.add_argument(
        "--quantum-config", type=Path, metavar="DIR", help="folder with ovs_quantum_plugin.ini and quantum.conf"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    init = commands.add_parser("init", help="make database, signing key and the first administrator")
    init.add_argument("--password-file", metavar="FILE", help="take the administrator's password from FILE, - is stdin")
    commands.add_parser("serve", help="serve the API until SIGTERM")
    host = commands.add_parser("host-add", help="let a host's agent log in; prints its key once")
    host.add_argument("name", metavar="NAME")
    host.add_argument(
        "--key-file", type=Path, metavar="FILE", help="write the key to FILE, mode 0600, and do not print it"
    )
    host.add_argument("--renew", action="store_true", help="give a host that is known a new key")
    user = commands.add_parser("user-add", help="add a user; prints its password once")
    user.add_argument("name", metavar="NAME")
    user.add_argument("--project", required=True, metavar="PROJECT", help="made if it does not exist")
    user.add_argument("--role", choices=ROLES, default="member")
    user.add_argument("--password-file", metavar="FILE", help="take the password from FILE, - is stdin")
    commands.add_parser("policy", help="print who may do what, with the operator's file in it, as docs/policy.md")
    commands.add_parser("settings", help="print what can be set, as docs/settings.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
