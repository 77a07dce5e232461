"""Checks the chain of the audit and names every place where it does not hold."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from leashd_hooks.audit import GENESIS, HEAD, LOCK, parse_head
from leashd_hooks.audit_log import Record, files, parse


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
