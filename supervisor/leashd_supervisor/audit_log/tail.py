"""Reads what the hooks append to the audit: from where it stopped, across rotations and restarts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from leashd_hooks.audit_log import Record, files, parse
from leashd_supervisor.audit_log.store import Place

#: Records of one portion.
PORTION = 100
_HASH = len('"}\n')


def portions(directory: Path, place: Place) -> Iterator[tuple[list[Record], Place]]:
    """Every whole line behind `place`, in portions, each with the place behind it.

    Where the file that was read last is gone or is not the same any more, everything is read again.
    """
    for path, offset in _left(directory, place):
        try:
            with path.open("rb") as file:
                yield from _of_file(file.fileno(), offset)
        except FileNotFoundError:
            continue  # rotated while we read: the next look finds it under its new name


def _left(directory: Path, place: Place) -> list[tuple[Path, int]]:
    """The files that hold something new, oldest first, and where in them."""
    found = []
    for path in files(directory):
        try:
            found.append((path, path.stat().st_ino))
        except FileNotFoundError:
            continue
    at = next((at for at, (path, inode) in enumerate(found) if inode == place.inode and _same(path, place)), None)
    if at is None:
        return [(path, 0) for path, _ in found]
    return [(found[at][0], place.offset), *((path, 0) for path, _ in found[at + 1 :])]


def _same(path: Path, place: Place) -> bool:
    """Whether this is the file that was read and not another with its inode: the last hash stands where it stood."""
    if not place.hash:
        return place.offset == 0
    try:
        with path.open("rb") as file:
            data = os.pread(file.fileno(), len(place.hash) + _HASH, place.offset - len(place.hash) - _HASH)
    except (OSError, ValueError):
        return False
    return data == place.hash.encode() + b'"}\n'


def _of_file(file: int, offset: int) -> Iterator[tuple[list[Record], Place]]:
    inode = os.fstat(file).st_ino
    with os.fdopen(os.dup(file), "rb") as lines:
        lines.seek(offset)
        records: list[Record] = []
        place = None
        for line in lines:
            if not line.endswith(b"\n"):
                break
            offset += len(line)
            record = parse(line)
            if record is None or not isinstance(record.get("hash"), str):
                continue
            records.append(record)
            place = Place(inode, offset, record["hash"])
            if len(records) == PORTION:
                yield records, place
                records = []
        if records and place is not None:
            yield records, place
