"""`ext-*`."""

from typing import Final

from underlay.cli.vocabulary import Command, Listing, Positional, Showing

EXTENSIONS: Final = (
    Command("ext-list", "List the API's extensions.", Listing("/extensions", "extensions", ("alias", "name"))),
    Command(
        "ext-show",
        "Show one extension.",
        Showing("/extensions/{id}", "extension"),
        (Positional("ext-alias", "id", "The extension's alias."),),
    ),
)
