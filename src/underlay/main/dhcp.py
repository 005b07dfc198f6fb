"""underlay-dhcp: reads the settings, raises the limit of open files, runs the pump (docs/dhcp.md)."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from underlay.dhcp.pump import run
from underlay.main.config import load_settings
from underlay.main.quantum_config import ConfigError
from underlay.pump.bucket import Pace
from underlay.pump.limits import raise_open_files
from underlay.pump.log import Log
from underlay.pump.stop import stop_descriptor


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; the exit status: 0 asked to end, 1 cannot serve, 2 wrong settings."""
    parser = argparse.ArgumentParser(
        prog="underlay-dhcp", description="Answers DHCP for this host's own ports and the networks that it serves."
    )
    parser.add_argument("--config", type=Path, help="TOML file with the settings, table [dhcp]")
    options = parser.parse_args(arguments)
    try:
        settings, _ = load_settings(options.config, os.environ)
    except ConfigError as error:
        print(f"underlay-dhcp: {error}", file=sys.stderr)
        return 2
    raise_open_files()
    try:
        pace = Pace(settings.dhcp.requests_per_s, settings.dhcp.requests_at_once)
        run(Path(settings.dhcp.table_dir), pace, stop_descriptor(), Log())
    except (OSError, RuntimeError) as error:
        print(f"underlay-dhcp: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
