"""Transcripts against the audit: was every tool call of a session decided, and is every decision a call of it?

A call and a record belong together when session, number and tool are the same, and the digest of the input as well.
`python -I -m leashd_hooks.reconcile STATE TRANSCRIPT` is what the end of a session starts: it leaves the outcome in the
audit.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leashd_hooks import audit_log, places, transcripts
from leashd_hooks.audit import append, digest
from leashd_hooks.audit_log import Record
from leashd_hooks.transcripts import REFUSED, Recorded, Transcript

NO_RECORD = "no record of it"
OTHER_CALL = "what was decided is another call"
UNREADABLE = "the call cannot be read"

#: Seconds that a client is given to write the rest of a transcript whose session has ended, and calls told one by one.
SETTLES, LISTED = 1.0, 20


@dataclass
class Outcome:
    """What came of the comparison.

    matched   calls with their record
    by_number those of them of which the transcript does not tell the input, so that only number and tool were compared
    refused   calls that the client itself refused before any hook is asked; they did not run
    unseen    (call, why): calls that nobody decided
    missing   records of these sessions whose call is not in the transcripts
    untold    records of calls that a transcript of code mode does not show: those that were denied, or left no trace
    """

    sessions: list[str] = field(default_factory=list)
    matched: int = 0
    by_number: int = 0
    refused: list[Recorded] = field(default_factory=list)
    unseen: list[tuple[Recorded, str]] = field(default_factory=list)
    missing: list[Record] = field(default_factory=list)
    untold: list[Record] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code: 0 all matched, 3 calls that nobody decided, 4 records without a call."""
        return 3 if self.unseen else 4 if self.missing else 0


def reconcile(found: list[Transcript], directory: Path) -> Outcome:
    """Compares transcripts with the audit in a directory."""
    sessions = {one.session for one in found if one.session}
    outcome = Outcome(sorted(sessions))
    by_call: dict[tuple[str, str], list[Record]] = {}
    for record in audit_log.records(directory):
        if record.get("event") == "PreToolUse" and record.get("session") in sessions:
            by_call.setdefault((str(record["session"]), str(record.get("call_id", ""))), []).append(record)
    for transcript in found:
        for call in transcript.calls:
            _account(call, by_call, outcome)
    _left_over((record for records in by_call.values() for record in records), found, outcome)
    return outcome


def _account(call: Recorded, by_call: dict[tuple[str, str], list[Record]], outcome: Outcome) -> None:
    """Takes the record of a call out of `by_call`, or notes that there is none."""
    candidates = by_call.get((call.session, call.call_id), [])
    why = OTHER_CALL if candidates else NO_RECORD
    try:
        same = next((record for record in candidates if _same(call, record)), None)
    except ValueError:
        same, why = None, UNREADABLE
    if same is not None:
        # A hook that is registered twice leaves two lines for one call.
        candidates[:] = [record for record in candidates if record.get("digest") != same.get("digest")]
        outcome.matched += 1
        outcome.by_number += call.input is None
    elif call.outcome == REFUSED and not candidates:
        outcome.refused.append(call)
    else:
        outcome.unseen.append((call, why))


def _same(call: Recorded, record: Record) -> bool:
    if call.input is None:
        return bool(record.get("tool") == call.tool)
    read = call.call()
    return record.get("digest") in [digest(name, read.input) for name in (read.tool, call.alias) if name]


def _left_over(records: Iterable[Record], found: list[Transcript], outcome: Outcome) -> None:
    """Sorts the records that no call took: those of conversations that were not given are none of ours."""
    whole = {one.session for one in found if not one.subagent and one.agent == "claude"}
    given = {(one.session, one.subagent) for one in found}
    for record in sorted(records, key=lambda record: int(record["seq"])):
        session = str(record["session"])
        if session not in whole and (session, str(record.get("subagent", ""))) not in given:
            continue
        told = record.get("agent") == "codex" and str(record.get("call_id", "")).startswith("exec-")
        (outcome.untold if told else outcome.missing).append(record)


def at_the_end(state: str, transcript: str) -> None:
    """Reconciles a session that has ended and leaves a line in the audit."""
    time.sleep(SETTLES)
    record: dict[str, Any] = {"event": "Reconciled", "agent": "claude", "tool": "", "input": {}, "rule": "reconcile"}
    try:
        outcome = reconcile(transcripts.read([Path(transcript)]), Path(places.audit(state)))
    except (OSError, transcripts.Unreadable) as error:
        append(places.audit(state), {**record, "verdict": "deny", "reason": f"the session was not reconciled: {error}"})
        return
    unseen = [{"tool": call.tool, "call_id": call.call_id, "why": why} for call, why in outcome.unseen]
    reason = f"{outcome.matched} calls were decided"
    if unseen:
        reason = f"{len(unseen)} calls of the session were not decided by leashd"
    append(
        places.audit(state),
        {
            **record,
            "session": ", ".join(outcome.sessions),
            "verdict": "deny" if unseen else "allow",
            "reason": reason,
            "violation": bool(unseen),
            "unseen": unseen[:LISTED],
        },
    )


if __name__ == "__main__":
    at_the_end(*sys.argv[1:3])
