"""Audit records to a summary: how many calls, how they were answered, by which rules, and which were not allowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from leashd_hooks.audit_log import Record, is_call, subject

#: How a call was answered: it ran; it was denied; the host was told to ask.
ALLOWED, DENIED, ASKED = "allowed", "denied", "asked"


@dataclass(frozen=True)
class Told:
    """One call that was not simply allowed."""

    seq: int
    time: str
    agent: str
    session: str
    subagent: str
    call_id: str
    tool: str
    subject: str
    answer: str
    rule: str
    reason: str
    instead: str
    violation: bool
    cwd: str
    path: str
    digest: str

    @property
    def title(self) -> str:
        """The call in a line."""
        return f"{self.tool}: {self.subject}" if self.subject else self.tool


@dataclass
class Summary:
    """What a report tells.

    by_person  calls that a person answered, among the allowed and the denied
    rules      rule -> how often it came to each answer
    trials     rule in shadow -> what it would have made of calls, {verdict: count}
    unseen     calls that a session's reconciliation found undecided: (session, tool, call id)
    """

    calls: int = 0
    allowed: int = 0
    denied: int = 0
    asked: int = 0
    by_person: int = 0
    violations: int = 0
    begin: str = ""
    end: str = ""
    sessions: list[str] = field(default_factory=list)
    rules: dict[str, dict[str, int]] = field(default_factory=dict)
    denied_calls: list[Told] = field(default_factory=list)
    asked_calls: list[Told] = field(default_factory=list)
    trials: dict[str, dict[str, int]] = field(default_factory=dict)
    trial_calls: list[Told] = field(default_factory=list)
    unseen: list[dict[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The summary as plain data."""
        return asdict(self)

    def fails(self, on: str) -> bool:
        """Whether there is what `--fail-on` names; a call that nobody decided is as bad as a denied one."""
        if on == "never":
            return False
        return bool(self.denied or self.unseen or (on == "ask" and (self.asked or self.by_person)))


def summarise(records: Iterable[Record]) -> Summary:
    """The summary of audit records."""
    found = Summary()
    rules: dict[str, Counter[str]] = {}
    trials: dict[str, Counter[str]] = {}
    sessions: dict[str, None] = {}
    for record in records:
        found.begin = found.begin or str(record.get("time", ""))
        found.end = str(record.get("time", ""))
        if record.get("session") and record.get("event") != "Reconciled":
            sessions[str(record["session"])] = None
        found.unseen += _unseen(record)
        if not is_call(record) and record.get("event") != "failure":
            continue
        answer = _answer(record)
        _count(found, record, answer)
        rules.setdefault(str(record.get("rule", "")), Counter())[answer] += 1
        _trial(found, record, trials)
    found.sessions = list(sessions)
    found.rules = {rule: dict(counts) for rule, counts in sorted(rules.items(), key=_busiest)}
    found.trials = {rule: dict(counts) for rule, counts in sorted(trials.items(), key=_busiest)}
    return found


def _busiest(item: tuple[str, Counter[str]]) -> tuple[int, str]:
    return -item[1].total(), item[0]


def _answer(record: Record) -> str:
    told = record.get("answered")
    return DENIED if told == "deny" else ASKED if told == "ask" else ALLOWED


def _count(found: Summary, record: Record, answer: str) -> None:
    found.calls += 1
    setattr(found, answer, getattr(found, answer) + 1)
    found.by_person += bool(record.get("approval"))
    found.violations += bool(record.get("violation"))
    if answer == DENIED:
        found.denied_calls.append(_told(record, answer))
    elif answer == ASKED:
        found.asked_calls.append(_told(record, answer))


def _trial(found: Summary, record: Record, trials: dict[str, Counter[str]]) -> None:
    """What rules in shadow would have made of a call."""
    shadow = record.get("shadow")
    if not isinstance(shadow, dict):
        return
    for rule in shadow.get("rules") or ():
        trials.setdefault(str(rule), Counter())[str(shadow.get("verdict"))] += 1
    if shadow.get("verdict") != record.get("verdict"):
        told = {**record, "rule": shadow.get("rule"), "reason": shadow.get("reason", ""), "instead": ""}
        found.trial_calls.append(_told(told, str(shadow.get("verdict"))))


def _told(record: Record, answer: str) -> Told:
    texts = {
        name: str(record.get(name) or "")
        for name in ("time", "agent", "session", "subagent", "call_id", "tool", "rule", "reason", "instead", "cwd")
    }
    return Told(
        seq=int(record["seq"]),
        subject=subject(record),
        answer=answer,
        violation=bool(record.get("violation")),
        path=_path(record),
        digest=str(record.get("digest") or ""),
        **texts,
    )


def _path(record: Record) -> str:
    """The file that a call was about, below its directory; "" when it was about none, or one elsewhere."""
    root = str(record.get("cwd") or "").rstrip("/") + "/"
    for effect in record.get("effects") or ():
        path = effect.get("path") if isinstance(effect, dict) else None
        if isinstance(path, str) and path.startswith(root) and "/../" not in path and "[" not in path:
            return path[len(root) :]
    return ""


def _unseen(record: Record) -> list[dict[str, str]]:
    names = ("tool", "call_id", "why")
    listed = record.get("unseen") if record.get("event") == "Reconciled" else None
    return [
        {"session": str(record.get("session", "")), **{name: str(one.get(name, "")) for name in names}}
        for one in listed or ()
        if isinstance(one, dict)
    ]
