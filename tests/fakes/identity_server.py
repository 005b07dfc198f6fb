"""The endpoint as tests use it: a store in memory, a clock that is set, cheap hashes, and one user of each kind."""

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette

from fakes.asgi import Reply, request
from fakes.identity_store import MemoryIdentityStore
from underlay.identity.lockout import Lockout
from underlay.identity.passwords import Passwords
from underlay.identity.roles import ADMIN, MEMBER, READER
from underlay.identity.routes import identity_routes
from underlay.identity.service import Service
from underlay.identity.setup import add_host, add_user, bootstrap
from underlay.identity.tokens import Tokens
from underlay.model.identity import OnProject, Project, User
from underlay.model.ids import HostName

NOW = 1_700_000_000.0
KEY = bytes(range(32))
SECRET = "right horse"


@dataclass
class Clock:
    """Seconds since 1970, as told."""

    now: float = NOW

    def __call__(self) -> float:
        """The time."""
        return self.now


@dataclass
class IdentityServer:
    """Users `root` (admin), `mary` (member), `rita` (reader) on the project of their name, and host `net1`."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryIdentityStore = field(default_factory=MemoryIdentityStore)

    def __post_init__(self) -> None:
        passwords = Passwords(time_cost=1, memory_kib=8)
        self.tokens = Tokens(self.store, KEY, lifetime_s=3600, clock=self.clock, recheck_s=5.0)
        self.lockout = Lockout(failures=5, duration_s=300, clock=self.clock)
        self.service = Service(self.store, self.tokens, passwords, self.lockout)
        self.app = Starlette(routes=identity_routes(self.service))
        bootstrap(self.store, passwords, SECRET)
        add_user(self.store, passwords, "root", "root", ADMIN, SECRET)
        add_user(self.store, passwords, "mary", "mary", MEMBER, SECRET)
        add_user(self.store, passwords, "rita", "rita", READER, SECRET)
        add_host(self.store, passwords, HostName("net1"), SECRET)

    def user(self, name: str) -> User:
        """The user of that name."""
        return self.store.users.find(name)[0]

    def project(self, name: str) -> Project:
        """The project of that name."""
        return self.store.projects.find(name)[0]

    def token(self, name: str) -> str:
        """A token of that user on the default project."""
        user = self.user(name)
        assert user.default_project_id is not None
        return self.tokens.issue(user, OnProject(user.default_project_id), ("password",))[0]

    def ask(self, method: str, url: str, token: str = "", body: object = None, **headers: str) -> Reply:
        """One request; `headers` with underscores for hyphens."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            sent["x-auth-token"] = token
        return request(self.app, method, url, body, sent)

    def log_in(self, auth: dict[str, Any]) -> Reply:
        """POST /v3/auth/tokens."""
        return self.ask("POST", "/v3/auth/tokens", body={"auth": auth})


def password_auth(name: str, password: str = SECRET, **more: Any) -> dict[str, Any]:
    """The `auth` of a login by name."""
    user = {"name": name, "domain": {"id": "default"}, "password": password}
    return {"identity": {"methods": ["password"], "password": {"user": user}}, **more}
