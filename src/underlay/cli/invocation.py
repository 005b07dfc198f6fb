"""argv of the program -> global settings, the command's name and its words. Pure.

Global options may stand before the command (then also abbreviated) or after it (in full), never after a bare `--`.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from underlay.cli import values
from underlay.cli.errors import UsageError
from underlay.cli.vocabulary import Option


def _os(name: str, metavar: str, help_text: str) -> Option:
    return Option(f"--os-{name}", f"os_{name.replace('-', '_')}", setting=True, metavar=f"<{metavar}>", help=help_text)


GLOBAL_OPTIONS: Final = (
    Option("--version", "version", "nothing", True, help="Print the version of the API that is spoken."),
    Option("--verbose", "verbose", "nothing", True, short="-v", help="Print each request on stderr."),
    Option("--quiet", "quiet", "nothing", True, short="-q", help="Print no warnings."),
    Option("--help", "help", "nothing", True, short="-h", help="Print this help, or a command's."),
    Option("--debug", "debug", "nothing", True, help="Print each request, and where an error arose."),
    _os("auth-strategy", "auth-strategy", "keystone (default); any other word: no authentication."),
    _os("auth-url", "auth-url", "Identity service, with or without /v3."),
    _os("tenant-name", "auth-tenant-name", "Name of the project."),
    _os("project-name", "auth-project-name", "Name of the project, in the newer word."),
    _os("tenant-id", "auth-tenant-id", "Id of the project."),
    _os("project-id", "auth-project-id", "Id of the project, in the newer word."),
    _os("username", "auth-username", "Name of the user."),
    _os("password", "auth-password", "Password of the user; better in the environment, where `ps` does not show it."),
    _os("user-domain-name", "domain-name", "Name of the user's domain; Default unless set."),
    _os("user-domain-id", "domain-id", "Id of the user's domain."),
    _os("project-domain-name", "domain-name", "Name of the project's domain; Default unless set."),
    _os("project-domain-id", "domain-id", "Id of the project's domain."),
    _os("region-name", "auth-region-name", "Region, where the catalog has several."),
    _os("endpoint-type", "endpoint-type", "public (default), internal or admin."),
    _os("token", "token", "A token; with --os-url, beats user and password."),
    _os("url", "url", "URL of the networking service."),
    _os("cacert", "ca-certificate", "File of CA certificates that HTTPS servers are checked by."),
    Option("--insecure", "insecure", "nothing", True, help="Do not check HTTPS servers' certificates."),
    Option("--http-timeout", "http_timeout", setting=True, metavar="<seconds>", help="Wait so long for an answer."),
)
"""Every `--os-x` can be given as environment variable OS_X."""


class Invocation(Struct, frozen=True):
    """`words`: the command's name and what follows it; empty: the interactive prompt."""

    settings: dict[str, Any]
    words: list[str]


def split(argv: Sequence[str]) -> Invocation:
    """Raises UsageError for an option without its value, an abbreviation of several, and words that are no text."""
    for word in argv:
        if not _is_text(word):
            raise UsageError(f"{word!r} is not UTF-8")
    names = {option.name: option for option in GLOBAL_OPTIONS}
    names |= {option.short: option for option in GLOBAL_OPTIONS if option.short}
    settings: dict[str, Any] = {}
    words: list[str] = []
    rest = list(argv)
    while rest and rest[0] != "--":
        token = rest.pop(0)
        name, equals, text = token.partition("=")
        option = names.get(name.replace("_", "-"))
        if option is None and not words:
            option = _abbreviated(names, name)
        if option is None or (words and option.name == "--version"):
            words.append(token)
        elif option.takes == "nothing":
            settings[option.to] = True
        elif equals:
            settings[option.to] = text
        elif not rest or values.is_option(rest[0]):
            raise UsageError(f"argument {option.name}: expected one argument")
        else:
            settings[option.to] = rest.pop(0)
    return Invocation(settings, words + rest)


def _is_text(word: str) -> bool:
    """Whether the bytes that were typed are UTF-8; Python passes others on as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _abbreviated(names: dict[str, Option], name: str) -> Option | None:
    if not name.startswith("--"):
        return None
    matches = [known for known in names if known.startswith(name.replace("_", "-"))]
    if len(matches) > 1:
        raise UsageError(f"ambiguous option: {name} could match {', '.join(sorted(matches))}")
    return names[matches[0]] if matches else None
