"""Time as the supervisor sees it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> float:
        """Seconds since 1970, for people and for what must survive a restart."""

    def ticks(self) -> float:
        """Seconds that only grow, whatever happens to the date: what deadlines are measured with."""


class SystemClock:
    """The machine's time."""

    def now(self) -> float:
        return time.time()

    def ticks(self) -> float:
        return time.monotonic()
