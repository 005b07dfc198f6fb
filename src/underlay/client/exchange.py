"""What one HTTP exchange is made of: query, reply, limits, and how the server is known."""

from collections.abc import Sequence
from typing import Any

import msgspec

Query = Sequence[tuple[str, str]]


class Timeouts(msgspec.Struct, frozen=True):
    """Seconds.

    Attributes:
    connect: until the connection is made.
    answer: of silence while an answer is awaited or read.
    """

    connect: float = 5.0
    answer: float = 60.0


class Tls(msgspec.Struct, frozen=True):
    """How a server reached by https is known.

    Attributes:
    ca_file: certificates to trust; empty: the system's.
    insecure: trust any.
    """

    ca_file: str = ""
    insecure: bool = False


class Reply(msgspec.Struct, frozen=True):
    """Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def verification(tls: Tls) -> dict[str, Any]:
    """urllib3's words for it."""
    if tls.insecure:
        return {"cert_reqs": "CERT_NONE", "assert_hostname": False}
    return {"cert_reqs": "CERT_REQUIRED", **({"ca_certs": tls.ca_file} if tls.ca_file else {})}


def told(error: BaseException) -> str:
    """The cause in words, without the addresses of objects that urllib3 puts in."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    text = str(error)
    return text.partition(": ")[2] or text if " object at 0x" in text else text
