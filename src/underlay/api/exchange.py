"""What a handler is given and what it gives back. Handlers are plain functions, run in worker threads."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from underlay.api.compute.service import Compute
from underlay.model.caller import Caller
from underlay.model.policy.policy import DEFAULT_POLICY, Policy
from underlay.rules.snapshot import Circumstances, Regulations, Snapshot
from underlay.store import contract

T = TypeVar("T")


class Transaction(Snapshot, contract.Writing, Protocol):
    """Looks up and writes, all or nothing."""


class Reading(Snapshot, contract.Listing, Protocol):
    """Looks up and lists, all of one moment."""


class Store(Protocol):
    """Where the records are."""

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work(transaction)` in one transaction; repeated on a lost race."""
        ...

    def read(self) -> AbstractContextManager[Reading]:
        """One moment, beside writers."""
        ...


class Service(msgspec.Struct, frozen=True):
    """What the API works with; made once, in `main`.

    Attributes:
    verify: token -> who sent it; raises Unauthorized.
    circumstances: time and chance for one command.
    public_url: how clients reach this server; empty: as the request's Host says.
    policy: by which callers are judged.
    pagination_max_limit: records in an answer at most; -1: all that there are.
    identity_url: where tokens are made; empty: here, None: nowhere.
    compute: None: no servers here.
    """

    store: Store
    regulations: Regulations
    verify: Callable[[str], Caller]
    circumstances: Callable[[], Circumstances]
    public_url: str = ""
    max_request_bytes: int = 1_048_576
    pagination_max_limit: int = -1
    identity_url: str | None = ""
    policy: Policy = DEFAULT_POLICY
    compute: Compute | None = None


class Ask(msgspec.Struct, frozen=True):
    """One request whose sender is known.

    Attributes:
    base: the server's URL as the client reaches it, without a slash at the end.
    url_path: the path as it was sent.
    path: values of the path's parameters.
    query: pairs in the order sent.
    if_match: the header's text, empty for none.
    headers: all of them, by name in any case.
    """

    caller: Caller
    base: str
    url_path: str
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    if_match: str = ""
    headers: Mapping[str, str] = {}


class Answer(msgspec.Struct, frozen=True):
    """Attributes:
    body: JSON bytes; None for none.
    file: sent in the place of a body.
    """

    status: int = 200
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    file: Path | None = None


Handler = Callable[[Service, Ask], Answer]

Method = Literal["GET", "POST", "PUT", "DELETE"]


class Endpoint(msgspec.Struct, frozen=True):
    """One method of one path; `{name}` in the path stands for a segment."""

    method: Method
    path: str
    handler: Handler


def answer(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """The value as JSON."""
    return Answer(status=status, body=msgspec.json.encode(value), headers=headers)
