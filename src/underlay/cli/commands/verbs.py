"""Commands that are alike for every resource: show, delete, update."""

from underlay.cli.vocabulary import Command, Deleting, Option, Positional, Showing, Updating


def show(name: str, resource: str, looks_up: bool = True, indent: int | None = None) -> Command:
    """`NAME-show`: one by name or id; `indent`: how its lists are laid out."""
    verb = Showing(f"{_url(resource)}/{{id}}", resource, indent)
    return Command(f"{name}-show", f"Show one {_words(resource)}.", verb, (_one(resource, "show", looks_up),))


def delete(name: str, resource: str, looks_up: bool = True) -> Command:
    """`NAME-delete`: one or several."""
    verb = Deleting(f"{_url(resource)}/{{id}}", resource)
    one = _one(resource, "delete", looks_up, repeats=True)
    return Command(f"{name}-delete", f"Delete {_words(resource)}s.", verb, (one,))


def update(name: str, resource: str, options: tuple[Option, ...] = (), looks_up: bool = True) -> Command:
    """`NAME-update`: any attribute, besides these options."""
    verb = Updating(f"{_url(resource)}/{{id}}", resource)
    return Command(
        f"{name}-update", f"Change one {_words(resource)}.", verb, (_one(resource, "change", looks_up),), options
    )


def _one(resource: str, purpose: str, looks_up: bool = True, repeats: bool = False) -> Positional:
    what = "Name or id" if looks_up else "Id"
    help = f"{what} of the {_words(resource)} to {purpose}."
    return Positional(resource.upper(), "id", help, resource if looks_up else "", repeats=repeats)


def _words(resource: str) -> str:
    return resource.replace("_", " ")


def _url(resource: str) -> str:
    return f"/{resource.replace('_', '-')}s"
