"""The read side of the audit: lines in order, filters, export."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TextIO

from leashd_hooks.audit import FILE

Record = dict[str, Any]

#: What `export --format csv` writes, in this order.
COLUMNS = (
    "seq", "time", "agent", "session", "subagent", "call_id", "event", "tool", "mode", "cwd", "verdict", "answered",
    "rule", "reason", "instead", "violation", "policy", "ms", "input", "digest", "effects", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """Which records are wanted; what is None does not matter."""

    verdict: str | None = None
    tool: str | None = None
    rule: str | None = None
    session: str | None = None
    since: datetime | None = None

    def wants(self, record: Record) -> bool:
        """Whether the record passes every condition; a session may be given by its first characters."""
        if self.since is not None and str(record.get("time", "")) < stamp(self.since):
            return False
        if self.session is not None and not str(record.get("session", "")).startswith(self.session):
            return False
        pairs = ((self.verdict, "verdict"), (self.tool, "tool"), (self.rule, "rule"))
        return all(wanted is None or record.get(name) == wanted for wanted, name in pairs)


def is_trial(record: Record) -> bool:
    """Whether leashd itself made the call, to try the hook; no client names its sessions like that."""
    return str(record.get("session", "")).startswith("leashd-")


def stamp(moment: datetime) -> str:
    """A moment as the audit writes it, so that it compares as text."""
    utc = moment.astimezone(timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S") + f".{utc.microsecond // 1000:03d}Z"


def parse_since(text: str) -> datetime:
    """`10m`, `2h`, `3d` ago, or a date or time in ISO form (local time unless it says otherwise)."""
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    if text[:-1].isdigit() and text[-1:] in units:
        return datetime.now(timezone.utc) - timedelta(**{units[text[-1]]: int(text[:-1])})
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone()


def files(directory: Path) -> list[Path]:
    """The files of the audit, oldest first."""
    aside = [path for path in directory.glob("audit-*.jsonl") if path.stem.removeprefix("audit-").isdigit()]
    current = directory / FILE
    ordered = sorted(aside, key=lambda path: int(path.stem.removeprefix("audit-")))
    return [*ordered, current] if current.exists() else ordered


def records(directory: Path, wanted: Filter | None = None) -> Iterator[Record]:
    """Every readable record, oldest first."""
    for path in files(directory):
        with path.open("rb") as lines:
            yield from _wanted(lines, wanted)


def _wanted(lines: Iterable[bytes], wanted: Filter | None) -> Iterator[Record]:
    for line in lines:
        record = parse(line)
        if record is not None and (wanted is None or wanted.wants(record)):
            yield record


def last(directory: Path, count: int, wanted: Filter | None = None) -> list[Record]:
    """The last `count` records that are wanted, oldest first; reads backwards, so a long audit costs nothing."""
    found: list[Record] = []
    for path in reversed(files(directory)):
        for line in _backwards(path):
            if len(found) >= count:
                return found[::-1]
            record = parse(line)
            if record is not None and (wanted is None or wanted.wants(record)):
                found.append(record)
    return found[:count][::-1]


def _backwards(path: Path, chunk: int = 1 << 16) -> Iterator[bytes]:
    with path.open("rb") as file:
        at, rest = file.seek(0, io.SEEK_END), b""
        while at:
            start = max(0, at - chunk)
            file.seek(start)
            parts = (file.read(at - start) + rest).split(b"\n")
            at, rest = start, parts[0]
            yield from reversed(parts[1:])
        yield rest


def follow(directory: Path, wanted: Filter | None = None, pause: float = 0.25) -> Iterator[Record]:
    """New records as they come, for ever; goes on behind a rotation."""
    known = last(directory, 1)
    seen = int(known[0]["seq"]) if known else 0
    while True:
        fresh = [record for record in _after(directory, seen) if int(record.get("seq", 0)) > seen]
        for record in fresh:
            seen = int(record["seq"])
            if wanted is None or wanted.wants(record):
                yield record
        time.sleep(pause)


def _after(directory: Path, seen: int) -> list[Record]:
    count = 64
    while True:
        newest = last(directory, count)
        if len(newest) < count or int(newest[0].get("seq", 0)) <= seen + 1:
            return newest
        count *= 4


def parse(line: bytes) -> Record | None:
    """The record of a line, or None when it is not one."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("seq"), int) else None


def is_call(record: Record) -> bool:
    """Whether a record is of a call before it runs, whatever its host calls that event; a dialog comes on top of it."""
    return bool(record.get("tool")) and record.get("event") != "PermissionRequest"


def subject(record: Record) -> str:
    """What a call was about, in a few words: its command, file, address or first value."""
    given = record.get("input")
    if not isinstance(given, dict):
        return ""
    for name in ("command", "file_path", "notebook_path", "url", "query", "pattern", "path"):
        if isinstance(given.get(name), str):
            return str(given[name])
    return json.dumps(given, ensure_ascii=False) if given else ""


def export_jsonl(found: Iterable[Record], out: TextIO) -> int:
    """Write records as JSON Lines; returns how many."""
    count = 0
    for record in found:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")
        count += 1
    return count


def export_csv(found: Iterable[Record], out: TextIO) -> int:
    """Write records as CSV with a head line; what is not text stands as JSON.  Returns how many."""
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    for record in found:
        writer.writerow([_cell(record.get(name)) for name in COLUMNS])
        count += 1
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A spreadsheet would run a cell that begins like a formula.
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
