"""The rare sides of appending to the audit: a file that does not end where its head says, and one that is full."""

import posix

from leashd_hooks.audit import FILE, GENESIS, exists
from leashd_hooks.jsondoor import loads
from leashd_hooks.redact import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from leashd_hooks.audit import Place


def last(file: int, size: int, head: "Place | None") -> "tuple[Place, dict[str, Any], bool]":
    """What `audit.append` must chain to, own up to, and whether the file ends in half a line.

    The head and the file agree, or the head is behind (its writer died in between: the file goes on), or the head is
    ahead (lines were cut off: go on behind the head, so that the gap stays to be seen).
    """
    place, half = _last_line(file, size)
    marks: dict[str, Any] = {}
    if half:
        marks = {"after_torn": True, "torn": sha256(half).hexdigest()}
    if head is None or head[0] > place[0] or (head[0] == place[0] and head[1] != place[1]):
        if head is None or size > len(half):
            marks["after_gap"] = True
        place = head if head is not None else place
    return place, marks, bool(half)


def _last_line(file: int, size: int) -> "tuple[Place, bytes]":
    """The last whole line with a number and a hash, and the bytes of the half line after it."""
    want = 8192
    while True:
        data = posix.pread(file, want, max(0, size - want))
        whole, newline, half = data.rpartition(b"\n")
        if newline:
            line = whole.rpartition(b"\n")[2]
            if b"\n" in whole or want >= size:
                return _place(line), half
        elif want >= size:
            return (0, GENESIS), data
        want *= 8


def _place(line: bytes) -> "Place":
    try:
        record = loads(line.decode("ascii"))
        number, digest = record["seq"], record["hash"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0, GENESIS
    return (number, digest) if isinstance(number, int) and isinstance(digest, str) else (0, GENESIS)


def set_aside(folder: int, file: int, last: "Place") -> None:
    """Renames the full file after the number of its first line; never over another file."""
    start = posix.pread(file, 32, 0)
    number = start[len(b'{"seq":') :].partition(b",")[0]
    name = f"audit-{int(number) if number.isdigit() else last[0]}.jsonl"
    if exists(folder, name):
        raise OSError(f"`{name}` exists already, so the full `{FILE}` cannot be renamed")
    posix.rename(FILE, name, src_dir_fd=folder, dst_dir_fd=folder)
