"""The read side of the audit: lines in order, filters, verification, export."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

from leashd_hooks.audit import FILE, GENESIS, HEAD, LOCK, parse_head

Record = dict[str, Any]

#: What `export --format csv` writes, in this order.
COLUMNS = (
    "seq", "time", "agent", "session", "subagent", "call_id", "event", "tool", "mode", "cwd", "verdict", "answered",
    "rule", "reason", "violation", "policy", "ms", "input", "input_digest", "effects", "hash",
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


@dataclass
class Verification:
    """What `verify` found: how much was read, and every place where the chain does not hold."""

    records: int = 0
    files: int = 0
    breaks: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the chain holds from the first line to the head."""
        return not self.breaks

    def to_json(self) -> Record:
        """The result as plain data."""
        return {
            "ok": self.ok,
            "records": self.records,
            "files": self.files,
            "breaks": self.breaks,
            "notes": self.notes,
        }


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


def verify(directory: Path) -> Verification:
    """Walk the chain from its first line to the head and name every place where it does not hold."""
    result = Verification()
    try:
        head, names, pieces = _snapshot(directory)
    except OSError as error:
        result.breaks.append(f"cannot read the audit: {error}")
        return result
    result.files = len(names)
    walk = _Walk(result, parse_head(head) if head is not None else None)
    for piece, following in pairwise([*pieces, None]):
        if piece is not None:
            walk.step(piece, following)
    walk.end(head is not None)
    return result


@dataclass(frozen=True)
class _Line:
    where: str
    data: bytes
    whole: bool


def _snapshot(directory: Path) -> tuple[bytes | None, list[str], list[_Line]]:
    """Head and lines of one moment: nothing is appended while they are taken."""
    with _locked(directory):
        head = (directory / HEAD).read_bytes() if (directory / HEAD).exists() else None
        contents = [(path.name, path.read_bytes()) for path in files(directory)]
    lines = [line for name, data in contents for line in _lines(name, data)]
    return head, [name for name, _ in contents], lines


def _lines(name: str, data: bytes) -> list[_Line]:
    parts = data.split(b"\n")
    found = [_Line(f"{name}:{number}", part, True) for number, part in enumerate(parts[:-1], start=1)]
    return [*found, _Line(f"{name}:{len(parts)}", parts[-1], False)] if parts[-1] else found


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    try:
        lock = (directory / LOCK).open("r+b")
    except OSError:  # nothing was written yet, or only reading is allowed: read without
        yield
        return
    with lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield


class _Walk:
    """The state of `verify`: the place the next line must chain to, and the place the head speaks of."""

    def __init__(self, result: Verification, head: tuple[int, str] | None) -> None:
        self.result = result
        self.head = head
        self.head_seen = head is not None and head == (0, GENESIS)
        self.place: tuple[int, str] | None = (0, GENESIS)
        self.last = 0

    def broken(self, line: _Line, why: str) -> None:
        self.result.breaks.append(f"{line.where}: {why}")

    def step(self, line: _Line, following: _Line | None) -> None:
        if following is not None and _owns_up(following, line):
            self.result.notes.append(f"{line.where}: half a line, left by a crash; the next line says so")
            return
        if not line.whole:
            if following is not None:
                self.broken(line, "the line is cut")
            else:
                self.result.notes.append(f"{line.where}: half a line, left by a crash")
            return
        record = parse(line.data)
        if record is None:
            self.broken(line, "this is no record")
            self.place = None
            return
        if not _hashes(line.data):
            self.broken(line, "the line was changed")
        else:
            self._link(line, record)
        self._reach(record)

    def _link(self, line: _Line, record: Record) -> None:
        number = record["seq"]
        if self.place is None:
            return
        expected = self.place[0] + 1
        if number > expected:
            missing = f"record {expected} is" if number == expected + 1 else f"records {expected} to {number - 1} are"
            self.broken(line, f"{missing} missing before it")
        elif (number, record.get("prev")) != (expected, self.place[1]):
            self.broken(line, "it does not follow the line before it")
        elif record.get("after_gap"):
            self.broken(line, "the head of the audit was lost before it, and perhaps lines with it")

    def _reach(self, record: Record) -> None:
        self.result.records += 1
        self.place = (record["seq"], str(record.get("hash")))
        self.last = max(self.last, record["seq"])
        self.head_seen = self.head_seen or self.place == self.head

    def end(self, exists: bool) -> None:
        if self.head is None:
            if exists or self.result.files:
                self.result.breaks.append(f"{HEAD}: the head of the audit is {'damaged' if exists else 'missing'}")
            return
        if self.head[0] > self.last:
            self.result.breaks.append(f"{HEAD}: the end is cut, records {self.last + 1} to {self.head[0]} are missing")
        elif not self.head_seen:
            self.result.breaks.append(f"{HEAD}: record {self.head[0]} is not the one that was written")
        elif self.head[0] < self.last:
            self.result.notes.append(f"{HEAD}: {self.last - self.head[0]} behind, left by a crash")


def _owns_up(line: _Line, half: _Line) -> bool:
    if b'"after_torn":true' not in line.data or not _hashes(line.data):
        return False
    record = parse(line.data)
    return record is not None and record.get("torn") == hashlib.sha256(half.data).hexdigest()


def _hashes(line: bytes) -> bool:
    body, mark, end = line[:-75], line[-75:-66], line[-66:]
    return mark == b',"hash":"' and end == hashlib.sha256(body).hexdigest().encode() + b'"}'


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
