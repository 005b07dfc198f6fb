"""Option 55, the codes of the options that the client asks for (RFC 2132 section 9.8).

```
+------+--------+------+------+-- ...
|  55  |   n    |  c1  |  c2  |          n codes, in the client's order of preference
+------+--------+------+------+-- ...
```
The server should insert options in this order.
"""

from typing import Final

PARAMETER_REQUEST_LIST: Final = 55


def decode_parameter_request_list(payload: bytes) -> tuple[int, ...]:
    """The codes, each once, in the order asked; empty for an empty list."""
    return tuple(dict.fromkeys(payload))


def encode_parameter_request_list(codes: tuple[int, ...]) -> bytes:
    """The payload, in order."""
    return bytes(codes)
