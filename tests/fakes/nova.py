"""A mock of Nova's `os-server-external-events` and of the Keystone before it, on one real HTTP server.

No Nova runs here: this one answers as nova/api/openstack/compute/server_external_events.py does, as far as the notifier
can tell, and a test can make it go away, forget its tokens, know no instance, or refuse an event.
"""

import json
import threading
from typing import Any, Final

from fakes.http_server import Peer

PASSWORD: Final = "nova-secret"
USER: Final = "underlay"


class Nova:
    """Attributes:
    taken: the events that were taken, in order: (name, port, instance).
    requests: how many requests had a body of events.
    codes: instance -> the code that its events get instead of 200.
    away: as long as it is set, every answer is 503.
    holding: while it is clear, answers wait.
    """

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.requests = 0
        self.logins = 0
        self.token = ""
        self.codes: dict[str, int] = {}
        self.refused_name = ""
        self.away = threading.Event()
        self.holding = threading.Event()
        self.holding.set()
        self.was_told = threading.Condition()

    def __call__(self, peer: Peer) -> None:
        """Answers one request."""
        if self.away.is_set():
            with self.was_told:
                self.requests += 1
                self.was_told.notify_all()
            peer.reply(503, {"computeFault": {"code": 503, "message": "away"}})
        elif peer.target == "/v3/auth/tokens":
            self._log_in(peer)
        elif peer.target != "/v2.1/os-server-external-events":
            peer.reply(404, b"<html>nothing here</html>")
        elif not self.accepts(peer.headers.get("x-auth-token", "")):
            peer.reply(401, {"error": {"code": 401, "title": "Unauthorized", "message": "log in"}})
        else:
            self._take(peer, json.loads(peer.body)["events"])

    def wait_for(self, number: int, seconds: float = 20) -> list[tuple[str, str, str]]:
        """What was taken, once it is so many."""
        with self.was_told:
            assert self.was_told.wait_for(lambda: len(self.taken) >= number, seconds), self.taken
            return list(self.taken)

    def wait_for_requests(self, number: int) -> None:
        """Until so many have come."""
        with self.was_told:
            assert self.was_told.wait_for(lambda: self.requests >= number, 20)

    def accepts(self, token: str) -> bool:
        """Whether the token is the last that was given."""
        return token == self.token

    def _log_in(self, peer: Peer) -> None:
        user = json.loads(peer.body)["auth"]["identity"]["password"]["user"]
        if (user["name"], user["password"]) != (USER, PASSWORD):
            peer.reply(401, {"error": {"code": 401, "title": "Unauthorized", "message": "wrong password"}})
            return
        self.logins += 1
        self.token = f"token-{self.logins}"
        endpoint = {"interface": "public", "url": f"http://{peer.headers['host']}/v2.1", "region_id": "RegionOne"}
        token = {"user": {"id": "u", "name": USER}, "catalog": [{"type": "compute", "endpoints": [endpoint]}]}
        peer.reply(201, {"token": token}, {"X-Subject-Token": self.token})

    def _take(self, peer: Peer, events: list[dict[str, Any]]) -> None:
        with self.was_told:
            self.requests += 1
            self.was_told.notify_all()
        self.holding.wait(20)
        if any(event["name"] == self.refused_name for event in events):
            peer.reply(400, {"badRequest": {"code": 400, "message": "Invalid input for field/attribute name."}})
            return
        answers = [event | {"code": self.codes.get(event["server_uuid"], 200)} for event in events]
        good = [answer for answer in answers if answer["code"] == 200]
        if good:
            peer.reply(200 if len(good) == len(answers) else 207, {"events": answers})
        else:
            peer.reply(404, {"itemNotFound": {"code": 404, "message": "No instances found for any event"}})
        with self.was_told:
            self.taken += [(event["name"], event["tag"], event["server_uuid"]) for event in good]
            self.was_told.notify_all()
