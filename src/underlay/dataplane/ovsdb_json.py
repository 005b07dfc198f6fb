"""JSON-RPC messages from a stream, by the standard library's decoder.

In: pieces of text, cut anywhere. Out: one message. The parser of `ovs` 4.0 goes character by character in Python when
its C extension is not built, as from PyPI: half of the time from 200 devices plugged to 200 ports wired. This one has
the same methods, so that it can stand in for `ovs.json.Parser`. Source: RFC 7047, 4 (messages are JSON objects).
"""

import json
import re
from typing import Any, Final

import ovs.json

_MARKS: Final = re.compile(r'\\.|[{}"\\]', re.DOTALL)


class MessageParser:
    """Finds the end of one JSON object, then decodes it."""

    def __init__(self, check_trailer: bool = False) -> None:
        """`check_trailer` is there for the library's sake: nothing may follow the object either way."""
        self._parts: list[str] = []
        self._depth = 0
        self._in_string = False
        self._is_escaped = False
        self._is_done = False

    def feed(self, text: str) -> int:
        """Take in the next piece; how many characters of it belong to the object."""
        start = 1 if self._is_escaped and text else 0
        self._is_escaped = self._is_escaped and not text
        for mark in _MARKS.finditer(text, start):
            match mark.group():
                case '"':
                    self._in_string = not self._in_string
                case "\\":
                    self._is_escaped = True
                case "{" if not self._in_string:
                    self._depth += 1
                case "}" if not self._in_string:
                    self._depth -= 1
                    if self._depth <= 0:
                        self._is_done = True
                        self._parts.append(text[: mark.end()])
                        return mark.end()
        self._parts.append(text)
        return len(text)

    def is_done(self) -> bool:
        """Whether the object is whole."""
        return self._is_done

    def finish(self) -> Any:
        """The object; text that says what is wrong when it is none."""
        try:
            return json.loads("".join(self._parts))
        except ValueError as error:
            return str(error)


def use_standard_decoder() -> None:
    """Have the ovs library read messages by `MessageParser`, unless its own C parser is there."""
    if ovs.json.PARSER == ovs.json.PARSER_PY:
        ovs.json.Parser = MessageParser
