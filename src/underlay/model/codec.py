"""JSON <-> record. Records accept unknown fields, so that server and agents upgrade apart."""

from typing import Final, TypeVar

import msgspec

from underlay.model.address import decode_address_type, encode_address_type
from underlay.model.change import Change, InSync, Record

T = TypeVar("T")

_encoder: Final = msgspec.json.Encoder(enc_hook=encode_address_type)
_record_decoder: Final[msgspec.json.Decoder[Record]] = msgspec.json.Decoder(Record, dec_hook=decode_address_type)
_change_decoder: Final = msgspec.json.Decoder(Change, dec_hook=decode_address_type)
_in_sync_decoder: Final = msgspec.json.Decoder(InSync)


def encode(value: object) -> bytes:
    """JSON bytes of a record, a change or any value made of them."""
    return _encoder.encode(value)


def decode_record(text: bytes | str) -> Record:
    """The record of any kind; raises msgspec.ValidationError when it is none."""
    return _record_decoder.decode(text)


def decode(text: bytes | str, expected: type[T]) -> T:
    """A value of the given type; raises msgspec.ValidationError when it is not one."""
    return msgspec.json.decode(text, type=expected, dec_hook=decode_address_type)


def decode_feed_line(line: bytes) -> Change | InSync:
    """One line of the feed."""
    if line.startswith(b'{"in_sync"'):
        return _in_sync_decoder.decode(line)
    return _change_decoder.decode(line)
