"""Where Nova's metadata server is: the setting `nova_metadata_url` as a value."""

from urllib.parse import urlsplit

import msgspec


class NovaAddress(msgspec.Struct, frozen=True):
    """Attributes:
    prefix: goes before every path; empty, or with a leading and without a final slash.
    """

    host: str
    port: int
    tls: bool
    prefix: str


def parse_nova_url(url: str) -> NovaAddress:
    """Raises ValueError, saying what is wrong."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"nova_metadata_url '{url}' is not of the form http://host:8775")
    tls = parts.scheme == "https"
    return NovaAddress(parts.hostname, parts.port or (443 if tls else 80), tls, parts.path.rstrip("/"))
