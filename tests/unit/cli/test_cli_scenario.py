"""The reference scenario's API part, typed with `quantum`, against the API itself over HTTP.

tests/cases/cli/scenario.txt is the transcript: `admin$` or `user$`, the line, what is printed (stderr among it), and
`[exit N]` when it is not 0. Ids are numbered in the order in which they appear.
"""

import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.api_server import ApiServer
from fakes.http_server import Peer, serving
from underlay.cli.main import run

TRANSCRIPT = Path(__file__).parents[2] / "cases" / "cli" / "scenario.txt"
TOKENS = {"admin": "admin", "user": "member"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
AGENT = {
    "agent_type": "DHCP agent",
    "binary": "underlay-dhcp",
    "topic": "dhcp_agent",
    "started_at": "2013-04-01T12:00:00Z",
}


@pytest.fixture
def url() -> Iterator[str]:
    """An API server with one host, h1, whose DHCP agent is alive."""
    server = ApiServer()
    server.call("PUT", "/underlay/v1/hosts/h1/heartbeat", {"agents": [AGENT]}, "host")

    def answer(peer: Peer) -> None:
        headers = {name: peer.headers[name] for name in ("content-type",) if name in peer.headers}
        reply = server.call(peer.method, peer.target, peer.body or None, peer.headers["x-auth-token"], **headers)
        passed_on = {name: text for name, text in reply.headers.items() if name in ("warning", "content-type")}
        peer.reply(reply.status, reply.body, passed_on)

    with serving(answer) as base:
        yield base


class Typist:
    """Types lines and keeps what is seen; knows each id by its number."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.numbers: dict[str, str] = {}

    def type(self, who: str, line: str) -> str:
        """The line with its prompt, and what it prints."""
        seen = io.StringIO()
        back = {number: real for real, number in self.numbers.items()}
        words = [UUID.sub(lambda found: back[found[0]], word) for word in shlex.split(line)]
        status = run(words[1:], {"OS_URL": self.url, "OS_TOKEN": TOKENS[who]}, seen, seen)
        text = UUID.sub(self._number, seen.getvalue())
        return f"{who}$ {line}\n{text}" + (f"[exit {status}]\n" if status else "")

    def _number(self, found: re.Match[str]) -> str:
        number = f"00000000-0000-0000-0000-{len(self.numbers) + 1:012}"
        return self.numbers.setdefault(found[0], number)


def test_the_scenario_is_as_written(url: str) -> None:
    """Each line prints what the transcript says, byte for byte."""
    expected = TRANSCRIPT.read_text()
    lines = re.findall(r"^(admin|user)\$ (quantum.*)$", expected, re.MULTILINE)
    typist = Typist(url)
    assert expected == "".join(typist.type(who, line) for who, line in lines)
