"""underlay-metadata: reads the settings, raises the limit of open files, runs the pump (docs/metadata.md)."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from underlay.main.config import load_settings
from underlay.main.quantum_config import ConfigError
from underlay.main.settings import MetadataSettings
from underlay.metadata.nova import NovaAddress, parse_nova_url
from underlay.pump.bucket import Pace
from underlay.pump.limits import raise_open_files
from underlay.pump.log import Log

if TYPE_CHECKING:
    from underlay.metadata.relay import Relay


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; the exit status: 0 asked to end, 1 cannot serve, 2 wrong settings."""
    parser = argparse.ArgumentParser(
        prog="underlay-metadata", description="Answers 169.254.169.254 for the networks that this host serves."
    )
    parser.add_argument("--config", type=Path, help="TOML file with the settings, table [metadata]")
    options = parser.parse_args(arguments)
    try:
        settings, _ = load_settings(options.config, os.environ)
        make_relay = relay_for(settings.metadata)
    except ConfigError as error:
        print(f"underlay-metadata: {error}", file=sys.stderr)
        return 2
    raise_open_files()
    if not settings.metadata.nova_metadata_url.startswith("https:"):
        _do_without_tls()
    try:
        pace = Pace(settings.metadata.requests_per_s, settings.metadata.requests_at_once)
        _serve(Path(settings.metadata.table_dir), pace, make_relay)
    except (OSError, RuntimeError) as error:
        print(f"underlay-metadata: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(table_dir: Path, pace: Pace, make_relay: "Callable[[Log], Relay] | None") -> None:
    """See Note [Memory of TLS]: asyncio must not be imported before."""
    import asyncio

    from underlay.metadata.pump import run

    asyncio.run(run(table_dir, pace, make_relay, Log()))


def _do_without_tls() -> None:
    """Let asyncio be imported without ssl.

    # Note [Memory of TLS]
    asyncio imports ssl if it can and does without if it cannot: 4 MB, a sixth of the process (Python 3.11). Only a
    relay to an https URL needs it. None in `sys.modules` is how the import system is told that a module is not there
    (Python reference, section 5.3.1).
    """
    sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]


def relay_for(settings: MetadataSettings) -> "Callable[[Log], Relay] | None":
    """How to make the relay to Nova, if the settings ask for one.

    Raises:
    ConfigError: the URL is none, or the secret cannot be read or is empty.
    """
    if not settings.nova_metadata_url:
        return None
    if not settings.shared_secret_file:
        raise ConfigError("[metadata] nova_metadata_url needs shared_secret_file: Nova believes only what is signed")
    try:
        nova = parse_nova_url(settings.nova_metadata_url)
        secret = Path(settings.shared_secret_file).read_bytes().strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"[metadata] {error}") from None
    if not secret:
        raise ConfigError(f"[metadata] shared_secret_file {settings.shared_secret_file} is empty")
    return partial(_make_relay, nova, secret, settings.nova_repeat_s)


def _make_relay(nova: NovaAddress, secret: bytes, repeat_for_s: float, log: Log) -> "Relay":
    """See Note [Memory of TLS]: the relay imports asyncio."""
    from underlay.metadata.relay import Relay

    return Relay(nova, secret, log, repeat_for_s=repeat_for_s)


if __name__ == "__main__":
    sys.exit(main())
