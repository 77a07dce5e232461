"""Ten minutes, twenty hooks at once, five thousand approvals: `make soak`.

Hooks ask, two people answer through the page's door, now and then both at once and not the same.  In the first part the
supervisor is killed, stopped and reloaded; the second part is left alone, so that what it takes up can be compared.  At
the end every hook's answer is held against what was written down and against what people really said.

A hook that starts while no supervisor listens leaves the call to the prompt of its host; its agent then calls again.
"""

from __future__ import annotations

import argparse
import json
import signal
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.load_lab import PATIENCE, Hook, Page, Supervisor, Weight, share
from tests.hook.guard import Guard, furnish

SECONDS, APPROVALS, AT_ONCE = 600.0, 5000, 20
#: Parts of the time after which something happens to the supervisor; from `QUIET` on nothing does.
FAULTS = ((0.1, "kill"), (0.2, "stop"), (0.3, "reload"), (0.4, "kill"))
QUIET = 0.45
#: Every so many approvals are answered by both people at once.
RACES = 16
#: MB that the memory may grow in the part that is left alone, and descriptors; the first is what an index may take.
GROWTH, MORE = 3.0, 4
#: Seconds of a run that is long enough to say so.
LONG = 120.0


@dataclass
class Report:
    """What came out."""

    approvals: int
    seconds: float
    errors: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    races: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    weights: list[tuple[float, Weight]] = field(default_factory=list)
    lost_streams: int = 0
    #: Calls that were left to the host's prompt, because nobody listened when they came.
    prompted: int = 0

    def text(self) -> str:
        """The report for people."""
        lines = [
            f"{self.approvals} approvals in {self.seconds:.0f} s, {AT_ONCE} hooks at once: {dict(self.outcomes)}",
            f"supervisor: {', '.join(self.faults) or 'left alone'}; streams that came back: {self.lost_streams};"
            f" calls that came while it was away: {self.prompted}",
            f"answered by two people at once: {self.races}",
            f"from the answer to the hook's end: p50 {1000 * share(self.waits, 0.5):.0f} ms,"
            f" p99 {1000 * share(self.waits, 0.99):.0f} ms",
        ]
        for name, at in (("start", 0), ("middle", len(self.weights) // 2), ("end", -1)):
            if self.weights:
                lines.append(f"{name:>6} of the part left alone ({self.weights[at][0]:.0f} s): {self.weights[at][1]}")
        lines += [f"ERROR {one}" for one in self.errors[:20]]
        return "\n".join([*lines, f"{len(self.errors)} errors"])


class Soak:
    """One run."""

    def __init__(self, folder: Path, seconds: float, approvals: int, at_once: int) -> None:
        self.guard: Guard = furnish(folder)
        self.supervisor = Supervisor(self.guard.state)
        self.report = Report(approvals, seconds)
        self._step = seconds / approvals
        self._think = 0.8 * at_once * self._step
        self._at_once = at_once
        self._started = time.monotonic()
        self._over = threading.Event()
        self._undisturbed = threading.Event()
        self._lock = threading.Lock()
        #: What people said of each call, and when.
        self.said: dict[int, list[bool]] = {}
        self._answered: dict[int, float] = {}
        #: When the supervisor went away and when it listened again.
        self._away: list[tuple[float, float]] = []
        #: What each hook told its agent.
        self.told: dict[int, str] = {}

    def run(self) -> Report:
        """Everything, and the account of it."""
        people = [Page(self.supervisor.port).log_in(self.supervisor.key) for _ in range(2)]
        for page in people:
            page.follow()
        helpers = [
            threading.Thread(target=self._answer, args=people),
            threading.Thread(target=self._disturb),
            threading.Thread(target=self._weigh),
        ]
        for helper in helpers:
            helper.start()
        with ThreadPoolExecutor(self._at_once) as agents:
            list(agents.map(self._agent, range(self.report.approvals)))
        self._over.set()
        for helper in helpers:
            helper.join(PATIENCE)
        self.report.seconds = self._now()
        self.report.lost_streams = sum(page.lost for page in people)
        self.supervisor.end()
        for page in people:
            page.close()
            self.report.errors += page.errors
        self._account()
        return self.report

    def _now(self) -> float:
        return time.monotonic() - self._started

    def _agent(self, number: int) -> None:
        time.sleep(max(0.0, number * self._step - self._now()))
        began = self._now()
        told = Hook(self.guard, number).answer()
        while told == "ask" and self._was_away(began, self._now()):
            with self._lock:
                self.report.prompted += 1
            time.sleep(self._step)
            began = self._now()
            told = Hook(self.guard, number).answer()
        with self._lock:
            self.told[number] = told
            if number in self._answered:
                self.report.waits.append(time.perf_counter() - self._answered[number])

    def _was_away(self, began: float, ended: float) -> bool:
        """Whether the supervisor was away at a time between these two."""
        with self._lock:
            return any(away <= ended and began <= back for away, back in self._away)

    def _answer(self, first: Page, second: Page) -> None:
        """A person who takes a while over each call, and a second one who is at it too."""
        with ThreadPoolExecutor(1) as other:
            while not (self._over.is_set() and first.heard.empty()):
                try:
                    view, heard = first.heard.get(timeout=0.1)
                except Exception:  # noqa: BLE001, S112 - nothing waits
                    continue
                time.sleep(max(0.0, heard + self._think - time.perf_counter()))
                self._say(view, first, second, other)

    def _say(self, view: dict[str, Any], first: Page, second: Page, other: ThreadPoolExecutor) -> None:
        number = int(view["call_id"].rpartition("-")[2])
        allow = number % 3 != 0
        race = number % RACES == 0
        with self._lock:
            self.said[number] = [allow, not allow] if race else [allow]
            self._answered[number] = time.perf_counter()
        rival = other.submit(second.answer, view, not allow) if race else None
        statuses = [first.answer(view, allow)]
        if rival is not None:
            self.report.races += 1
            statuses.append(rival.result())
        if statuses.count(200) > 1:
            self.report.errors.append(f"two answers to call {number} both counted")

    def _disturb(self) -> None:
        for part, fault in FAULTS:
            if self._over.wait(max(0.0, part * self.report.seconds - self._now())):
                return
            gone = self._now()
            with self._lock:
                self._away.append((gone, float("inf")))
            if fault == "reload":
                self.supervisor.reload()
            else:
                self.supervisor.end(signal.SIGKILL if fault == "kill" else signal.SIGTERM)
                self.supervisor.start()
            with self._lock:
                self._away[-1] = (gone, self._now())
            self.report.faults.append(f"{fault} at {gone:.0f} s for {self._now() - gone:.1f} s")
        self._undisturbed.set()

    def _weigh(self) -> None:
        while not self._over.wait(max(0.2, self.report.seconds / 200)):
            if self._undisturbed.is_set() and self._now() > QUIET * self.report.seconds:
                self.report.weights.append((self._now(), self.supervisor.weight()))

    def _account(self) -> None:
        """Holds answers, database and audit against each other."""
        written = self._written()
        audited = Counter(
            (int(record["call_id"].rpartition("-")[2]), record["answered"]) for record in self.guard.audit()
        )
        for number in range(self.report.approvals):
            told, said, states = self.told.get(number, ""), self.said.get(number, []), written.get(number, [])
            self.report.outcomes[told or "nothing"] += 1
            if told not in ("allow", "deny"):
                self._error(number, f"is lost: the agent was told `{told}`")
            if told == "allow" and True not in said:
                self._error(number, "was allowed, and nobody said so")
            if states != [{"allow": "allowed", "deny": "denied"}.get(told, told)]:
                self._error(number, f"was told `{told}` and written down as {states}")
            if (told == "allow") not in said:
                self._error(number, f"was told `{told}` where people said {said}")
            if audited[number, told] != 1 or audited[number, "allow"] + audited[number, "deny"] != 1:
                self._error(number, "does not stand in the audit once")
        self._flat()

    def _error(self, number: int, what: str) -> None:
        self.report.errors.append(f"call {number} {what}")

    def _written(self) -> dict[int, list[str]]:
        database = sqlite3.connect(self.guard.state / "supervisor.db")
        found: dict[int, list[str]] = {}
        for call, state in database.execute("select call_id, state from approval"):
            found.setdefault(int(call.rpartition("-")[2]), []).append(state)
        database.close()
        return found

    def _flat(self) -> None:
        """Whether the supervisor takes up no more in the second half than in the first; a short run does not tell."""
        if self.report.seconds < LONG:
            return
        half = len(self.report.weights) // 2
        first, last = self.report.weights[:half], self.report.weights[half:]
        for name, allowed in (("memory", GROWTH), ("descriptors", MORE), ("threads", 0)):
            before, after = (max(getattr(one, name) for _, one in part) for part in (first, last))
            if after > before + allowed:
                self.report.errors.append(f"{name} grew from {before} to {after}")


def soak(folder: Path, seconds: float, approvals: int, at_once: int = AT_ONCE) -> Report:
    """Runs it in a directory of its own."""
    return Soak(folder, seconds, approvals, at_once).run()


def main() -> None:
    parser = argparse.ArgumentParser(prog="soak", description="The supervisor under load, for long.")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--approvals", type=int, default=APPROVALS)
    parser.add_argument("--json", type=Path, help="write the weights to this file, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = soak(Path(folder), options.seconds, options.approvals)
    print(report.text())
    if options.json:
        options.json.write_text(json.dumps([(at, vars(weight)) for at, weight in report.weights]) + "\n")
    raise SystemExit(1 if report.errors else 0)


if __name__ == "__main__":
    main()
