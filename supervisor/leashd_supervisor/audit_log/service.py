"""The audit for people: searched, verified, exported, and shown as it happens."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from leashd_hooks import audit_log, audit_verify
from leashd_hooks.audit import FILE
from leashd_hooks.audit_log import Filter, Record
from leashd_supervisor.audit_log.model import Entry, Query, entry, seconds
from leashd_supervisor.audit_log.store import Index
from leashd_supervisor.audit_log.tail import PORTION, portions
from leashd_supervisor.kernel.bus import Bus
from leashd_supervisor.kernel.clock import Clock
from leashd_supervisor.kernel.errors import SupervisorError
from leashd_supervisor.kernel.metrics import Metrics
from leashd_supervisor.log import note

#: Seconds between two looks at the files.
PAUSE = 0.2
#: Seconds after which a decision is no longer news.
NEWS = 60.0


class Audit:
    """The read side of the audit in `directory`."""

    def __init__(self, directory: Path, index: Index, bus: Bus, clock: Clock, metrics: Metrics) -> None:
        self.index = index
        self._directory = directory
        self._bus = bus
        self._clock = clock
        self._decisions = metrics.counter("leashd_decisions_total", "Decisions of the hook.", ("rule", "verdict"))
        self._verifying = asyncio.Lock()
        self._seen: tuple[int, int] | None = None

    async def watch(self) -> None:
        """Follows the files for as long as the supervisor runs."""
        failed = ""
        while True:
            try:
                await self.catch_up()
            except (SupervisorError, OSError) as error:
                if str(error) != failed:
                    note("the audit cannot be read", "error", error=str(error))
                failed = str(error)
                self._seen = None  # the next look tries again
            await asyncio.sleep(PAUSE)

    async def catch_up(self) -> int:
        """Reads what is new; how many entries that was.  Lets others have their turn in between."""
        now = self._state()
        if now is not None and now == self._seen:
            return 0
        count = 0
        for records, place in portions(self._directory, self.index.place()):
            count += self._take([entry(record) for record in records], place)
            await asyncio.sleep(0)
        self._seen = now
        return count

    def _state(self) -> tuple[int, int] | None:
        """What changes with every line and every rotation."""
        try:
            found = (self._directory / FILE).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size

    def _take(self, entries: list[Entry], place: Any) -> int:
        with self.index.db.transaction():
            added = self.index.add(entries, place)
            for number, one in added:
                if self._clock.now() - seconds(one.time) < NEWS:
                    self._bus.publish("decision", {"id": number, **one.to_json()})
        for _, one in added:
            self._decisions.add(one.rule or "-", one.answered or one.verdict or "-")
        return len(added)

    def search(self, query: Query, before: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
        """Entries that match, newest first, and what to give as `before` for those that follow."""
        found = self.index.search(query, before, limit)
        return found, found[-1]["id"] if len(found) == limit else None

    async def verify(self) -> dict[str, Any]:
        """Whether the chain of the files holds, and every place where it does not."""
        async with self._verifying:
            result = await asyncio.to_thread(audit_verify.verify, self._directory)
        return {"ok": result.ok, "lines": result.records, "problems": result.breaks, "notes": result.notes}

    def export(self, form: str, query: Query) -> Iterator[str]:
        """The records that match, from the files, oldest first: text of JSON Lines or CSV, piece by piece."""
        write: Callable[[Any, Any], int] = audit_log.export_csv if form == "csv" else audit_log.export_jsonl
        chosen = self._chosen(query)
        first = True
        while True:
            records = list(islice(chosen, PORTION))
            if not records and not first:
                return
            out = io.StringIO(newline="")
            write(records, out)
            text = out.getvalue()
            # The head line stands at the top only.
            yield text if first or form != "csv" else text.partition("\r\n")[2]
            first = False

    def _chosen(self, query: Query) -> Iterator[Record]:
        wanted = Filter(tool=query.tool or None, rule=query.rule or None, session=query.session or None)
        sought = query.q.lower()
        for record in audit_log.records(self._directory, wanted):
            if query.verdict and query.verdict not in (record.get("verdict"), record.get("answered")):
                continue
            if not sought or sought in entry(record).words.lower():
                yield record
