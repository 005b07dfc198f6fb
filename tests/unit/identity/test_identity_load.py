"""Many logins at once."""

import asyncio
import threading

import msgspec
from starlette.applications import Starlette

from fakes.asgi import Reply, exchange
from fakes.identity_server import IdentityServer, password_auth
from underlay.identity.routes import MAX_HASHING, MAX_WAITING, identity_routes


class SlowPasswords:
    """Hashes for as long as the test likes; counts how many at once."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.full = threading.Event()
        self.at_once = 0
        self.most = 0
        self._lock = threading.Lock()

    def fits(self, password: str, encoded: str) -> bool:
        """After the test lets it go on."""
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            if self.at_once == MAX_HASHING:
                self.full.set()
        self.go_on.wait(20)
        with self._lock:
            self.at_once -= 1
        return True


def test_logins_queue_up_to_a_limit_and_hold_up_nothing_else():
    """So many are hashed at once, so many wait, the next is told to come back; other requests are answered."""
    server, passwords = IdentityServer(), SlowPasswords()
    app = Starlette(routes=identity_routes(msgspec.structs.replace(server.service, passwords=passwords)))
    login = {"auth": password_auth("mary")}
    token = {"x-auth-token": server.token("mary")}

    async def crowd() -> tuple[list[Reply], Reply, Reply]:
        under_way = [
            asyncio.create_task(exchange(app, "POST", "/v3/auth/tokens", login))
            for _ in range(MAX_HASHING + MAX_WAITING)
        ]
        await asyncio.to_thread(passwords.full.wait, 20)
        turned_away = await exchange(app, "POST", "/v3/auth/tokens", login)
        other = await exchange(app, "GET", "/v3/auth/projects", headers=token)
        passwords.go_on.set()
        return await asyncio.gather(*under_way), turned_away, other

    served, turned_away, other = asyncio.run(crowd())
    assert (503, "1") == (turned_away.status, turned_away.headers["retry-after"])
    assert 200 == other.status
    assert [201] * (MAX_HASHING + MAX_WAITING) == [reply.status for reply in served]
    assert MAX_HASHING == passwords.most
