"""Messages are found in a stream however it is cut, and are what the ovs library's own parser makes of them."""

import json

import ovs.json
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underlay.dataplane.ovsdb_json import MessageParser

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))  # OVSDB has no null bytes
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(texts, values, max_size=4)


@given(st.lists(objects, min_size=1, max_size=3), st.integers(1, 7), st.booleans())
def test_every_message_comes_out_however_the_stream_is_cut(
    messages: list[dict[str, object]], size: int, is_ascii: bool
) -> None:
    """Braces, quotes and backslashes in texts end nothing; what follows a message belongs to the next."""
    stream = "".join(json.dumps(message, ensure_ascii=is_ascii) for message in messages)
    found, parser = [], MessageParser()
    for start in range(0, len(stream), size):
        piece = stream[start : start + size]
        while piece:
            piece = piece[parser.feed(piece) :]
            if parser.is_done():
                found.append(parser.finish())
                parser = MessageParser()
    assert messages == found


@given(objects)
def test_it_makes_the_same_of_a_message_as_the_library(message: dict[str, object]) -> None:
    """Type for type."""
    text = json.dumps(message)
    parser = MessageParser()
    parser.feed(text)
    assert repr(ovs.json.from_string(text)) == repr(parser.finish())


@pytest.mark.parametrize("text", ["}", '{"a"}', "{1:2}"])
def test_what_is_no_message_is_told_in_words(text: str) -> None:
    """Text instead of an object is how the library hears of it."""
    parser = MessageParser()
    parser.feed(text)
    assert parser.is_done()
    assert isinstance(parser.finish(), str)
