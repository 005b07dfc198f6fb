"""The API on a store in memory, with tokens that are words: what is answered to whom, without sockets and crypto."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from msgspec import structs
from starlette.types import ASGIApp

from fakes.asgi import Reply as Reply
from fakes.asgi import request
from fakes.openapi import disagreement
from underlay.api.app import build_app
from underlay.api.exchange import Service, Store
from underlay.api.execute import declare_default_ranges
from underlay.api.watch import Wish
from underlay.identity.errors import Unauthorized
from underlay.model.address import Mac
from underlay.model.caller import Caller
from underlay.model.change import Kind
from underlay.model.ids import HostName, NetworkId, ProjectId, Revision, Vid
from underlay.rules.snapshot import Circumstances, Regulations, VlanRange
from underlay.store.memory import MemoryStore

MINE, OTHER = ProjectId("project-a"), ProjectId("project-b")

CALLERS: Mapping[str, Caller] = {
    "admin": Caller("ua", ProjectId("admin"), frozenset({"admin", "manager", "member", "reader"})),
    "member": Caller("um", MINE, frozenset({"member", "reader"})),
    "other": Caller("uo", OTHER, frozenset({"member", "reader"})),
    "reader": Caller("ur", MINE, frozenset({"reader"})),
    "host": Caller("uh", ProjectId("service"), frozenset({"host"}), HostName("h1")),
}
"""Token -> caller."""

REGULATIONS = Regulations(
    vlan_ranges={
        "default": (VlanRange(Vid(100), Vid(101)), VlanRange(Vid(200), Vid(201))),
        "bare": (),
    },
    base_mac=Mac(0xFA163E000000),
)


class ScriptedWatcher:
    """Gives its lines, then waits for ever if it is to watch."""

    def __init__(self, lines: list[bytes], watch: bool) -> None:
        self._lines = list(lines)
        self._watch = watch
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._lines:
            return self._lines.pop(0)
        if self._watch:
            await asyncio.Event().wait()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Given back."""
        self.closed = True


class ScriptedFeed:
    """Remembers what was asked of it, and gives one line to each."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.watchers: list[ScriptedWatcher] = []

    async def open(
        self,
        *,
        since: Revision | None,
        host: HostName | None,
        kinds: frozenset[Kind] | None,
        network_ids: frozenset[NetworkId] | None,
        ids: frozenset[str] | None,
        watch: bool,
    ) -> ScriptedWatcher:
        """A watcher of one line."""
        wish = Wish(since, host, kinds, network_ids, ids, watch)
        self.asked.append({name: value for name, value in structs.asdict(wish).items() if value is not None})
        self.watchers.append(ScriptedWatcher([b'{"in_sync":7}\n'], watch))
        return self.watchers[-1]


class ApiServer:
    """Attributes:
    now: what the server takes for the time; tests move it.
    """

    def __init__(
        self,
        regulations: Regulations = REGULATIONS,
        store: Store | None = None,
        workers: int = 1,
        verify: Callable[[str], Caller] | None = None,
        **options: Any,
    ) -> None:
        """`options`: of the service (`api.exchange.Service`)."""
        self.store: Store = store or MemoryStore()
        self.feed = ScriptedFeed()
        self.now = datetime(2013, 4, 1, 12, tzinfo=UTC)
        self._made = 0
        self._is_broken = False
        self._chance = Random(1)
        self.service = Service(
            store=self.store,
            regulations=regulations,
            verify=verify or self._verify,
            circumstances=self._circumstances,
            **options,
        )
        self.app: ASGIApp = build_app(
            self.service,
            self.feed,
            ThreadPoolExecutor(workers),
            asyncio.Event(),
        )
        declare_default_ranges(self.store, regulations, self._circumstances())

    def call(self, method: str, url: str, body: object = None, token: str | None = "admin", **headers: str) -> Reply:
        """One request by the holder of the token."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["x-auth-token"] = token
        reply = request(self.app, method, url, body, sent)
        # Every answer that any test gets is what the OpenAPI document says, unless the test broke the server.
        problem = None if self._is_broken else disagreement(method, url, reply)
        assert problem is None, problem
        return reply

    def made(self, collection: str, token: str = "admin", **attributes: Any) -> dict[str, Any]:
        """A record, created; attributes with a colon in the name as `provider__network_type`."""
        name = collection.removesuffix("s")
        sent = {key.replace("__", ":"): value for key, value in attributes.items()}
        reply = self.call("POST", f"/v2.0/{collection}", {name: sent}, token)
        assert 201 == reply.status, reply.body
        found: dict[str, Any] = reply.json()[name]
        return found

    def break_store(self) -> None:
        """From now on every token finds a bug."""
        self._is_broken = True

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def _verify(self, token: str) -> Caller:
        if self._is_broken:
            raise RuntimeError("a bug that knows a secret")
        if token not in CALLERS:
            raise Unauthorized
        return CALLERS[token]

    def _circumstances(self) -> Circumstances:
        return Circumstances(now=self.now, new_id=self._new_id, below=self._chance.randrange)

    def _new_id(self) -> str:
        self._made += 1
        return f"00000000-0000-4000-8000-{self._made:012d}"
