"""A client's program, with the OS_ variables of a user and with nothing else of ours."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
from server_program import Login

DRIVER = Path(__file__).with_name("client_driver.py")
MAINS = {"openstack": "openstackclient.shell:main", "neutron": "neutronclient.shell:main"}


class Ran(msgspec.Struct, frozen=True):
    """How it ended and what it said."""

    status: int
    out: str
    err: str


class ClientProgram:
    """Calls the program's `main` in one process of its environment (see client_driver.py), until `close`.

    Attributes:
    variables: set beside OS_AUTH_URL, OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME.
    """

    def __init__(self, program: Path, auth_url: str, login: Login, home: Path, **variables: str) -> None:
        self._program = program
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "OS_AUTH_URL": auth_url,
            "OS_USERNAME": login.username,
            "OS_PASSWORD": login.password,
            "OS_PROJECT_NAME": login.project,
            **variables,
        }
        self._driver = subprocess.Popen(
            [str(program.with_name("python")), str(DRIVER), MAINS[program.name]],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process."""
        self._driver.communicate(timeout=20)

    def start_alone(self, *arguments: str) -> Ran:
        """The program itself, as a user starts it."""
        done = subprocess.run(
            [str(self._program), *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def attempt(self, *arguments: str) -> Ran:
        """Call it, however it ends."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(json.dumps(arguments) + "\n")
        self._driver.stdin.flush()
        return msgspec.json.decode(self._driver.stdout.readline(), type=Ran)

    def run(self, *arguments: str) -> str:
        """What it says when it succeeds, as it must."""
        ran = self.attempt(*arguments)
        assert 0 == ran.status, f"{' '.join(arguments)}\n{ran.out}{ran.err}"
        return ran.out

    def read(self, *arguments: str) -> Any:
        """Its answer in format json."""
        return json.loads(self.run(*arguments, "-f", "json"))

    def refused(self, *arguments: str) -> str:
        """What it says when it fails, as it must."""
        ran = self.attempt(*arguments)
        assert 0 != ran.status, f"{' '.join(arguments)}\n{ran.out}"
        return ran.err
