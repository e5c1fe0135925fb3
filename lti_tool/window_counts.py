"""Counts of one process for `limits`: fixed windows in a dictionary, swept once in a while.

The package's own memory starts a thread at nearly every count to throw old ones away: too dear for a launch.
"""

import threading
import time
from collections.abc import Callable

from limits.storage import Storage

SWEEP = 60.0  # seconds between two looks for windows that are over


class WindowCounts(Storage):
    """A storage for fixed windows; safe across threads.

    Args:
        clock: seconds since 1970; tests replace it.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}  # how many, and until when
        self._sweep_at = clock() + SWEEP

    def __len__(self) -> int:
        """How many windows are kept."""
        return len(self._windows)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the storage itself can raise."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in the window of this key, or in a new one of `expiry` seconds; give how many it holds."""
        now = self._clock()
        with self._lock:
            if now >= self._sweep_at:
                self._windows = {key: window for key, window in self._windows.items() if window[1] > now}
                self._sweep_at = now + SWEEP
            count, ends = self._windows.get(key, (0, 0.0))
            if ends <= now:
                count, ends = 0, now + expiry
            self._windows[key] = (count + amount, ends)
            return count + amount

    def get(self, key: str) -> int:
        """Give how many the window of this key holds."""
        count, ends = self._windows.get(key, (0, 0.0))
        return count if ends > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        """Give when the window of this key ends, in seconds since 1970."""
        return self._windows.get(key, (0, self._clock()))[1]

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget every window; give how many there were."""
        with self._lock:
            gone, self._windows = len(self._windows), {}
        return gone

    def clear(self, key: str) -> None:
        """Forget the window of this key."""
        with self._lock:
            self._windows.pop(key, None)
