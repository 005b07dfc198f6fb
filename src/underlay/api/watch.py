"""The feed over HTTP: `GET /underlay/v1/feed`, NDJSON, see docs/feed.md.

A host gets what concerns itself and nothing else; administrators get anything; nobody else gets any.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final, Protocol, get_args

import msgspec

from underlay.api import schema
from underlay.api.schema import Schema
from underlay.model.caller import Caller
from underlay.model.change import Kind
from underlay.model.errors import HTTPBadRequest, PolicyNotAuthorized, RevisionGone
from underlay.model.ids import HostName, NetworkId, Revision

CONTENT_TYPE: Final = "application/x-ndjson"
PARAMETERS: Final = {
    "since": (
        "Only what came after this revision; 410 when it is no longer kept.",
        Schema(type="integer", minimum=0),
    ),
    "host": ("Only what this host needs.", schema.TEXT),
    "kinds": ("Only these kinds of records, split by commas.", schema.TEXT),
    "network_id": ("Only these networks, split by commas, and what is on them.", schema.TEXT),
    "id": ("Only the records with these ids, split by commas.", schema.TEXT),
    "watch": ("`false`: ends where it would wait for the next change.", schema.BOOLEAN),
}
"""Name in the query -> what it does, and its form."""


class Watcher(Protocol):
    """Whole lines of the feed, as they come."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def __anext__(self) -> bytes: ...

    async def aclose(self) -> None:
        """Give back what it holds."""
        ...


class Feed(Protocol):
    """Opens watchers."""

    async def open(
        self,
        *,
        since: Revision | None,
        host: HostName | None,
        kinds: frozenset[Kind] | None,
        network_ids: frozenset[NetworkId] | None,
        ids: frozenset[str] | None,
        watch: bool,
    ) -> Watcher:
        """Raises RevisionGone."""
        ...


class Wish(msgspec.Struct, frozen=True):
    """What of the feed is wanted; see `Feed.open`."""

    since: Revision | None = None
    host: HostName | None = None
    kinds: frozenset[Kind] | None = None
    network_ids: frozenset[NetworkId] | None = None
    ids: frozenset[str] | None = None
    watch: bool = True


def read_wish(query: Mapping[str, str], caller: Caller) -> Wish:
    """The query of a feed that this caller may have. Raises HTTPBadRequest, PolicyNotAuthorized."""
    unknown = sorted(set(query) - set(PARAMETERS))
    if unknown:
        raise HTTPBadRequest(f"{unknown} is invalid for the feed, which has: {', '.join(PARAMETERS)}")
    host = HostName(query["host"]) if query.get("host") else None
    if not caller.policy.allows("get_feed", caller, {"host": host}):
        raise PolicyNotAuthorized(("get_feed",), caller.policy.who("get_feed"))
    watch = query.get("watch", "true").lower()
    if watch not in ("true", "false"):
        raise HTTPBadRequest(f"watch is 'true' or 'false', not '{watch}'")
    networks, ids = (frozenset(filter(None, query.get(name, "").split(","))) for name in ("network_id", "id"))
    return Wish(
        since=_since(query.get("since")),
        host=host,
        kinds=_kinds(query.get("kinds")),
        network_ids=frozenset(map(NetworkId, networks)) or None,
        ids=ids or None,
        watch=watch == "true",
    )


def _since(text: str | None) -> Revision | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise HTTPBadRequest(f"since is a revision, a number of 0 or more, not '{text}'")
    return Revision(int(text))


def _kinds(text: str | None) -> frozenset[Kind] | None:
    if not text:
        return None
    named = frozenset(text.split(","))
    known: frozenset[Kind] = frozenset(get_args(Kind))
    if not named <= known:
        raise HTTPBadRequest(f"kinds are {', '.join(sorted(known))}; not {', '.join(sorted(named - known))}")
    return frozenset(kind for kind in known if kind in named)


async def stream(watcher: Watcher, stopping: asyncio.Event) -> AsyncIterator[bytes]:
    """The watcher's lines until it ends, the client goes or the server stops."""
    stopped = asyncio.ensure_future(stopping.wait())
    step: asyncio.Future[bytes] | None = None
    try:
        while not stopping.is_set():
            step = asyncio.ensure_future(anext(watcher))
            await asyncio.wait({step, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not step.done():
                return
            try:
                yield step.result()
            except (StopAsyncIteration, RevisionGone):
                return
    finally:
        stopped.cancel()
        if step is not None:
            step.cancel()
