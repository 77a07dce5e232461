"""`leashd approvals watch`: what waits, live, and a key for each answer."""

from __future__ import annotations

import os
import queue
import select
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from leashd_hooks.cli import card, people, render
from leashd_hooks.cli.failure import Failure
from leashd_hooks.cli.people import Page

#: Seconds that a card stands before a key counts for it: nobody has read it before.
ARMED = 0.7
#: Seconds within which the second key allows what is dangerous; seconds between two tries to connect.
TWICE, AGAIN = 5.0, 1.0
HELP = "1-9 j k choose   a allow   d deny   s deny and stop   q leave"
UNREAD = "read it first; keys count in a moment"
CUT = "this screen does not show all of it; the page does, and `leashd approvals show`"
#: Lines around list and card, and what the list has of them at least.
AROUND, LIST = 4, 4


class Watch:
    """The screen, and who is at it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._pending: dict[str, dict[str, Any]] = {}
        self._chosen = ""
        self._shown_at = 0.0
        self._pressed_at = 0.0
        self._said = ""
        self._whole = True
        self._cursor = 0
        self._news: queue.SimpleQueue[tuple[str, int | None, dict[str, Any]]] = queue.SimpleQueue()

    def run(self) -> None:
        """Until the person leaves.  Raises Failure without a terminal on both ends."""
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise Failure("keys need a terminal", "`leashd approvals watch --json` only shows")
        self._fetch()
        threading.Thread(target=self._listen, daemon=True).start()
        with _keys() as keys, Live(self._drawn(), console=render.console(), auto_refresh=False, screen=True) as live:
            while self._key(keys):
                self._hear()
                live.update(self._drawn(), refresh=True)
        if self._said:
            render.say(self._said)

    def _fetch(self) -> None:
        state = self._page.get("/api/state")
        self._pending = {one["id"]: one for one in state["pending"]}
        self._cursor = state["cursor"]
        self._choose(self._chosen)

    def _listen(self) -> None:
        while True:
            try:
                for one in self._page.events(self._cursor):
                    self._news.put(one)
            except Failure:
                self._news.put(("gone", None, {}))
                return
            time.sleep(AGAIN)

    def _hear(self) -> None:
        while not self._news.empty():
            name, number, told = self._news.get()
            self._cursor = max(self._cursor, number or 0)
            if name == "gone":
                raise Failure("the session has ended", "`leashd approvals watch` again")
            if name == "resume" and told.get("state") == "reset":
                self._fetch()
            elif name == "approval" and told["state"] == "pending":
                self._pending[told["id"]] = told
            elif name == "approval" and told["id"] in self._pending:
                del self._pending[told["id"]]
                by = f" ({told['surface']})" if told.get("surface") else ""
                self._said = f"{told['state']}{by}: {told['verb']}"
        self._choose(self._chosen)

    def _choose(self, id: str) -> None:
        if id not in self._pending:
            id = next(iter(self._pending), "")
        if id != self._chosen:
            self._chosen, self._shown_at, self._pressed_at = id, time.monotonic(), 0.0

    def _key(self, keys: int) -> bool:
        """Waits a moment for a key and does what it says; False when it says to leave."""
        if not select.select([keys], [], [], 0.2)[0]:
            return True
        key = os.read(keys, 1).decode("latin-1")
        if key in ("q", "\x03", "\x04", ""):
            return False
        view = self._pending.get(self._chosen)
        if key.isdigit() and 0 < int(key) <= len(self._pending):
            self._choose(list(self._pending)[int(key) - 1])
        elif view and key in "jk":
            ids = list(self._pending)
            at = ids.index(self._chosen) + (1 if key == "j" else -1)
            self._choose(ids[max(0, min(at, len(ids) - 1))])
        elif view and key in "ads" and self._armed():
            self._press(key, view)
        return True

    def _armed(self) -> bool:
        return not self._chosen or time.monotonic() - self._shown_at >= ARMED

    def _press(self, key: str, view: dict[str, Any]) -> None:
        now = time.monotonic()
        if key == "a" and not self._whole:
            self._said = CUT
            return
        if key == "a" and view["risk"] == "danger" and now - self._pressed_at > TWICE:
            self._pressed_at = now
            self._said = "this is dangerous: press a again to allow it"
            return
        if key == "a" and view["kind"] == "question":
            self._said = "a question is answered with one of its answers, on the page"
            return
        answer = {"digest": view["digest"], "allow": key == "a", "stop": key == "s"}
        try:
            self._page.post(people.path("approvals", view["id"], "answer"), answer)
        except Failure as error:
            self._said = f"not answered: {error}"

    def _drawn(self) -> RenderableType:
        """As much as the screen has lines for: of the list what is near the chosen one, then its card."""
        out = render.console()
        view = self._pending.get(self._chosen)
        shown = card.card(view) if view else Text("nothing waits", style="dim")
        lines = out.render_lines(shown, pad=False)
        listed = len(self._pending) + 1
        room = out.height - AROUND - min(listed, LIST)
        self._whole = len(lines) <= room
        if self._whole and self._said == CUT:
            self._said = ""
        table = card.waiting(self._pending.values(), self._chosen, max(LIST, out.height - AROUND - len(lines)) - 1)
        parts: list[RenderableType] = [table, Text("")]
        parts.append(shown if self._whole else _Lines(lines[: room - 1]))
        if not self._whole:
            parts.append(Text(f"… {CUT}", style="yellow", no_wrap=True, overflow="ellipsis"))
        help = Text(HELP if self._armed() else UNREAD, style="dim", no_wrap=True, overflow="ellipsis")
        return Group(*parts, Text(self._said, style="yellow", no_wrap=True, overflow="ellipsis"), help)


class _Lines:
    """Lines that are drawn already."""

    def __init__(self, lines: list[list[Segment]]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            yield from line
            yield Segment.line()


@contextmanager
def _keys() -> Iterator[int]:
    """Keys of the terminal as they are pressed."""
    keys = sys.stdin.fileno()
    before = termios.tcgetattr(keys)
    try:
        tty.setcbreak(keys)
        yield keys
    finally:
        termios.tcsetattr(keys, termios.TCSADRAIN, before)
