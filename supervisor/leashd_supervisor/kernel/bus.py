"""Events: written down with a number, then handed to everyone who listens.

An event announces what has happened.  Whoever was away asks for what came after the last number it saw.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from leashd_supervisor.kernel.clock import Clock
from leashd_supervisor.kernel.db import Database

#: Events that are kept for those who come back; a page that was away longer starts anew.
KEPT = 2000
#: Events that a listener may lag behind before it is dropped.
BACKLOG = 1000


@dataclass(frozen=True)
class Event:
    """Something that happened: `name` is `approval.requested`, `approval.settled`, `decision`, ..."""

    id: int
    time: float
    name: str
    data: dict[str, Any]


class Bus:
    """Publishes events and replays them."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._queues: set[asyncio.Queue[Event | None]] = set()
        self._watchers: list[Callable[[Event], None]] = []
        #: Set when the supervisor ends: nothing more is to come.
        self.closed = False

    def publish(self, name: str, data: dict[str, Any]) -> Event:
        """Writes an event down and hands it out; inside a transaction, when that is done."""
        now = self._clock.now()
        self._db.execute("insert into event (time, name, data) values (?, ?, ?)", (now, name, json.dumps(data)))
        row = self._db.row("select last_insert_rowid() as id")
        event = Event(row["id"] if row else 0, now, name, data)
        if event.id % 500 == 0:
            self._db.execute("delete from event where id <= ?", (event.id - KEPT,))
        self._db.after_commit(lambda: self._deliver(event))
        return event

    def _deliver(self, event: Event) -> None:
        for watcher in self._watchers:
            watcher(event)
        for queue in list(self._queues):
            if queue.qsize() >= BACKLOG:
                self.leave(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    def watch(self, watcher: Callable[[Event], None]) -> None:
        """Calls `watcher` at once for every event from now on; it must be quick and must not raise."""
        self._watchers.append(watcher)

    def join(self) -> asyncio.Queue[Event | None]:
        """A queue that gets every event from now on; None in it means: too slow, start again."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queues.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[Event | None]) -> None:
        """No more events for this queue."""
        self._queues.discard(queue)

    def close(self) -> None:
        """Tells everyone who listens that this is the end."""
        self.closed = True
        for queue in list(self._queues):
            queue.put_nowait(None)

    def since(self, after: int) -> list[Event] | None:
        """The events after a number, in order; None when some of them are no longer kept."""
        row = self._db.row("select min(id) as first, max(id) as last from event")
        first, last = (row["first"], row["last"]) if row else (None, None)
        if after > (last or 0) or (first is not None and after < first - 1):
            return None
        rows = self._db.rows("select * from event where id > ? order by id", (after,))
        return [Event(one["id"], one["time"], one["name"], json.loads(one["data"])) for one in rows]

    def last(self) -> int:
        """The number of the newest event, 0 when there was none."""
        row = self._db.row("select max(id) as last from event")
        return int(row["last"] or 0) if row else 0

    def listeners(self) -> int:
        """How many queues listen."""
        return len(self._queues)
