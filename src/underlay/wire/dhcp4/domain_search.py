"""Option 119, the domains to try for a short name (RFC 3397), names in DNS form (RFC 1035 section 3.1).

```
+------+--------+-----+-- ... --+-----+-- ... --+-----+-- ...
| 119  |   n    | len |  label  | len |  label  |  0  |  next name
+------+--------+-----+-- ... --+-----+-- ... --+-----+-- ...
```
Written without compression pointers, which clients must take.
"""

from collections.abc import Iterable
from typing import Final

from underlay.wire.dhcp4.errors import DhcpFormatError

DOMAIN_SEARCH: Final = 119
_LONGEST_LABEL: Final = 63
_LONGEST_NAME: Final = 255


def encode_domain_search(domains: Iterable[str]) -> bytes:
    """The payload, in order.

    Raises:
    DhcpFormatError: a name is empty, or a label or a name is too long, or not ASCII.
    """
    return b"".join([_encode_name(domain) for domain in domains])


def _encode_name(domain: str) -> bytes:
    labels = domain.strip(".").split(".")
    if not domain.isascii() or any(not 0 < len(label) <= _LONGEST_LABEL for label in labels):
        raise DhcpFormatError(f"'{domain}' is not a domain name")
    name = b"".join(bytes((len(label),)) + label.encode("ascii") for label in labels) + b"\0"
    if len(name) > _LONGEST_NAME:
        raise DhcpFormatError(f"'{domain}' is longer than a domain name may be")
    return name
