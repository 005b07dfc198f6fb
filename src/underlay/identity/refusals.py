"""What both APIs log of a request that they refuse: who asked from where for what, and why not; never a secret.

A token may be in a path, as clients of Identity v2.0 ask whose it is (`/v2.0/tokens/<token>`): it is masked.
"""

import re
from typing import Final

import structlog
from starlette.requests import Request

_AFTER_TOKENS: Final = re.compile(r"(/tokens/)[^/\s]+")


def log_refusal(request: Request, status: int, error: Exception, message: str, user: str = "") -> None:
    """The line `request_refused`. `user`: under which name somebody tried to log in."""
    structlog.get_logger().info(
        "request_refused",
        method=request.method,
        path=masked(request.url.path),
        status=status,
        error=type(error).__name__,
        message=masked(message),
        address=request.client.host if request.client else "",
        **({"user": user} if user else {}),
    )


def masked(text: str) -> str:
    """The path, or the text with it, without the token."""
    return _AFTER_TOKENS.sub(r"\1***", text)
