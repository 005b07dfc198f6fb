"""What a handler is given and what it gives back. Handlers are plain functions, run in worker threads."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Literal, TypeVar

import msgspec

from underlay.identity.errors import BadRequest, Forbidden, Unauthorized
from underlay.identity.lockout import Lockout
from underlay.identity.passwords import Passwords
from underlay.identity.records import IdentityStore
from underlay.identity.tokens import Standing, Tokens

T = TypeVar("T")


class Service(msgspec.Struct, frozen=True):
    """What the endpoint works with; made once, in `main`.

    Attributes:
    hosts_only: only hosts get a token here, because others get theirs elsewhere or need none.
    has_compute: the Compute and Image APIs are served here too.
    """

    store: IdentityStore
    tokens: Tokens
    passwords: Passwords
    lockout: Lockout
    public_url: str = ""
    hosts_only: bool = False
    has_compute: bool = False


class Ask(msgspec.Struct, frozen=True):
    """One request.

    Attributes:
    base: the server's URL as the client reaches it, without a slash at the end.
    path: values of the path's parameters.
    standing: what the sender's token is worth; None only on routes open to anyone.
    subject: X-Subject-Token.
    """

    base: str
    url_path: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    standing: Standing | None = None
    subject: str = ""

    @property
    def me(self) -> Standing:
        """The sender; raises Unauthorized when nobody is logged in."""
        if self.standing is None:
            raise Unauthorized
        return self.standing

    def read(self, expected: type[T]) -> T:
        """The body as such a value; raises BadRequest."""
        try:
            return msgspec.json.decode(self.body, type=expected)
        except msgspec.DecodeError as error:
            raise BadRequest(f"{error}.") from error
        except RecursionError as error:
            raise BadRequest("The body is nested too deep.") from error

    def only_self_or_admin(self, user_id: str, action: str) -> None:
        """Raises Forbidden unless the sender is that user or an admin."""
        if self.me.user.id != user_id and not self.me.is_admin:
            raise Forbidden(action)


class Answer(msgspec.Struct, frozen=True):
    """Attributes:
    body: JSON; None for none.
    """

    status: int = HTTPStatus.OK
    body: dict[str, Any] | None = None
    headers: dict[str, str] = {}


NO_CONTENT = Answer(status=HTTPStatus.NO_CONTENT)

Access = Literal["anyone", "user", "admin"]
Handler = Callable[[Service, Ask], Answer]


class Endpoint(msgspec.Struct, frozen=True):
    """One row of the route table.

    Attributes:
    action: Keystone's name of what is done, told when it is forbidden.
    access: who may call it at all; a handler for users may ask for more.
    hashes: whether it hashes a password, and so has to queue for that.
    """

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Handler
    action: str
    access: Access = "admin"
    hashes: bool = False
