"""The live stream: a verdict on where the page is, what it missed, then what happens.

The first event is `resume`, and says whether what follows completes what the page has (`ok`) or it has to fetch the
state anew (`reset`).  Each event is put into bytes once, however many pages look.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from leashd_supervisor.kernel.bus import Bus, Event
from leashd_supervisor.kernel.incoming import Malformed

if TYPE_CHECKING:
    from sse_starlette import EventSourceResponse

#: Seconds between two pings, and how long a page may take to accept some bytes.
PING, SLOW = 15, 20.0
#: Seconds that a page has for its last event when the supervisor ends; less than uvicorn gives its connections.
FAREWELL = 1.0
#: Milliseconds after which a browser tries again.
RETRY = 2000
#: Events whose bytes are kept for the other pages.
KEPT = 200

#: Makes the name and the data that the page is told of an event; None when it is not told.
Teller = Callable[[Event], "tuple[str, dict[str, Any]] | None"]


class Streams:
    """Streams of what happens, for pages.  `holds` says whether a device is still let in."""

    def __init__(self, bus: Bus, tell: Teller, holds: Callable[[str], bool]) -> None:
        self._bus = bus
        self._tell = tell
        self._holds = holds
        self._told: OrderedDict[int, bytes] = OrderedDict()

    def response(self, http: Request, device: str) -> EventSourceResponse:
        """The stream for a request."""
        from sse_starlette import EventSourceResponse, ServerSentEvent  # not at the top: a twentieth of the start

        return EventSourceResponse(
            self._events(cursor(http), device),
            ping=PING,
            ping_message_factory=lambda: ServerSentEvent(event="ping", data="{}"),
            send_timeout=SLOW,
            shutdown_grace_period=FAREWELL,
            sep="\n",
        )

    async def _events(self, after: int | None, device: str) -> AsyncIterator[bytes]:
        queue = self._bus.join()
        try:
            missed = None if after is None else self._bus.since(after)
            last = self._bus.last()
            state = "reset" if missed is None else "ok"
            yield b"retry: %d\n" % RETRY + encoded("resume", {"state": state, "cursor": last})
            for event in missed or ():
                yield self._bytes(event)
            while (fresh := await self._next(queue, last)) is not None and self._holds(device):
                yield self._bytes(fresh)
            if self._bus.closed:
                yield encoded("restarting", {})
        finally:
            self._bus.leave(queue)

    async def _next(self, queue: Any, last: int) -> Event | None:
        while not self._bus.closed:
            event: Event | None = await queue.get()
            if event is None or event.id > last:
                return event
        return None

    def _bytes(self, event: Event) -> bytes:
        if event.id not in self._told:
            told = self._tell(event)
            # An event that is not told still moves the cursor of those who come back.
            self._told[event.id] = b"id: %d\n\n" % event.id if told is None else encoded(*told, event.id)
            if len(self._told) > KEPT:
                self._told.popitem(last=False)
        return self._told[event.id]


def encoded(name: str, data: dict[str, Any], id: int | None = None) -> bytes:
    """An event as the bytes of the stream."""
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def cursor(http: Request) -> int | None:
    """The last event that a page has seen: the header that browsers send by themselves wins over the query."""
    given = http.headers.get("last-event-id") or http.query_params.get("after")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Malformed("the cursor is not a number")
    return int(given)
