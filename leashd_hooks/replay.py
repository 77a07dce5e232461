"""Recorded calls through a policy: what would be decided otherwise than it was.

Calls come from transcripts and from the audit.  A transcript has every input in full, an audit what was decided: given
both, a call has its input from the one and its verdict from the other.  Nothing of a call runs; paths and branches are
those of this machine as it is now.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leashd_hooks import audit_log, transcripts
from leashd_hooks.audit import digest
from leashd_hooks.audit_log import Filter, Record, subject
from leashd_hooks.decide.paths import under
from leashd_hooks.model import ALLOW, ASK, DENY, STRICTNESS, Call, Decision
from leashd_hooks.transcripts import DENIED, RAN, REFUSED, Recorded

#: Calls told for each kind of change.
EXAMPLES = 3

#: Why a call was not judged.
CLEANED = "its input is redacted or cut in the audit: give its transcript, too"
CLIENT = "the client refused it itself"
INPUT = "its transcript does not tell its input"
UNREADABLE = "it cannot be read"


@dataclass
class Case:
    """A recorded call: what it was, what was decided then ("" when nothing tells), and by which rule."""

    call: Call
    where: str
    verdict: str = ""
    rule: str = ""


@dataclass
class Change:
    """Calls that would be decided otherwise in the same way."""

    before: str
    after: str
    rule_before: str
    rule_after: str
    count: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)

    @property
    def stricter(self) -> bool:
        """Whether less would be allowed."""
        return STRICTNESS[self.after] > STRICTNESS[self.before]


@dataclass
class Outcome:
    """What came of it.

    now       verdict -> calls that would come to it
    trials    rule in shadow -> what it would make of calls, {verdict: count}
    untold    calls of which nothing tells what was decided
    outside   calls that were made in no approved directory
    skipped   why a call was not judged -> how many
    """

    judged: int = 0
    same: int = 0
    untold: int = 0
    outside: int = 0
    now: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    trials: dict[str, Counter[str]] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain data."""
        changes = [{**vars(change), "stricter": change.stricter} for change in self.changes]
        return {**vars(self), "changed": sum(change.count for change in self.changes), "changes": changes}


def cases(paths: Iterable[Path], wanted: Filter, outcome: Outcome) -> list[Case]:
    """The calls recorded in transcripts and audits below `paths`; why one is left out is counted in `outcome`.

    Raises Unreadable for a file that is neither, OSError for one that cannot be read.
    """
    recorded, records = _read(paths)
    told = {_key(record): record for record in records}
    found: dict[tuple[str, str, str], Case] = {}
    for one in recorded:
        if wanted.wants({"tool": one.tool, "session": one.session, "time": one.time}):
            case = _of_transcript(one, told, outcome)
            if case is not None:
                found[one.session, one.call_id, one.where] = case
    given = {(session, call_id) for session, call_id, _ in found}
    for record in records:
        if wanted.wants(record) and _key(record) not in given:
            case = _of_record(record, outcome)
            if case is not None:
                found[(*_key(record), case.where)] = case
    return list(found.values())


def _key(record: Record) -> tuple[str, str]:
    return str(record.get("session", "")), str(record.get("call_id") or record["seq"])


def _read(paths: Iterable[Path]) -> tuple[list[Recorded], list[Record]]:
    recorded: list[Recorded] = []
    records: list[Record] = []
    for path in paths:
        audits = [file for file in _files(path) if _is_audit(file)]
        for file in audits:
            with file.open("rb") as lines:
                parsed = [record for line in lines if (record := audit_log.parse(line)) is not None]
            records += [record for record in parsed if audit_log.is_call(record)]
        if path.is_dir() or not audits:
            recorded += [call for one in transcripts.read([path]) for call in one.calls]
    return recorded, records


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]


def _is_audit(path: Path) -> bool:
    with path.open("rb") as lines:
        record = audit_log.parse(lines.readline())
    return record is not None and "hash" in record and "verdict" in record


def _of_transcript(one: Recorded, told: dict[tuple[str, str], Record], outcome: Outcome) -> Case | None:
    if one.outcome == REFUSED or one.input is None:
        outcome.skipped[CLIENT if one.outcome == REFUSED else INPUT] += 1
        return None
    try:
        call = one.call()
    except ValueError:
        outcome.skipped[UNREADABLE] += 1
        return None
    record = told.get((one.session, one.call_id))
    if record is not None and record.get("digest") == digest(call.tool, call.input):
        return Case(call, one.where, _verdict(record), str(record.get("rule", "")))
    verdict = {RAN: ALLOW, DENIED: DENY}.get(one.outcome, "")
    return Case(call, one.where, verdict, one.rule)


def _of_record(record: Record, outcome: Outcome) -> Case | None:
    given = record.get("input")
    tool = str(record.get("tool", ""))
    if not isinstance(given, dict) or record.get("digest") != digest(tool, given):
        outcome.skipped[CLEANED] += 1
        return None
    names = ("cwd", "agent", "event", "session", "call_id", "mode", "subagent")
    call = Call(tool, given, **{name: str(record.get(name, "")) for name in names})
    return Case(call, f"record {record['seq']}", _verdict(record), str(record.get("rule", "")))


def _verdict(record: Record) -> str:
    """What the policy decided; a person's answer came after it."""
    return ASK if record.get("approval") else str(record.get("verdict", ""))


def replay(
    found: list[Case],
    judge: Callable[[Call], Decision],
    roots: Iterable[str],
    outcome: Outcome,
    step: Callable[[int], object] = lambda done: None,
) -> Outcome:
    """Judges every case and counts in `outcome` what would change; `step` is told of each that is done.

    Calls that are the same are judged once.  Parsers of their own are waited for side by side.
    """
    changes: dict[tuple[str, ...], Change] = {}
    directories = tuple(roots)
    for case, decision in _judged(found, judge):
        step(1)
        outcome.judged += 1
        outcome.now[decision.verdict] += 1
        outcome.outside += not any(under(case.call.cwd, root) for root in directories)
        _note_trial(decision, outcome)
        if case.verdict not in STRICTNESS:
            outcome.untold += 1
        elif case.verdict == decision.verdict:
            outcome.same += 1
        else:
            named = (case.verdict, decision.verdict, case.rule, decision.rule)
            _note(changes.setdefault(named, Change(*named)), case, decision)
    outcome.changes = sorted(changes.values(), key=lambda change: (-change.count, change.rule_after))
    return outcome


def _judged(found: list[Case], judge: Callable[[Call], Decision]) -> Iterator[tuple[Case, Decision]]:
    """Every case with its decision, in order."""
    known: dict[tuple[str, str, str], Future[Decision]] = {}
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        for case in found:
            if _same(case) not in known:
                known[_same(case)] = pool.submit(judge, case.call)
        for case in found:
            yield case, known[_same(case)].result()
    finally:
        pool.shutdown(cancel_futures=True)


def _same(case: Case) -> tuple[str, str, str]:
    return digest(case.call.tool, case.call.input), case.call.cwd, case.call.mode


def _note(change: Change, case: Case, decision: Decision) -> None:
    change.count += 1
    if len(change.examples) < EXAMPLES:
        about = subject({"input": case.call.input})
        told = {"where": case.where, "session": case.call.session, "call_id": case.call.call_id}
        told.update(tool=case.call.tool, about=about, reason=decision.reason, instead=decision.instead)
        change.examples.append(told)


def _note_trial(decision: Decision, outcome: Outcome) -> None:
    trial = decision.trial().get("shadow", {})
    for rule in trial.get("rules", ()):
        outcome.trials.setdefault(rule, Counter())[trial["verdict"]] += 1
