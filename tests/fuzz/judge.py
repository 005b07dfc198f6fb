"""Sends cases and says what is wrong with the answers.

Of every answer: no fault of ours, what the OpenAPI document says, no header that a caller put in. Of a refusal: nothing
was stored. Of a creation or a change: the record is shown as it was answered.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, Protocol

from fakes.asgi import Reply
from fakes.openapi import disagreement
from fuzz.cases import Case

HEADERS: Final = frozenset(
    (
        "connection",
        "content-length",
        "content-type",
        "date",
        "server",
        "transfer-encoding",
        "warning",
        "www-authenticate",
        "x-openstack-request-id",
    )
)
MOST_KNOWN: Final = 25


class Server(Protocol):
    """Something that answers."""

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], token: str) -> Reply:
        """One request by the holder of the token: `admin`, `member`, `reader`, or one that is none."""
        ...

    def revision(self) -> int:
        """Counts whatever is written."""
        ...


class Judge:
    """Attributes:
    known: collection -> ids of what the server has; cases are made of them.
    answers: how often which status was answered.
    """

    def __init__(self, server: Server) -> None:
        self.known: dict[str, list[str]] = {}
        self.answers: Counter[int] = Counter()
        self._server = server

    def problem(self, case: Case) -> str | None:
        """What is wrong with the answer to the case; None when nothing is."""
        before = self._server.revision()
        reply = self._send(case.method, case.url, case.body, case.headers, case.token)
        self.answers[reply.status] += 1
        after = self._server.revision()
        if reply.status >= 500 and (reply.status != 503 or b"NeutronError" not in reply.body):
            return f"status {reply.status}: {reply.body[:300]!r}"
        if set(reply.headers) - HEADERS:
            return f"headers {sorted(set(reply.headers) - HEADERS)}"
        is_ours = "x-openstack-request-id" in reply.headers  # else it was no HTTP for uvicorn
        unlike = disagreement(case.method, case.url, reply) if is_ours and _is_plain(case) else None
        if unlike is not None:
            return unlike
        if reply.status >= 400:
            return None if before == after else f"status {reply.status}, and revision {before} became {after}"
        return self._problem_of_change(case, reply)

    def _problem_of_change(self, case: Case, reply: Reply) -> str | None:
        if not _is_plain(case):
            return None
        if case.method == "DELETE" and reply.status == 204:
            return self._problem_of_deletion(case)
        if case.method not in ("POST", "PUT") or not reply.body:
            return None
        for key, record in _records(case, reply):
            found = self._problem_of_record(case, key, record)
            if found is not None:
                return found
        return None

    def _problem_of_record(self, case: Case, key: str, record: dict[str, Any]) -> str | None:
        """Whether a record that was created or changed is shown just so."""
        collection, url = _place(case, record["id"])
        shown = self._send("GET", url, b"", {}, case.token)
        self._remember(collection, record["id"])
        if shown.status != 200:
            return f"{url} is {shown.status} after {case.method}"
        found = shown.json()[key]
        other = sorted(name for name in record.keys() | found.keys() if record.get(name) != found.get(name))
        return f"{url} is shown with other {other} than answered" if other else None

    def _problem_of_deletion(self, case: Case) -> str | None:
        last = case.template.rpartition("/")[2]
        if last != "{id}" or case.template.startswith(("/v2.0/quotas", "/v2.0/auto-")):
            return None
        for ids in self.known.values():
            if case.keys["id"] in ids:
                ids.remove(case.keys["id"])
        status = self._send("GET", case.path, b"", {}, case.token).status
        return None if status == 404 else f"{status} after it was deleted"

    def _remember(self, collection: str, record_id: str) -> None:
        ids = self.known.setdefault(collection, [])
        if record_id not in ids:
            ids.append(record_id)
        if len(ids) > MOST_KNOWN:
            oldest = ids.pop(0)
            path = {"policies": "qos/policies"}.get(collection, collection)
            self._send("DELETE", f"/v2.0/{path}/{oldest}", b"", {}, "admin")

    def _send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], token: str) -> Reply:
        return self._server.send(method, url, body, headers, token)


def _is_plain(case: Case) -> bool:
    """Whether the path is its template filled with nothing that could be meant otherwise."""
    return "%" not in case.path and case.path.count("/") == case.template.count("/") and "." not in case.path[5:]


def _records(case: Case, reply: Reply) -> list[tuple[str, dict[str, Any]]]:
    """(key of one, record) of what was created or changed and has an id and a place of its own."""
    last = case.template.rpartition("/")[2]
    if last.startswith("{") != (case.method == "PUT") or "{tag}" in last or "quotas" in case.template:
        return []
    sent = json.loads(case.body)
    found = []
    for key, value in reply.json().items() if isinstance(reply.json(), dict) else ():
        if isinstance(value, dict):
            found.append((key, value))
        elif isinstance(value, list) and key in sent:
            found += [(_singular(key), each) for each in value]
    return [(key, each) for key, each in found if isinstance(each, dict) and "id" in each]


def _singular(collection: str) -> str:
    return collection[:-3] + "y" if collection.endswith("ies") else collection.removesuffix("s")


def _place(case: Case, record_id: str) -> tuple[str, str]:
    """Its collection, and its URL."""
    path = case.path.rpartition("/")[0] if case.method == "PUT" else case.path
    return path.rpartition("/")[2].replace("-", "_"), f"{path}/{record_id}"
