"""The program as a whole, without a server."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.replay_session import ReplaySession
from underlay.cli.commands import COMMANDS
from underlay.cli.errors import CliError
from underlay.cli.invocation import Invocation, split
from underlay.cli.main import run
from underlay.cli.perform import IDS_A_REQUEST


def outcome(argv: list[str], exchanges: list[dict[str, object]] | None = None) -> tuple[int, str, str]:
    """Exit status, stdout, stderr."""
    stdout, stderr = io.StringIO(), io.StringIO()
    status = run(argv, {}, stdout, stderr, lambda *_: ReplaySession(exchanges or []))
    return status, stdout.getvalue(), stderr.getvalue()


@pytest.mark.parametrize(
    ("argv", "settings", "words"),
    [
        (["--os-username", "u", "net-list"], {"os_username": "u"}, ["net-list"]),
        (["net-list", "--os_username=u", "-c", "id"], {"os_username": "u"}, ["net-list", "-c", "id"]),
        (["--os-user", "u"], {}, []),
        (["net-list", "--", "-v"], {}, ["net-list", "--", "-v"]),
        (["-v", "net-list", "--debug"], {"verbose": True, "debug": True}, ["net-list"]),
        (["net-create", "--version", "x"], {}, ["net-create", "--version", "x"]),
        (["net-list", "--insec"], {}, ["net-list", "--insec"]),
        (["--insec", "net-list"], {"insecure": True}, ["net-list"]),
        (["--foo", "net-list"], {}, ["--foo", "net-list"]),
    ],
)
def test_global_options_stand_before_or_after_the_command(
    argv: list[str], settings: dict[str, object], words: list[str]
) -> None:
    """Abbreviated only before it; behind a bare `--` nothing is global; an ambiguous one is refused."""
    if argv[0] == "--os-user":
        with pytest.raises(CliError, match="ambiguous option: --os-user could match"):
            split(argv)
    else:
        assert Invocation(settings, words) == split(argv)


@pytest.mark.parametrize("argv", [["help"], ["--help"], ["-h"]])
def test_help_names_every_command(argv: list[str]) -> None:
    """With its line, and needs no server."""
    status, stdout, stderr = outcome(argv)
    listed = {line.split()[0] for line in stdout.partition("Commands for API v2.0:\n")[2].splitlines()}
    assert (0, "", {*COMMANDS, "help", "bash-completion"}) == (status, stderr, listed)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_has_help(name: str) -> None:
    """`help CMD` and `CMD -h` print the same, which starts with the usage."""
    first = outcome(["help", name])
    assert first == outcome([name, "-h"])
    assert (0, f"usage: quantum {name} [options]") == (first[0], first[1][: 25 + len(name)])


def test_completion_has_every_command_and_option() -> None:
    """On one line."""
    status, stdout, _ = outcome(["bash-completion"])
    assert (0, 1) == (status, stdout.count("\n"))
    assert {*COMMANDS, "--host-route", "-f", "--os-username"} <= set(stdout.split())


def test_many_subnets_are_asked_for_in_several_requests() -> None:
    """A request line stays below what servers accept."""
    ids = [f"s{number}" for number in range(IDS_A_REQUEST + 1)]
    query = "&".join(f"id={subnet}" for subnet in ids[:-1])
    status, stdout, _ = outcome(
        ["net-list", "-f", "csv", "-c", "subnets"],
        [
            {"ask": "GET /v2.0/networks", "answer": {"networks": [{"id": "n", "subnets": ids}]}},
            {
                "ask": f"GET /v2.0/subnets?fields=id&fields=cidr&{query}",
                "answer": {"subnets": [{"id": "s0", "cidr": "c0"}]},
            },
            {"ask": f"GET /v2.0/subnets?fields=id&fields=cidr&id={ids[-1]}", "answer": {"subnets": []}},
        ],
    )
    assert (0, '"subnets"\r\n"s0 c0\ns1 \n') == (status, stdout[:22])


def test_a_private_key_is_not_sent(tmp_path: Path) -> None:
    """The file of that name without .pub is the one never to give away."""
    path = tmp_path / "id"
    path.write_text("-----BEGIN " + "PRIVATE KEY-----\n")
    expected = f"{path} holds a private key; give the public one, which ends in .pub\n"
    assert (1, "", expected) == outcome(["instance-create", "--public-key-file", str(path), "vm"])


def test_no_server_code_is_imported() -> None:
    """The command starts fast: of our packages it loads cli, client and nothing that serves."""
    heavy = {"sqlalchemy", "starlette", "yaml", "prettytable", "structlog", "asyncio"}
    code = "import sys, underlay.cli.main, underlay.cli.http_session; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {tuple(name.split(".")[:2]) for name in ran.stdout.split()}
    ours = {name[1] for name in loaded if name[0] == "underlay" and len(name) > 1}
    assert (set(), set()) == (ours - {"cli", "client", "model"}, heavy & {name[0] for name in loaded})


def test_a_full_disk_is_told() -> None:
    """When stdout takes nothing, a message says so, and nothing else."""
    code = "from underlay.cli.main import main; import sys; sys.argv[1:] = ['--version']; sys.exit(main())"
    with open("/dev/full", "w") as full:
        ran = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (1, "Cannot write: No space left on device\n") == (ran.returncode, ran.stderr)


def test_the_prompt_runs_lines_until_it_is_left() -> None:
    """A line that fails ends nothing; `quit` leaves with the last status."""
    code = "from underlay.cli.main import main; import sys; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        input="help net-show\n\nbogus 'x y'\nnet-show\n'\nquit\n",
        capture_output=True,
        text=True,
        env={"OS_AUTH_STRATEGY": "noauth", "OS_URL": "http://127.0.0.1:9"},
        check=False,
    )
    assert (2, 6) == (ran.returncode, ran.stdout.count("(quantum) "))
    assert "usage: quantum net-show" in ran.stdout
    assert ran.stderr.startswith("Unknown command ['bogus', 'x y']\nusage: quantum net-show [options] NETWORK\n")


def test_bytes_that_are_no_text_are_refused() -> None:
    """A word that is not UTF-8 cannot be sent as JSON."""
    assert (2, "", "quantum: error: 'caf\\udce9' is not UTF-8\n") == outcome(["net-show", "caf\udce9"])


def test_what_was_done_is_printed_before_what_failed() -> None:
    """Each delete is told when it is done; the first failure ends the command."""
    found = {"ask": "GET /v2.0/networks?name=a&fields=id", "answer": {"networks": [{"id": "1"}]}}
    lost = {"ask": "GET /v2.0/networks?name=b&fields=id", "answer": {"networks": []}}
    exchanges = [found, {"ask": "DELETE /v2.0/networks/1", "status": 204}, lost]
    expected = (1, "Deleted network: a\n", "Unable to find network with name 'b'\n")
    assert expected == outcome(["net-delete", "a", "b", "c"], exchanges)


@pytest.mark.parametrize("answer", [None, [], {"nets": []}])
def test_an_answer_of_something_else_is_told_from_the_service(answer: object) -> None:
    """A URL that leads elsewhere gives a message and no traceback."""
    expected = (1, "", "The server's answer has no 'networks': is that the network service?\n")
    assert expected == outcome(["net-list"], [{"ask": "GET /v2.0/networks", "answer": answer}])


def test_fields_asked_for_are_shown() -> None:
    """`-F` adds to the command's own columns what it asks the server for."""
    exchanges = [
        {"ask": "GET /v2.0/networks?fields=mtu&fields=name", "answer": {"networks": [{"mtu": 1500, "name": "n"}]}}
    ]
    assert (0, '"name","mtu"\r\n"n",1500\r\n', "") == outcome(
        ["net-list", "-F", "mtu", "-F", "name", "-f", "csv"], exchanges
    )


def test_details_are_every_field() -> None:
    """`-D` shows all that the server answers, sorted."""
    exchanges = [{"ask": "GET /v2.0/agents", "answer": {"agents": [{"id": "a", "alive": False, "binary": "b"}]}}]
    assert (0, '"alive","binary","id"\r\n"xxx","b","a"\r\n', "") == outcome(
        ["agent-list", "-D", "-f", "csv"], exchanges
    )
