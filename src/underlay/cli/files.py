"""Reads the files that a command line names: public keys and user data."""

from pathlib import Path
from typing import Any

from underlay.cli.errors import CliError
from underlay.cli.vocabulary import FromFile, Value


def read_files(attributes: dict[str, Value]) -> dict[str, Any]:
    """The attributes with every `FromFile` replaced by what is in the file.

    A list made of names with values (`--meta a=1 --meta b=2`) becomes one mapping.
    """
    return {key: _read(key, value) for key, value in attributes.items()}


def _read(key: str, value: Value) -> Any:
    if isinstance(value, FromFile):
        return _content(value)
    if key in ("public_keys", "meta") and isinstance(value, list):
        mapping: dict[str, str] = {}
        for item in value:
            mapping |= _content(item) if isinstance(item, FromFile) else item
        return mapping
    return value


def _content(source: FromFile) -> Any:
    path = Path(source.path).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CliError(f"Cannot read {source.path}: {error.strerror}") from None
    if source.as_base64:
        from base64 import b64encode

        return b64encode(data).decode()
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        raise CliError(f"{source.path} is not text") from None
    if "PRIVATE KEY" in text:
        raise CliError(f"{source.path} holds a private key; give the public one, which ends in .pub")
    return {source.name: text}
