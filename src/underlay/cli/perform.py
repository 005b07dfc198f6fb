"""Request -> the HTTP calls that it means -> answers to show, in order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, assert_never
from urllib.parse import quote

from msgspec import Struct

from underlay.cli import messages
from underlay.cli.errors import CliError
from underlay.cli.files import read_files
from underlay.cli.grammar import Request
from underlay.cli.lookup import find_id, own_project
from underlay.cli.session import Session, part_of
from underlay.cli.vocabulary import Command, Creating, Deleting, Linking, Listing, Showing, Updating

IDS_A_REQUEST: Final = 150
"""So many ids fit a request line of 8 kB."""

GROUP_NAMES: Final = {"security_group_id": "security_group", "remote_group_id": "remote_group"}
"""Field with a security group's id -> what it is called with the name."""


class Rows(Struct, frozen=True):
    """The items of a list, in the server's order."""

    items: list[dict[str, Any]]
    columns: tuple[str, ...]


class Fields(Struct, frozen=True):
    """One resource. `headline` is printed above a table."""

    fields: dict[str, Any]
    headline: str = ""
    indent: int | None = None


class Said(Struct, frozen=True):
    """A line for stdout."""

    text: str


Answer = Rows | Fields | Said


def perform(request: Request, session: Session) -> Iterator[Answer]:
    """Do what the command says; answers come as they are reached, an error ends them."""
    command = request.command
    match command.verb:
        case Listing() as verb:
            yield _list(request, verb, session)
        case Showing() as verb:
            path = _path(verb.path, request, session)
            answer = session.call("GET", path, [("fields", name) for name in request.settings.get("fields", ())])
            yield Fields(part_of(answer, verb.key), indent=verb.indent)
        case Creating() as verb:
            body = dict(verb.defaults) | _body_positionals(request, session) | _body_attributes(request, session)
            answer = session.call("POST", verb.path, body={verb.key: body})
            yield Fields(part_of(answer, verb.key), messages.CREATED.format(key=verb.key))
        case Updating() as verb:
            body = _body_attributes(request, session)
            if not body:
                raise CliError(messages.NOTHING_TO_UPDATE.format(key=verb.key))
            answer = session.call("PUT", _path(verb.path, request, session), body={verb.key: body})
            if verb.shows:
                yield Fields(part_of(answer, verb.key))
            else:
                yield Said(messages.UPDATED.format(key=verb.key, id=request.positionals["id"][0]))
        case Deleting() as verb:
            yield from _delete(request, verb, session)
        case Linking() as verb:
            ids = _ids(command, request.positionals, session)
            body = {key: ids[positional] for key, positional in verb.body}
            session.call(verb.method, _fill(verb.path, ids), body=body or None)
            yield Said(verb.says.format(**{to: texts[0] for to, texts in request.positionals.items()}))
        case _:
            assert_never(command.verb)


def _list(request: Request, verb: Listing, session: Session) -> Rows:
    settings = request.settings
    filters = dict(verb.filters) | read_files(request.attributes)
    query = [pair for key, value in filters.items() for pair in _query_pairs(key, value)]
    query += [("fields", name) for name in settings.get("fields", ())]
    if settings.get("page_size"):
        query.append(("limit", str(settings["page_size"])))
    keys = settings.get("sort_key", [])
    directions = settings.get("sort_dir", [])[: len(keys)]
    query += [("sort_key", key) for key in keys]
    query += [("sort_dir", direction) for direction in directions + ["asc"] * (len(keys) - len(directions))]
    items = _pages(session, _path(verb.path, request, session), verb.collection, query)
    if verb.names_groups and not settings.get("no_nameconv"):
        items = _name_groups(items, session)
    columns = _columns(request, verb, items)
    if verb.joins_subnets and "subnets" in columns:
        _join_subnets(items, session)
    if verb.collection == "agents":
        items = [item | {"alive": ":-)" if item["alive"] else "xxx"} if "alive" in item else item for item in items]
    return Rows(items, columns)


def _pages(session: Session, path: str, collection: str, query: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Every item; follows the `next` links of a paged answer."""
    items: list[dict[str, Any]] = []
    while True:
        answer = session.call("GET", path, query)
        items += part_of(answer, collection)
        following = [link["href"] for link in answer.get(f"{collection}_links", ()) if link["rel"] == "next"]
        if not following:
            return items
        from urllib.parse import parse_qsl, urlsplit

        query = parse_qsl(urlsplit(following[0]).query)


def _columns(request: Request, verb: Listing, items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Asked for, or the command's own, as far as the answer has them; none for an empty answer."""
    if not items:
        return ()
    known = sorted(items[0])
    asked = request.settings.get("columns", ())
    if asked:
        chosen = tuple(name for name in dict.fromkeys(asked) if name in known)
        if not chosen:
            raise CliError(f"No recognized column names in {', '.join(asked)}. There are: {', '.join(known)}")
        return chosen
    if request.settings.get("show_details") or not verb.columns:
        return tuple(known)
    wanted = dict.fromkeys((*verb.columns, *request.settings.get("fields", ())))
    return tuple(name for name in wanted if name in known)


def _join_subnets(items: Sequence[dict[str, Any]], session: Session) -> None:
    """Put `{"id": ..., "cidr": ...}` for each subnet id of the networks."""
    known = _look_up(session, "subnets", "cidr", [subnet for item in items for subnet in item.get("subnets", ())])
    for item in items:
        if "subnets" in item:
            item["subnets"] = [known.get(subnet, {"id": subnet}) for subnet in item["subnets"]]


def _name_groups(items: Sequence[dict[str, Any]], session: Session) -> list[dict[str, Any]]:
    """The items with names of security groups for ids; an id stays where no name is known."""
    ids = {item[key]: None for item in items for key in GROUP_NAMES if item.get(key)}
    names = {key: found["name"] for key, found in _look_up(session, "security_groups", "name", list(ids)).items()}
    return [
        {
            GROUP_NAMES.get(key, key): names.get(value) or value if key in GROUP_NAMES else value
            for key, value in item.items()
        }
        for item in items
    ]


def _look_up(session: Session, collection: str, field: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Id -> id and field of those that there are."""
    known: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), IDS_A_REQUEST):
        wanted = [("id", each) for each in ids[start : start + IDS_A_REQUEST]]
        answer = session.call("GET", f"/{collection.replace('_', '-')}", [("fields", "id"), ("fields", field), *wanted])
        known |= {found["id"]: found for found in part_of(answer, collection)}
    return known


def _delete(request: Request, verb: Deleting, session: Session) -> Iterator[Said]:
    if not request.positionals:
        project = request.settings.get("tenant_id") or own_project(session)
        session.call("DELETE", _fill(verb.path, {"tenant_id": project}))
        yield Said(messages.DELETED.format(key=verb.key, id=project))
        return
    slot = request.command.positionals[0]
    for text in request.positionals[slot.to]:
        target = find_id(session, slot.looks_up, text) if slot.looks_up else text
        session.call("DELETE", _fill(verb.path, {slot.to: target}))
        yield Said(messages.DELETED.format(key=verb.key, id=text))


def _body_positionals(request: Request, session: Session) -> dict[str, Any]:
    ids = _ids(request.command, request.positionals, session)
    return {slot.to: ids[slot.to] for slot in request.command.positionals if slot.in_body}


def _body_attributes(request: Request, session: Session) -> dict[str, Any]:
    """The attributes as the server wants them: files read, names looked up."""
    attributes = read_files(request.attributes)
    for option in request.command.options:
        if option.looks_up and option.to in attributes:
            value = attributes[option.to]
            attributes[option.to] = (
                [_look_up_item(option.looks_up, item, session) for item in value]
                if isinstance(value, list)
                else _look_up_item(option.looks_up, value, session)
            )
    return attributes


def _look_up_item(resource: str, item: Any, session: Session) -> Any:
    if isinstance(item, str):
        return find_id(session, resource, item)
    key = f"{resource}_id"
    return item | {key: find_id(session, resource, item[key])} if key in item else item


def _path(template: str, request: Request, session: Session) -> str:
    ids = _ids(request.command, request.positionals, session)
    if "{tenant_id}" in template:
        ids["tenant_id"] = request.settings.get("tenant_id") or own_project(session)
    return _fill(template, ids)


def _fill(template: str, ids: Mapping[str, str]) -> str:
    return template.format(**{name: quote(text, safe="") for name, text in ids.items()})


def _ids(command: Command, positionals: Mapping[str, Sequence[str]], session: Session) -> dict[str, str]:
    """Each positional as what it stands for."""
    return {
        slot.to: find_id(session, slot.looks_up, positionals[slot.to][0]) if slot.looks_up else positionals[slot.to][0]
        for slot in command.positionals
    }


def _query_pairs(key: str, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    return [(key, str(item)) for item in (value if isinstance(value, list) else [value])]
