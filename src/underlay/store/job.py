"""One write that waits for its turn, and what has come of it. Touched only by who holds the lock of the store."""

from collections.abc import Callable
from typing import Generic, TypeVar, cast

from underlay.model.ids import Revision
from underlay.store.moment import Moment

T = TypeVar("T")


class Job(Generic[T]):
    """Attributes:
    is_done: it is committed, or has failed for good.
    newest: the newest revision that it wrote; None for none.
    """

    def __init__(self, work: Callable[[Moment], T]) -> None:
        self._work = work
        self._result: T | None = None
        self._error: BaseException | None = None
        self.newest: Revision | None = None
        self.is_done = False

    def run(self, moment: Moment) -> bool:
        """Whether it went through; what it raised is kept for `outcome`."""
        self.forget()
        try:
            self._result = self._work(moment)
            self.newest = moment.newest_written()
        except BaseException as error:
            self._error = error
        return self._error is None

    def fail(self, error: BaseException) -> None:
        """It was undone because of this."""
        self.forget()
        self._error = error

    def forget(self) -> None:
        """It has not run yet."""
        self._result = self._error = self.newest = None

    def outcome(self) -> T:
        """What the work returned; raises what it raised."""
        if self._error is not None:
            raise self._error
        return cast(T, self._result)
