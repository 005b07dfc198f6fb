"""A server that a host's programs can talk to over HTTP: login, feed, heartbeat, reports, images.

Holds records, binds by plug."""

import hashlib
import json
import queue
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from underlay.commands.host import PortState
from underlay.commands.server import ServerState
from underlay.dataplane import netns
from underlay.model.change import Change, InSync, Record, Ref, kind_of, network_of
from underlay.model.codec import encode
from underlay.model.ids import HostName, Revision
from underlay.model.port import Binding, Port


class FeedServer:
    """Holds the records of one host; everything put here goes to that host's feed at once."""

    def __init__(self, host: HostName, namespace: str) -> None:
        """Listens on loopback of the named network namespace."""
        self.host = host
        self.records: dict[Ref, Record] = {}
        self.elsewhere: dict[str, Port] = {}
        self.beats: list[dict[str, object]] = []
        self.states: dict[str, PortState] = {}
        self.reports: list[tuple[PortState, ...]] = []
        self.guests: dict[str, ServerState] = {}
        self.consoles: dict[str, bytes] = {}
        self.images: dict[str, tuple[dict[str, object], bytes]] = {}
        self.told = threading.Condition()
        self._log: list[Change] = []
        self._watchers: list[queue.SimpleQueue[Change | None]] = []
        self._lock = threading.RLock()
        with netns.inside(namespace):
            self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        """Stop answering and break every feed."""
        self._http.shutdown()
        self._http.server_close()
        with self._lock:
            for watcher in self._watchers:
                watcher.put(None)

    def put(self, *records: Record) -> None:
        """The records are now so."""
        for record in records:
            ref = Ref(kind_of(record), record.id)
            self.records[ref] = record
            self._tell(ref, record)

    def delete(self, *records: Record) -> None:
        """The records are gone, for this host."""
        for record in records:
            ref = Ref(kind_of(record), record.id)
            self.records.pop(ref, None)
            self._tell(ref, None)

    def wait_for(self, *port_ids: str, wired: bool = True, timeout_s: float = 20) -> bool:
        """Until the last state reported of each port says so."""

        def is_so() -> bool:
            return all(port_id in self.states and self.states[port_id].wired is wired for port_id in port_ids)

        with self.told:
            return self.told.wait_for(is_so, timeout_s)

    def wait_until(self, is_so: Callable[[], bool], timeout_s: float = 20) -> bool:
        """Until what a host has told makes it so."""
        with self.told:
            return self.told.wait_for(is_so, timeout_s)

    def put_image(self, image_id: str, content: bytes, **described: object) -> None:
        """An image as the Image API shows it."""
        digest = hashlib.sha512(content).hexdigest()
        shown = {"id": image_id, "os_hash_algo": "sha512", "os_hash_value": digest, **described}
        self.images[image_id] = (shown, content)

    def report(self, states: tuple[PortState, ...]) -> dict[str, str]:
        """What the server answers to a report of ports."""
        with self.told:
            self.reports.append(states)
            answers = {state.id: self._judge(state) for state in states}
            self.told.notify_all()
        return answers

    def watch(self, since: int | None) -> "tuple[list[Change], Revision, queue.SimpleQueue[Change | None]]":
        """What the watcher must be told first, up to which revision that is, and where the rest comes."""
        with self._lock:
            watcher: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
            self._watchers.append(watcher)
            revision = Revision(len(self._log))
            if since is None:
                return [self._change(ref, record) for ref, record in self.records.items()], revision, watcher
            return self._log[since:], revision, watcher

    def _judge(self, state: PortState) -> str:
        self.states[state.id] = state
        if state.plugged and state.id in self.elsewhere:
            port = self.elsewhere.pop(state.id)
            closure = [record for ref, record in self.records.items() if ref == Ref("network", port.network_id)]
            self.put(*closure, msgspec.structs.replace(port, binding=Binding(self.host, by_plug=True)))
        known = self.records.get(Ref("port", state.id))
        if known is None:
            return "UNKNOWN"
        return "ACTIVE" if state.wired else "DOWN"

    def _tell(self, ref: Ref, record: Record | None) -> None:
        with self._lock:
            change = self._change(ref, record)
            self._log.append(change)
            change = msgspec.structs.replace(change, revision=Revision(len(self._log)))
            self._log[-1] = change
            for watcher in self._watchers:
                watcher.put(change)

    def _change(self, ref: Ref, record: Record | None) -> Change:
        network_id = None if record is None else network_of(record)
        return Change(Revision(len(self._log)), ref.kind, ref.id, record, network_id)


def _handler(server: FeedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: object) -> None:
            """Silent."""

        def do_GET(self) -> None:
            """An image; else the feed, until it breaks."""
            if self.path.startswith("/v2/images/"):
                self._image(*self.path.removeprefix("/v2/images/").rstrip("?").partition("/")[::2])
                return
            since = self.path.partition("since=")[2].partition("&")[0]
            changes, revision, watcher = server.watch(int(since) if since else None)
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                for change in changes:
                    self._line(change)
                self._line(InSync(revision))
                while (change := watcher.get()) is not None:
                    self._line(change)
                    if watcher.empty():
                        self._line(InSync(change.revision))
            except OSError:
                return

        def do_POST(self) -> None:
            """Login and reports."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.endswith("/v3/auth/tokens"):
                self._answer(201, {"token": {}}, {"X-Subject-Token": "token"})
            elif self.path.endswith("/servers"):
                guests = msgspec.convert(json.loads(body)["servers"], tuple[ServerState, ...])
                with server.told:
                    server.guests |= {guest.id: guest for guest in guests}
                    server.told.notify_all()
                self._answer(200, {"servers": {guest.id: "ACTIVE" for guest in guests}})
            else:
                ports = msgspec.convert(json.loads(body)["ports"], tuple[PortState, ...])
                self._answer(200, {"ports": server.report(ports)})

        def do_PUT(self) -> None:
            """A heartbeat or a console."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.endswith("/console"):
                with server.told:
                    server.consoles[self.path.split("/")[-2]] = body
                    server.told.notify_all()
                self._answer(204, None)
                return
            beat = json.loads(body)
            with server.told:
                status = "alive" if server.beats else "new"
                server.beats.append(beat)
                server.told.notify_all()
            self._answer(200, {"status": status})

        def _image(self, image_id: str, part: str) -> None:
            described, content = server.images.get(image_id, ({}, b""))
            if not described:
                self._answer(404, {"message": "no such image"})
            elif part == "file":
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            else:
                self._answer(200, described)

        def _line(self, value: Change | InSync) -> None:
            self.wfile.write(encode(value) + b"\n")
            self.wfile.flush()

        def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
            content = b"" if body is None else msgspec.json.encode(body)
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
