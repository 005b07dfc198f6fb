"""Keystone from PyPI as a process of its own, on a port of loopback, with SQLite: an administrator and who it makes.

Made as its manual says (`keystone-manage db_sync`, `fernet_setup`, `bootstrap`), served by gunicorn.
"""

import grp
import os
import pwd
import subprocess
from pathlib import Path

from fakes.http_server import closed_port
from underlay.client.credentials import Credentials
from underlay.client.http import Session
from underlay.client.transport import Transport

PASSWORD = "secret-admin"


class KeystoneProgram:
    """Attributes: url: with /v3. admin: a session of its administrator."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self.port = closed_port()
        self.url = f"http://127.0.0.1:{self.port}/v3"
        self.admin = self.session("admin", "admin", PASSWORD)
        keys = {"fernet_tokens": "fernet", "fernet_receipts": "fernet", "credential": "credential"}
        parts = [f"[database]\nconnection = sqlite:///{folder}/keystone.sqlite\n"]
        for section, name in keys.items():
            (folder / name).mkdir(mode=0o700, exist_ok=True)
            parts.append(f"[{section}]\nkey_repository = {folder}/{name}\n")
        (folder / "keystone.conf").write_text("\n".join(parts))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        owner = ["--keystone-user", pwd.getpwuid(os.geteuid()).pw_name]
        owner += ["--keystone-group", grp.getgrgid(os.getegid()).gr_name]
        self._manage("db_sync")
        self._manage("fernet_setup", *owner)
        self._manage("credential_setup", *owner)
        self._manage("bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-public-url", self.url)
        # Keystone reads the command line of whatever serves it: so gunicorn gets a file, which it finds by its name.
        (self._folder / "gunicorn.conf.py").write_text(
            f'wsgi_app = "keystone.wsgi.api:application"\nbind = "127.0.0.1:{self.port}"\nthreads = 4\n'
        )
        with (self._folder / "keystone.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._programs / "gunicorn")],
                env={**os.environ, "OS_KEYSTONE_CONFIG_FILES": str(self._folder / "keystone.conf")},
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        self.admin.login()

    def stop(self) -> None:
        """SIGTERM."""
        self.admin.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def session(self, user: str, project: str, password: str) -> Session:
        """Of a user; it waits until Keystone answers, which takes seconds at the start."""
        credentials = Credentials(password, username=user, project_name=project)
        return Session(self.url, credentials, self.url, transport=Transport(attempts=8))

    def add_user(self, name: str, project: str, role: str, password: str) -> str:
        """A user with a role, which is made if missing as the project is; its id."""
        project_id = self._existing("project", project)
        role_id = self._existing("role", role)
        user = {"name": name, "domain_id": "default", "password": password}
        user_id: str = self.admin.post("/users", {"user": user})["user"]["id"]
        self.admin.put(f"/projects/{project_id}/users/{user_id}/roles/{role_id}", None)
        return user_id

    def revoke(self, token: str) -> None:
        """By the administrator."""
        headers = {"X-Auth-Token": self.admin.token(), "X-Subject-Token": token}
        reply = Transport().send("DELETE", f"{self.url}/auth/tokens", (), headers, None, False)
        assert 204 == reply.status

    def _existing(self, kind: str, name: str) -> str:
        found = self.admin.get(f"/{kind}s", [("name", name)])[f"{kind}s"]
        body = {"name": name, **({} if kind == "role" else {"domain_id": "default"})}
        made: str = (found or [self.admin.post(f"/{kind}s", {kind: body})[kind]])[0]["id"]
        return made

    def _manage(self, *arguments: str) -> None:
        command = [str(self._programs / "keystone-manage"), "--config-file", str(self._folder / "keystone.conf")]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=120)
        assert 0 == done.returncode, done.stderr
