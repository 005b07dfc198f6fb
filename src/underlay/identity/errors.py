"""What the identity endpoint refuses, each with the HTTP status and the text of Keystone.

IdentityError
  BadRequest       400  the body or a parameter is not what it must be
  Unauthorized     401  no valid token, or user and password do not fit
  Forbidden        403  a valid token that does not allow it
  NotFound         404
  NotAllowed       405  the path exists, not with this method
  TooSlow          408
  Taken            409  the name is in use
  TooLarge         413
  Busy             503  too many logins at once
  Unavailable      503  the Keystone that knows the tokens does not answer
"""

# ruff: noqa: N818 - the condition's name is the error's, as in Keystone

from typing import ClassVar


class IdentityError(Exception):
    """Root; `message` is for the client."""

    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadRequest(IdentityError):
    """The request is not well-formed; the reason in Keystone's frame."""

    status = 400
    title = "Bad Request"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"{reason} The server could not comply with the request since it is either malformed or otherwise "
            "incorrect. The client is assumed to be in error."
        )


class Unauthorized(IdentityError):
    """One text for every cause, so that it does not tell which users exist.

    Attributes:
    user: whose login it was, as was sent, for the log; empty when nobody logged in.
    """

    status = 401
    title = "Unauthorized"

    def __init__(self, message: str = "The request you have made requires authentication.") -> None:
        super().__init__(message)
        self.user = ""


class Forbidden(IdentityError):
    """The caller lacks the role."""

    status = 403
    title = "Forbidden"

    def __init__(self, action: str) -> None:
        super().__init__(f"You are not authorized to perform the requested action: {action}.")


class NotFound(IdentityError):
    """No such object."""

    status = 404
    title = "Not Found"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"Could not find {kind}: {name}.")


class NotAllowed(IdentityError):
    """No such method on this path."""

    status = 405
    title = "Method Not Allowed"

    def __init__(self, method: str) -> None:
        super().__init__(f"The method {method} is not allowed on this path.")


class TooSlow(IdentityError):
    """The body did not come in time."""

    status = 408
    title = "Request Timeout"

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"The request body did not arrive within {limit_s} seconds.")


class Taken(IdentityError):
    """One of that kind and name exists, in the same domain if it is of a domain."""

    status = 409
    title = "Conflict"

    def __init__(self, kind: str, name: str, domain_id: str = "") -> None:
        place = f" at domain ID {domain_id}" if domain_id else ""
        super().__init__(
            f"Conflict occurred attempting to store {kind} - Duplicate entry found with name {name}{place}."
        )


class TooLarge(IdentityError):
    """The body is larger than any that identity needs."""

    status = 413
    title = "Request Entity Too Large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request body is larger than {limit} bytes.")


class Failed(IdentityError):
    """A defect of ours; what it was is for the log, not for the client."""

    status = 500
    title = "Internal Server Error"

    def __init__(self) -> None:
        super().__init__("An unexpected error prevented the server from fulfilling your request.")


class Busy(IdentityError):
    """Checking passwords costs memory and time on purpose, so only so many may wait."""

    status = 503
    title = "Service Unavailable"

    def __init__(self) -> None:
        super().__init__("Too many logins at once; try again in a second.")


class Unavailable(IdentityError):
    """The Keystone that is asked for tokens cannot tell."""

    status = 503
    title = "Service Unavailable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Tokens cannot be checked now, because Keystone does not answer: {reason}")
