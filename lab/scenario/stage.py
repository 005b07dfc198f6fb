"""Where a step plays: runs commands on the lab's machines, shows them with their output, and records checks.

A check that fails is recorded and the step goes on; a command that fails where it must not ends the step (StepFailed).
"""

import json
import shlex
import subprocess
import time
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from lab import container, guest, software
from lab.service import Service, read_services
from lab.topology import CONTROLLER, SERVER_URL, Lab

Who = Literal["admin", "alice"]
SHOWN_LINES: Final = 40
SHOWN_VALUE: Final = 60
UNTIL_TOLD: Final = '"$@" & read -r -t 60; sleep 0.1; kill -INT $!; wait $!'
"""Shell words: run a command until a line comes in, a minute at most; frames on their way have 0.1 s to arrive."""


class StepFailed(Exception):  # noqa: N818 - what happened to the step, not an error of a program
    """The step cannot go on; the text is the reason."""


class Check(msgspec.Struct, frozen=True):
    """One thing that had to be so.

    Attributes:
    reason: why it is not so; empty when it is.
    """

    text: str
    passed: bool
    reason: str = ""


class Said(msgspec.Struct, frozen=True):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


class Stage:
    """One lab, one audience.

    Attributes:
    checks: of the step that plays now.
    """

    def __init__(self, lab: Lab, show: Callable[[str], None]) -> None:
        self.lab = lab
        self.checks: list[Check] = []
        self._show = show
        self._tokens: dict[Who, str] = {}

    def tell(self, line: str) -> None:
        """A remark to the audience."""
        self._show(f"  {line}")

    def check(self, text: str, passed: bool, reason: str = "") -> bool:
        """Record whether something is so, with the reason why not."""
        self.checks.append(Check(text, passed, "" if passed else reason))
        self._show(f"  ✓ {text}" if passed else f"  ✗ {text}\n      because: {reason or 'it is not so'}")
        return passed

    def check_equal(self, text: str, expected: object, actual: object) -> bool:
        """Record whether two values are equal."""
        value = repr(actual)
        shown = f"{text}: {value}" if expected == actual and len(value) <= SHOWN_VALUE else text
        return self.check(shown, expected == actual, f"expected {expected!r}, found {value}")

    def quantum(self, who: Who, line: str, *, fails: bool = False, within_s: float = 30.0) -> Said:
        """Run `quantum LINE` on the controller. StepFailed when it fails, or does not although `fails`."""
        said = self._run(f"quantum {line}", CONTROLLER, shlex.split(f"quantum {line}"), who, within_s)
        if (said.code != 0) != fails:
            raise StepFailed(f"`quantum {line}` ended with {said.code}: {said.err.strip() or said.out.strip()}")
        return said

    def on(self, host: str, line: str, *, may_fail: bool = False, within_s: float = 30.0) -> Said:
        """Run a command line on a machine of the lab."""
        said = self._run(line, host, shlex.split(line), None, within_s)
        if said.code != 0 and not may_fail:
            raise StepFailed(f"`{line}` on {host} ended with {said.code}: {said.err.strip() or said.out.strip()}")
        return said

    def start(self, host: str, name: str, service: Service) -> None:
        """Let a service run that `stop` has stopped."""
        self._show(f"  [{host}] {name} started")
        container.change_services(self.lab, host, {name: service})

    def stop(self, host: str, name: str) -> Service:
        """Stop a service, and keep it stopped; what `start` takes."""
        service = read_services(self.lab.folder(host))[name]
        self._show(f"  [{host}] {name} stopped")
        container.change_services(self.lab, host, {}, [name])
        return service

    def in_guest(self, name: str, host: str, line: str, *, only: str = "") -> Said:
        """Run a command line in a guest; it may fail. Of its output only lines with `only` are shown."""
        self._show(f"  [{name}] $ {line}")
        said = self.quietly(host, *guest.inside(name, *shlex.split(line)))
        self._show_output(said, only)
        return said

    def _run(self, line: str, host: str, argv: list[str], who: Who | None, within_s: float) -> Said:
        self._show(f"  [{who or host}] $ {line}")
        done = container.run(
            self.lab, host, argv, env=software.variables(self.lab, who) if who else {}, within_s=within_s
        )
        said = Said(done.returncode, done.stdout, done.stderr)
        self._show_output(said, "")
        return said

    def _show_output(self, said: Said, only: str) -> None:
        lines = [line for line in (said.out + said.err).splitlines() if line.strip() and only in line]
        for line in lines[:SHOWN_LINES]:
            self._show(f"    {line}")
        if len(lines) > SHOWN_LINES:
            self._show(f"    ... and {len(lines) - SHOWN_LINES} lines more")

    def quietly(self, host: str, *argv: str, within_s: float = 30.0) -> Said:
        """Run a command on a machine without showing it."""
        done = container.run(self.lab, host, argv, within_s=within_s)
        return Said(done.returncode, done.stdout, done.stderr)

    def background(self, host: str, *argv: str) -> subprocess.Popen[str]:
        """Start a command that ends by itself; its output is read when it is asked for."""
        return subprocess.Popen(
            container.command_inside(self.lab, host, argv),
            env=container.environment(self.lab),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def sniff(self, host: str, *arguments: str, within: str = "") -> subprocess.Popen[str]:
        """Start tcpdump (in a namespace of the host), and return when it listens; `heard` ends it."""
        prefix = ("ip", "netns", "exec", within) if within else ()
        self._show(f"  [{within or host}] $ tcpdump -n -e {' '.join(arguments)}")
        words = ("tcpdump", "--immediate-mode", "-l", "-n", "-e", *arguments)
        started = self.background(host, *prefix, "bash", "-c", UNTIL_TOLD, "bash", *words)
        for line in started.stderr or ():
            if line.startswith("listening"):
                return started
        raise StepFailed(f"tcpdump on {host} did not start")

    def heard(self, sniffing: subprocess.Popen[str]) -> list[str]:
        """End a tcpdump; a line a frame."""
        told, _ = sniffing.communicate("enough\n")
        return [line for line in told.splitlines() if line.strip()]

    def token(self, who: Who) -> str:
        """A token of the user."""
        if who not in self._tokens:
            self._tokens[who] = self._log_in(who)
        return self._tokens[who]

    def api(self, who: Who, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One request of the Networking API, not shown: its status and the body, decoded."""
        status, _, answer = self._request(method, path, body, self.token(who))
        return status, answer

    def records(self, resource: str, **filters: str) -> list[dict[str, Any]]:
        """What the API lists to the administrator."""
        query = "&".join(f"{key}={value}" for key, value in filters.items())
        status, answer = self.api("admin", "GET", f"/v2.0/{resource}?{query}")
        if status != 200:
            raise StepFailed(f"GET /v2.0/{resource}?{query} gave {status}: {answer}")
        return list(answer[resource.replace("-", "_")])

    def record(self, resource: str, **filters: str) -> dict[str, Any]:
        """The one record that the API lists; StepFailed when it is not exactly one."""
        found = self.records(resource, **filters)
        if len(found) != 1:
            raise StepFailed(f"expected one of {resource} with {filters}, found {len(found)}")
        return found[0]

    def _log_in(self, who: Who) -> str:
        variables = software.variables(self.lab, who)
        user = {"name": variables["OS_USERNAME"], "domain": {"id": "default"}, "password": variables["OS_PASSWORD"]}
        scope = {"project": {"name": variables["OS_TENANT_NAME"], "domain": {"id": "default"}}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": scope}}
        status, headers, answer = self._request("POST", "/v3/auth/tokens", body, None)
        if status != 201:
            raise StepFailed(f"login of {who} gave {status}: {answer}")
        return headers["x-subject-token"]

    def _request(self, method: str, path: str, body: object, token: str | None) -> tuple[int, dict[str, str], Any]:
        argv = ["curl", "-s", "-i", "-m", "10", "-X", method, f"{SERVER_URL}{path}", "-H", "Expect:"]
        if token:
            argv += ["-H", f"X-Auth-Token: {token}"]
        if body is not None:
            argv += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        done = container.run(self.lab, CONTROLLER, argv)
        if done.returncode != 0:
            return 0, {}, f"no answer (curl ended with {done.returncode})"
        head, _, text = done.stdout.replace("\r\n", "\n").partition("\n\n")
        status, *lines = head.split("\n")
        headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        try:
            answer = json.loads(text) if text else None
        except ValueError:
            answer = text
        return int(status.split()[1]), headers, answer

    def wait(self, probe: Callable[[], bool], within_s: float) -> float | None:
        """Ask until it is so; the seconds it took, or None when it did not become so in time."""
        begun = time.monotonic()
        while not probe():
            if time.monotonic() - begun > within_s:
                return None
            time.sleep(0.1)
        return time.monotonic() - begun

    def check_within(self, text: str, probe: Callable[[], bool], within_s: float) -> bool:
        """Record whether something becomes so in time."""
        took = self.wait(probe, within_s)
        passed = took is not None
        return self.check(f"{text} ({took:.1f} s)" if passed else text, passed, f"not within {within_s:g} s")
