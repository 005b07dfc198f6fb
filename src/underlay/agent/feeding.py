"""The feed thread: every line of the feed becomes a hint. Decides nothing."""

import threading
from collections.abc import Iterable

from underlay.agent.hints import FeedRestart, Hints
from underlay.client.feed import Restart
from underlay.model.change import Change, InSync


def feed_in_background(feed: Iterable[Change | InSync | Restart], hints: Hints) -> threading.Thread:
    """Starts the thread; it ends with the feed, and does not keep the program alive."""
    thread = threading.Thread(target=_run, args=(feed, hints), name="feed", daemon=True)
    thread.start()
    return thread


def _run(feed: Iterable[Change | InSync | Restart], hints: Hints) -> None:
    for line in feed:
        hints.put(FeedRestart() if isinstance(line, Restart) else line)
