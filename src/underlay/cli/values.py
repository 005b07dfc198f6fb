"""Value specs: how options that a command does not know become attributes. Pure.

    spec    = "--" key [ "=" value ] marker* value*
    marker  = "type=" ("int" | "float" | "bool" | "dict" | "str")  |  "list=true"  |  "action=clear"

    --shared                                  {"shared": true}
    --name=web                                {"name": "web"}
    --tag a b                                 {"tag": ["a", "b"]}
    --dns_nameservers list=true 10.0.0.1      {"dns_nameservers": ["10.0.0.1"]}
    --enable_dhcp type=bool False             {"enable_dhcp": false}
    --host_routes type=dict list=true destination=10.0.0.0/8,nexthop=10.1.1.1
    --host_routes action=clear                {"host_routes": null}

In the key `-` becomes `_`. Without `type=` values stay text, numbers and booleans too: the server converts them.
The type is one of five words, and never evaluated: the clients of 2013 ran it as code.
Source: python-quantumclient 2.2.1 as observed; the closed set of types and `action=clear` came in later releases.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from underlay.cli.errors import CliError, UsageError
from underlay.cli.vocabulary import Plain, Scalar

_NUMBER: Final = re.compile(r"-(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_TRUE: Final = frozenset({"true", "1", "yes", "on", "t", "y"})
_FALSE: Final = frozenset({"false", "0", "no", "off", "f", "n"})


def is_marker(token: str) -> bool:
    """Whether the token says how to read the value, rather than being one."""
    return token.startswith("type=") or token in ("list=true", "action=clear")


def wants_value(token: str) -> bool:
    """Whether the token is a marker that a value must follow."""
    return is_marker(token) and token != "action=clear"


def looks_like_value_spec(token: str) -> bool:
    """Whether the token can only belong to an option: a marker, or `key=value` pairs."""
    return is_marker(token) or re.match(r"[A-Za-z_]+=", token) is not None


def is_negative_number(token: str) -> bool:
    """Whether the token is a value in spite of its dash."""
    return _NUMBER.fullmatch(token) is not None


def is_option(token: str) -> bool:
    """Whether the token starts an option."""
    return token.startswith("-") and token != "-" and not is_negative_number(token)


def parse(tokens: Sequence[str]) -> dict[str, Plain]:
    """The attributes that these tokens spell, in order.

    Raises CliError for a spec that cannot be read, UsageError for a value that is not of its type.
    """
    attributes: dict[str, Plain] = {}
    for spec in _split(tokens):
        key = spec[0].partition("=")[0][2:].replace("-", "_")
        if key in attributes:
            raise CliError(f"duplicated options {' '.join(tokens)}")
        attributes[key] = _value_of(spec, tokens)
    return attributes


def _split(tokens: Sequence[str]) -> list[list[str]]:
    """Each option with what follows it."""
    specs: list[list[str]] = []
    for token in tokens:
        if token.startswith("--") and len(token) > 2 and token[2] not in "-=":
            specs.append([token])
        elif specs and not is_option(token):
            specs[-1].append(token)
        else:
            raise _invalid(tokens)
    return specs


def _value_of(spec: Sequence[str], tokens: Sequence[str]) -> Plain:
    name, equals, text = spec[0].partition("=")
    rest = list(spec[1:])
    kind: str | None = None
    as_list, clear = False, False
    texts = [text] if equals else []
    for token in rest:
        if token.startswith("type=") and kind is None:
            kind = token.removeprefix("type=")
        elif token == "list=true":
            as_list = True
        elif token == "action=clear":
            clear = True
        elif equals:
            raise _invalid(tokens)
        else:
            texts.append(token)
    if clear:
        if texts:
            raise _invalid(tokens)
        return None
    if not texts:
        if kind is not None or as_list:
            raise _invalid(tokens)
        return True
    values = convert(name, "str" if kind is None else kind, texts)
    return values if as_list or len(values) > 1 else values[0]


def convert(name: str, kind: str, texts: Iterable[str]) -> list[Scalar]:
    """The texts as values of the named type; `name` is the option's, for the message."""
    converters: dict[str, Callable[[str], Scalar]] = {
        "str": str,
        "int": int,
        "float": float,
        "bool": parse_bool,
        "dict": parse_mapping,
    }
    if kind not in converters:
        raise CliError(f"{name}: type '{kind}' is not supported; use one of {', '.join(converters)}")
    values = []
    for text in texts:
        try:
            values.append(converters[kind](text))
        except ValueError:
            raise UsageError(f"argument {name}: invalid {kind} value: '{text}'") from None
    return values


def parse_bool(text: str) -> bool:
    """true, 1, yes, on, t, y or false, 0, no, off, f, n in any case; else ValueError."""
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(text)


def parse_mapping(text: str) -> dict[str, str]:
    """`k=v,k=v`: split at commas, then at the first `=`; ValueError when a part has none."""
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(equals and key for key, equals, _ in pairs):
        raise ValueError(text)
    return {key: value for key, _, value in pairs}


def render(attributes: Mapping[str, Plain]) -> list[str]:
    """Tokens that `parse` reads as these attributes. Texts of a list must not look like markers or options."""
    tokens: list[str] = []
    for key, value in attributes.items():
        match value:
            case None:
                tokens += [f"--{key}", "action=clear"]
            case list():
                kinds = {_kind_of(item) for item in value} or {"str"}
                tokens += [f"--{key}", f"type={kinds.pop()}", "list=true", *(_text_of(item) for item in value)]
            case str():
                tokens += [f"--{key}={value}"]
            case _:
                tokens += [f"--{key}", f"type={_kind_of(value)}", _text_of(value)]
    return tokens


def _kind_of(value: Scalar) -> str:
    return type(value).__name__


def _text_of(value: Scalar) -> str:
    if isinstance(value, dict):
        return ",".join(f"{key}={item}" for key, item in value.items())
    return str(value)


def _invalid(tokens: Sequence[str]) -> CliError:
    return CliError(f"Invalid values_specs {' '.join(tokens)}")
