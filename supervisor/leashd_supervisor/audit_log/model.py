"""A decision as it is searched and shown.  Pure: data in, data out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leashd_hooks.audit_log import Record

#: What a call is about, in this order: the first that its input holds.
SUBJECTS = ("command", "file_path", "notebook_path", "url", "query", "pattern", "path", "description")
#: Characters of the subject, and of all that is searched.
SHOWN, SEARCHED = 500, 4000


@dataclass(frozen=True)
class Entry:
    """One line of the audit.  `text` says what the call is about, `words` is what a search looks at."""

    seq: int
    time: str
    session: str
    agent: str
    event: str
    tool: str
    verdict: str
    answered: str
    rule: str
    reason: str
    cwd: str
    text: str
    words: str
    approval: str
    surface: str
    hash: str

    def to_json(self) -> dict[str, Any]:
        """The entry as the page gets it."""
        return {name: value for name, value in vars(self).items() if name not in ("words", "hash")}


@dataclass(frozen=True)
class Query:
    """Which entries are wanted; what is "" does not matter.  `q` occurs somewhere in them."""

    q: str = ""
    verdict: str = ""
    rule: str = ""
    tool: str = ""
    session: str = ""


def entry(record: Record) -> Entry:
    """A record of the audit as an entry."""
    text = _storable(subject(record.get("input")))
    names = ("tool", "rule", "reason", "instead", "cwd", "session")
    words = "\n".join([text, *(_text(record, name) for name in names), _storable(_values(record.get("input")))])
    return Entry(
        seq=max(0, min(record["seq"], 2**62)),
        text=text[:SHOWN],
        words=words[:SEARCHED],
        approval=_text(record, "approval"),
        **{name: _text(record, name) for name in _PLAIN},
    )


_PLAIN = (
    "time", "session", "agent", "event", "tool", "verdict", "answered", "rule", "reason", "cwd", "surface", "hash",
)  # fmt: skip


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return _storable(value) if isinstance(value, str) else ""


def _storable(text: str) -> str:
    """Text that a database takes and searches: no half a pair of surrogates, no NUL, behind which it does not look."""
    return text.encode("utf-8", "replace").decode().replace("\0", "␀")


def subject(given: Any) -> str:
    """What a call is about: its command, file or address."""
    if not isinstance(given, dict):
        return ""
    for name in SUBJECTS:
        if isinstance(given.get(name), str):
            return str(given[name])
    return json.dumps(given, ensure_ascii=False) if given else ""


def _values(given: Any) -> str:
    if not isinstance(given, dict):
        return ""
    return "\n".join(str(value) for value in given.values() if isinstance(value, (str, int, float)))


def seconds(time: str) -> float:
    """A time of the audit in seconds since 1970; 0 for one that is none."""
    try:
        return datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0
