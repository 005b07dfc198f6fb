"""The root of all errors, and the inner nodes: what kind of wrong. No leaf is here."""

from collections.abc import Iterator
from typing import Any, ClassVar


class UnderlayError(Exception):
    """The root. Fields are set once, by the constructor; `str()` is the message.

    Attributes:
    template: the message, with the fields' names in braces.
    retryable: whether the same command may succeed when it is judged again at once, on a fresh snapshot.
    """

    template: ClassVar[str] = ""
    retryable: ClassVar[bool] = False

    @property
    def message(self) -> str:
        """What is wrong and, if that is not plain from it, what would be right."""
        return self.template.format_map(vars(self)) + self.hint

    @property
    def hint(self) -> str:
        """What the template leaves unsaid; starts with a space or a colon, empty for nothing."""
        return ""

    def __str__(self) -> str:
        return self.message

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ and not name.startswith("__"):
            raise AttributeError(f"{type(self).__name__}.{name} is set once")
        super().__setattr__(name, value)


def leaves() -> Iterator[type[UnderlayError]]:
    """Every class of the tree that has no class below it: those that can be raised."""
    return _leaves_under(UnderlayError)


def _leaves_under(node: type[UnderlayError]) -> Iterator[type[UnderlayError]]:
    below = node.__subclasses__()
    if not below:
        yield node
    for child in below:
        yield from _leaves_under(child)


class BadRequestError(UnderlayError):
    """What was asked for makes no sense here, whatever the state."""


class TransportError(UnderlayError):
    """The HTTP request itself cannot be served; each leaf has a status of its own."""


class UnauthorizedError(UnderlayError):
    """Nobody known asks."""


class ForbiddenError(UnderlayError):
    """The caller is known and may not."""


class NotFoundError(UnderlayError):
    """No such object, or none that the caller may see: the two are not told apart."""


class ConflictError(UnderlayError):
    """What was asked for cannot stand beside what is."""


class PreconditionError(UnderlayError):
    """The caller's condition does not hold."""


class GoneError(UnderlayError):
    """It was there once."""


class UnavailableError(UnderlayError):
    """Something is used up that an operator can add to."""
