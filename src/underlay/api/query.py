"""A list's query string: filters, fields, sorting, pages.

What the store has an index or a column for goes to the store; the rest is done here on what it gives. Then pages are
cut here as well, because a page of the store's would be cut before the filter.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from underlay.api import values
from underlay.api.attributes.attribute import Attribute, Resource
from underlay.api.render import Viewpoint
from underlay.api.sight import doubtful, visible_to
from underlay.model.caller import Caller
from underlay.model.change import Kind
from underlay.model.errors import BadRequest, HTTPBadRequest
from underlay.store.contract import FILTERS, LINK, SORTS, TAG_FILTERS, Query

Pairs = Sequence[tuple[str, str]]

_ABOUT_THE_LIST: Final = frozenset(("fields", "sort_key", "sort_dir", "limit", "marker", "page_reverse"))
_STORED_AS: Final = {"tenant_id": "project_id"}
_MAX_STORED_INTEGER: Final = 2**31 - 1


class Wanted(msgspec.Struct, frozen=True):
    """A list's query, read.

    Attributes:
    stored: what the store does of it.
    filters: what is left to filter here: attribute -> values, of which one must fit.
    sort: what is left to sort here, (attribute, ascending); empty when the store sorts.
    limit, marker, page_reverse: the page, also when the store cuts it.
    cut_here: whether the page is to be cut here.
    fields: attributes to show; empty for all.
    """

    stored: Query
    filters: tuple[tuple[Attribute, tuple[Any, ...]], ...] = ()
    sort: tuple[tuple[Attribute, bool], ...] = ()
    limit: int | None = None
    marker: str | None = None
    page_reverse: bool = False
    cut_here: bool = False
    fields: frozenset[str] = frozenset()


def read_query(resource: Resource, pairs: Pairs, caller: Caller, max_limit: int = -1) -> Wanted:
    """No page is longer than `max_limit`; -1 is unlimited.

    Raises HTTPBadRequest, BadRequest or InvalidInput for what makes no sense.
    """
    filters = _filters(resource, pairs)
    stored = {name: wanted for row, wanted in filters for name, wanted in _as_stored(resource, row, wanted).items()}
    left = tuple((row, wanted) for row, wanted in filters if not _as_stored(resource, row, wanted))
    if _all(pairs, "project_id") and _all(pairs, "tenant_id"):
        left = tuple((row, wanted) for row, wanted in filters if row.name in ("project_id", "tenant_id")) + left
    sort = _sorts(resource, pairs, caller)
    sorts_here = any(_STORED_AS.get(row.name, row.name) not in _stored(SORTS, resource) for row, _ in sort)
    limit, marker = _bounded(_limit(pairs), max_limit), _last(pairs, "marker")
    reverse = (_last(pairs, "page_reverse") or "").lower() == "true"
    cut_here = limit is not None and (bool(left) or sorts_here or resource.inside)
    query = Query(
        filters=stored,
        visible_to=visible_to(resource, caller),
        asked_by=caller.project_id,
        sort=() if sorts_here else tuple((_STORED_AS.get(row.name, row.name), up) for row, up in sort),
        limit=None if cut_here else limit,
        marker=None if cut_here or limit is None else marker,
        page_reverse=limit is not None and not cut_here and reverse,
    )
    return Wanted(
        stored=query,
        filters=left,
        sort=sort if sorts_here else (),
        limit=limit,
        marker=marker,
        page_reverse=reverse,
        cut_here=cut_here,
        fields=frozenset(_all(pairs, "fields")),
    )


def read_fields(pairs: Pairs) -> frozenset[str]:
    """The attributes to show of one record; empty for all."""
    return frozenset(_all(pairs, "fields"))


def finish(wanted: Wanted, records: Sequence[Any], view: Viewpoint) -> list[Any]:
    """The rest of the query, on what the store gave."""
    found = [record for record in records if all(_fits(row, values_, record, view) for row, values_ in wanted.filters)]
    for row, ascending in reversed(wanted.sort):
        found.sort(key=lambda record, row=row: _sort_key(row, record, view), reverse=not ascending)  # type: ignore[misc]
    return _page(wanted, found) if wanted.cut_here else found


def links(wanted: Wanted, pairs: Pairs, url: str, shown: Sequence[Any]) -> list[dict[str, str]]:
    """`rel` next and previous, as the reference implementation gives them; empty when no limit was asked for."""
    if wanted.limit is None:
        return []
    is_short = len(shown) < wanted.limit
    found = []
    if wanted.page_reverse or not is_short:
        found.append({"rel": "next", "href": _link(pairs, url, shown[-1].id if shown else None, reverse=False)})
    if not wanted.page_reverse or not is_short:
        found.append({"rel": "previous", "href": _link(pairs, url, shown[0].id if shown else None, reverse=True)})
    return found


def _link(pairs: Pairs, url: str, marker: str | None, *, reverse: bool) -> str:
    kept = [(key, value) for key, value in pairs if key not in ("marker", "page_reverse")]
    if marker is not None:
        kept.append(("marker", marker))
    if reverse:
        kept.append(("page_reverse", "True"))
    return f"{url}?{urlencode(kept)}"


def _filters(resource: Resource, pairs: Pairs) -> list[tuple[Attribute, tuple[Any, ...]]]:
    """By what only an administrator is shown everybody may filter what he sees, as in Neutron."""
    sent: dict[str, list[str]] = {}
    for key, value in pairs:
        if key not in _ABOUT_THE_LIST:
            sent.setdefault(key, []).append(value)
    rows = {row.name: row for row in resource.attributes if row.filter}
    unknown = [key for key in sent if key not in rows]
    if unknown:
        raise HTTPBadRequest(f"{values.shown(unknown)} is invalid attribute for filtering")
    return [(rows[key], tuple(_read(rows[key], value) for value in texts)) for key, texts in sent.items()]


def _read(row: Attribute, text: str) -> Any:
    try:
        return row.filter(text) if row.filter else text
    except ValueError as unfit:
        raise HTTPBadRequest(f"Invalid input for {row.name}. Reason: {unfit}.") from None


def _as_stored(resource: Resource, row: Attribute, wanted: tuple[Any, ...]) -> dict[str, tuple[Any, ...]]:
    if row.link:
        return {LINK + row.link: wanted}
    if row.name in TAG_FILTERS:
        return {row.name: tuple(dict.fromkeys(tag for text in wanted for tag in text.split(",")))}
    name = _STORED_AS.get(row.name, row.name)
    if row.match is None:
        if any(type(one) is int and abs(one) > _MAX_STORED_INTEGER for one in wanted):
            return {}
        return {name: wanted} if name in _stored(FILTERS, resource) else {}
    if not all(isinstance(one, tuple) for one in wanted):
        return {}
    keys = {f"{name}:{key}" for key, _ in wanted}
    if not keys <= _stored(FILTERS, resource):
        return {}
    return {key: tuple(value for part, value in wanted if f"{name}:{part}" == key) for key in keys}


def _stored(names: Mapping[Kind, frozenset[str]], resource: Resource) -> frozenset[str]:
    """What the store does for the resource: nothing for what is kept inside another's record."""
    return frozenset() if resource.inside else names[resource.kind]


def _fits(row: Attribute, wanted: tuple[Any, ...], record: Any, view: Viewpoint) -> bool:
    shown = row.show(record, view) if row.show else None
    if row.match is not None:
        return row.match(shown, wanted)
    return ("" if shown is None else shown) in wanted


def _sort_key(row: Attribute, record: Any, view: Viewpoint) -> tuple[bool, Any]:
    shown = row.show(record, view) if row.show else None
    return (shown is not None, shown)


def _sorts(resource: Resource, pairs: Pairs, caller: Caller) -> tuple[tuple[Attribute, bool], ...]:
    keys, directions = _all(pairs, "sort_key"), _all(pairs, "sort_dir")
    if len(keys) != len(directions):
        raise HTTPBadRequest("The number of sort_keys and sort_dirs must be same")
    unseen = doubtful(resource, caller)
    rows = {row.name: row for row in resource.attributes if row.sort and row.name not in unseen}
    absent = [key for key in keys if key not in rows]
    if absent:
        raise HTTPBadRequest(f"{values.shown(absent)} is invalid attribute for sort_keys")
    wrong = [one for one in directions if one not in ("asc", "desc")]
    if wrong:
        raise HTTPBadRequest(f"{values.shown(wrong)} is invalid value for sort_dirs, valid value is 'asc' and 'desc'")
    # A key that comes again decides nothing; a database has only so much room for them.
    first = dict(reversed(tuple(zip(keys, directions, strict=True))))
    return tuple((rows[key], first[key] == "asc") for key in dict.fromkeys(keys))


def _limit(pairs: Pairs) -> int | None:
    text = _last(pairs, "limit")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadRequest("limit", f"Limit must be an integer 0 or greater and not '{values.shown(text)}'")
    return int(text) or None


def _bounded(limit: int | None, max_limit: int) -> int | None:
    return limit if max_limit <= 0 else min(limit or max_limit, max_limit)


def _page(wanted: Wanted, found: list[Any]) -> list[Any]:
    limit = wanted.limit or len(found)
    place = next((index for index, record in enumerate(found) if record.id == wanted.marker), None)
    if wanted.marker is not None and place is None:
        return []
    if wanted.page_reverse:
        end = len(found) if place is None else place
        return found[max(end - limit, 0) : end]
    start = 0 if place is None else place + 1
    return found[start : start + limit]


def _all(pairs: Pairs, name: str) -> list[str]:
    return [value for key, value in pairs if key == name and value]


def _last(pairs: Pairs, name: str) -> str | None:
    found = _all(pairs, name)
    return found[-1] if found else None
