"""What can go wrong when talking to a server, as one tree.

ClientError
  Unreachable      no connection, or it broke, or no answer in time
  NotUnderstood    an answer that is not what the protocol says
  Refused          the server's own error: status, type, message
    LoginRefused   user and password, or the token, do not open the door
"""

# ruff: noqa: N818 - named for what happened


class ClientError(Exception):
    """Root; `str()` is for the user."""


class Unreachable(ClientError):
    """No answer from the server."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"Unable to reach {url}: {reason}")
        self.url = url
        self.reason = reason


class NotUnderstood(ClientError):
    """Something answers there, but it is not such a server."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"The answer of {url} is not understood: {reason}")
        self.url = url
        self.reason = reason


class Refused(ClientError):
    """The server's error.

    Attributes:
    status: HTTP status.
    type: NeutronError's type, or Keystone's title; empty when the server did not say.
    message: the server's words.
    detail: more of them, often empty.
    """

    def __init__(self, status: int, type: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.type = type
        self.message = message
        self.detail = detail


class LoginRefused(Refused):
    """The identity endpoint refuses to give a token, or the server the token that was given."""
