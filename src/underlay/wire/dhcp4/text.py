"""Options that are text: one byte a character, no zero at the end (RFC 2132 section 2).

```
+------+--------+-- ... --+
| code |   n    |  text   |
+------+--------+-- ... --+
```
| code | RFC 2132 | holds |
|---|---|---|
| 12 | 3.14 | host name |
| 15 | 3.17 | domain name |
| 56 | 9.9 | message: why a DHCPNAK or DHCPDECLINE |
| 60 | 9.13 | vendor class identifier |
| 66 | 9.4 | TFTP server name |
| 67 | 9.5 | bootfile name |
"""

from typing import Final

HOST_NAME: Final = 12
DOMAIN_NAME: Final = 15
ERROR_MESSAGE: Final = 56
VENDOR_CLASS: Final = 60
TFTP_SERVER_NAME: Final = 66
BOOTFILE_NAME: Final = 67


def encode_text(text: str) -> bytes:
    """The payload, as UTF-8."""
    return text.encode("utf-8", "replace")


def decode_text(payload: bytes) -> str:
    """The text; zeros at the end, which some clients send, are not part of it; never fails."""
    return payload.rstrip(b"\0").decode("utf-8", "replace")
