"""The options field: code, length, payload, one after the other (RFC 2132 section 2), and its overflow.

```
 0        1        2
+--------+--------+---------- ... ----------+
|  code  | length |  payload, length bytes  |   code 0 is one byte of padding, 255 ends the field
+--------+--------+---------- ... ----------+
```
A payload of more than 255 bytes is split over several options of the same code, to be joined in the order
found (RFC 3396). With option 52 (overload) the header's `file` (bit 0) and `sname` (bit 1) fields hold further
options (RFC 2132 section 9.3); they are read in the order options, file, sname (RFC 3396 section 5).
"""

from typing import Final

import msgspec

from underlay.wire.dhcp4.errors import DhcpFormatError

PAD: Final = 0
OVERLOAD: Final = 52
END: Final = 255

FILE_BYTES: Final = 128
SNAME_BYTES: Final = 64
_IN_FILE: Final = 1
_IN_SNAME: Final = 2
_OVERLOAD_BYTES: Final = 3


class PackedOptions(msgspec.Struct, frozen=True):
    """Attributes:
    options: the options field, END included.
    file, sname: what overflowed into these header fields, END included; None when they are not used for options.
    left_out: codes for which no room was left, in the order given.
    """

    options: bytes
    file: bytes | None = None
    sname: bytes | None = None
    left_out: tuple[int, ...] = ()


def read_options(area: bytes, into: dict[int, bytes]) -> None:
    """Add the options of one area to `into`, joining what is there already.

    A missing END is accepted, what follows END is ignored.

    Raises:
    DhcpFormatError: an option is longer than the area.
    """
    position, size = 0, len(area)
    while position < size:
        code = area[position]
        if code == PAD:
            position += 1
            continue
        if code == END:
            return
        if position + 2 > size or (end := position + 2 + area[position + 1]) > size:
            raise DhcpFormatError(f"option {code} at byte {position} of the options is cut short")
        payload = area[position + 2 : end]
        into[code] = into[code] + payload if code in into else payload
        position = end


def read_overloaded_options(area: bytes, file: bytes, sname: bytes) -> tuple[dict[int, bytes], bool, bool]:
    """All options of a message, with whether `file` and `sname` held options.

    Raises:
    DhcpFormatError: an option is cut short, or option 52 is none of 1, 2, 3.
    """
    options: dict[int, bytes] = {}
    read_options(area, options)
    overload = options.pop(OVERLOAD, None)
    if overload is None:
        return options, False, False
    if len(overload) != 1 or not 1 <= overload[0] <= _IN_FILE | _IN_SNAME:
        raise DhcpFormatError("option 52 (overload) is none of 1, 2, 3")
    in_file, in_sname = bool(overload[0] & _IN_FILE), bool(overload[0] & _IN_SNAME)
    if in_file:
        read_options(file, options)
    if in_sname:
        read_options(sname, options)
    return options, in_file, in_sname


def pack_option(code: int, payload: bytes) -> bytes:
    """One option's bytes, split into options of the same code when it is longer than 255 bytes."""
    if len(payload) <= 255:
        return bytes((code, len(payload))) + payload
    pieces = (payload[start : start + 255] for start in range(0, len(payload), 255))
    return b"".join(bytes((code, len(piece))) + piece for piece in pieces)


def pack_options(options: dict[int, bytes], room: int, file_is_free: bool, sname_is_free: bool) -> PackedOptions:
    """Lay options out in `room` bytes; what does not fit goes into `file`, then `sname`, where these are free.

    Args:
    options: most important first: the last ones are left out when there is no room at all.
    room: bytes of the options field, END included; at least 4.
    """
    everything = b"".join(
        [
            b"%c%c%b" % (code, len(payload), payload) if len(payload) <= 255 else pack_option(code, payload)
            for code, payload in options.items()
        ]
    )
    if len(everything) < room:
        return PackedOptions(everything + b"\xff")
    return _pack_tight(options, room, file_is_free, sname_is_free)


def _pack_tight(options: dict[int, bytes], room: int, file_is_free: bool, sname_is_free: bool) -> PackedOptions:
    fields = [b"", b"", b""]
    overloading = file_is_free or sname_is_free
    rooms = [
        room - 1 - (_OVERLOAD_BYTES if overloading else 0),
        FILE_BYTES - 1 if file_is_free else 0,
        SNAME_BYTES - 1 if sname_is_free else 0,
    ]
    left_out: list[int] = []
    for code, payload in options.items():
        packed = pack_option(code, payload)
        for index in range(3):
            if len(fields[index]) + len(packed) <= rooms[index]:
                fields[index] += packed
                break
        else:
            left_out.append(code)
    overload = (_IN_FILE if fields[1] else 0) | (_IN_SNAME if fields[2] else 0)
    if overload:
        fields[0] += bytes((OVERLOAD, 1, overload))
    return PackedOptions(
        fields[0] + b"\xff",
        fields[1] + b"\xff" if fields[1] else None,
        fields[2] + b"\xff" if fields[2] else None,
        tuple(left_out),
    )
