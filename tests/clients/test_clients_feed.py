"""Our own client against the server as a process: the feed over real connections, and over a restart of the server."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from server_program import Login, ServerProgram

from underlay.client.credentials import Credentials
from underlay.client.errors import ClientError, Refused
from underlay.client.feed import Feed, Patience, Restart
from underlay.client.http import Session
from underlay.model.change import Change, InSync
from underlay.model.ids import HostName

Event = Change | InSync | Restart


def session_of(server: ServerProgram, login: Login) -> Session:
    """Logged in as that user, on the default project."""
    return Session(server.url, Credentials(login.password, username=login.username))


@contextmanager
def following(
    session: Session, host: str | None, trouble: Callable[[ClientError, float], None] = lambda error, delay_s: None
) -> Iterator["Queue[Event]"]:
    """What the feed yields, as it comes."""
    queue: Queue[Event] = Queue()
    feed = Feed(
        session,
        HostName(host) if host else None,
        ("network", "agent"),
        chance=lambda: 0.0,
        trouble=trouble,
        patience=Patience(first_s=0.05, longest_s=0.2),
    )

    def follow() -> None:
        for event in feed:
            queue.put(event)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield queue
    finally:
        feed.close()
        thread.join(20)
        assert not thread.is_alive()


def next_change(queue: "Queue[Event]") -> Change:
    """The next that is no sign of life."""
    while True:
        event = queue.get(timeout=20)
        if isinstance(event, Change):
            return event


def test_a_feed_goes_on_over_a_restart_of_the_server(server):
    """Listed, watched, the server stopped and started: nothing is missed and nothing listed anew."""
    admin = session_of(server, server.admin)
    with following(admin, None) as queue:
        first = queue.get(timeout=20)
        assert isinstance(first, InSync)
        made = admin.post("/v2.0/networks", {"network": {"name": "one"}})["network"]
        change = next_change(queue)
        assert (made["id"], "network") == (change.id, change.kind)
        server.stop()
        server.start()
        admin.delete(f"/v2.0/networks/{made['id']}")
        seen = [queue.get(timeout=20)]
        while not (isinstance(seen[-1], Change) and seen[-1].record is None):
            seen.append(queue.get(timeout=20))
        assert made["id"] == seen[-1].id
        assert not any(isinstance(event, Restart) for event in seen)
    admin.close()


def test_a_host_follows_only_its_own_feed(server):
    """Its own agents come; another host's feed is refused, which is told again and again."""
    server.report_dhcp_agent()
    host = session_of(server, server.host)
    with following(host, "net1") as queue:
        assert "agent" == next_change(queue).kind
    refused: Queue[ClientError] = Queue()
    with following(host, "other", lambda error, delay_s: refused.put(error)) as queue:
        errors = [refused.get(timeout=20) for _ in range(2)]
        assert [403, 403] == [error.status for error in errors if isinstance(error, Refused)]
        assert queue.empty()
    host.close()


def test_the_examples_of_the_document_run(server):
    """Each as it stands in docs/feed.md."""
    text = (Path(__file__).parents[2] / "docs" / "feed.md").read_text()
    script = text.partition("```python\n")[2].partition("```")[0]
    command = text.partition("```sh\n")[2].partition("```")[0]
    admin = session_of(server, server.admin)
    network = admin.post("/v2.0/networks", {"network": {"name": "seen"}})["network"]["id"]
    admin.post("/v2.0/subnets", {"subnet": {"network_id": network, "cidr": "10.9.8.0/24", "ip_version": 4}})
    port = admin.post("/v2.0/ports", {"port": {"network_id": network}})["port"]
    environment = os.environ | {"URL": server.url, "TOKEN": admin.token(), "WATCH": "false"}

    def output(*program: str) -> str:
        return subprocess.run(program, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout

    revision, _, names = output(sys.executable, "-c", script).partition(" ")
    assert "seen" in names
    assert int(revision) > 0
    if shutil.which("curl") and shutil.which("jq"):
        line = f"{port['id']}\t{port['mac_address']}\t{port['fixed_ips'][0]['ip_address']}"
        assert line in output("sh", "-c", command).splitlines()
    admin.close()
